package table

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/paper"
)

const (
	sheet      = "rows"
	maxRows    = 1<<20 - 1 // what a sheet holds, less the header
	maxText    = 32767     // the longest text of a cell; excelize would cut it in silence
	maxDigits  = 15        // the most digits a cell keeps
	widestCell = 66        // in digits: a SHA-256 is not broken
)

// regular and strong are the letters of rows and of the header.
var regular, strong = paper.Letters{Size: 11}, paper.Letters{Size: 11, Bold: true}

// xlsxStyles are the cell formats of a workbook, by their numbers in it, and how wide
// its columns are.
type xlsxStyles struct {
	header, plain, date, timestamp, money, long int
	widths                                      []float64
}

// writeXLSX writes one sheet. Texts are texts, even those that look like formulas;
// a number with more digits than Excel keeps is text, rather than a changed number.
func (t Table) writeXLSX(w io.Writer) error {
	if len(t.Rows) > maxRows {
		return fmt.Errorf("%d rows do not fit on a sheet, which holds %d; write .csv or .parquet", len(t.Rows), maxRows)
	}
	f := excelize.NewFile(excelize.Options{TmpDir: t.Aside})
	defer f.Close()
	if err := errors.Join(f.SetSheetName("Sheet1", sheet), f.SetDefaultFont("Arial")); err != nil {
		return err
	}
	styles, err := addStyles(f)
	if err != nil {
		return err
	}
	for i := range t.Columns {
		styles.widths = append(styles.widths, t.width(i))
	}
	page := paper.Page{Marking: t.Marking, Widths: styles.widths, Letters: regular, Header: 1}
	if err := page.Set(f, sheet); err != nil { // before the first row is streamed
		return err
	}
	stream, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := t.fillSheet(stream, styles); err != nil {
		return err
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

func addStyles(f *excelize.File) (s xlsxStyles, err error) {
	dateFormat, timeFormat := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	top, wrapped := &excelize.Alignment{Vertical: "top"}, &excelize.Alignment{Vertical: "top", WrapText: true}
	for _, style := range []struct {
		number *int
		style  excelize.Style
	}{
		{&s.header, excelize.Style{Font: &excelize.Font{Bold: true, Family: "Arial", Size: strong.Size}}},
		{&s.long, excelize.Style{Alignment: wrapped}},
		{&s.plain, excelize.Style{Alignment: top}},
		{&s.date, excelize.Style{CustomNumFmt: &dateFormat, Alignment: top}},
		{&s.timestamp, excelize.Style{CustomNumFmt: &timeFormat, Alignment: top}},
		{&s.money, excelize.Style{NumFmt: 4, Alignment: top}}, // #,##0.00
	} {
		if *style.number, err = f.NewStyle(&style.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (t Table) fillSheet(stream *excelize.StreamWriter, styles xlsxStyles) error {
	// widths and panes must come before the first row
	for i, width := range styles.widths {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	panes := excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := stream.SetPanes(&panes); err != nil {
		return err
	}
	row := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = excelize.Cell{StyleID: styles.header, Value: c.Name}
	}
	if err := stream.SetRow("A1", row); err != nil {
		return err
	}
	for n, values := range t.Rows {
		lines := 1
		for i, c := range t.Columns {
			value, err := xlsxCell(c, values[i], styles)
			if err != nil {
				return fmt.Errorf("row %d, column %q: %w", n+1, c.Name, err)
			}
			row[i] = value
			if text, ok := value.(string); ok {
				if needs := regular.Lines(text, styles.widths[i]); needs > 1 {
					lines, row[i] = max(lines, needs), excelize.Cell{StyleID: styles.long, Value: text}
				}
			}
		}
		look := excelize.RowOpts{}
		if lines > 1 { // LibreOffice would show the first line only
			look.Height = regular.Row(lines)
			for i, value := range row {
				if _, styled := value.(excelize.Cell); !styled && value != nil {
					row[i] = excelize.Cell{StyleID: styles.plain, Value: value}
				}
			}
		}
		if err := stream.SetRow("A"+strconv.Itoa(n+2), row, look); err != nil {
			return err
		}
	}
	return nil
}

func xlsxCell(c Column, v any, styles xlsxStyles) (any, error) {
	if v == nil {
		return nil, nil
	}
	written := cell(c, v)
	switch c.Kind {
	case Integer, Decimal:
		if n, ok := exactly(written); ok && c.Kind == Decimal && c.Scale == money {
			return excelize.Cell{StyleID: styles.money, Value: n}, nil
		} else if ok {
			return n, nil
		}
	case Float, Bool:
		return v, nil
	case Date:
		if day, err := time.Parse("2006-01-02", written); err == nil && day.Year() >= 1901 && day.Year() <= 9999 {
			return excelize.Cell{StyleID: styles.date, Value: day}, nil
		}
	case Timestamp:
		if at, err := timeOf(c, written); err == nil && at.Year() >= 1901 && at.Year() <= 9999 {
			return excelize.Cell{StyleID: styles.timestamp, Value: at}, nil
		}
	}
	if length := len(utf16.Encode([]rune(written))); length > maxText {
		return nil, fmt.Errorf("the text has %d characters and a cell holds %d; write .csv or .parquet", length, maxText)
	}
	return written, nil
}

// exactly gives a number that Excel keeps digit for digit, if it can.
func exactly(s string) (float64, bool) {
	digits := strings.Trim(strings.ReplaceAll(strings.TrimPrefix(s, "-"), ".", ""), "0")
	if len(digits) > maxDigits {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	want, ok := new(big.Rat).SetString(s)
	got, same := new(big.Rat).SetString(strconv.FormatFloat(n, 'f', -1, 64))
	return n, ok && same && want.Cmp(got) == 0
}

// width is a column's width by its header and first rows; a number that does not fit
// shows ###, so that of numbers and dates all rows are looked at.
func (t Table) width(column int) float64 {
	c := t.Columns[column]
	rows := t.Rows
	if c.Kind == Text {
		rows = rows[:min(len(rows), 200)]
	}
	widest := strong.Column(c.Name)
	for _, row := range rows {
		text := cell(c, row[column])
		if c.Kind == Decimal && c.Scale == money {
			text += strings.Repeat(",", len(text)/3)
		}
		widest = max(widest, regular.Column(text))
	}
	return math.Ceil(min(widest, widestCell))
}
