package extract_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"mojreturns/pipeline/extract"
)

func TestCSVRefused(t *testing.T) {
	tests := []struct {
		name, text string
		options    extract.Options
		line       int64
		sentence   string
	}{
		{"HeaderRowBeyondTheEnd", "a,b\n1,2\n", extract.Options{HeaderRow: 4}, 0,
			"the file ends before row 4, where the header is agreed to be: send it with its header, or change the header row in the provider's mapping"},
		{"HeaderRowBlank", "a,b\n\n1,2\n", extract.Options{HeaderRow: 2}, 0,
			"row 2, where the header is agreed to be, is blank: name the columns there, or change the header row in the provider's mapping"},
		{"NotInWindows1252", "a,b\n1,2\n3,\x81\n", extract.Options{Encoding: "windows-1252"}, 3,
			"line 3 holds a byte that Windows-1252 does not have (0x81, 0x8D, 0x8F, 0x90 or 0x9D): save the file as \"CSV UTF-8\" and send it again"},
		{"HalfACharacterAtTheEnd", "a,b\n1,\xe2\x82", extract.Options{}, 2,
			"line 2 holds the byte 0xE2, which is not UTF-8 (in Windows-1252 it is 'â'): save the file as \"CSV UTF-8\" and send it again, or have the provider's mapping say encoding: windows-1252"},
		{"HalfASurrogate", "\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8,\x00", extract.Options{}, 2,
			"line 2 holds half a character of UTF-16: the file is damaged; export it again as \"CSV UTF-8\" and send that"},
		{"QuoteAfterLineEndsOfAllKinds", "a,b\r\n1,2\r3,\"4\r\n5\r6\n7\"\n\n8,\"9\n", extract.Options{}, 8,
			"the quotation mark that opens a value on line 8 is never closed: close it, take it out, or double it (\"\") if it is part of the text, and send the file again"},
		{"QuoteInTheHeader", "a,\"b\n1,2\n", extract.Options{}, 1,
			"the quotation mark that opens a value on line 1 is never closed: close it, take it out, or double it (\"\") if it is part of the text, and send the file again"},
		{"LineWithoutEnd", strings.Repeat("0123456789abcdef", 5<<20), extract.Options{}, 1,
			"line 1 is longer than 64 MB: the file is not a table"},
		{"QuoteOpenForLong", "a,b\n1,\"" + strings.Repeat("2,3\n", 20<<20), extract.Options{}, 2,
			"the quotation mark that opens a value on line 2 is never closed: close it, take it out, or double it (\"\") if it is part of the text, and send the file again"},
		{"MoreColumnsThanASheet", strings.Repeat("a,", 20_000) + "\n", extract.Options{}, 0,
			"the header has 20001 columns, more than a spreadsheet can hold: is it a table? Its first row must name the columns"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := extract.Stage(context.Background(), written(t, []byte(test.text)), "extract.csv", filepath.Join(t.TempDir(), "staged.parquet"), test.options)
			var refused *extract.Refusal
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal", err)
			}
			want := &extract.Refusal{Name: "extract.csv", Sentence: test.sentence, Line: test.line}
			if diff := cmp.Diff(want, refused); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCSVForms(t *testing.T) {
	tests := []struct {
		name, text string
		want       [][]string // row, line, fields, a, b
	}{
		{"NoLineEndAtTheEnd", "a,b\n1,2", [][]string{{"2", "2", "", "1", "2"}}},
		{"EmptyValueAtTheEnd", "a,b\n1,", [][]string{{"2", "2", "", "1", ""}}},
		{"QuoteInsideAValue", "a,b\n5\" nail,2\n", [][]string{{"2", "2", "", "5\" nail", "2"}}},
		{"TextAfterAQuote", "a,b\n\"Hall\" hire,2\n", [][]string{{"2", "2", "", "Hall hire", "2"}}},
		{"OnlyAQuote", "a,b\n\"\"\"\",\"\"\n", [][]string{{"2", "2", "", "\"", ""}}},
		{"SpaceBeforeAQuote", "a,b\n1, \"2\"\n", [][]string{{"2", "2", "", "1", " \"2\""}}},
		{"BlankAllOver", "\n \na,b\n , \n\t,\n1,2\n,\n", [][]string{{"6", "6", "", "1", "2"}}},
		{"LongerThanTheHeader", "a,b\n1,2,,\n1,2,,3\n", [][]string{{"2", "2", "", "1", "2"}, {"3", "3", "4", "1", "2"}}},
		{"NamesMissingAtTheEnd", "a,b,,\n1,2,,\n1,2\n", [][]string{{"2", "2", "", "1", "2"}, {"3", "3", "", "1", "2"}}},
		{"ZerosAndExponents", "a,b\n00123,1e5\n", [][]string{{"2", "2", "", "00123", "1e5"}}},
		{"CommaInAQuotedName", "\"a, or b\";b\n1;2\n", [][]string{{"2", "2", "", "1", "2"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, got := stage(t, written(t, []byte(test.text)), "extract.csv", extract.Options{})
			if diff := cmp.Diff(test.want, got[1:]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCSVProperty writes random records with Go's own writer, in each encoding and
// with each delimiter and line end, and reads them back equal, each at its row and line.
func TestCSVProperty(t *testing.T) {
	letters := rapid.RuneFrom([]rune("ab019 ,;\t\"\n£é€“.-"))
	rapid.Check(t, func(rt *rapid.T) {
		delimiter := rapid.SampledFrom([]string{"comma", "semicolon", "tab"}).Draw(rt, "delimiter")
		encoding := rapid.SampledFrom([]string{"utf-8", "windows-1252", "utf-16"}).Draw(rt, "encoding")
		windows := rapid.Bool().Draw(rt, "CR LF")
		width := rapid.IntRange(2, 5).Draw(rt, "width")
		header := []string{"a", "b", "c", "d", "e"}[:width]
		records := rapid.SliceOfN(rapid.SliceOfN(rapid.StringOfN(letters, 0, 12, -1), 1, 6), 0, 30).Draw(rt, "records")

		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.Comma = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t'}[delimiter]
		w.UseCRLF = windows
		want := [][]string{append([]string{"row", "line", "fields"}, header...)}
		for i, record := range append([][]string{header}, records...) {
			line := 1 + strings.Count(out.String(), "\n")
			if err := w.Write(record); err != nil {
				rt.Fatal(err)
			}
			w.Flush()
			if i > 0 && strings.TrimSpace(strings.Join(record, "")) != "" {
				want = append(want, expected(i+1, line, record, width, windows))
			}
		}
		_, got := stage(t, written(t, encoded(t, out.String(), encoding)), "extract.csv", extract.Options{Delimiter: delimiter, Encoding: strings.ReplaceAll(encoding, "utf-16", "")})
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("%q (-want +got):\n%s", out.String(), diff)
		}
	})
}

// expected is the staged row of a record.
func expected(row, line int, record []string, width int, windows bool) []string {
	fields := ""
	if len(record) > width && strings.TrimSpace(strings.Join(record[width:], "")) != "" {
		fields = strconv.Itoa(len(record))
	}
	out := []string{strconv.Itoa(row), strconv.Itoa(line), fields}
	for i := range width {
		v := ""
		if i < len(record) {
			v = record[i]
		}
		if windows { // the writer's line ends are those of the values too
			v = strings.ReplaceAll(v, "\n", "\r\n")
		}
		out = append(out, v)
	}
	return out
}

// TestAsExcelWritesIt: what Excel does to a text so that it stays one, and what it
// leaves off, is undone; a row that was broken off at the end of the file is not whole.
func TestAsExcelWritesIt(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{`="0940"`, "0940"}, {`"=""0940"""`, "0940"}, {`="a ""b"""`, `a "b"`}, {`=""`, ""}, {`'0940`, "0940"}, {`'-45.00`, "-45.00"}, {`'=1`, "=1"},
		{`'tis said`, `'tis said`}, {`'0' or '1'`, `'0' or '1'`}, {`=A1`, `=A1`}, {`="a"&"b"`, `="a"&"b"`}, {`=`, `=`}, {`'`, `'`}, {`a'0`, `a'0`}, {`="0940`, `="0940`},
	} {
		if _, got := stage(t, written(t, []byte("a,b\n"+test.value+",x\n")), "extract.csv", extract.Options{}); got[1][3] != test.want {
			t.Errorf("%s is staged as %q, want %q", test.value, got[1][3], test.want)
		}
	}
	_, got := stage(t, written(t, []byte("=\"a\",'1b,c\r\n1\r\n2,x\r\n3,,\r\n4,y,z,over\r\n5,12")), "extract.csv", extract.Options{})
	want := [][]string{{"row", "line", "fields", "a", "1b", "c"}, {"2", "2", "", "1", "", ""}, {"3", "3", "", "2", "x", ""}, {"4", "4", "", "3", "", ""}, {"5", "5", "4", "4", "y", "z"}, {"6", "6", "2", "5", "12", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMixed: what was pasted together of two files is told, with the rows.
func TestMixed(t *testing.T) {
	for _, test := range []struct {
		name, text string
		options    extract.Options
		want       []string
	}{
		{"Encodings", "a,b\n1,caf\xc3\xa9 \xe2\x82\xac\n2,plain\n3,caf\xe9\n4,\xa350 \xc3\xa9\n", extract.Options{Encoding: "detect"},
			[]string{"the file mixes two encodings: rows 2, 5 are written in UTF-8, rows 4, 5 are written in Windows-1252; all was read as Windows-1252, so letters such as é and the £ of the former are wrong: save the file as \"CSV UTF-8\" and send it again"}},
		{"OneInUTF8", "a,b\n1,caf\xc3\xa9\n", extract.Options{Encoding: "windows-1252"}, []string{"row 2 is written in UTF-8 but read as Windows-1252, so letters such as é and the £ are wrong: have the provider's mapping say encoding: detect"}},
		{"Windows", "a,b\n1,caf\xe9\n2,\xa350\n", extract.Options{Encoding: "detect"}, nil},
		{"Commas", "a;b;c\n1;1,234;1,2\n2;1234,50;1,3\n3;-£12,345.00;1,4\n", extract.Options{},
			[]string{`the column "b" mixes decimal marks: the comma stands before pence in row 3, as in 1234,50, and before thousands in row 2, as in 1,234; check which is meant, and ask for amounts as 1234.50`}},
	} {
		table, _ := stage(t, written(t, []byte(test.text)), "extract.csv", test.options)
		if diff := cmp.Diff(test.want, table.Notes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	refusedAs(t, written(t, []byte("a,b\n1,cafe\n2,caf\xe9\n")), "extract.csv", extract.Options{},
		"line 3 holds the byte 0xE9, which is not UTF-8 (in Windows-1252 it is 'é'): save the file as \"CSV UTF-8\" and send it again, or have the provider's mapping say encoding: windows-1252")
	refusedAs(t, written(t, []byte("a,b\n1,caf\xc3\xa9\n2,caf\xe9\n")), "extract.csv", extract.Options{},
		"line 3 holds the byte 0xE9, which is not UTF-8 (in Windows-1252 it is 'é'), though line 2 is UTF-8: the file mixes two encodings, as where rows of one file are pasted into another; save it as \"CSV UTF-8\", look at those lines and send it again")
}

func encoded(t *testing.T, text, encoding string) []byte {
	t.Helper()
	out := []byte(text)
	var err error
	switch encoding {
	case "windows-1252":
		out, err = charmap.Windows1252.NewEncoder().Bytes(out)
	case "utf-16":
		out, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCSVLong reads a file of several blocks and batches, in which values lie
// over the edges of both, a column turns from few texts to many, and one is
// empty until late.
func TestCSVLong(t *testing.T) {
	const rows = 300_000
	var text strings.Builder
	text.WriteString("id,code,late,turning,note\n")
	want := func(i int) []string {
		record := []string{fmt.Sprintf("R-%07d", i), []string{"POL", "SELF", ""}[i%3], "", "same", ""}
		if i > 250_000 {
			record[2] = "x" + strconv.Itoa(i%7)
		}
		if i > 150_000 {
			record[3] = "a text of its own for every row: " + strconv.Itoa(i)
		}
		if i%1000 == 0 {
			record[4] = "two\nlines, \"" + strings.Repeat("é", i/1000) + "\""
		}
		return record
	}
	w := csv.NewWriter(&text)
	for i := range rows {
		if err := w.Write(want(i)); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	_, got := stage(t, written(t, []byte(text.String())), "extract.csv", extract.Options{})
	if len(got) != rows+1 {
		t.Fatalf("%d rows, want %d", len(got)-1, rows)
	}
	line := 2
	for i := range rows {
		record := append([]string{strconv.Itoa(i + 2), strconv.Itoa(line), ""}, want(i)...)
		if !slices.Equal(record, got[i+1]) { // asked first: to look for differences in every row takes ten times as long
			t.Fatalf("row %d (-want +got):\n%s", i+2, cmp.Diff(record, got[i+1]))
		}
		line += 1 + strings.Count(record[7], "\n")
	}
}

// TestCSVWideValue reads a value much longer than a block, and one batch's worth of text in few rows.
func TestCSVWideValue(t *testing.T) {
	long := strings.Repeat("long, ", 2<<20) // 12 MB
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range 8 {
		fmt.Fprintf(&text, "%d,\"%s\"\n", i, long)
	}
	_, got := stage(t, written(t, []byte(text.String())), "extract.csv", extract.Options{})
	if len(got) != 9 {
		t.Fatalf("%d rows, want 8", len(got)-1)
	}
	for i, row := range got[1:] {
		if row[0] != strconv.Itoa(i+2) || row[3] != strconv.Itoa(i) || row[4] != long {
			t.Fatalf("row %d is not as it was written", i+2)
		}
	}
}
