package extract

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Bounds of a workbook: none that a provider makes comes near them, and an
// archive made to exhaust the machine does.
const (
	mostUnzipped = 1 << 30
	mostXML      = 64 << 20
	headerRows   = 30 // how far down a header is looked for
	mostBlank    = 10_000
)

func readWorkbook(f io.Reader, o Options, out *parquetFile) (table Table, err error) {
	// a damaged workbook can make the library panic; the sender must know, and nothing else stop
	defer func() {
		if r := recover(); r != nil {
			err = refuse("the workbook is damaged and cannot be read: open it in Excel, save it again and send that")
		}
	}()
	book, err := excelize.OpenReader(f, excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostXML})
	if err != nil {
		return Table{}, refuse("the file is not an Excel workbook, or it is damaged: open it in Excel, save it as an Excel workbook (.xlsx) and send that")
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	w := &sheetReader{book: book, dates: map[int]dateKind{}}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		w.from1904 = *props.Date1904
	}
	if w.sheet, err = chooseSheet(book, o); err != nil {
		return Table{}, err
	}
	table = Table{Sheet: w.sheet}
	return table, w.read(o, &table, out)
}

// chooseSheet takes the sheet asked for, the only one, or the first with a header.
func chooseSheet(book *excelize.File, o Options) (string, error) {
	sheets := book.GetSheetList()
	if o.Sheet != "" {
		for _, s := range sheets {
			if strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(o.Sheet)) {
				return s, nil
			}
		}
		return "", refuse("the workbook has no sheet %q; it has %s: name the sheet as agreed, or change it in the provider's mapping", o.Sheet, strings.Join(sheets, ", "))
	}
	for _, s := range sheets {
		if visible, err := book.GetSheetVisible(s); err == nil && visible {
			if rows, err := book.Rows(s); err == nil {
				found := false
				for n := 0; n < headerRows && rows.Next() && !found; n++ {
					cells, err := rows.Columns()
					found = err == nil && looksLikeHeader(cells)
				}
				if err := rows.Close(); err == nil && found {
					return s, nil
				}
			}
		}
	}
	return "", refuse("no sheet of the workbook has a header: a row that names the columns, within the first %d", headerRows)
}

// looksLikeHeader is true of a row with at least two cells, all of them words.
func looksLikeHeader(cells []string) bool {
	words := 0
	for _, c := range cells {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		if _, err := strconv.ParseFloat(c, 64); err == nil {
			return false
		}
		words++
	}
	return words >= 2
}

type sheetReader struct {
	book     *excelize.File
	sheet    string
	from1904 bool
	dates    map[int]dateKind // by style
}

func (w *sheetReader) read(o Options, table *Table, out *parquetFile) error {
	rows, err := w.book.Rows(w.sheet)
	if err != nil {
		return refuse("the sheet %q cannot be read: %v", w.sheet, err)
	}
	defer rows.Close()
	blanks := 0
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return refuse("row %d of the sheet %q cannot be read: %v", n, w.sheet, err)
		}
		if table.Header == nil {
			if o.HeaderRow == n || o.HeaderRow == 0 && looksLikeHeader(cells) {
				for _, c := range cells {
					table.Header = append(table.Header, strings.TrimSpace(c))
				}
				table.HeaderRow = n
				out.begin(len(cells)); if false {
					return err
				}
			}
			continue
		}
		values, err := w.values(n, cells)
		if err != nil {
			return err
		}
		if blank(values) {
			if blanks++; blanks > mostBlank {
				break
			}
			continue
		}
		blanks = 0
		if err := out.add(int64(n), int64(n), values, !blank(values[min(len(values), len(table.Header)):])); err != nil {
			return err
		}
	}
	if table.Header == nil {
		return refuse("the sheet %q has no header: a row that names the columns", w.sheet)
	}
	return rows.Error()
}

