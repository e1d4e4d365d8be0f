package intake_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/workspace"
)

// plant writes a file of the feed that has the value in its place.
func plant(t *testing.T, ws *workspace.Workspace, p planted) {
	t.Helper()
	c, _ := ws.Contract(p.feed)
	var header []string
	text, code, date := -1, -1, -1
	for i, col := range c.Columns {
		header = append(header, col.Name)
		if col.Type == "text" && !slices.Contains(c.Key, col.Name) {
			text = i
		}
		switch col.Type {
		case "code":
			code = i
		case "date":
			date = i
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
	one := func(at int) { rows[3][max(at, 0)] = p.value }
	sheets := []string{"Data"}
	second := [][]string(nil)
	rows[1][0] = "A1"
	switch p.place["place"] {
	case "a text":
		fill(text)
	case "one text":
		one(text)
	case "a code":
		fill(code)
	case "one code":
		one(code)
	case "a key":
		one(slices.Index(header, c.Key[0]))
	case "a date":
		one(date)
	case "another column":
		if p.header != "" {
			header[len(header)-1] = p.header
		}
		fill(len(header) - 1)
	case "one in another column":
		one(len(header) - 1)
	case "beyond the header":
		rows[3] = append(rows[3], "", p.value)
	case "below the table":
		rows = append(rows, nil, []string{"", p.value})
	case "a header":
		header[len(header)-1] = p.value
	case "above the header":
		rows = append([][]string{{"about", p.value}}, rows...)
	case "another sheet", "a hidden sheet":
		sheets, second = append(sheets, "Notes"), [][]string{{"Ref", "To"}, {"1", p.value}, {"2", p.value}, {"3", p.value}}
	case "one cell of another sheet":
		sheets, second = append(sheets, "Notes"), [][]string{{"Ref", "To"}, {"1", "none"}, {"2", p.value}, {"3", "none"}}
	case "a sheet that is no table":
		sheets, second = append(sheets, "Notes"), [][]string{{"call " + p.value}}
	case "a sheet's name":
		sheets, second = append(sheets, "x "+p.value), [][]string{{"a"}}
	}
	tables := [][][]string{rows, second}
	switch p.format {
	case "csv":
		example.WriteCSV(t, p.file, rows)
	case "ods":
		changed(t, p, plantODS(t, p, sheets, tables))
	default:
		changed(t, p, plantXLSX(t, p, sheets, tables))
	}
}

// changed writes the file with what the place adds to a part, or as a part of its own.
func changed(t *testing.T, p planted, content []byte) {
	t.Helper()
	var escaped bytes.Buffer
	if err := xml.EscapeText(&escaped, []byte(p.value)); err != nil {
		t.Fatal(err)
	}
	said := strings.NewReplacer("{value}", escaped.String(), "{utf-16}", wide(p.value, false), "{base64}", base64.StdEncoding.EncodeToString([]byte(p.value))).Replace(p.place["content"])
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, method uint16, text []byte) {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = part.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	done := p.place["part"] == ""
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		switch before := p.place["before"]; {
		case f.Name == "[Content_Types].xml" && p.format == "xlsm":
			text = bytes.ReplaceAll(text, []byte("spreadsheetml.sheet.main+xml"), []byte("ms-excel.sheet.macroEnabled.main+xml"))
			text = bytes.ReplaceAll(text, []byte("openxmlformats-officedocument.ms-excel"), []byte("ms-excel"))
		case f.Name == p.place["part"] && before == "":
			continue
		case f.Name == p.place["part"]:
			done = bytes.Contains(text, []byte(before))
			text = bytes.Replace(text, []byte(before), []byte(said+before), 1)
		}
		put(f.Name, f.Method, text)
	}
	if p.place["before"] == "" && !done {
		put(p.place["part"], zip.Deflate, []byte(said))
		done = true
	}
	if !done {
		t.Fatalf("%s: there is no %q in %s", p, p.place["before"], path.Base(p.place["part"]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func plantXLSX(t *testing.T, p planted, sheets []string, tables [][][]string) []byte {
	t.Helper()
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
	switch p.place["place"] {
	case "a hidden sheet":
		check(book.SetSheetVisible(sheets[1], false))
	case "a cell under merged cells":
		check(book.SetCellStr(sheets[0], "B3", "x"))
		check(book.SetCellStr(sheets[0], "C3", p.value))
		check(book.MergeCell(sheets[0], "B3", "C3"))
		check(book.SetCellStr(sheets[0], "C3", p.value))
	case "a rich text":
		check(book.SetCellRichText(sheets[0], "B3", []excelize.RichTextRun{{Text: p.value[:3], Font: &excelize.Font{Bold: true}}, {Text: p.value[3:]}}))
	case "a link":
		check(book.SetCellHyperLink(sheets[0], "A2", "mailto:"+p.value, "External"))
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
	content, err := book.WriteToBuffer()
	check(err)
	return content.Bytes()
}

// plantODS writes what LibreOffice would: its three parts that matter.
func plantODS(t *testing.T, p planted, sheets []string, tables [][][]string) []byte {
	t.Helper()
	escape := func(text string) string {
		var out strings.Builder
		_ = xml.EscapeText(&out, []byte(text))
		return out.String()
	}
	var body strings.Builder
	for i, name := range sheets {
		hidden := ""
		if i > 0 && p.place["place"] == "a hidden sheet" {
			hidden = ` table:display="false"`
		}
		body.WriteString(`<table:table table:name="` + escape(name) + `"` + hidden + `>`)
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
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
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
	return out.Bytes()
}
