package extract

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// mostUnzipped bounds a workbook in bytes: no provider's comes near it, and an
// archive made to exhaust the machine does.
const mostUnzipped = 512 << 20

// headerRows is how far down a header is looked for.
const headerRows = 30

const saveAgain = "open it in Excel, save it again as an Excel workbook (.xlsx) and send that"

// book is an open workbook. excelize knows its sheets, styles and date system;
// the cells we read ourselves (sheet.go), because excelize's row iterator gives
// values without type and style, and its lookups by cell are many times slower.
type book struct {
	*excelize.File // it keeps no files open, since all parts fit under the limit
	sheets         []sheet
	shared         [][]byte
	from1904       bool
	kinds          map[int]numberKind // by style
}

type sheet struct {
	name   string
	part   string // its XML in the archive
	hidden bool
}

// guarded runs what calls excelize, which can panic over a damaged workbook:
// the sender must then know, and nothing else stop.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = refuse("the workbook is damaged and cannot be read: %s", saveAgain)
		}
	}()
	return do()
}

func openBook(f *os.File) (*book, error) {
	b := &book{kinds: map[int]numberKind{}}
	err := guarded(func() (err error) {
		b.File, err = excelize.OpenReader(f, excelize.Options{UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostUnzipped})
		if err != nil {
			return refuse("the workbook is damaged and cannot be read: %s", saveAgain)
		}
		props, err := b.GetWorkbookProps()
		if err != nil || b.WorkBook == nil {
			return refuse("the workbook is damaged and cannot be read: %s", saveAgain)
		}
		b.from1904 = props.Date1904 != nil && *props.Date1904
		return nil
	})
	if err != nil {
		return nil, err
	}
	if b.sheets, err = b.findSheets(); err != nil {
		return nil, err
	}
	return b, b.readShared()
}

func (b *book) names() []string {
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return names
}

// part gives a file of the archive; names differ in case between writers.
func (b *book) part(name string) []byte {
	name = strings.TrimPrefix(name, "/")
	if content, ok := b.Pkg.Load(name); ok {
		return content.([]byte)
	}
	var found []byte
	b.Pkg.Range(func(key, content any) bool {
		if strings.EqualFold(key.(string), name) {
			found = content.([]byte)
		}
		return found == nil
	})
	return found
}

