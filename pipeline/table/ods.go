package table

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// OpenDocument is what the government's standard asks for documents that are worked on
// (ODF 1.2). excelize does not write it, and no kept library in Go does; a sheet of rows
// takes three small files in a zip.

const (
	odsType = "application/vnd.oasis.opendocument.spreadsheet"
	odsHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	odsRoot = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"` +
		` xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"` +
		` xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.2">`
	odsManifest = odsHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">` +
		`<manifest:file-entry manifest:full-path="/" manifest:media-type="` + odsType + `"/>` +
		`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>` +
		`<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>` + "\n"
	// the forms of numbers, dates and times, and the cells that have them
	odsStyles = `<number:number-style style:name="nm"><number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:number-style>` +
		`<number:date-style style:name="nd"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>` +
		`<number:date-style style:name="nt"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/><number:text> </number:text>` +
		`<number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/><number:text>:</number:text><number:seconds number:style="long"/></number:date-style>` +
		`<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>` +
		`<style:style style:name="long" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap"/></style:style>` +
		`<style:style style:name="money" style:family="table-cell" style:data-style-name="nm"/>` +
		`<style:style style:name="date" style:family="table-cell" style:data-style-name="nd"/>` +
		`<style:style style:name="time" style:family="table-cell" style:data-style-name="nt"/>` +
		`<style:style style:name="rows" style:family="table" style:master-page-name="page"/>`
	inchesADigit = 0.09 // of a column's width
)

// writeODS writes one sheet, as writeXLSX does.
func (t Table) writeODS(w io.Writer) error {
	if len(t.Rows) > maxRows {
		return fmt.Errorf("%d rows do not fit on a sheet, which holds %d; write .csv or .parquet", len(t.Rows), maxRows)
	}
	z := zip.NewWriter(w)
	for _, part := range []struct {
		name  string
		write func(*bufio.Writer) error
	}{
		{"mimetype", odsText(odsType)}, // first and as it is, by which programs know the file
		{"META-INF/manifest.xml", odsText(odsManifest)},
		{"styles.xml", t.odsPage},
		{"content.xml", t.odsContent},
	} {
		head := &zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		if part.name == "mimetype" {
			head.Method = zip.Store
		}
		into, err := z.CreateHeader(head)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(into)
		if err := errors.Join(part.write(out), out.Flush()); err != nil {
			return err
		}
	}
	return z.Close()
}

func odsText(text string) func(*bufio.Writer) error {
	return func(out *bufio.Writer) error {
		_, err := out.WriteString(text)
		return err
	}
}

// odsPage is the printed page: across, as wide as the sheet, the marking above.
func (t Table) odsPage(out *bufio.Writer) error {
	fmt.Fprint(out, odsHead, "<office:document-styles", odsRoot, `<office:automatic-styles><style:page-layout style:name="across">`,
		`<style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" style:scale-to-X="1"/></style:page-layout></office:automatic-styles>`,
		`<office:master-styles><style:master-page style:name="page" style:page-layout-name="across">`)
	if t.Marking != "" {
		fmt.Fprint(out, "<style:header>")
		odsLines(out, t.Marking)
		fmt.Fprint(out, "</style:header>")
	}
	_, err := fmt.Fprint(out, "</style:master-page></office:master-styles></office:document-styles>\n")
	return err
}

func (t Table) odsContent(out *bufio.Writer) error {
	fmt.Fprint(out, odsHead, "<office:document-content", odsRoot, "<office:automatic-styles>", odsStyles)
	for i := range t.Columns {
		fmt.Fprintf(out, `<style:style style:name="c%d" style:family="table-column"><style:table-column-properties style:column-width="%.2fin"/></style:style>`, i, t.width(i)*inchesADigit)
	}
	fmt.Fprintf(out, `</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="%s" table:style-name="rows">`, sheet)
	for i := range t.Columns {
		fmt.Fprintf(out, `<table:table-column table:style-name="c%d"/>`, i)
	}
	fmt.Fprint(out, "<table:table-header-rows><table:table-row>")
	for _, c := range t.Columns {
		odsString(out, "head", c.Name)
	}
	fmt.Fprint(out, "</table:table-row></table:table-header-rows>")
	for n, values := range t.Rows {
		fmt.Fprint(out, "<table:table-row>")
		for i, c := range t.Columns {
			if err := odsCell(out, c, values[i]); err != nil {
				return fmt.Errorf("row %d, column %q: %w", n+1, c.Name, err)
			}
		}
		fmt.Fprint(out, "</table:table-row>\n")
	}
	_, err := fmt.Fprint(out, "</table:table></office:spreadsheet></office:body></office:document-content>\n")
	return err
}

// odsCell writes a value as what it is; one that no cell keeps digit for digit is text.
func odsCell(out *bufio.Writer, c Column, v any) error {
	if v == nil {
		fmt.Fprint(out, "<table:table-cell/>")
		return nil
	}
	written := cell(c, v)
	value := func(style, kind, attribute, is string) {
		fmt.Fprintf(out, `<table:table-cell table:style-name="%s" office:value-type="%s" office:%s="%s">`, style, kind, attribute, is)
		odsLines(out, written)
		fmt.Fprint(out, "</table:table-cell>")
	}
	switch c.Kind {
	case Integer, Decimal, Float:
		_, exact := exactly(written)
		if _, err := strconv.ParseFloat(written, 64); err == nil && (exact || c.Kind == Float) && !strings.ContainsAny(written, "nN") { // no NaN, no infinity
			style := "Default"
			if c.Kind == Decimal && c.Scale == money {
				style = "money"
			}
			value(style, "float", "value", written)
			return nil
		}
	case Bool:
		if is, ok := v.(bool); ok {
			value("Default", "boolean", "boolean-value", strconv.FormatBool(is))
			return nil
		}
	case Date:
		if day, err := time.Parse(time.DateOnly, written); err == nil && day.Year() >= 1901 && day.Year() <= 9999 {
			value("date", "date", "date-value", written)
			return nil
		}
	case Timestamp:
		if at, err := timeOf(c, written); err == nil && at.Year() >= 1901 && at.Year() <= 9999 {
			value("time", "date", "date-value", at.Format("2006-01-02T15:04:05.999999999"))
			return nil
		}
	}
	if length := len([]rune(written)); length > maxText {
		return fmt.Errorf("the text has %d characters and a cell holds %d; write .csv or .parquet", length, maxText)
	}
	odsString(out, "long", written)
	return nil
}

func odsString(out *bufio.Writer, style, text string) {
	fmt.Fprintf(out, `<table:table-cell table:style-name="%s" office:value-type="string">`, style)
	odsLines(out, text)
	fmt.Fprint(out, "</table:table-cell>")
}

// odsLines writes a text, each of its lines a paragraph, with the blanks that XML would join.
func odsLines(out *bufio.Writer, text string) {
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		fmt.Fprint(out, "<text:p>")
		for i, r := range line {
			switch {
			case r == '\t':
				fmt.Fprint(out, "<text:tab/>")
			case r == ' ' && (i == 0 || line[i-1] == ' ' || i == len(line)-1):
				fmt.Fprint(out, "<text:s/>")
			default:
				_ = xml.EscapeText(out, []byte(string(r)))
			}
		}
		fmt.Fprint(out, "</text:p>")
	}
}
