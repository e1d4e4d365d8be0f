package catalogue_test

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"mojreturns/pipeline/catalogue"
	"mojreturns/pipeline/contract"
	"mojreturns/queries"
	"mojreturns/templates"
)

func load(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load(queries.Files, templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func one(t *testing.T, c *catalogue.Catalogue, kind catalogue.Kind, code string) catalogue.Entry {
	t.Helper()
	found := c.Find(kind, code)
	if len(found) != 1 {
		t.Fatalf("%s %q: %d entries, want 1", kind, code, len(found))
	}
	return found[0]
}

// Every rule file, column and code of the repository must be in the catalogue.
func TestNothingIsMissing(t *testing.T) {
	has := map[string]bool{}
	c := load(t)
	for _, e := range c.Entries {
		has[string(e.Kind)+" "+e.Code] = true
	}
	want := func(kind catalogue.Kind, code string) {
		if !has[string(kind)+" "+code] {
			t.Errorf("the %s %s is not in the catalogue", kind, code)
		}
	}
	for dir, kind := range map[string]catalogue.Kind{"metrics": catalogue.Metric, "conditions": catalogue.Condition, "checks": catalogue.Check} {
		for _, file := range glob(t, queries.Files, dir+"/*.sql") {
			code, _, _ := strings.Cut(path.Base(file), "_")
			want(kind, code)
		}
	}
	contracts, err := contract.Load(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range contracts {
		want(catalogue.Feed, k.Feed)
		for _, col := range k.Columns {
			want(catalogue.Column, k.Feed+"."+col.Name)
		}
	}
	for _, file := range glob(t, queries.Files, "reference/*.csv") {
		list := strings.TrimSuffix(path.Base(file), ".csv")
		want(catalogue.List, list)
		for _, row := range readCSV(t, queries.Files, file)[1:] {
			want(catalogue.Code, list+"."+row[0])
		}
	}
}

func TestEveryEntryIsExplained(t *testing.T) {
	anchors := map[string]string{}
	for _, e := range load(t).Entries {
		if strings.Trim(e.Meaning, " .") == "" || e.Title == "" || e.File == "" {
			t.Errorf("%s %s is not explained: %+v", e.Kind, e.Code, e)
		}
		if other, twice := anchors[e.Anchor]; twice || e.Anchor == "" || strings.ContainsAny(e.Anchor, " \t") {
			t.Errorf("%s has the anchor %q, which %q has too or which is none", e.Code, e.Anchor, other)
		}
		anchors[e.Anchor] = e.Code
		if e.Kind == catalogue.Condition && (e.SQL == "" || !strings.Contains(e.Fact("Statuses"), "met")) {
			t.Errorf("%s: no SQL or statuses", e.Code)
		}
	}
	for _, e := range load(t).Entries {
		for _, f := range e.Facts {
			for _, v := range f.Values {
				if v.Anchor != "" && anchors[v.Anchor] == "" {
					t.Errorf("%s: %s links to #%s, which is nowhere", e.Code, f.Name, v.Anchor)
				}
			}
		}
	}
}

// Each mapped figure and condition is told at its entry, in the very cells.
func TestCellsOfTheReturn(t *testing.T) {
	c := load(t)
	for _, file := range glob(t, templates.Files, "returns/*/map.csv") {
		rows := readCSV(t, templates.Files, file)
		at := map[string]int{}
		for i, name := range rows[0] {
			at[name] = i
		}
		want := map[string]int{}
		for _, r := range rows[1:] {
			if kind := r[at["kind"]]; r[at["cell"]] != "" && (kind == "figure" || kind == "condition") {
				want[r[at["code"]]]++
			}
		}
		got := map[string]int{}
		for _, e := range c.Entries {
			for _, u := range e.Uses {
				if (e.Kind == catalogue.Metric || e.Kind == catalogue.Condition) && u.Return == path.Base(path.Dir(file)) {
					got[e.Code] += cellsIn(t, u.Cells)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: cells by code, map against catalogue:\n%s", file, diff)
		}
	}
}

var rangeForm = regexp.MustCompile(`^([A-Z])(\d+)(?::([A-Z])(\d+))?$`)

// cellsIn counts the cells of ranges whose columns have one letter.
func cellsIn(t *testing.T, ranges []string) int {
	t.Helper()
	n := 0
	for _, r := range ranges {
		m := rangeForm.FindStringSubmatch(r)
		if m == nil {
			t.Fatalf("%q is not a range", r)
		}
		if m[3] == "" {
			n++
			continue
		}
		n += (int(m[3][0]-m[1][0]) + 1) * (number(m[4]) - number(m[2]) + 1)
	}
	return n
}

func number(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// What an auditor reads of single entries, worked out from the files by hand.
func TestEntries(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		kind             catalogue.Kind
		code, fact, want string
	}{
		{catalogue.Metric, "r01", "Feeds", "referrals"},
		{catalogue.Metric, "referrals_received", "Unit", "referrals"},
		{catalogue.Metric, "TR13C", "Feeds", "spend, training_delegates, training_sessions"},
		{catalogue.Metric, "TR13C", "Made of", "S02 Eligible spend, TR03 Training completions"},
		{catalogue.Metric, "TR13C", "Scopes", "each fund"},
		{catalogue.Metric, "S01", "Protects", "nobody: it counts money, sessions or places"},
		{catalogue.Condition, "C01", "Statuses", "met, at risk, not met, not applicable, not available"},
		{catalogue.Condition, "C01", "Held against", "maximum"},
		{catalogue.Condition, "C14", "Held against", ""},
		{catalogue.Condition, "C05", "Answer 2", "not applicable if lines = 0: No lines of spend yet."},
		{catalogue.Condition, "C05", "Answer 5", "else met: No line of spend (of {lines}) is capital."},
		{catalogue.Condition, "C14", "Statuses", "met, at risk, not met, not applicable"},
		{catalogue.Condition, "C12", "Held against", "0"},
		{catalogue.Condition, "C01", "Feeds", "budget_profile, spend"},
		{catalogue.Check, "K03", "Severity", "error"},
		{catalogue.Column, "spend.line_no", "Rules", "1 or more, 9999 or less"},
		{catalogue.Column, "spend.line_no", "A bad value", "rejects its row"},
		{catalogue.Column, "spend.txn_type", "Code list", "txn_type"},
		{catalogue.List, "referral_source", "Breakdowns", "source (a blank counts as NK)"},
		{catalogue.Code, "budget_line.TRN-DEL", "Group", "TRN"},
	} {
		if got := one(t, c, x.kind, x.code).Fact(x.fact); got != x.want {
			t.Errorf("%s %s: %s is %q, want %q", x.kind, x.code, x.fact, got, x.want)
		}
	}
	if e := one(t, c, catalogue.Metric, "R01"); e.SQL != "SELECT * FROM referral" {
		t.Errorf("the SQL of R01 is %q", e.SQL)
	}
	// R17 counts stalking by the column's other name in the model
	if got := one(t, c, catalogue.Column, "referrals.crime_type_code").Fact("Named in"); !strings.Contains(got, "R17") {
		t.Errorf("crime_type_code is named in %q, want R17 among them", got)
	}
}

func TestFind(t *testing.T) {
	c := load(t)
	if got := c.Find("", "POL"); len(got) != 2 { // a source of referrals, a kind of organisation
		t.Errorf("POL finds %d entries, want the 2 codes", len(got))
	}
	for _, e := range c.Find(catalogue.Metric, "SHARE training") {
		all := strings.ToLower(e.Code + e.Name + e.Title + e.Meaning)
		if e.Kind != catalogue.Metric || !strings.Contains(all, "share") || !strings.Contains(all, "training") {
			t.Errorf("found %s %s", e.Kind, e.Code)
		}
	}
	if got := c.Near(catalogue.List, "referal_source"); !cmp.Equal(got, []string{"referral_source"}) {
		t.Errorf("near names of referal_source: %q", got)
	}
	if got := c.Near("", "nothing at all like it"); len(got) > 0 {
		t.Errorf("near names of nothing: %q", got)
	}
}

// A map with columns and kinds that are not known yet is read all the same.
func TestMapsOfAnotherShape(t *testing.T) {
	forms := fstest.MapFS{"returns/other/map.csv": &fstest.MapFile{Data: []byte(
		"kind,new,code,cell,sheet,field\n" +
			"figure,1,R01,B7,One,value\nfigure,1,R01,C7,One,value\nfigure,1,R01,B8,One,value\nfigure,1,R01,C8,One,value\nfigure,1,R01,AA3,One,value\n" +
			"quality,2,referrals,D2,Two,crime_type_code\nlabel,,R01,A1,One,\n")}}
	for _, file := range glob(t, templates.Files, "extracts/*.yaml") {
		text, err := fs.ReadFile(templates.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		forms[file] = &fstest.MapFile{Data: text}
	}
	c, err := catalogue.Load(queries.Files, forms)
	if err != nil {
		t.Fatal(err)
	}
	want := []catalogue.Use{{Return: "other", Sheet: "One", Cells: []string{"AA3", "B7:C8"}, What: "value"}}
	if diff := cmp.Diff(want, one(t, c, catalogue.Metric, "R01").Uses); diff != "" {
		t.Error(diff)
	}
	want = []catalogue.Use{{Return: "other", Sheet: "Two", Cells: []string{"D2"}, What: "crime type code"}}
	if diff := cmp.Diff(want, one(t, c, catalogue.Column, "referrals.crime_type_code").Uses); diff != "" {
		t.Error(diff)
	}
}

func TestPage(t *testing.T) {
	page, err := load(t).Page(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	again, err := load(t).Page(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page.HTML, again.HTML) {
		t.Error("the page is not the same twice")
	}
	wellFormed(t, page.HTML)
	doc, err := html.Parse(bytes.NewReader(page.HTML))
	if err != nil {
		t.Fatal(err)
	}
	ids, links := map[string]bool{}, []string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("the id %q is given twice", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				links = append(links, a.Val[1:])
			case a.Key == "href", a.Key == "src", a.Key == "style", strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s> has %s=%q: the page must need nothing else", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "link" || n.Data == "img" || n.Data == "iframe" {
			t.Errorf("the page has a <%s>", n.Data)
		}
	}
	for _, to := range links {
		if !ids[to] {
			t.Errorf("a link goes to #%s, which is not on the page", to)
		}
	}
	for _, e := range load(t).Entries {
		if !ids[e.Anchor] {
			t.Errorf("%s %s has no place on the page", e.Kind, e.Code)
		}
	}
}

// wellFormed fails where elements are not closed in the order they are opened.
func wellFormed(t *testing.T, page []byte) {
	t.Helper()
	void := map[string]bool{"meta": true, "input": true}
	var open []string
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		name, _ := z.TagName()
		switch tag := string(name); {
		case kind == html.StartTagToken && !void[tag]:
			open = append(open, tag)
		case kind == html.EndTagToken && (len(open) == 0 || open[len(open)-1] != tag):
			t.Fatalf("</%s> closes nothing; open are %q", tag, open)
		case kind == html.EndTagToken:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %q", open)
	}
}

func glob(t *testing.T, fsys fs.FS, pattern string) []string {
	t.Helper()
	files, err := fs.Glob(fsys, pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	return files
}

func readCSV(t *testing.T, fsys fs.FS, name string) [][]string {
	t.Helper()
	f, err := fsys.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