type relationships struct {
	Relationship []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:",attr"`
		Target string `xml:",attr"`
	}
}

// related reads what a part of the archive refers to.
func (b *book) related(part string) (relationships, error) {
	dir, file := path.Split(part)
	var r relationships
	if err := xml.Unmarshal(b.part(dir+"_rels/"+file+".rels"), &r); err != nil {
		return r, refuse("the workbook is damaged and cannot be read: %s", saveAgain)
	}
	for i := range r.Relationship {
		if target := &r.Relationship[i].Target; !strings.HasPrefix(*target, "/") {
			*target = path.Join(dir, *target)
		}
	}
	return r, nil
}

// main is the part that lists the sheets.
func (b *book) main() (string, error) {
	root, err := b.related("")
	for _, r := range root.Relationship {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			return strings.TrimPrefix(r.Target, "/"), nil
		}
	}
	return "xl/workbook.xml", err
}

// findSheets lists the sheets that have cells, in the workbook's order.
func (b *book) findSheets() ([]sheet, error) {
	main, err := b.main()
	if err != nil {
		return nil, err
	}
	related, err := b.related(main)
	if err != nil {
		return nil, err
	}
	var sheets []sheet
	for _, s := range b.WorkBook.Sheets.Sheet {
		for _, r := range related.Relationship {
			if r.ID == s.ID && strings.HasSuffix(r.Type, "/worksheet") {
				sheets = append(sheets, sheet{name: s.Name, part: r.Target, hidden: s.State != "" && s.State != "visible"})
			}
		}
	}
	if len(sheets) == 0 {
		return nil, refuse("the workbook has no sheet with cells: is it the right file?")
	}
	return sheets, nil
}

func readWorkbook(ctx context.Context, f *os.File, o Options, out *parquetFile) (Table, error) {
	b, err := openBook(f)
	if err != nil {
		return Table{}, err
	}
	r, table, err := b.choose(o)
	if err != nil {
		return table, err
	}
	out.begin(len(table.Header))
	if err := r.rows(ctx, len(table.Header), out); err != nil {
		return table, err
	}
	table.Notes = r.notes()
	return table, nil
}

// choose finds the sheet asked for, the only visible one, or the first visible
// one with a header, and reads its header.
func (b *book) choose(o Options) (*sheetReader, Table, error) {
	var visible []sheet
	for _, s := range b.sheets {
		if o.Sheet != "" && strings.EqualFold(strings.TrimSpace(s.name), strings.TrimSpace(o.Sheet)) {
			return b.withHeader(s, o)
		}
		if !s.hidden {
			visible = append(visible, s)
		}
	}
	switch {
	case o.Sheet != "":
		return nil, Table{}, refuse("the workbook has no sheet %q; it has %s: name the sheet as agreed, or change it in the provider's mapping", o.Sheet, listed(b.names()))
	case len(visible) == 1:
		return b.withHeader(visible[0], o)
	}
	for _, s := range visible {
		r := b.open(s)
		header, err := r.header(o.HeaderRow)
		if err != nil {
			return nil, Table{}, err
		}
		if header != nil {
			return r, Table{Sheet: s.name, HeaderRow: r.row, Header: header}, nil
		}
	}
	return nil, Table{}, refuse("no visible sheet of the workbook (%s) has a row that names the columns, within its first %d: name the columns in one row, or have the provider's mapping say the sheet and header row", listed(b.names()), headerRows)
}

// withHeader opens a sheet that must have a header.
func (b *book) withHeader(s sheet, o Options) (*sheetReader, Table, error) {
	r := b.open(s)
	header, err := r.header(o.HeaderRow)
	switch {
	case err != nil:
		return nil, Table{}, err
	case header == nil && o.HeaderRow > 0:
		return nil, Table{}, refuse("row %d of the sheet %q, where the header is agreed to be, is blank: name the columns there, or change the header row in the provider's mapping", o.HeaderRow, s.name)
	case header == nil:
		return nil, Table{}, refuse("the sheet %q has no row that names the columns, within its first %d: name the columns in one row, or have the provider's mapping say the header row", s.name, headerRows)
	}
	return r, Table{Sheet: s.name, HeaderRow: r.row, Header: header}, nil
}

func (b *book) open(s sheet) *sheetReader {
	return &sheetReader{book: b, sheet: s, xml: xml.NewDecoder(bytes.NewReader(b.part(s.part)))}
}

func listed(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, fmt.Sprintf("%q", n))
	}
	return strings.Join(out, ", ")
}

// kind says how a style shows numbers.
func (b *book) kind(style int) numberKind {
	if known, ok := b.kinds[style]; ok {
		return known
	}
	kind := plainNumber
	// a style the library cannot read shows the number as it is
	_ = guarded(func() error {
		s, err := b.GetStyle(style)
		if err == nil {
			kind = kindOf(s.NumFmt, s.CustomNumFmt)
		}
		return err
	})
	b.kinds[style] = kind
	return kind
}

// readShared reads the texts that cells refer to by number.
func (b *book) readShared() error {
	content := b.part("xl/sharedStrings.xml")
	if content == nil {
		return nil
	}
	d := xml.NewDecoder(bytes.NewReader(content))
	var all []byte
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return refuse("the workbook is damaged and cannot be read: %s", saveAgain)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "si" {
			from := len(all)
			if all, err = appendText(all, d, "si"); err != nil {
				return refuse("the workbook is damaged and cannot be read: %s", saveAgain)
			}
			b.shared = append(b.shared, all[from:len(all):len(all)])
		}
	}
}
