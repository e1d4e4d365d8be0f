package returns

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/workbook"
)

// Blank makes the workbook of a description, with nothing filled in. The code
// lists are read from reference/ of lists. The same description gives the same
// bytes.
func Blank(d Description, lists fs.FS) ([]byte, error) {
	sheets, err := d.lay(lists)
	if err != nil {
		return nil, err
	}
	if d.Marking == "" {
		return nil, fmt.Errorf("%s: marking is missing: write how the return is protected, such as OFFICIAL-SENSITIVE", descriptionFile)
	}
	var narrow []error
	for _, l := range sheets {
		narrow = append(narrow, l.narrow())
	}
	if err := errors.Join(narrow...); err != nil {
		return nil, err
	}
	issued, err := time.Parse(time.DateOnly, d.Issued)
	if err != nil {
		return nil, fmt.Errorf("%s: issued is %q; write a date such as 2024-03-31", descriptionFile, d.Issued)
	}
	f := excelize.NewFile()
	defer f.Close()
	if err := errors.Join(f.SetSheetName("Sheet1", sheets[0].name), f.SetDefaultFont("Arial")); err != nil {
		return nil, err
	}
	styles := styles{file: f, made: map[string]int{}}
	for i, l := range sheets {
		if i > 0 {
			if _, err := f.NewSheet(l.name); err != nil {
				return nil, err
			}
		}
		if err := l.write(f, styles); err != nil {
			return nil, fmt.Errorf("sheet %s: %w", l.name, err)
		}
	}
	if err := f.SetAppProps(&excelize.AppProperties{Application: "mojreturns"}); err != nil {
		return nil, err
	}
	if err := setProperties(f, excelize.DocProperties{Title: d.Title, Subject: d.Subject, Creator: "mojreturns", Version: d.Version, Category: "return"}, issued); err != nil {
		return nil, err
	}
	return tidied(f, styles.made)
}

// Map makes the cell map of a description's blank.
func Map(d Description, lists fs.FS) ([]Row, error) {
	sheets, err := d.lay(lists)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, l := range sheets {
		rows = append(rows, l.rows...)
	}
	return rows, nil
}

// write puts a laid-out sheet into the workbook.
func (l laid) write(f *excelize.File, styles styles) error {
	for i, width := range l.widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(l.name, column, column, width); err != nil {
			return err
		}
	}
	for _, c := range l.cells {
		style, err := styles.named(c.style)
		if err != nil {
			return err
		}
		if err := f.SetCellStyle(l.name, c.at, c.at, style); err != nil {
			return err
		}
		if c.text == "" {
			continue
		}
		if err := f.SetCellStr(l.name, c.at, c.text); err != nil {
			return err
		}
		if c.link != "" {
			if err := f.SetCellHyperLink(l.name, c.at, c.link, "Location"); err != nil {
				return err
			}
		}
	}
	heights, err := l.heights()
	if err != nil {
		return err
	}
	for row, height := range heights {
		if err := f.SetRowHeight(l.name, row, height); err != nil {
			return err
		}
	}
	if l.table != "" {
		plain := false
		if err := f.AddTable(l.name, &excelize.Table{Range: l.table, Name: "tbl_" + l.name, StyleName: "TableStyleLight1", ShowRowStripes: &plain}); err != nil {
			return err
		}
	}
	return l.printed(f)
}

// printed sets how the sheet prints, and the range it says it uses: readers that
// stream a sheet trust it.
func (l laid) printed(f *excelize.File) error {
	last := l.cells[len(l.cells)-1].at
	if l.table != "" {
		_, last, _ = strings.Cut(l.table, ":")
	}
	if err := f.SetSheetDimension(l.name, "A1:"+last); err != nil {
		return err
	}
	return l.page.Set(f, l.name)
}

// styles makes each style of the workbook once. A name is words: the first says
// what the cell holds, "bold", "right" and "top" may follow.
type styles struct {
	file *excelize.File
	made map[string]int
}

// numberFormats show a number rounded; the cell keeps it whole.
var numberFormats = map[string]string{"count": "#,##0", "money": "£#,##0.00", "percent": "0.0%", "number": "#,##0.0", "date": "d mmmm yyyy"}

