package returns_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

const mapHeader = "sheet,cell,label_cell,label_text,kind,code,field,scope,period,dimension,category,format,missing,group\n"

// Mistakes in a cell map, each with its line and sentence, all told at once.
func TestMapMistakes(t *testing.T) {
	lines := []struct{ row, want string }{
		{"T,B7,A7,Police,figure,R01,value,activity,Q3,source,POL,count,,", ""},
		{"T,B7,A7,Police,figure,R01,value,activity,Q4,source,POL,count,,", `map.csv:3: T!B7 is mapped already on line 2`},
		{"T,B8,A8,Self,figur,R01,value,activity,Q3,source,SELF,count,,", `map.csv:4: kind is "figur"; it can be figure, condition, config, quality, text, label, unlisted, partial`},
		{"T,8B,A8,Self,figure,R01,value,activity,Q3,source,SELF,count,,", `map.csv:5: cell is "8B"; it must be an address such as D7`},
		{"T,,A8,Self,figure,R01,value,activity,Q3,source,SELF,count,,", `map.csv:6: figure R01 value activity Q3 source SELF has no cell: write it in the column cell, or "left to people" where people fill it in`},
		{"T,B9,,Self,figure,R01,value,activity,Q3,source,SELF,count,,", `map.csv:7: label_cell is empty`},
		{"T,B10,A8,Self,figure,,value,activity,Q3,source,SELF,count,,", `map.csv:8: code is empty`},
		{"T,B11,A8,Self,figure,R01,sum,activity,Q3,source,SELF,count,,", `map.csv:9: field is "sum"; it can be value, n, numerator, denominator, percent of total`},
		{"T,B12,A8,Self,figure,R01,value,,Q3,source,SELF,count,,", `map.csv:10: scope is empty`},
		{"T,B13,A8,Self,figure,R01,value,activity,Q5,source,SELF,count,,", `map.csv:11: period is "Q5"; it can be Q1, Q2, Q3, Q4, YTD, this`},
		{"T,B14,A8,Self,figure,R01,value,activity,Q3,source,,count,,", `map.csv:12: dimension "source" and category "" go together`},
		{"T,B15,A8,Self,figure,R01,value,activity,Q3,source,SELF,pounds,,", `map.csv:13: format is "pounds"; it can be count, money, percent, number, date, text`},
		{"T,B16,A8,Self,condition,C01,n,money,this,,,money,,", `map.csv:14: field is "n"; it can be value, limit_value, status, evidence, breaches`},
		{"T,B17,A8,Self,label,,,,,,,,,", `map.csv:15: cell is "B17"; a row of this kind has none`},
		{",B18,A8,Self,config,area,,,,,,text,,", `map.csv:16: sheet is empty`},
	}
	text, wanted := mapHeader, 0
	for _, l := range lines {
		text += l.row + "\n"
		if l.want != "" {
			wanted++
		}
	}
	_, err := returns.ReadMap(strings.NewReader(text))
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, l := range lines {
		if l.want != "" && !strings.Contains(err.Error(), l.want) {
			t.Errorf("the error does not say %q", l.want)
		}
	}
	if got := len(strings.Split(err.Error(), "\n")); got != wanted {
		t.Errorf("%d mistakes are told, want %d:\n%v", got, wanted, err)
	}
	for text, want := range map[string]string{
		"":             "map.csv:1: the file is empty",
		"sheet,cell\n": `map.csv:1: the columns are "sheet,cell"; they must be`,
		strings.Replace(mapHeader, "cell", "address", 1): `map.csv:1: the columns are "sheet,address,`,
		mapHeader + "T,B7\n":                             "map.csv:2: code is empty",
	} {
		if _, err := returns.ReadMap(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want it to say %q", text, err, want)
		}
	}
}

