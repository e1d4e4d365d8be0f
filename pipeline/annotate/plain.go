package annotate

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/workbook"
)

// Plain makes a workbook of a file that is none of Excel's: every value a text, in
// the row and column it has there.
type Plain struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	names  map[string]string // of sheets: as in the file, and as a workbook can have them
	text   int               // the style
}

// NewPlain begins a workbook.
func NewPlain() (*Plain, error) {
	p := &Plain{file: excelize.NewFile(), names: map[string]string{}}
	format := "@"
	var err error
	p.text, err = p.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	return p, err
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
	p.names[name] = called
	if p.stream, err = p.file.NewStreamWriter(called); err != nil {
		return err
	}
	return p.stream.SetColWidth(1, 60, 16)
}

// Row writes a row; rows come in order.
func (p *Plain) Row(row int64, values [][]byte) error {
	if row > excelize.TotalRows {
		return fmt.Errorf("the file has more rows than a sheet holds, which is %d, so no workbook can be made of it; list its faults with -o faults.csv instead", excelize.TotalRows)
	}
	cells := make([]any, min(len(values), maxColumn))
	for i := range cells {
		if len(values[i]) > 0 {
			cells[i] = excelize.Cell{StyleID: p.text, Value: cut(strings.Map(workbook.Printable, string(values[i])))}
		}
	}
	at, err := excelize.CoordinatesToCellName(1, int(row))
	if err != nil {
		return err
	}
	return p.stream.SetRow(at, cells)
}

func (p *Plain) flush() error {
	if p.stream == nil {
		return nil
	}
	return p.stream.Flush()
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
