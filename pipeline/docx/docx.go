// Package docx writes a document that Word and LibreOffice open: headings, paragraphs,
// bullets and tables, on A4, in English. It is the part of Office Open XML (ECMA-376)
// that a report needs and no more: no library of Go that writes it is kept (2026-11-28).
// Headings are headings and rows of column headings repeat on every page, so that a
// screen reader and a long table work. Equal documents give equal bytes.
package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Document is what is written, from the top down.
type Document struct {
	Title  string
	Author string
	Blocks []Block
}

// Style is how a paragraph stands.
type Style string

// The styles. Heading1 to Heading3 are a document's outline.
const (
	Normal   Style = "Normal"
	Heading1 Style = "Heading1"
	Heading2 Style = "Heading2"
	Heading3 Style = "Heading3"
	Bullet   Style = "ListBullet"
	Caption  Style = "Caption" // stays with what is below it
	Small    Style = "Small"
)

// Block is a paragraph, or a table.
type Block struct {
	Style Style
	Runs  []Run
	Table *Table
}

// Run is a stretch of words.
type Run struct {
	Text string
	Bold bool
}

// Table has column headings, which repeat on each page. Columns of numbers stand to the
// right; About says what it is to who does not see it.
type Table struct {
	About   string
	Columns []Column
	Rows    []Row
}

// Column is one column.
type Column struct {
	Heading string
	Number  bool
}

// Row is one row: a cell for each column. Bold is for one that adds up others.
type Row struct {
	Cells []Cell
	Bold  bool
}

// Cell is a cell's paragraphs.
type Cell []Block

// Write makes the file.
func Write(d Document) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", relationships},
		{"docProps/core.xml", core(d)},
		{"word/document.xml", document(d)},
		{"word/styles.xml", styles},
		{"word/numbering.xml", numbering},
		{"word/_rels/document.xml.rels", documentRelationships},
	} {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: part[0], Method: zip.Deflate}) // without a time: equal bytes
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			return nil, fmt.Errorf("cannot write the document: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("cannot write the document: %w", err)
	}
	return out.Bytes(), nil
}

func core(d Document) string {
	return declaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
		"<dc:title>" + escaped(d.Title) + "</dc:title><dc:creator>" + escaped(d.Author) + "</dc:creator><dc:language>en-GB</dc:language></cp:coreProperties>"
}

// The page in twentieths of a point: A4 with margins of 16 mm.
const (
	pageWidth, pageHeight, margin = 11906, 16838, 907
	textWidth                     = pageWidth - 2*margin
	letterWidth, padding          = 128, 160 // of the widest letters of a heading
	leastLetters, mostLetters     = 16, 60   // that the width of a column of words is reckoned by
)

func document(d Document) string {
	var b strings.Builder
	b.WriteString(declaration + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for _, block := range d.Blocks {
		if block.Table != nil {
			block.Table.write(&b)
			continue
		}
		block.write(&b, false, false)
	}
	fmt.Fprintf(&b, `<w:sectPr><w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%[3]d" w:right="%[3]d" w:bottom="%[3]d" w:left="%[3]d" w:header="450" w:footer="450" w:gutter="0"/></w:sectPr></w:body></w:document>`,
		pageWidth, pageHeight, margin)
	return b.String()
}

func (p Block) write(b *strings.Builder, right, bold bool) {
	b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + string(p.Style) + `"/>`)
	if right {
		b.WriteString(`<w:jc w:val="right"/>`)
	}
	b.WriteString("</w:pPr>")
	for _, r := range p.Runs {
		b.WriteString("<w:r>")
		if r.Bold || bold {
			b.WriteString("<w:rPr><w:b/></w:rPr>")
		}
		b.WriteString(`<w:t xml:space="preserve">` + escaped(r.Text) + "</w:t></w:r>")
	}
	b.WriteString("</w:p>")
}

func (t Table) write(b *strings.Builder) {
	b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="Lines"/><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/>` +
		`<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>` +
		`<w:tblCaption w:val="` + escaped(t.About) + `"/></w:tblPr><w:tblGrid>`)
	widths := t.widths()
	for _, w := range widths {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, w)
	}
	b.WriteString("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>")
	for i, c := range t.Columns {
		cell(b, widths[i], Cell{{Style: Normal, Runs: []Run{{Text: c.Heading}}}}, c.Number, true)
	}
	b.WriteString("</w:tr>")
	for _, r := range t.Rows {
		b.WriteString("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
		for i, c := range r.Cells {
			cell(b, widths[i], c, t.Columns[i].Number, r.Bold)
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString(`</w:tbl><w:p><w:pPr><w:pStyle w:val="Small"/></w:pPr></w:p>`) // two tables without words between them would be one
}

func cell(b *strings.Builder, width int, paragraphs Cell, right, bold bool) {
	fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, width)
	for _, p := range paragraphs {
		p.write(b, right, bold)
	}
	b.WriteString("</w:tc>")
}

// widths: a column of numbers takes what its longest number and word need, those of words
// share what is left by their longest text.
func (t Table) widths() []int {
	out, long := make([]int, len(t.Columns)), make([]int, len(t.Columns))
	left, words := textWidth, 0
	for i, c := range t.Columns {
		for _, word := range strings.Fields(c.Heading) {
			long[i] = max(long[i], utf8.RuneCountInString(word))
		}
		for _, r := range t.Rows {
			for _, p := range r.Cells[i] {
				long[i] = max(long[i], p.length())
			}
		}
		if c.Number {
			out[i] = min(long[i]*letterWidth+padding, textWidth/len(t.Columns))
			left -= out[i]
			continue
		}
		long[i] = min(max(long[i], leastLetters), mostLetters)
		words += long[i]
	}
	for i, c := range t.Columns {
		if !c.Number {
			out[i] = left * long[i] / words
		}
	}
	return out
}

func (p Block) length() int {
	n := 0
	for _, r := range p.Runs {
		n += utf8.RuneCountInString(r.Text)
	}
	return n
}

func escaped(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}
