// Package returns fills the workbook a ministry issued. A template is a folder
// with four files: the blank as issued (blank.xlsx, or blank.xlsm with macros),
// map.csv (which figure stands in which cell, and what the cells beside it must
// say), fingerprint.csv (what the blank was like when the map was written), and
// description.yaml (its name, version and, where the blank is our own, everything
// it is made from). Only mapped cells are written, every other byte of the blank
// is copied, and afterwards the workbook is read back to prove that nothing else
// moved.
//
// excelize makes our own blank; efp, its reader of formulas, finds what a formula of an
// issued workbook reads. The decisions about workbooks are in templates/README.md.
package returns

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
)

// ErrTemplateChanged is wrapped by what Draft returns when the blank no longer
// says what its cell map expects, or when a mapped cell holds a formula.
var ErrTemplateChanged = errors.New("the template has changed under its cell map")

// The files of a template.
const (
	blankFile       = "blank" // .xlsx or .xlsm
	mapFile         = "map.csv"
	descriptionFile = "description.yaml"
	fingerprintFile = "fingerprint.csv"
)

// Template is a return as issued, ready to be filled.
type Template struct {
	Name, Title, Version string

	description Description
	rows        []Row
	fingerprint Fingerprint
	blank       []byte
}

// Open reads a template's folder. The mistakes of its cell map are reported
// together.
func Open(files fs.FS) (Template, error) {
	d, err := ReadDescription(files)
	if err != nil {
		return Template{}, err
	}
	blank, err := fs.ReadFile(files, blankFile+Ending(files))
	if err != nil {
		return Template{}, fmt.Errorf("cannot read the blank workbook of the return: %w", err)
	}
	f, err := files.Open(mapFile)
	if err != nil {
		return Template{}, fmt.Errorf("cannot read the cell map of the return: %w", err)
	}
	defer f.Close()
	rows, err := ReadMap(f)
	if err != nil {
		return Template{}, err
	}
	taken, err := fs.ReadFile(files, fingerprintFile)
	if err != nil {
		return Template{}, fmt.Errorf("cannot read the fingerprint of the blank, which `return adopt` writes: %w", err)
	}
	fingerprint, err := readFingerprint(taken)
	if err != nil {
		return Template{}, err
	}
	return Template{Name: d.Name, Title: d.Title, Version: d.Version, description: d, rows: rows, fingerprint: fingerprint, blank: blank}, nil
}

// Ending is that of the names of a template's workbooks: .xlsx, or .xlsm where the
// blank has macros.
func Ending(files fs.FS) string {
	if _, err := fs.Stat(files, blankFile+".xlsm"); err == nil {
		return ".xlsm"
	}
	return ".xlsx"
}

// Check says which scopes and fields the cell map needs and the configured
// return does not give, all of them at once.
func (t Template) Check(scopes, fields map[string]string) error {
	var errs []error
	needs := needsOf(t.rows)
	for _, part := range []struct {
		name  string
		given map[string]string
		needs map[string]Need
	}{{"scopes", scopes, needs.Scopes}, {"fields", fields, needs.Fields}} {
		for _, name := range slices.Sorted(maps.Keys(part.needs)) {
			if _, given := part.given[name]; !given && !part.needs[name].Optional {
				errs = append(errs, fmt.Errorf("the return has no %q under %s, which %s needs", name, part.name, part.needs[name].Cell))
			}
		}
	}
	return errors.Join(errs...)
}

// Held is what stands in a cell that rows are behind: a figure, or else what a
// funding condition says, or what the build says of the values in a column.
type Held struct {
	Place     figure.Place
	Condition bool
	Column    string // such as referrals.sex_code, of a cell about the quality of the data
	Field     string
}

// Mapped says what stands in a cell such as T04_Source!D7 of the return for a period.
func (t Template) Mapped(cell string, scopes map[string]string, at period.Period) (Held, error) {
	sheet, address, ok := strings.Cut(cell, "!")
	if !ok {
		return Held{}, fmt.Errorf("%q is not a cell; write the sheet, an exclamation mark and the address, such as T04_Source!D7", cell)
	}
	sheet = strings.Trim(sheet, "'")
	address = strings.ToUpper(strings.ReplaceAll(address, "$", ""))
	for _, r := range t.rows {
		if !strings.EqualFold(r.Sheet, sheet) || r.Cell != address || r.Cell == "" {
			continue
		}
		switch {
		case r.Kind == kindQuality:
			return Held{Column: r.Code, Field: r.Field}, nil
		case !r.figures():
			return Held{}, fmt.Errorf("%s holds %s, not a figure, so there are no rows to trace", r.place(), r.holds())
		case r.future(at):
			return Held{}, fmt.Errorf("%s is %s of %s, which is after %s, so it holds no figure", r.place(), r.Period, at.Year, at.Label)
		}
		place, err := r.figure(scopes, at)
		if err == nil && place.Scope == "" {
			err = fmt.Errorf("%s is about %q, which the configuration does not bind under scopes, so it shows [z]", r.place(), r.scope())
		}
		return Held{Place: place, Condition: r.Kind == kindCondition, Field: r.Field}, err
	}
	return Held{}, fmt.Errorf("the program fills no cell %q of the return %s; %s lists those it does", cell, t.Name, mapFile)
}

// figure is the place of a row's figure in a period. Its scope is empty where the
// return need not have it and does not.
func (r Row) figure(scopes map[string]string, at period.Period) (figure.Place, error) {
	scope, ok := scopes[r.scope()]
	if !ok && !r.optional() {
		return figure.Place{}, fmt.Errorf("the return has no %q under scopes, which %s needs", r.Scope, r.place())
	}
	return figure.Place{Code: r.Code, Scope: scope, Period: r.periodLabel(at), Dimension: r.Dimension, Category: r.Category}, nil
}

// quarter is the number of a quarter's column, or 0.
func (r Row) quarter() int {
	if len(r.Period) == 2 && r.Period[0] == 'Q' {
		return int(r.Period[1] - '0')
	}
	return 0
}

// future tells whether the quarter of a cell comes after the return's period.
func (r Row) future(at period.Period) bool { return r.quarter() > at.Quarter() }

// periodLabel is the label of the period a cell shows in the return for another.
func (r Row) periodLabel(at period.Period) string {
	switch {
	case r.quarter() > 0:
		return at.Year.Quarters()[r.quarter()-1].Label
	case r.Period == periodToDate:
		return at.ToDate().Label
	}
	return at.Label
}
