package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/extract"
)

// everyCell is all that is read of a file, as text, with where it stands.
func everyCell(t testing.TB, path string) (out []string, err error) {
	t.Helper()
	err = extract.Cells(context.Background(), path, "book.xlsx", extract.Options{}, func(r extract.Row) error {
		for i, v := range r.Values {
			if len(v) > 0 {
				out = append(out, fmt.Sprintf("%s %v %d %d %s", r.Sheet, r.Hidden, r.Row, i, v))
			}
		}
		return nil
	})
	return out, err
}

// sameWhenStripped strips a workbook and holds what is read of both against each other.
// It gives what was taken out and the new file; nothing of a file that cannot be read.
func sameWhenStripped(t testing.TB, path string) (taken []string, to string) {
	t.Helper()
	to = filepath.Join(t.TempDir(), "stripped.xlsx")
	taken, err := extract.Strip(context.Background(), path, "book.xlsx", to)
	was, wasErr := everyCell(t, path)
	if err != nil || wasErr != nil {
		if wasErr == nil && err != nil {
			t.Fatalf("it can be read and not stripped: %v", err)
		}
		return nil, ""
	}
	if _, err := os.Stat(to); errors.Is(err, fs.ErrNotExist) {
		return nil, "" // no Excel workbook
	}
	is, err := everyCell(t, to)
	if diff := cmp.Diff(was, is); err != nil || diff != "" {
		t.Fatalf("stripped, other cells are read (%v):\n%s", err, diff)
	}
	return taken, to
}

// Every workbook of the repository has the same cells when stripped, and opens in a
// library that is not ours. It takes a second: some are large.
func TestStrippedWorkbooksReadTheSame(t *testing.T) {
	read := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".xlsx", ".xlsm"}, filepath.Ext(path)) {
			return err
		}
		_, to := sameWhenStripped(t, path)
		if to == "" {
			return nil
		}
		read++
		f, err := excelize.OpenFile(to)
		if err != nil {
			t.Errorf("%s, stripped: %v", path, err)
			return nil
		}
		return f.Close()
	})
	if err != nil || read < 5 {
		t.Errorf("%d workbooks were stripped: %v", read, err)
	}
}

// planted is a workbook with a name in every place that a library can put one.
func planted(t testing.TB, name string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	path := filepath.Join(t.TempDir(), "planted.xlsx")
	rule := excelize.NewDataValidation(true)
	rule.SetSqref("A2:A9")
	rule.SetInput(name, name)
	style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	format := `"` + name + `"@`
	named, styleErr := f.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Family: name}})
	errs := []error{err, styleErr,
		f.SetDocProps(&excelize.DocProperties{Creator: name, Title: name, Keywords: name, LastModifiedBy: name, Description: name}),
		f.SetAppProps(&excelize.AppProperties{Company: name}),
		f.SetHeaderFooter("Sheet1", &excelize.HeaderFooterOptions{OddHeader: "&C" + name, OddFooter: name}),
		f.SetDefinedName(&excelize.DefinedName{Name: "who", RefersTo: `"` + name + `"`, Comment: name}),
		f.AddComment("Sheet1", excelize.Comment{Cell: "B2", Author: name, Text: name}),
		f.SetSheetRow("Sheet1", "A1", &[]any{"referral_id", "amount", "day", "yes"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"R1", 12.5, 45382, true}),
		f.SetCellStyle("Sheet1", "C2", "C2", style), f.SetCellStyle("Sheet1", "B2", "B2", named),
		f.SetCellHyperLink("Sheet1", "A2", "https://"+strings.ReplaceAll(name, " ", ".")+".example/", "External", excelize.HyperlinkOpts{Display: &name, Tooltip: &name}),
		f.AddDataValidation("Sheet1", rule), f.AddTable("Sheet1", &excelize.Table{Range: "A1:D2", Name: strings.ReplaceAll(name, " ", "_")}),
		f.SetCellFormula("Sheet1", "A3", `"`+name+`"&"x"`), f.SetCellStr("Sheet1", "A4", name+" in a cell"), f.SetCellStr("Sheet1", "A4", "R2"),
		f.AddShape("Sheet1", &excelize.Shape{Cell: "F1", Type: "rect", Paragraph: []excelize.RichTextRun{{Text: name}}}),
		f.AddFormControl("Sheet1", excelize.FormControl{Cell: "F9", Type: excelize.FormControlButton, Text: name}),
		f.SaveAs(path)}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return rezipped(t, path, name, map[string]string{
		"customXml/item1.xml":                 "<who>" + name + "</who>",
		"docProps/custom.xml":                 "<p>" + name + "</p>",
		"xl/threadedComments/t1.xml":          "<c>" + name + "</c>",
		"xl/persons/person.xml":               "<p>" + name + "</p>",
		"xl/externalLinks/externalLink1.xml":  "<l>" + name + "</l>",
		"xl/connections.xml":                  "<c>" + name + "</c>",
		"xl/pivotCache/pivotCacheRecords.xml": "<r>" + name + "</r>",
		"xl/embeddings/note.docx":             name,
		"xl/something/nobody/thought/of.bin":  name,
	})
}

