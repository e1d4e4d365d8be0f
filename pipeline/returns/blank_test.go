package returns_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/returns"
	"mojreturns/queries"
)

// The sheets of the quarterly return, in order, each with the range of its
// table: addresses that people and programs refer to.
var quarterlySheets = []struct{ name, table, header string }{
	{"Cover", "", ""},
	{"Contents", "A6:B26", "Sheet name|Description"},
	{"Notes", "A6:B36", "Note number|Note text"},
	{"Declaration", "A6:B13", "Item|Response"},
	{"T01_Funding", "A6:G7", "Fund|Maximum|Received|Carry-forward approved|Spend by|Delivery from|Delivery to"},
	{"T02_Spend", "A6:M14", "Budget line|Profile year to date|Actual Q1|Actual Q2|Actual Q3|Actual Q4|Actual year to date|Variance|Forecast outturn|Commitments|Accruals|Status|Reason"},
	{"T03_Conditions", "A6:E20", "Condition|Evidence|Result|Status|Comment"},
	{"T04_Source", "A6:F27", "Source|Q1|Q2|Q3|Q4|Year to date"},
	{"T05_Outcome", "A6:F22", "Referral outcome|Q1|Q2|Q3|Q4|Year to date"},
	{"T06_Caseload", "A6:F14", "Measure|Q1|Q2|Q3|Q4|Year to date"},
	{"T07_Waiting", "A6:E11", "Measure|Q1|Q2|Q3|Q4"},
	{"T08_Crime", "A6:F27", "Crime type|Q1|Q2|Q3|Q4|Year to date"},
	{"T09_Stalking", "A6:G38", "Measure|Group|Q1|Q2|Q3|Q4|Year to date"},
	{"T10_Equality", "A6:D74", "Characteristic|Group|People supported year to date|Per cent"},
	{"T11_Outcomes", "A6:I42", "Outcome|Scale|Eligible|Measured|Improved|Maintained|Worsened|Per cent improved|Response rate"},
	{"T12_Sessions", "A6:F14", "Measure|Q1|Q2|Q3|Q4|Year to date"},
	{"T13_Reach", "A6:H39", "Breakdown|Group|Completions Q1|Completions Q2|Completions Q3|Completions Q4|Completions year to date|Front-line completions year to date"},
	{"T14_Effect", "A6:G11", "Measure|Mean before|Mean after|Change|Share improved or saying yes|Number who answered|Response rate"},
	{"T15_Value", "A6:C10", "Measure|Value|Basis"},
	{"T16_Quality", "A6:F46", "Field|Rows|Missing|Not known|Invalid|Per cent complete"},
	{"T17_Narrative", "A6:B12", "Prompt|Response"},
	{"T18_Risks", "A6:G16", "Risk|Likelihood|Impact|Status|Owner|Action|Due"},
}

// The workbook follows the accessibility guidance for spreadsheets: one marked
// up and named table on a sheet at the left edge, one header row, nothing merged,
// filtered, frozen or filled, nothing below the table.
func TestBlankIsAccessible(t *testing.T) {
	blank, _, _ := made(t)
	f := opened(t, blank)
	if got := f.GetSheetList(); len(got) != len(quarterlySheets) {
		t.Fatalf("the sheets are %s", strings.Join(got, ", "))
	}
	for i, want := range quarterlySheets {
		if got := f.GetSheetName(i); got != want.name {
			t.Errorf("sheet %d is %s, want %s", i+1, got, want.name)
		}
		checkTable(t, f, want.name, want.table)
		rows, err := f.GetRows(want.name)
		if err != nil {
			t.Fatal(err)
		}
		if want.header != "" && strings.Join(rows[5], "|") != want.header {
			t.Errorf("%s: the header is %q, want %q", want.name, strings.Join(rows[5], "|"), want.header)
		}
		for n, row := range rows {
			if (len(row) == 0 || row[0] == "") && want.name != "Cover" {
				t.Errorf("%s: row %d begins with nothing", want.name, n+1)
			}
		}
		if title := styleOf(t, f, want.name, "A1"); title.Font.Family != "Arial" || title.Font.Size != 16 || !title.Font.Bold {
			t.Errorf("%s: the title's letters are %+v", want.name, title.Font)
		}
		if panes, err := f.GetPanes(want.name); err != nil || panes.Freeze {
			t.Errorf("%s: panes are frozen (%v)", want.name, err)
		}
	}
	if f.GetActiveSheetIndex() != 0 {
		t.Error("the workbook does not open on its cover")
	}
}

