package intake_test

import (
	"archive/zip"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

var everyPlant = flag.Bool("planted", false, "plant every kind in every feed, format and place, and not only each place of each format once")

// places are where a value may stand in a file; those of workbooks come last.
var plantedIn = []string{"a text", "a code", "another column", "a header", "above the header", "the file's name",
	"another sheet", "a sheet that is no table", "a sheet's name", "a comment", "a property", "a defined name", "a drop-down list"}

// A planted value with a header of its own is known by that, in another column.
type planted struct{ kind, value, header, feed, provider, format, place, file string }

// What is planted in a file is neither kept, in any byte of the store, nor told.
// Several seconds: each is a file of its own.
func TestPlanted(t *testing.T) {
	t.Parallel()
	ws := example.Cleveland(t)
	kinds := example.ReadRows(t, "../../testdata/personal/planted.csv")
	var feeds [][2]string // provider and feed
	for _, p := range ws.Register.Providers {
		for _, f := range p.Feeds {
			feeds = append(feeds, [2]string{p.Code, f.Feed})
		}
	}
	everywhere := slices.IndexFunc(kinds, func(k map[string]string) bool { return k["header"] != "" }) // these come first
	var all []planted
	n := 0
	for _, format := range []string{"csv", "xlsx", "ods"} {
		for at, place := range plantedIn {
			if format == "csv" && at >= 6 || format == "ods" && at >= 9 {
				continue
			}
			n++ // by default each place of each format once, of the kind and the feed that are next
			for i, kind := range kinds {
				if kind["header"] != "" && place != "another column" {
					continue
				}
				for j, feed := range feeds {
					if place == "a text" && kind["but_in"] != "" && textOf(ws, feed[1]) == kind["but_in"] {
						continue // README says that it is not found there
					}
					if *everyPlant || (i == n%everywhere || kind["header"] != "") && j == (n+i)%len(feeds) {
						all = append(all, planted{kind: kind["kind"], value: kind["value"], header: kind["header"], feed: feed[1], provider: feed[0], format: format, place: place})
					}
				}
			}
		}
	}
	dir := t.TempDir()
	lands := map[[2]string][]string{}
	for i := range all {
		p := &all[i]
		if p.place == "the file's name" || p.place == "a sheet's name" { // which may not have every sign
			p.value = strings.ReplaceAll(p.value, "/", "-")
		}
		name := fmt.Sprintf("planted %d.%s", i, p.format)
		if p.place == "the file's name" {
			name = fmt.Sprintf("planted %d about %s.%s", i, p.value, p.format)
		}
		p.file = filepath.Join(dir, name)
		plant(t, ws, *p)
		lands[[2]string{p.provider, p.feed}] = append(lands[[2]string{p.provider, p.feed}], p.file)
	}
	told := ""
	for by, files := range lands {
		landed, err := intake.LandAndJudge(t.Context(), ws, files, landing.Given{Provider: by[0], Feed: by[1]}, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range landed {
			told += fmt.Sprintf("%+v\n", l)
		}
	}
	everything := example.Everything(t, ws)
	delete(everything, "mojreturns.yaml")
	kept, printed, lies := 0, 0, map[string]string{} // where a value lies
	for _, p := range all {
		where, looked := lies[p.value]
		for at, text := range everything {
			if !looked && (strings.Contains(text, p.value) || strings.Contains(at, p.value)) {
				where = at
			}
		}
		if lies[p.value] = where; where != "" {
			kept++
			t.Errorf("%s (%s) in %s of a %s of %s: kept in %s", p.kind, p.value, p.place, p.format, p.feed, where)
		}
		if strings.Contains(told, p.value) {
			printed++
			t.Errorf("%s (%s) in %s of a %s of %s: told", p.kind, p.value, p.place, p.format, p.feed)
		}
	}
	t.Logf("%d planted, %d kept, %d printed", len(all), kept, printed)
	if len(all) < 27 {
		t.Errorf("only %d are planted", len(all))
	}
}

// textOf is the column of a feed that a value is put into as a text; empty for none.
func textOf(ws *workspace.Workspace, feed string) (name string) {
	c, _ := ws.Contract(feed)
	for _, col := range c.Columns {
		if col.Type == "text" && !slices.Contains(c.Key, col.Name) {
			name = col.Name
		}
	}
	return name
}

// plant writes a file of the feed that has the value in its place.
func plant(t *testing.T, ws *workspace.Workspace, p planted) {
	t.Helper()
	c, _ := ws.Contract(p.feed)
	var header []string
	text, code := -1, -1
	for i, col := range c.Columns {
		header = append(header, col.Name)
		if col.Type == "text" && !slices.Contains(c.Key, col.Name) {
			text = i
		}
		if col.Type == "code" {
			code = i
		}
	}
	header = append(header, "Other")
	rows := [][]string{header}
	for range 5 {
		rows = append(rows, make([]string, len(header)))
	}
	fill := func(at int) {
		for i := range rows[1:] {
			rows[i+1][max(at, 0)] = p.value
		}
	}
	sheets := []string{"Data"}
	second := [][]string(nil)
	rows[1][0] = "A1"
	switch p.place {
	case "a text":
		fill(text)
	case "a code":
		fill(code)
	case "another column":
		if p.header != "" {
			header[len(header)-1] = p.header
		}
		fill(len(header) - 1)
	case "a header":
		header[len(header)-1] = p.value
	case "above the header":
		rows = append([][]string{{"about", p.value}}, rows...)
	case "another sheet":
		sheets, second = append(sheets, "Notes"), [][]string{{"Ref", "To"}, {"1", p.value}, {"2", p.value}, {"3", p.value}}
	case "a sheet that is no table":
		sheets, second = append(sheets, "Notes"), [][]string{{"call " + p.value}}
	case "a sheet's name":
		sheets, second = append(sheets, "x "+p.value), [][]string{{"a"}}
	}
	switch p.format {
	case "csv":
		example.WriteCSV(t, p.file, rows)
	case "ods":
		plantODS(t, p.file, sheets, [][][]string{rows, second})
	case "xlsx":
		plantXLSX(t, p, sheets, [][][]string{rows, second})
	}
}

func plantXLSX(t *testing.T, p planted, sheets []string, tables [][][]string) {
	book := excelize.NewFile()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(book.SetSheetName("Sheet1", sheets[0]))
	for i, name := range sheets {
		if i > 0 {
			_, err := book.NewSheet(name)
			check(err)
		}
		for r, row := range tables[i] {
			check(book.SetSheetRow(name, fmt.Sprintf("A%d", r+1), &row))
		}
	}
	switch p.place {
	case "a comment":
		check(book.AddComment(sheets[0], excelize.Comment{Cell: "A2", Author: "x", Text: p.value}))
	case "a property":
		check(book.SetDocProps(&excelize.DocProperties{Subject: p.value}))
	case "a defined name":
		check(book.SetDefinedName(&excelize.DefinedName{Name: "about", RefersTo: `"` + p.value + `"`}))
	case "a drop-down list":
		list := excelize.NewDataValidation(true)
		list.SetSqref("A2:A9")
		check(list.SetDropList([]string{"A1", p.value}))
		check(book.AddDataValidation(sheets[0], list))
	}
	check(book.SaveAs(p.file))
}

// plantODS writes what LibreOffice would: its three parts that matter.
func plantODS(t *testing.T, path string, sheets []string, tables [][][]string) {
	escape := func(text string) string {
		var out strings.Builder
		_ = xml.EscapeText(&out, []byte(text))
		return out.String()
	}
	var body strings.Builder
	for i, name := range sheets {
		body.WriteString(`<table:table table:name="` + escape(name) + `">`)
		for _, row := range tables[i] {
			body.WriteString("<table:table-row>")
			for _, cell := range row {
				if cell == "" {
					body.WriteString("<table:table-cell/>")
					continue
				}
				body.WriteString(`<table:table-cell office:value-type="string"><text:p>` + escape(cell) + `</text:p></table:table-cell>`)
			}
			body.WriteString("</table:table-row>")
		}
		body.WriteString("</table:table>")
	}
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	archive := zip.NewWriter(out)
	for _, part := range [][2]string{
		{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
		{"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`},
		{"content.xml", `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>` + body.String() + `</office:spreadsheet></office:body></office:document-content>`},
	} {
		method := zip.Deflate
		if part[0] == "mimetype" {
			method = zip.Store
		}
		w, err := archive.CreateHeader(&zip.FileHeader{Name: part[0], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
}
