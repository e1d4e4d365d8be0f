package strict_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/strict"
)

// size is a value written as one text.
type size string

func (s *size) FromText(text string) error {
	if text != "small" && text != "large" {
		return errors.New(`"` + text + `" is not a size; write small or large`)
	}
	*s = size(text)
	return nil
}

func (*size) Wanted() string { return "a size" }

type pot struct {
	Amount string `yaml:"amount"`
	Date   string `yaml:"date"`
	Open   bool   `yaml:"open"`
	Places int    `yaml:"places"`
	Size   size   `yaml:"size"`
}

type office struct {
	pot   `yaml:",inline"`
	Pots  []pot                        `yaml:"pots"`
	First *pot                         `yaml:"first"`
	Codes map[string]map[string]string `yaml:"codes"`
	Names []string                     `yaml:"names"`
}

// Every text that a file shows is taken as it stands, whatever YAML makes of it.
func TestReadTakesWhatIsShown(t *testing.T) {
	for text, want := range map[string]office{
		"names: [0740, 1e3, 0x1F, 1.50, yes, 12:30, 1_000, .inf]\n": {Names: []string{"0740", "1e3", "0x1F", "1.50", "yes", "12:30", "1_000",
			".inf"}},
		"codes: {a: {1: x, true: y, null: z, 07: w, 1.0: v}}\n": {Codes: map[string]map[string]string{"a": {"1": "x", "true": "y",
			"null": "z", "07": "w", "1.0": "v"}}},
		"names: one\n":                               {Names: []string{"one"}},
		"amount: 900,000.00\nsize: small\n":          {pot: pot{Amount: "900,000.00", Size: "small"}},
		"open: yes\nplaces: 12 # a note\n":           {pot: pot{Open: true, Places: 12}},
		"\ufeffamount: £5\r\npots:\r\n- date: d\r\n": {pot: pot{Amount: "£5"}, Pots: []pot{{Date: "d"}}},
		"first: &f {amount: a, date: b}\npots: [*f, {<<: *f, date: c}]\n": {First: &pot{Amount: "a", Date: "b"}, Pots: []pot{{Amount: "a",
			Date: "b"}, {Amount: "a", Date: "c"}}},
		"amount: |\n  two\n  lines\ndate: 'it''s'\n": {pot: pot{Amount: "two\nlines\n", Date: "it's"}},
		"amount: !!str 007\nnames:\nfirst: ~\n":      {pot: pot{Amount: "007"}},
		"":                                           {},
		"# nothing yet\n":                            {},
	} {
		var got office
		if err := strict.Read("office.yaml", []byte(text), &got).Err(); err != nil {
			t.Errorf("%q is refused: %v", text, err)
		} else if diff := cmp.Diff(want, got, cmp.AllowUnexported(office{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// What cannot be taken is told, all of it, with its line, a caret and what to write.
func TestReadTellsWhatItCannotTake(t *testing.T) {
	for text, want := range map[string][]string{
		"first: {amount: 900,000, date: d}\n":           {"1:17 the comma in 900,000 ends the value inside { }; write amount: \"900,000\""},
		"first: {amount: £1,234,567.50, date: d, open}": {"1:17 the comma in £1,234,567.50 ends", "1:41 \"open\" stands here without a value"},
		"codes: {a: {yes: Y, no}}\n":                    {"1:21 \"no\" stands here without a value; inside { } a comma begins the next key"},
		"codes:\n  a:\n    b:\n":                        {"3:5 \"b\" has no value"},
		"amont: 5\nplace: 3\nqqq: 1\n": {"1:1 \"amont\" is not known here; did you mean \"amount\"?",
			"2:1 \"place\" is not known here; did you mean \"places\"?", "3:1 \"qqq\" is not known here; there are amount, codes,"},
		"places: 012\nopen: perhaps\nsize: huge\n": {"1:9 \"012\" is not a whole number",
			"2:7 \"perhaps\" is not a yes or no; write true or false", "3:7 \"huge\" is not a size; write small or large"},
		"places:\nsize:\namount: null\n": {"1:8 nothing stands here; write a whole number",
			"2:6 nothing stands here; write a size", "3:9 null is YAML's word for nothing"},
		"first:\n": {"1:7 nothing stands here; write what belongs to it"},
		"pots: 7\nnames: {a: b}\nfirst: [a]\n": {"1:7 here must stand a list", "2:8 here must stand a list",
			"3:8 here must stand keys with their values"},
		"amount: 1\namount: 2\n":        {"2:1 \"amount\" stands here twice, first on line 1"},
		"amount: a #1\ndate: #2\n":      {"1:11 what follows # is a comment", "2:7 what follows # is a comment"},
		"names: {a:b}\n":                {"1:8 here must stand a list", "1:10 a blank is missing behind the colon"},
		"first: {amount: a date: d}\n":  {"1:17 \"a date: d\" has a colon in it: a comma may be missing"},
		"names: [a]\n---\nnames: [b]\n": {"3:1 a second document begins here"},
		"amount: !!int 3\nnames: *a\n":  {"1:9 !!int is a YAML tag", "2:8 nothing above is marked &a"},
		"pots: &p\n- *p\n":              {"2:1 here must stand keys"},
		"names: [a\n":                   {"1:8 this is no YAML: "},
		"names: [a, ~]\n- x":            {"2:1 this is no YAML: "},
		"names: [a, ~]\n":               {"1:12 entry 2 of the list is blank"},
		"amount: \"\xff\"\n":            {"0:0 the file is not UTF-8"},
		"just words\n":                  {"1:1 here must stand keys with their values"},
	} {
		err := strict.Read("office.yaml", []byte(text), &office{}).Err()
		if err == nil {
			t.Errorf("%q is taken", text)
			continue
		}
		got := places(err.Error())
		ok := len(got) == len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = strings.HasPrefix(got[i], want[i])
		}
		if !ok {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

// places turns mistakes as they are shown into "line:column what is said"; a mistake
// about the whole file is of 0:0.
func places(told string) (out []string) {
	lines := strings.Split(told, "\n")
	for i, line := range lines {
		after, ok := strings.CutPrefix(line, "office.yaml:")
		if !ok {
			continue
		}
		number, says, _ := strings.Cut(after, ": ")
		column := "0"
		if i+2 < len(lines) && strings.HasSuffix(lines[i+2], "^") {
			column = strconv.Itoa(len([]rune(lines[i+2])) - len("    "))
		} else {
			number, says = "0", strings.TrimSpace(after)
		}
		out = append(out, number+":"+column+" "+says)
	}
	return out
}

// A mistake that is told of a place is shown there, or where it should be; of what was
// misread no more is said.
func TestPlaces(t *testing.T) {
	var o office
	doc := strict.Read("office.yaml", []byte("pots:\n  - {amount: a, places: many}\ncodes: {x: {theirs: ours}}\n"), &o)
	m := doc.Mistakes()
	pot := m.Top().In("pots").Nth(0)
	pot.In("amount").Wrong("too little")
	pot.In("places").Wrong("none left")
	pot.In("date").Wrong("no date")
	m.Top().In("codes").In("x").In("theirs").WrongKey("not theirs")
	m.Top().In("names").Nth(3).Wrong("no names")
	if !pot.In("amount").Given() || pot.In("date").Given() {
		t.Error("what is given and what is not is mixed up")
	}
	want := []string{"1:1 no names", "2:5 no date", "2:14 too little", "2:25 \"many\" is not a whole number; write it in digits, such as 12",
		"3:13 not theirs"}
	if diff := cmp.Diff(want, places(m.Err().Error())); diff != "" {
		t.Error("(-want +got)\n", diff)
	}
	if places(doc.Err().Error())[0][:4] != "2:25" || len(places(doc.Err().Error())) != 1 {
		t.Error("what was told afterwards is told of the reading:", doc.Err())
	}
}

// References that refer to references are not followed without an end.
func TestReferencesMultiply(t *testing.T) {
	text := "codes: {a: &a0 {x: y}}\npots: []\nnames: &n0 [a, a, a, a, a, a, a, a, a, a]\n"
	err := strict.Read("office.yaml", []byte(text+"first: {amount: *n0}\n"), &office{}).Err()
	if err == nil || !strings.Contains(err.Error(), "here must stand one text, not a list") {
		t.Error(err)
	}
	type nest struct {
		In []nest `yaml:"in"`
	}
	deep := "in:\n- &a {in: [{}, {}, {}, {}, {}, {}, {}, {}, {}, {}]}\n"
	for i := range 8 {
		name, below := string(rune('b'+i)), string(rune('a'+i))
		deep += "- &" + name + " {in: [*" + strings.Repeat(below+", *", 9) + below + "]}\n"
	}
	err = strict.Read("nest.yaml", []byte(deep), &nest{}).Err()
	if err == nil || !strings.Contains(err.Error(), "more than 200000 values") {
		t.Error(err)
	}
}
