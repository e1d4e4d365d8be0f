package returns_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/returns"
)

// changedBlank is the quarterly blank with something done to it.
func changedBlank(t testing.TB, change func(f *excelize.File) error) []byte {
	t.Helper()
	blank, _, _ := made(t)
	f := opened(t, blank)
	if err := change(f); err != nil {
		t.Fatal(err)
	}
	changed, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return changed.Bytes()
}

func adopt(t testing.TB, blank []byte) (returns.Adoption, map[string]returns.Placement) {
	t.Helper()
	a, err := returns.Adopt(quarterly(t), blank)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]returns.Placement{}
	for _, p := range a.Placements {
		by[p.From] = p
	}
	return a, by
}

// The same blank again: every cell is placed where it was, and sure.
func TestAdoptTheSameBlank(t *testing.T) {
	blank, cellMap, fingerprint := made(t)
	a, _ := adopt(t, blank)
	for _, p := range a.Placements {
		if p.Confidence != "sure" || p.To != p.From {
			t.Errorf("%+v", p)
		}
	}
	if len(a.Unclaimed) > 0 {
		t.Errorf("unclaimed: %q", a.Unclaimed)
	}
	files, err := a.Files(returns.Description{Name: "n", Title: "t", Version: "1", Marking: "OFFICIAL"})
	if err != nil {
		t.Fatal(err)
	}
	if string(files["map.csv"]) != string(cellMap) || string(files["fingerprint.csv"]) != string(fingerprint) {
		t.Error("the map or the fingerprint of the same blank is another")
	}
	if about := string(files["description.yaml"]); !strings.Contains(about, `marking: "OFFICIAL"`) {
		t.Errorf("the new description leaves the marking out: %s", about)
	}
}

// What a ministry does to its workbook between years, and what becomes of a cell.
func TestAdoptAChangedBlank(t *testing.T) {
	for _, c := range []struct {
		name, from, to, confidence, why string
		change                          func(f *excelize.File) error
	}{
		{"a row more above", "T04_Source!D7", "T04_Source!D8", "sure", `"Police" moved from A7 to A8`, func(f *excelize.File) error { return f.InsertRows("T04_Source", 7, 1) }},
		{"a column more", "T04_Source!D7", "T04_Source!E7", "sure", `"Q3" moved from D6 to E6`, func(f *excelize.File) error { return f.InsertCols("T04_Source", "B", 1) }},
		{"a sheet renamed", "T04_Source!D7", "T4 Sources!D7", "likely", `the sheet "T4 Sources" has`, func(f *excelize.File) error { return f.SetSheetName("T04_Source", "T4 Sources") }},
		{"another spelling", "T04_Source!D7", "T04_Source!D7", "likely", `it says "POLICE:", as "Police"`, func(f *excelize.File) error { return f.SetCellStr("T04_Source", "A7", "POLICE:") }},
		{"other words", "T06_Caseload!E10", "T06_Caseload!E10", "unsure", `"Cases open at the end" is most like "Open at end"`, func(f *excelize.File) error { return f.SetCellStr("T06_Caseload", "A10", "Cases open at the end") }},
		{"a label gone", "T06_Caseload!E10", "", "not placed", `nothing says "Open at end"`, func(f *excelize.File) error { return f.SetCellStr("T06_Caseload", "A10", "") }},
		{"a formula in its place", "T04_Source!F7", "", "not placed", `F7 now holds the formula "=SUM(B7:E7)"`, func(f *excelize.File) error { return f.SetCellFormula("T04_Source", "F7", "SUM(B7:E7)") }},
		{"a sheet gone", "T18_Risks!A7", "", "not placed", `there is no sheet like "T18_Risks"`, func(f *excelize.File) error { return f.DeleteSheet("T18_Risks") }},
		{"shown otherwise", "T02_Spend!G14", "T02_Spend!G14", "likely", "its numbers were shown as", func(f *excelize.File) error {
			whole, err := f.NewStyle(&excelize.Style{NumFmt: 1})
			return errors.Join(err, f.SetCellStyle("T02_Spend", "G14", "G14", whole))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, by := adopt(t, changedBlank(t, c.change))
			if p := by[c.from]; p.To != c.to || p.Confidence != c.confidence || !strings.Contains(p.Why, c.why) {
				t.Errorf("%s goes to %q (%s: %s), want %q (%s: %s)", c.from, p.To, p.Confidence, p.Why, c.to, c.confidence, c.why)
			}
		})
	}
}

// What is asked for the first time is listed.
func TestAdoptListsWhatIsNew(t *testing.T) {
	a, _ := adopt(t, changedBlank(t, func(f *excelize.File) error { return f.SetCellStr("T15_Value", "A11", "Cost per referral") }))
	if len(a.Unclaimed) != 1 || a.Unclaimed[0] != `T15_Value!A11 says "Cost per referral"` {
		t.Errorf("unclaimed: %q", a.Unclaimed)
	}
}

// An adopted folder can be drafted from, and shows the figures where they moved to.
func TestAdoptedTemplateIsFilled(t *testing.T) {
	a, _ := adopt(t, changedBlank(t, func(f *excelize.File) error { return f.InsertRows("T04_Source", 7, 2) }))
	files, err := a.Files(returns.Description{Name: "next", Title: "Next year's return", Version: "2"})
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: content}
	}
	content, _ := draft(t, request(t, folder, "2023-24-Q4"))
	if got, err := opened(t, content).GetCellValue("T04_Source", "D9"); err != nil || got != "1,012" {
		t.Errorf("T04_Source!D9 shows %q (%v), want 1,012", got, err)
	}
}