// A cell of the return leads to the figure in it.
func TestMapped(t *testing.T) {
	template, err := returns.Open(quarterly(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cell, period string
		want         any
		fails        string
	}{
		{"T04_Source!D7", "2023-24-Q4", figure.Place{Code: "R01", Scope: "service:STK", Period: "2023-24-Q3", Dimension: "source", Category: "POL"}, ""},
		{"'t04_source'!$d$7", "2023-24-Q3", figure.Place{Code: "R01", Scope: "service:STK", Period: "2023-24-Q3", Dimension: "source", Category: "POL"}, ""},
		{"T04_Source!F27", "2023-24-Q3", figure.Place{Code: "R01", Scope: "service:STK", Period: "2023-24-Q3-YTD"}, ""},
		{"T02_Spend!G14", "2023-24-Q4", figure.Place{Code: "S02", Scope: "fund:UPLIFT", Period: "2023-24-Q4-YTD"}, ""},
		{"T02_Spend!I7", "2023-24-H2", figure.Place{Code: "S04", Scope: "fund:UPLIFT", Period: "2023-24-Q4-YTD", Dimension: "budget_line", Category: "TRN-DEL"}, ""},
		{"T06_Caseload!E10", "2023-24-Q4", figure.Place{Code: "R12", Scope: "service:STK", Period: "2023-24-Q4"}, ""},
		{"T13_Reach!H7", "2024-25-Q1", figure.Place{Code: "TR03", Scope: "fund:UPLIFT", Period: "2024-25-Q1-YTD", Dimension: "organisation_type x front_line", Category: "POL x Y"}, ""},
		{"T04_Source!E7", "2023-24-Q3", figure.Place{}, "T04_Source!E7 is Q4 of 2023-24, which is after 2023-24-Q3"},
		{"T04_Source!A7", "2023-24-Q3", figure.Place{}, `the program fills no cell "T04_Source!A7"`},
		{"T03_Conditions!C7", "2023-24-Q3", returns.Held{Place: figure.Place{Code: "C01", Scope: "fund:UPLIFT", Period: "2023-24-Q3"}, Condition: true, Field: "value"}, ""},
		{"T16_Quality!D8", "2023-24-Q3", returns.Held{Column: "referrals.referral_source_code", Field: "not known"}, ""},
		{"T01_Funding!A7", "2023-24-Q3", figure.Place{}, "T01_Funding!A7 holds a term of the fund, not a figure"},
		{"Cover!A4", "2023-24-Q3", figure.Place{}, "Cover!A4 holds words, not a figure"},
		{"D7", "2023-24-Q3", figure.Place{}, `"D7" is not a cell; write the sheet`},
	} {
		at, err := period.Parse(c.period)
		if err != nil {
			t.Fatal(err)
		}
		got, err := template.Mapped(c.cell, scopes, at)
		want, held := c.want.(returns.Held)
		if !held {
			want = returns.Held{Place: c.want.(figure.Place), Field: "value"}
		}
		if c.fails == "" && (err != nil || got != want) {
			t.Errorf("%s in %s is %+v (%v), want %+v", c.cell, c.period, got, err, c.want)
		}
		if c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)) {
			t.Errorf("%s in %s gives %v, want it to say %q", c.cell, c.period, err, c.fails)
		}
	}
}

// Mistakes in a description, each with its sentence.
func TestDescriptionMistakes(t *testing.T) {
	const head = "name: x\ntitle: X\nversion: \"1\"\n"
	for _, c := range []struct{ text, want string }{
		{"name: x\n", "description.yaml: title is missing\ndescription.yaml: version is missing"},
		{head + "colour: red\n", `"colour" is not known here`},
		{head + "sheets:\n  - {name: A}\n  - {name: a}\n", `sheet "a": a name is needed, once`},
		{head + "sheets:\n  - {name: A, columns: [{header: Q1}, {header: q1}]}\n", `sheet "A": column "q1": every column needs a header of its own`},
		{head + "sheets:\n  - {name: A, notes: [1]}\n", `sheet "A": there is no note 1; there are 0`},
	} {
		_, err := returns.ReadDescription(fstest.MapFS{"description.yaml": {Data: []byte(c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gives %v, want it to say %q", c.text, err, c.want)
		}
	}
	lists := fstest.MapFS{"reference/colour.csv": {Data: []byte("code,label\nR,Red\n")}}
	d := returns.Description{Issued: "2024-01-02", Sheets: []returns.Sheet{{Name: "A", Columns: []returns.Column{{Header: "X", Width: 9}, {Header: "Y", Width: 9}}}}}
	for _, c := range []struct {
		rows returns.Rows
		want string
	}{
		{returns.Rows{List: "shape"}, `description.yaml: sheet A: cannot read the code list "shape"`},
		{returns.Rows{List: "colour", Only: []string{"B"}}, `the list colour has no code "B"`},
		{returns.Rows{Labels: []string{"one", "two"}}, "row 7 has 2 labels for 2 columns"},
	} {
		d.Sheets[0].Rows = []returns.Rows{c.rows}
		if _, err := returns.Blank(d, lists); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v gives %v, want it to say %q", c.rows, err, c.want)
		}
	}
}