// rezipped adds parts to an archive, and a text to its shared ones that no cell shows.
func rezipped(t testing.TB, path, unseen string, more map[string]string) string {
	t.Helper()
	from, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to := strings.TrimSuffix(path, ".xlsx") + "-more.xlsx"
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	put := func(name string, content []byte) {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range from.File {
		in, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if file.Name == "xl/sharedStrings.xml" {
			content = bytes.Replace(content, []byte("</sst>"), []byte("<si><t>"+unseen+"</t></si></sst>"), 1)
		}
		put(file.Name, content)
	}
	for name, content := range more {
		put(name, []byte(content))
	}
	if err := errors.Join(w.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	return to
}

// Nothing that stands beside the table stays, wherever it was put, unpacked or not; the
// table is the same.
func TestStripLeavesTheTableAlone(t *testing.T) {
	const name = "Quentin Zzyzx"
	path := planted(t, name)
	found := func(path string) (in []string) {
		r, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, file := range r.File {
			f, err := file.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.ReplaceAll(string(content), "_", " "); strings.Contains(text, "Zzyzx") || strings.Contains(file.Name, "Zzyzx") {
				in = append(in, file.Name)
			}
		}
		return in
	}
	if before := found(path); len(before) < 14 {
		t.Fatalf("the name is in %q only", before)
	}
	taken, to := sameWhenStripped(t, path)
	if left := found(to); len(left) > 0 {
		t.Errorf("the name is left in %q", left)
	}
	for _, what := range []string{"comments", "connections", "custom data", "document properties", "drawings", "embedded files", "formulas", "headers and footers",
		"links", "links to other workbooks", "messages of rules for entries", "other parts", "pivot tables", "table names", "texts that no cell shows", "words in number formats"} {
		if !slices.Contains(taken, what) {
			t.Errorf("it is not told that %s were taken out: %q", what, taken)
		}
	}
	again, second := sameWhenStripped(t, to)
	one, _ := os.ReadFile(to)
	two, _ := os.ReadFile(second)
	if len(again) > 0 || !bytes.Equal(one, two) {
		t.Errorf("stripped twice, %q more is taken out; the same bytes: %v", again, bytes.Equal(one, two))
	}
}

// Texts that XML cannot hold as they are come back as they were.
func TestStrippedTexts(t *testing.T) {
	f := excelize.NewFile()
	for i, text := range []string{"_x0041_", "_x005F_x0041_", "a<b>&\"c'", "line\nbreak\ttab\r", " blanks ", "é £ 漢", "_x", "_x00zz_", "\u00a0"} {
		if err := f.SetCellStr("Sheet1", fmt.Sprintf("A%d", i+1), text); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "texts.xlsx")
	if err := errors.Join(f.SaveAs(path), f.Close()); err != nil {
		t.Fatal(err)
	}
	sameWhenStripped(t, path)
}

// Whatever a sheet says, stripping ends, and what can be read is read of both alike.
func FuzzStrip(f *testing.F) {
	const cells = `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a_x0041_</t></is></c><c t="str"><f>1</f><v>b</v></c><c><f>2</f></c></row>`
	f.Add(cells + `<row r="3" hidden="1"><c r="A3" t="s"><v>0</v></c><c r="B3" s="1"><v>45382.5</v></c><c r="D3" t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>`)
	f.Add(cells + `<row><c t="inlineStr"><is><r><t>_x000D_</t></r><rPh><t>no</t></rPh></is></c><c t="e"><v>#REF!</v></c><c t="d"><v>2024-03-31</v></c></row></sheetData>` +
		`<dataValidations><dataValidation type="list" sqref="A1"><formula1>$B$1:$B$3</formula1></dataValidation></dataValidations></worksheet>`)
	f.Add(cells + `<row><c t="inneStr"><is><t>a</t></is></c><c t="s"><v> 1 </v></c></row></sheetData><dataValidations><dataValidation><formula1>` + "\xff\v" + `</formula1></dataValidation></dataValidations></worksheet>`)
	f.Fuzz(func(t *testing.T, sheet string) {
		path := filepath.Join(t.TempDir(), "book.xlsx")
		content := archived(t, append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: sheet},
			entry{name: "xl/sharedStrings.xml", content: `<sst><si><t>a</t></si><si><r><t xml:space="preserve"> b</t></r><rPh><t>no</t></rPh></si></sst>`},
			entry{name: "xl/styles.xml", content: `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs><xf/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs></styleSheet>`}))
		if err := os.WriteFile(path, content, 0o660); err != nil {
			t.Fatal(err)
		}
		sameWhenStripped(t, path)
	})
}
