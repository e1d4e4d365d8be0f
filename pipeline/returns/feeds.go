package returns

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/efp"
	"github.com/xuri/excelize/v2"
)

// hidden is what a cell shows whose figure would let somebody be recognised.
const hidden = "[c]"

// fedByHidden refuses a workbook in which a hidden figure would feed a formula:
// the formula would then show something wrong, or give the figure away.
func (d *drafting) fedByHidden() error {
	var errs []error
	for _, r := range d.Template.rows {
		if s, ok := d.written[r.place()]; !ok || s.text != hidden {
			continue
		}
		for _, from := range d.blank.readersOf(r.Sheet, r.Cell) {
			errs = append(errs, fmt.Errorf("%s must be hidden and the formula of %s reads it: take the formula out of the blank, or the cell out of the map", r.place(), from))
		}
	}
	return errors.Join(errs...)
}

// readersOf lists the cells whose formulas read a cell, or may: a reference that
// cannot be worked out, such as one to a column of a table by its name, counts.
func (b *book) readersOf(sheet, at string) []string {
	column, row, err := excelize.CellNameToCoordinates(at)
	if err != nil {
		return nil
	}
	var out []string
	for _, s := range b.sheets {
		for _, cell := range s.addresses() {
			c := s.cells[cell]
			if c.formula == "" {
				continue
			}
			for _, ref := range b.references(c.formula, s.name, 0) {
				if ref.unknown || strings.EqualFold(ref.sheet, sheet) && ref.moved(c.movedBy).has(column, row) {
					out = append(out, s.name+"!"+cell)
					break
				}
			}
		}
	}
	return out
}

// reference is a range that a formula reads.
type reference struct {
	sheet   string
	area    area
	fixed   [4]bool // left, top, right, bottom do not move with a shared formula
	unknown bool
}

// moved is the range for a cell that shares the formula.
func (r reference) moved(by [2]int) area {
	a := r.area
	for i, edge := range []*int{&a.left, &a.top, &a.right, &a.bottom} {
		if !r.fixed[i] {
			*edge += by[i%2]
		}
	}
	return a
}

const maxNames = 8 // that stand for each other in turn

// references lists what a formula on a sheet reads.
func (b *book) references(formula, sheet string, names int) []reference {
	parser := efp.ExcelParser()
	var out []reference
	for _, token := range parser.Parse(formula) {
		if token.TType != efp.TokenTypeOperand || token.TSubType != efp.TokenSubTypeRange {
			continue
		}
		where, local := sheet, token.TValue
		if i := strings.LastIndexByte(local, '!'); i >= 0 {
			where, local = strings.ReplaceAll(strings.Trim(local[:i], "'"), "''", "'"), local[i+1:]
		}
		if ref, ok := parseReference(local); ok {
			ref.sheet = where
			out = append(out, ref)
			continue
		}
		stands, ok := b.definedName(local, where)
		if !ok || names == maxNames {
			out = append(out, reference{unknown: true})
			continue
		}
		out = append(out, b.references("="+stands, sheet, names+1)...)
	}
	return out
}

// definedName is what a name stands for on a sheet: the sheet's own, if it has one,
// else the workbook's.
func (b *book) definedName(name, sheet string) (stands string, found bool) {
	for _, n := range b.root.child("definedNames").all("definedName") {
		owner := b.ownerOf(n)
		if !strings.EqualFold(n.attr("name"), name) || owner != "" && !strings.EqualFold(owner, sheet) {
			continue
		}
		if stands, found = n.text, true; owner != "" {
			break
		}
	}
	return stands, found
}

var end = regexp.MustCompile(`^(\$?)([A-Za-z]{1,3})?(\$?)([0-9]{1,7})?$`)

// parseReference reads $D$7, B3:C4, A:A or 3:4.
func parseReference(text string) (reference, bool) {
	from, to, found := strings.Cut(text, ":")
	if !found {
		to = from
	}
	var r reference
	a, b := end.FindStringSubmatch(from), end.FindStringSubmatch(to)
	if a == nil || b == nil || (a[2] == "") != (b[2] == "") || (a[4] == "") != (b[4] == "") || a[2]+a[4] == "" || !found && (a[2] == "" || a[4] == "") {
		return r, false
	}
	r.area = area{1, 1, maxColumn, maxRow}
	for i, side := range [][]string{a, b} {
		if side[2] == "" {
			r.fixed[2*i], side[3] = true, side[1]+side[3] // a whole row: the sign belongs to its number
		} else {
			column, err := excelize.ColumnNameToNumber(side[2])
			if err != nil {
				return r, false
			}
			*[]*int{&r.area.left, &r.area.right}[i], r.fixed[2*i] = column, side[1] != ""
		}
		if side[4] == "" {
			r.fixed[2*i+1] = true
		} else {
			row, err := strconv.Atoi(side[4])
			if err != nil {
				return r, false
			}
			*[]*int{&r.area.top, &r.area.bottom}[i], r.fixed[2*i+1] = row, side[3] != ""
		}
	}
	return r, true
}