func checkTable(t *testing.T, f *excelize.File, sheet, range_ string) {
	t.Helper()
	tables, err := f.GetTables(sheet)
	if err != nil {
		t.Fatal(err)
	}
	if merged, _ := f.GetMergeCells(sheet); len(merged) > 0 {
		t.Errorf("%s: %d merged cells", sheet, len(merged))
	}
	used, _ := f.GetSheetDimension(sheet)
	switch {
	case range_ == "" && len(tables) > 0, range_ != "" && len(tables) != 1:
		t.Errorf("%s has %d tables", sheet, len(tables))
	case range_ != "" && (tables[0].Range != range_ || tables[0].Name != "tbl_"+sheet):
		t.Errorf("%s: the table is %s at %s, want tbl_%s at %s", sheet, tables[0].Name, tables[0].Range, sheet, range_)
	case range_ != "" && used != strings.Replace(range_, "A6", "A1", 1):
		t.Errorf("%s says it uses %s", sheet, used)
	}
	f.Pkg.Range(func(name, part any) bool {
		text, ok := part.([]byte)
		if ok && strings.Contains(string(text), "autoFilter") {
			t.Errorf("%s has filter buttons", name)
		}
		if ok && strings.Contains(string(text), "customHeight") {
			t.Errorf("%s has rows that do not grow with what is written into them", name)
		}
		return true
	})
}

func styleOf(t *testing.T, f *excelize.File, sheet, cell string) *excelize.Style {
	t.Helper()
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return style
}

// A number's cell has the number format of its map row and stands to the right,
// markers included; everything is in Arial 12 without a fill.
func TestMappedCellsAreStyled(t *testing.T) {
	blank, _, _ := made(t)
	f := opened(t, blank)
	number := map[string]string{"money": "£#,##0.00", "percent": "0.0%", "number": "#,##0.0", "count": "#,##0", "date": "d mmmm yyyy"}
	for _, r := range mapRows(t) {
		if r.Cell == "" || r.Cell == "A1" {
			continue
		}
		style := styleOf(t, f, r.Sheet, r.Cell)
		if style.Font.Family != "Arial" || style.Font.Size != 12 || len(style.Fill.Color) > 0 {
			t.Errorf("%s!%s: font %+v, fill %+v", r.Sheet, r.Cell, style.Font, style.Fill)
		}
		format := ""
		if style.CustomNumFmt != nil {
			format = *style.CustomNumFmt
		} else if style.NumFmt == 3 {
			format = "#,##0" // the library knows this one by number
		}
		if want := number[r.Format]; format != want || want != "" && (style.Alignment.Horizontal != "right" || style.Alignment.WrapText) {
			t.Errorf("%s!%s: number format %q, %+v aligned, for %s", r.Sheet, r.Cell, format, style.Alignment, r.Format)
		}
	}
}

// A blank is not made where it could not be read on paper, or would not say how it is
// protected; every column that is too narrow is named.
func TestBlankRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*returns.Description)
		want   []string
	}{
		{"no marking", func(d *returns.Description) { d.Marking = "" }, []string{"marking is missing: write how the return is protected"}},
		{"narrow columns", func(d *returns.Description) {
			for i := range d.Sheets {
				switch d.Sheets[i].Name {
				case "T02_Spend":
					d.Sheets[i].Columns[1].Width = 12
				case "T09_Stalking":
					d.Sheets[i].Columns[0].Width = 8
				}
			}
		}, []string{`T02_Spend!B7: the column is 12 wide and needs `, `for "money"`, `T09_Stalking!A7: the column is 8 wide and needs `, `for "Related to domestic abuse"`}},
	} {
		d, err := returns.ReadDescription(quarterly(t))
		if err != nil {
			t.Fatal(err)
		}
		c.change(&d)
		_, err = returns.Blank(d, queries.Files)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want it to say %q", c.name, err, want)
			}
		}
	}
}
