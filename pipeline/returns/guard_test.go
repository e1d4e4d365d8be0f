package returns_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/returns"
)

// What a ministry changed in its blank is told, one sentence for each change, and
// nothing is filled.
func TestChangedBlankIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(f *excelize.File) error
	}{
		{"a row moved", `Return!A3 says "" where the cell map expects "Police referrals", which now stands in A4`, func(f *excelize.File) error { return f.InsertRows("Return", 3, 1) }},
		{"a sheet renamed", `the sheet "Lists" is gone; in its place is "Values"`, func(f *excelize.File) error { return f.SetSheetName("Lists", "Values") }},
		{"a mapped sheet renamed", `there is no sheet "Return"; there are Form, Lists`, func(f *excelize.File) error { return f.SetSheetName("Return", "Form") }},
		{"a sheet gone", `the sheet "Lists" is gone`, func(f *excelize.File) error { return f.DeleteSheet("Lists") }},
		{"a sheet more", `there is a new sheet "Annex"`, func(f *excelize.File) error { _, err := f.NewSheet("Annex"); return err }},
		{"retyped", `Return!B3 was shown as "General" and is now shown as "0.00%"`, func(f *excelize.File) error {
			percent, err := f.NewStyle(&excelize.Style{NumFmt: 10})
			return errors.Join(err, f.SetCellStyle("Return", "B3", "B3", percent))
		}},
		{"newly required", `Return!G20 has a new rule for entries: list "a,b" an entry is required`, func(f *excelize.File) error {
			rule := excelize.NewDataValidation(false)
			rule.SetSqref("G20")
			return errors.Join(rule.SetDropList([]string{"a", "b"}), f.AddDataValidation("Return", rule))
		}},
		{"a name of one sheet", `there is a new defined name "police" of the sheet "Lists"`, func(f *excelize.File) error {
			return f.SetDefinedName(&excelize.DefinedName{Name: "police", RefersTo: "Return!$B$4", Scope: "Lists"})
		}},
		{"a rule gone", `Return!E3 had a rule for entries (list "Yes,No"), which is gone`, func(f *excelize.File) error { return f.DeleteDataValidation("Return") }},
		{"newly open", `Return!B3 was protected and is now open to people`, func(f *excelize.File) error {
			open, err := f.NewStyle(&excelize.Style{Protection: &excelize.Protection{Locked: false}})
			return errors.Join(err, f.SetCellStyle("Return", "B3", "B3", open))
		}},
		{"protection taken away", `the sheet "Return" was protected and now is not`, func(f *excelize.File) error { return f.UnprotectSheet("Return") }},
		{"labels merged", `Return!A3:A4 are merged cells now`, func(f *excelize.File) error { return f.MergeCell("Return", "A3", "A4") }},
		{"a new question", `Return!A6 is new and says "Referrals from schools"`, func(f *excelize.File) error { return f.SetCellStr("Return", "A6", "Referrals from schools") }},
		{"a formula changed", `Return!B5 had the formula "=B3/B4" and now has "=B3/C4"`, func(f *excelize.File) error { return f.SetCellFormula("Return", "B5", "B3/C4") }},
		{"a name pointing elsewhere", `the defined name "police" stood for Return!$B$3 and now stands for Return!$B$4`, func(f *excelize.File) error {
			return errors.Join(f.DeleteDefinedName(&excelize.DefinedName{Name: "police"}), f.SetDefinedName(&excelize.DefinedName{Name: "police", RefersTo: "Return!$B$4"}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, changed := issued(t, nil), issued(t, func(f *excelize.File) {
				if err := c.change(f); err != nil {
					t.Fatal(err)
				}
			})
			files["blank.xlsx"] = changed["blank.xlsx"]
			_, _, err := returns.Draft(context.Background(), request(t, files, "2023-24-Q4"))
			if !errors.Is(err, returns.ErrTemplateChanged) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want ErrTemplateChanged saying %q", err, c.want)
			}
		})
	}
}

// A cell that people could write in, and that is protected now, is told.
func TestNewlyProtected(t *testing.T) {
	files, now := issued(t, func(f *excelize.File) {
		if err := f.UnprotectSheet("Return"); err != nil {
			t.Fatal(err)
		}
	}), issued(t, nil)
	files["blank.xlsx"] = now["blank.xlsx"]
	_, _, err := returns.Draft(context.Background(), request(t, files, "2023-24-Q4"))
	for _, want := range []string{`the sheet "Return" was not protected and now is`, "Return!B3 was open to people and is now protected"} {
		if !errors.Is(err, returns.ErrTemplateChanged) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want ErrTemplateChanged saying %q", err, want)
		}
	}
}