func (s styles) named(name string) (int, error) {
	if id, ok := s.made[name]; ok {
		return id, nil
	}
	asked := name
	font := excelize.Font{Family: "Arial", Size: 12, Color: "000000", Bold: strings.Contains(name, " bold")}
	style := excelize.Style{Font: &font, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
	kind, _, _ := strings.Cut(name, " ")
	switch kind {
	case "title":
		font.Size, font.Bold = 16, true
	case "heading":
		font.Size, font.Bold = 14, true
	case "line":
		style.Alignment.WrapText = false
	case "header":
		font.Bold = true
		style.Alignment.Vertical = "bottom"
		style.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: "000000"}}
	case "link":
		font.Underline = "single"
	default:
		if format, ok := numberFormats[kind]; ok {
			style.CustomNumFmt = &format
			style.Alignment.WrapText = false // LibreOffice moves a wrapped number off its indent
			name += " right"
		}
	}
	if strings.Contains(name, " top") {
		style.Alignment.Vertical = "top"
	}
	if strings.Contains(name, " right") { // the indent keeps a number apart from words in the next column
		style.Alignment.Horizontal, style.Alignment.Indent = "right", 1
	}
	id, err := s.file.NewStyle(&style)
	s.made[asked] = id
	return id, err
}

var (
	filter      = regexp.MustCompile(`<autoFilter[^>]*></autoFilter>`)
	fixedHeight = regexp.MustCompile(` customHeight="(true|1)"`)
	cellFormats = regexp.MustCompile(`(?s)<cellXfs.*</cellXfs>`)
	cellFormat  = regexp.MustCompile(`<xf [^>]*xfId="0"`)
	baseFormats = regexp.MustCompile(`<cellStyleXfs count="1">(.*)</cellStyleXfs>`)
	styleNames  = regexp.MustCompile(`<cellStyles count="1">(.*)</cellStyles>`)
)

// tidied writes a new workbook as the library cannot: without the filter buttons
// of tables, which accessibility guidance asks to leave off; without fixing each
// row's height, which would hide the end of what somebody writes into it; and with
// titles and headings marked as such, for those who hear the workbook read.
func tidied(f *excelize.File, styles map[string]int) ([]byte, error) {
	whole, err := content(f)
	if err != nil {
		return nil, err
	}
	b, err := readBook(whole)
	if err != nil {
		return nil, err
	}
	changed := map[string][]byte{}
	for name, part := range b.parts {
		switch {
		case strings.HasPrefix(name, "xl/tables/"):
			changed[name] = filter.ReplaceAll(part, nil)
		case strings.HasPrefix(name, "xl/worksheets/sheet"):
			changed[name] = fixedHeight.ReplaceAll(part, nil)
		case name == "xl/styles.xml":
			changed[name] = withHeadings(part, styles["title"], styles["heading"])
		}
	}
	return workbook.Pack(b.archive, changed)
}

// withHeadings marks two formats of cells as the built-in styles Heading 1 and
// Heading 2, which every spreadsheet program knows.
func withHeadings(styles []byte, title, heading int) []byte {
	at := -1
	styles = cellFormats.ReplaceAllFunc(styles, func(all []byte) []byte {
		return cellFormat.ReplaceAllFunc(all, func(xf []byte) []byte {
			at++
			for level, format := range []int{title, heading} {
				if at == format {
					xf = bytes.Replace(xf, []byte(`xfId="0"`), fmt.Appendf(nil, `xfId="%d"`, level+1), 1)
				}
			}
			return xf
		})
	})
	styles = baseFormats.ReplaceAll(styles, []byte(`<cellStyleXfs count="3">$1$1$1</cellStyleXfs>`))
	return styleNames.ReplaceAll(styles, []byte(`<cellStyles count="3">$1<cellStyle name="Heading 1" xfId="1" builtinId="16"></cellStyle><cellStyle name="Heading 2" xfId="2" builtinId="17"></cellStyle></cellStyles>`))
}

// setProperties sets the document properties. Both dates are the one given, never
// the clock's, so that the same inputs give the same bytes.
func setProperties(f *excelize.File, p excelize.DocProperties, at time.Time) error {
	p.Created = at.UTC().Format(time.RFC3339)
	p.Modified, p.LastModifiedBy, p.Language = p.Created, p.Creator, "en-GB"
	return f.SetDocProps(&p)
}

func content(f *excelize.File) ([]byte, error) {
	buffer, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("cannot write the workbook: %w", err)
	}
	return bytes.Clone(buffer.Bytes()), nil
}
