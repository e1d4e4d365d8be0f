package returns

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbook is everything about a workbook that filling it may not change.
type workbook struct {
	sheets   map[string]worksheet
	rest     map[string]string // named things: sheet order, defined names, tables, rules
	formulas bool
}

type worksheet struct {
	cells  map[string]cell   // those with a value, a formula or a style
	merged map[string]string // the range, for cells inside one that are not its first
}

type cell struct {
	Value, Formula string
	Style          string // as JSON
}

// readWorkbook reads a workbook for comparison.
func readWorkbook(f *excelize.File) (workbook, error) {
	w := workbook{sheets: map[string]worksheet{}, rest: map[string]string{}}
	looks := map[int]string{}
	for _, name := range f.GetSheetList() {
		s, err := readSheet(f, name, looks)
		if err != nil {
			return w, fmt.Errorf("cannot read the sheet %q of the workbook: %w", name, err)
		}
		w.sheets[name] = s
		for _, c := range s.cells {
			w.formulas = w.formulas || c.Formula != ""
		}
		if err := w.readRules(f, name); err != nil {
			return w, fmt.Errorf("cannot read the rules of the sheet %q: %w", name, err)
		}
	}
	return w, errors.Join(w.keep("the order of the sheets", f.GetSheetList(), nil), w.keep("the defined names", f.GetDefinedName(), nil))
}

// readRules reads what a sheet has besides its cells.
func (w *workbook) readRules(f *excelize.File, name string) error {
	merged, err := f.GetMergeCells(name, true)
	errs := []error{w.keep("the merged cells of "+name, merged, err)}
	validations, err := f.GetDataValidations(name)
	errs = append(errs, w.keep("the data validation of "+name, validations, err))
	conditional, err := f.GetConditionalFormats(name)
	errs = append(errs, w.keep("the conditional formats of "+name, conditional, err))
	tables, err := f.GetTables(name)
	errs = append(errs, w.keep("the tables of "+name, tables, err))
	visible, err := f.GetSheetVisible(name)
	errs = append(errs, w.keep("whether "+name+" is shown", visible, err))
	return errors.Join(errs...)
}

func (w *workbook) keep(what string, v any, err error) error {
	if err != nil {
		return err
	}
	text, err := json.Marshal(v)
	w.rest[what] = string(text)
	return err
}

// readSheet reads every cell inside the used range. looks caches styles.
func readSheet(f *excelize.File, name string, looks map[int]string) (worksheet, error) {
	s := worksheet{cells: map[string]cell{}, merged: map[string]string{}}
	columns, rows, err := extent(f, name)
	if err != nil {
		return s, err
	}
	for row := 1; row <= rows; row++ {
		for column := 1; column <= columns; column++ {
			at, err := excelize.CoordinatesToCellName(column, row)
			if err != nil {
				return s, err
			}
			c, err := readCell(f, name, at, looks)
			if err != nil {
				return s, err
			}
			if c != (cell{}) {
				s.cells[at] = c
			}
		}
	}
	merged, err := f.GetMergeCells(name, true)
	for _, m := range merged {
		for _, at := range inside(m.GetStartAxis(), m.GetEndAxis()) {
			s.merged[at] = m.GetStartAxis() + ":" + m.GetEndAxis()
		}
		delete(s.merged, m.GetStartAxis())
	}
	return s, err
}

func readCell(f *excelize.File, sheet, at string, looks map[int]string) (c cell, err error) {
	if c.Value, err = f.GetCellValue(sheet, at); err != nil {
		return c, err
	}
	if c.Formula, err = f.GetCellFormula(sheet, at); err != nil {
		return c, err
	}
	id, err := f.GetCellStyle(sheet, at)
	if err != nil || id == 0 {
		return c, err
	}
	if _, ok := looks[id]; !ok {
		style, err := f.GetStyle(id)
		if err != nil {
			return c, err
		}
		text, err := json.Marshal(style)
		if err != nil {
			return c, err
		}
		looks[id] = string(text)
	}
	c.Style = looks[id]
	return c, nil
}

// extent is the last column and row that hold something or are said to.
func extent(f *excelize.File, sheet string) (columns, rows int, err error) {
	content, err := f.GetRows(sheet)
	if err != nil {
		return 0, 0, err
	}
	rows = len(content)
	for _, r := range content {
		columns = max(columns, len(r))
	}
	said, err := f.GetSheetDimension(sheet)
	if err != nil || said == "" {
		return columns, rows, err
	}
	_, end, found := strings.Cut(said, ":")
	if !found {
		end = said
	}
	column, row, err := excelize.CellNameToCoordinates(end)
	return max(columns, column), max(rows, row), err
}

// inside lists the addresses of a range.
func inside(from, to string) []string {
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	if err1 != nil || err2 != nil {
		return nil
	}
	var out []string
	for row := r1; row <= r2; row++ {
		for column := c1; column <= c2; column++ {
			if at, err := excelize.CoordinatesToCellName(column, row); err == nil {
				out = append(out, at)
			}
		}
	}
	return out
}

// prove reads the filled workbook back: every mapped cell reads as written, and
// nothing outside the map differs from the blank.
func (d *drafting) prove(before workbook, out []byte) error {
	f, err := openWorkbook(out)
	if err != nil {
		return fmt.Errorf("the filled workbook cannot be opened again: %w", err)
	}
	defer f.Close()
	after, err := readWorkbook(f)
	if err != nil {
		return err
	}
	differences, err := partsChanged(d.template.blank, out)
	if err != nil {
		return err
	}
	for what, was := range before.rest {
		if after.rest[what] != was {
			differences = append(differences, fmt.Sprintf("%s: was %s, is %s", what, was, after.rest[what]))
		}
	}
	for sheet, was := range before.sheets {
		differences = append(differences, d.differs(sheet, was, after.sheets[sheet])...)
	}
	if len(differences) == 0 {
		return nil
	}
	slices.Sort(differences)
	return fmt.Errorf("the filled workbook is not the blank with its mapped cells filled, so it is not kept; this is a fault of the program:\n%s", strings.Join(differences, "\n"))
}

// differs compares the cells of a sheet. A mapped cell may only have its value changed.
func (d *drafting) differs(sheet string, was, is worksheet) []string {
	var out []string
	addresses := map[string]bool{}
	for at := range was.cells {
		addresses[at] = true
	}
	for at := range is.cells {
		addresses[at] = true
	}
	for at := range addresses {
		want := was.cells[at]
		if text, mapped := d.written[sheet+"!"+at]; mapped {
			want.Value = text
		}
		switch got := is.cells[at]; {
		case got.Value != want.Value:
			out = append(out, fmt.Sprintf("%s!%s: was to be %q, is %q", sheet, at, want.Value, got.Value))
		case got.Formula != want.Formula:
			out = append(out, fmt.Sprintf("%s!%s: the formula was %q, is %q", sheet, at, want.Formula, got.Formula))
		case got.Style != want.Style:
			out = append(out, fmt.Sprintf("%s!%s: the style has changed", sheet, at))
		}
	}
	return out
}