// What is no workbook we can fill, and the sentence for whoever has the file.
func TestBadBlanks(t *testing.T) {
	good := issued(t, nil)["blank.xlsx"].Data
	ole := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...)
	locked := append(bytes.Clone(ole), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...)
	for _, c := range []struct {
		name, want string
		content    []byte
	}{
		{"nothing", "the file is empty", nil},
		{"a text", "this is not a workbook", []byte("a,b\n1,2\n")},
		{"an old workbook", "this is a workbook of the old kind (.xls)", ole},
		{"a password", "the workbook is protected by a password: open it in a spreadsheet program, take the password away", locked},
		{"cut short", "the workbook is damaged, or only part of it arrived", good[:len(good)/2]},
		{"another archive", "this is not a workbook", zipped(t, map[string]string{"a.txt": "hello"})},
		{"40 MB of styles", "the styles of the workbook (xl/styles.xml) take more than 16 MB", withPart(t, good, "xl/styles.xml", func(w io.Writer) {
			fmt.Fprint(w, `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
			for range 40 << 10 {
				fmt.Fprint(w, strings.Repeat(" ", 1024))
			}
			fmt.Fprint(w, "</styleSheet>")
		})},
		{"deep elements", "more than 200 deep", withPart(t, good, "xl/worksheets/sheet1.xml", func(w io.Writer) { fmt.Fprint(w, strings.Repeat("<a>", 100000)) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := issued(t, nil)
			files["blank.xlsx"].Data = c.content
			_, _, err := returns.Draft(context.Background(), request(t, files, "2023-24-Q4"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
		})
	}
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withPart is a workbook with one part written anew, or added.
func withPart(t testing.TB, content []byte, name string, write func(w io.Writer)) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, file := range r.File {
		if file.Name != name {
			if err := w.Copy(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	f, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	write(f)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A hidden figure that a formula would read, in whatever way the formula names it,
// is refused; formulas that do not read it are no matter.
func TestHiddenFigureFeedsNoFormula(t *testing.T) {
	place := figure.Place{Code: "R01", Scope: "service:STK", Period: "2023-24-Q3", Dimension: "source", Category: "POL"}
	for _, c := range []struct {
		formula string
		reads   bool
	}{
		{"B3/B4", true}, {"$B$3*2", true}, {"SUM(A1:C9)", true}, {"SUM(B:B)", true}, {"SUM(3:3)", true}, {"police+1", true}, {"Return!B3", true}, {"'Return'!B3", true},
		{"SUM(tbl[Police])", true}, {"C4", false}, {"SUM(C1:C9)", false}, {"Lists!B3", false}, {`"B3"&C4`, false}, {"SUM(4:9)", false},
	} {
		t.Run(c.formula, func(t *testing.T) {
			files := issued(t, func(f *excelize.File) {
				if err := f.SetCellFormula("Return", "B5", c.formula); err != nil {
					t.Fatal(err)
				}
			})
			r := request(t, files, "2023-24-Q4")
			r.Figures.(kept).figures[place] = returns.Value{Marker: "c"}
			_, _, err := returns.Draft(context.Background(), r)
			if c.reads && (err == nil || !strings.Contains(err.Error(), "Return!B3 must be hidden and the formula of Return!B5 reads it")) {
				t.Errorf("got %v", err)
			}
			if !c.reads && err != nil {
				t.Errorf("it does not read B3, yet: %v", err)
			}
		})
	}
}

// A workbook with macros keeps them, byte for byte, and its ending.
func TestMacrosAreKept(t *testing.T) {
	files := issued(t, nil)
	macro := []byte("\x00\x01 a macro \xff")
	files["blank.xlsm"] = files["blank.xlsx"]
	files["blank.xlsm"].Data = withPart(t, files["blank.xlsx"].Data, "xl/vbaProject.bin", func(w io.Writer) {
		if _, err := w.Write(macro); err != nil {
			t.Fatal(err)
		}
	})
	delete(files, "blank.xlsx")
	if got := returns.Ending(files); got != ".xlsm" {
		t.Errorf("the ending is %s", got)
	}
	content, _ := draft(t, request(t, files, "2023-24-Q4"))
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Open("xl/vbaProject.bin")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, macro) {
		t.Errorf("the macros are %q (%v)", got, err)
	}
}
