// Package annotate marks faults in a provider's own workbook: each faulty cell is
// filled, framed and given a comment, each faulty row says so in words, and a first
// sheet lists them all. Everything else stays as it was, byte for byte.
//
// What is wrong is said in a column beside the table and not in the faulty cell, whose
// value stays the sender's; a blank cell could not say it at all (2026-11-26). A value
// that is withheld stays in the sender's own cell and is repeated nowhere else.
package annotate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/workbook"
)

// Fault is something wrong with a value, and where it stands.
type Fault struct {
	Sheet   string
	Row     int
	Columns []int  // from 1; several for a key of several; none where it is the whole row's, or the file has no such column
	Name    string // of the columns, as the file heads them
	Value   string
	Rule    string
	Rejects bool   // the row; else the value is left out and the row counts
	Message string // what is wrong and what to do
}

// Table is where a sheet's table stands.
type Table struct {
	Sheet              string
	HeaderRow, Columns int
}

// Report is what is to be told of a workbook.
type Report struct {
	File    string   // as it was delivered
	Made    bool     // the workbook was made from a file that is none
	Marking string   // of protection, on each printed page of the list of faults; empty: none
	Remarks []string // sentences about the file as a whole
	Tables  []Table
	Faults  []Fault
}

// What is written at most. A spreadsheet program becomes slow with more comments.
const (
	mostComments = 2000 // on a sheet
	mostListed   = 20_000
)

const (
	maxColumn  = 1 << 14
	wordHeader = "Faults found"
)

// Workbook gives the workbook with the faults marked.
func Workbook(content []byte, r Report) ([]byte, error) {
	b, err := workbook.Open(content)
	if err != nil {
		return nil, err
	}
	looks, err := readStyles(b)
	if err != nil {
		return nil, err
	}
	r.Faults = inOrder(r.Faults, b.Sheets)
	places := map[int]spot{} // of the faults, as they are marked
	for number, sheet := range b.Sheets {
		m := marking{book: b, sheet: sheet, number: number + 1, looks: looks, report: r}
		if err := m.mark(places); err != nil {
			return nil, fmt.Errorf("a sheet cannot be marked: %w", err)
		}
	}
	for i, f := range r.Faults {
		if _, ok := places[i]; !ok {
			return nil, fmt.Errorf("row %d of a sheet is not in the workbook, so its fault cannot be marked", f.Row)
		}
	}
	l := list{Report: r, book: b, looks: looks, places: places}
	if err := errors.Join(l.add(), looks.write()); err != nil {
		return nil, err
	}
	return b.Pack()
}

// inOrder sorts faults by sheet, as the workbook has them, row and column.
func inOrder(faults []Fault, sheets []workbook.Sheet) []Fault {
	place := func(f Fault) int {
		return slices.IndexFunc(sheets, func(s workbook.Sheet) bool { return s.Name == f.Sheet })
	}
	faults = slices.Clone(faults)
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Row, b.Row), slices.Compare(a.Columns, b.Columns))
	})
	return faults
}

// spot is the cell that is marked for a fault.
type spot struct {
	column, row int
	hidden      bool // its row, in the workbook
}

func (s spot) String() string {
	name, err := excelize.CoordinatesToCellName(s.column, s.row)
	if err != nil {
		return ""
	}
	return name
}

// area is a range of cells.
type area struct{ left, top, right, bottom int }

func (a area) has(column, row int) bool {
	return column >= a.left && column <= a.right && row >= a.top && row <= a.bottom
}

// parseArea reads B3:C4 or B3; false for what is no range of cells.
func parseArea(text string) (area, bool) {
	from, to, found := strings.Cut(strings.ReplaceAll(text, "$", ""), ":")
	if !found {
		to = from
	}
	left, top, err := excelize.CellNameToCoordinates(from)
	right, bottom, also := excelize.CellNameToCoordinates(to)
	return area{left, top, right, bottom}, err == nil && also == nil
}

// effect says in words what a fault does to its row.
func (f Fault) effect() string {
	if f.Rejects {
		return "row rejected"
	}
	return "value left out, row counts"
}

// words are the fault for its comment.
func (f Fault) words() string {
	effect := "This value is left out; the row counts without it."
	if f.Rejects {
		effect = "This row is rejected until it is mended."
	}
	return "FAULT: " + f.Message + ". " + effect
}
