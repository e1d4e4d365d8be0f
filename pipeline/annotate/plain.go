package annotate

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/paper"
	"mojreturns/pipeline/workbook"
)

// Plain makes a workbook of a file that is none of Excel's: every value a text, in
// the row and column it has there.
type Plain struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	names  map[string]string // of sheets: as in the file, and as a workbook can have them
	text   int               // the style, and that of a text wider than its column
	long   int

	marking string
	called  string     // the sheet that is being written
	first   []plainRow // by which its columns are measured
	widths  []float64
}

type plainRow struct {
	number int
	values []string
}

// measured is how many rows settle how wide a sheet's columns are, between the least
// and the most digits.
const (
	measured  = 200
	narrowest = 9.0
	widest    = 40.0
)

// NewPlain begins a workbook whose printed pages carry a marking of protection. What does
// not fit in memory is put into the folder aside; empty is the system's.
func NewPlain(marking, aside string) (*Plain, error) {
	p := &Plain{file: excelize.NewFile(excelize.Options{TmpDir: aside}), names: map[string]string{}, marking: marking}
	format := "@"
	look := excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Family: "Arial", Size: regular.Size}}
	var err, also error
	p.text, err = p.file.NewStyle(&look)
	look.Alignment = &excelize.Alignment{WrapText: true, Vertical: "top"}
	p.long, also = p.file.NewStyle(&look)
	return p, errors.Join(err, also, p.file.SetDefaultFont("Arial"))
}

// Sheet is what a sheet of the file is called in the workbook.
func (p *Plain) Sheet(name string) string { return p.names[name] }

// Begin begins a sheet.
func (p *Plain) Begin(name string) error {
	if err := p.flush(); err != nil {
		return err
	}
	fits := strings.Trim(strings.Map(func(c rune) rune {
		if strings.ContainsRune(`:\/?*[]`, c) {
			return ' '
		}
		return workbook.Printable(c)
	}, name), " '")
	if runes := []rune(fits); len(runes) > 25 {
		fits = string(runes[:25]) // leaves room for a number
	}
	free := func(name string) bool {
		for _, taken := range p.names {
			if strings.EqualFold(taken, name) {
				return false
			}
		}
		return name != ""
	}
	called := fits
	for n := 2; !free(called); n++ {
		called = strings.TrimSpace(fmt.Sprintf("%s %d", fits, n))
	}
	var err error
	if len(p.names) == 0 {
		err = p.file.SetSheetName("Sheet1", called)
	} else {
		_, err = p.file.NewSheet(called)
	}
	if err != nil {
		return err
	}
	p.names[name], p.called = called, called
	return nil
}

// open begins to write a sheet, whose columns are as wide as its first rows need.
func (p *Plain) open() error {
	p.widths = []float64{narrowest}
	for _, row := range p.first {
		for i, text := range row.values {
			if i == len(p.widths) {
				p.widths = append(p.widths, narrowest)
			}
			p.widths[i] = max(p.widths[i], min(math.Ceil(regular.Column(text)), widest))
		}
	}
	page := paper.Page{Marking: p.marking, Widths: p.widths, Letters: regular}
	if len(p.first) > 0 {
		page.Header = p.first[0].number
	}
	if err := page.Set(p.file, p.called); err != nil {
		return err
	}
	var err error
	if p.stream, err = p.file.NewStreamWriter(p.called); err != nil {
		return err
	}
	for i, width := range p.widths {
		if err := p.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for _, row := range p.first {
		if err := p.put(row); err != nil {
			return err
		}
	}
	p.first = nil
	return nil
}

// Row writes a row; rows come in order.
func (p *Plain) Row(row int64, values [][]byte) error {
	if row > excelize.TotalRows {
		return fmt.Errorf("the file has more rows than a sheet holds, which is %d, so no workbook can be made of it; list its faults with -o faults.csv instead", excelize.TotalRows)
	}
	one := plainRow{number: int(row), values: make([]string, min(len(values), maxColumn))}
	for i := range one.values {
		one.values[i] = cut(strings.Map(workbook.Printable, string(values[i])))
	}
	if p.stream != nil {
		return p.put(one)
	}
	if p.first = append(p.first, one); len(p.first) == measured {
		return p.open()
	}
	return nil
}

func (p *Plain) put(row plainRow) error {
	cells, lines := make([]any, len(row.values)), 1
	for i, text := range row.values {
		width, style := narrowest, p.text
		if i < len(p.widths) {
			width = p.widths[i]
		}
		if needs := regular.Lines(text, width); needs > 1 {
			lines, style = max(lines, needs), p.long
		}
		if text != "" {
			cells[i] = excelize.Cell{StyleID: style, Value: text}
		}
	}
	at, err := excelize.CoordinatesToCellName(1, row.number)
	if err != nil {
		return err
	}
	if lines == 1 {
		return p.stream.SetRow(at, cells)
	}
	return p.stream.SetRow(at, cells, excelize.RowOpts{Height: regular.Row(lines)})
}

func (p *Plain) flush() error {
	if p.called == "" {
		return nil
	}
	if p.stream == nil {
		if err := p.open(); err != nil {
			return err
		}
	}
	err := p.stream.Flush()
	p.stream, p.called = nil, ""
	return err
}

// Bytes ends the workbook.
func (p *Plain) Bytes() ([]byte, error) {
	defer p.file.Close()
	if err := p.flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := p.file.Write(&out)
	return out.Bytes(), err
}