// values are a row's cells as text, dates as ISO text.
func (w *sheetReader) values(row int, cells []string) ([][]byte, error) {
	values := make([][]byte, len(cells))
	for i, c := range cells {
		if number, err := strconv.ParseFloat(c, 64); err == nil {
			cell, err := excelize.CoordinatesToCellName(i+1, row)
			if err != nil {
				return nil, err
			}
			if c, err = w.number(cell, c, number); err != nil {
				return nil, err
			}
			values[i] = []byte(c)
			continue
		}
		values[i] = []byte(c)
	}
	return values, nil
}

// number writes a cell that holds a number as what the sheet shows it to be: a
// date, or the number. A cell that holds text stays as it is.
func (w *sheetReader) number(cell, raw string, number float64) (string, error) {
	kind, err := w.book.GetCellType(w.sheet, cell)
	if err != nil {
		return "", refuse("cell %s of the sheet %q cannot be read: %v", cell, w.sheet, err)
	}
	switch kind {
	case excelize.CellTypeSharedString, excelize.CellTypeInlineString:
		return raw, nil
	case excelize.CellTypeBool:
		return map[string]string{"1": "TRUE", "0": "FALSE"}[raw], nil
	}
	style, err := w.book.GetCellStyle(w.sheet, cell)
	if err != nil {
		return "", refuse("cell %s of the sheet %q cannot be read: %v", cell, w.sheet, err)
	}
	if shown := w.dateKind(style); shown != noDate && number >= 0 && number < 2958466 {
		at, err := excelize.ExcelDateToTime(number, w.from1904)
		if err != nil {
			return raw, nil
		}
		return shown.format(at.Round(time.Second), number), nil
	}
	return plainNumber(number), nil
}

// plainNumber writes a number with the fifteen digits that Excel keeps.
func plainNumber(number float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64)
	if err != nil || math.Abs(number) >= 1e15 {
		rounded = number
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

type dateKind int

const (
	noDate dateKind = iota
	dateOnly
	timeOnly
	dateAndTime
)

func (k dateKind) format(at time.Time, number float64) string {
	switch {
	case k == timeOnly:
		return at.Format("15:04:05")
	case number == math.Trunc(number):
		return at.Format(time.DateOnly)
	}
	return at.Format("2006-01-02T15:04:05")
}

// dateKind says whether a style shows numbers as dates, by its number format.
func (w *sheetReader) dateKind(style int) dateKind {
	if known, ok := w.dates[style]; ok {
		return known
	}
	kind := noDate
	if s, err := w.book.GetStyle(style); err == nil {
		kind = formatKind(s.NumFmt, s.CustomNumFmt)
	}
	w.dates[style] = kind
	return kind
}

func formatKind(builtIn int, custom *string) dateKind {
	switch {
	case custom != nil:
		return customKind(*custom)
	case builtIn >= 14 && builtIn <= 17, builtIn >= 27 && builtIn <= 31, builtIn == 36, builtIn >= 50 && builtIn <= 58:
		return dateOnly
	case builtIn >= 18 && builtIn <= 21, builtIn >= 45 && builtIn <= 47, builtIn >= 32 && builtIn <= 35:
		return timeOnly
	case builtIn == 22:
		return dateAndTime
	}
	return noDate
}

// customKind looks for the letters of days and hours outside quotation marks
// and brackets.
func customKind(format string) dateKind {
	var plain strings.Builder
	quoted, bracketed := false, false
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '[' && !quoted:
			bracketed = true
		case c == ']':
			bracketed = false
		case !quoted && !bracketed:
			plain.WriteByte(c)
		}
	}
	text := strings.ToLower(plain.String())
	days, hours := strings.ContainsAny(text, "dy"), strings.ContainsAny(text, "hs")
	switch {
	case strings.Contains(text, "general"):
		return noDate
	case days && hours:
		return dateAndTime
	case days:
		return dateOnly
	case hours:
		return timeOnly
	}
	return noDate
}
