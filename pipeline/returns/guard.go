package returns

import (
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// unchanged checks the blank against the cell map and its fingerprint; all
// differences together.
func (t Template) unchanged(blank *book) error {
	var errs []error
	told := map[string]bool{}
	for _, text := range append(t.mapMismatches(blank), t.fingerprint.differences(blank)...) {
		if !told[text] {
			told[text] = true
			errs = append(errs, errors.New(text))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%w: mend %s of the return %s, or ask for the map that belongs to this blank:\n%w", ErrTemplateChanged, mapFile, t.Name, errors.Join(errs...))
}

// mapMismatches says where the blank is not what the cell map expects.
func (t Template) mapMismatches(blank *book) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, r := range t.rows {
		if r.Cell == leftToPeople {
			continue
		}
		s, ok := blank.sheet(r.Sheet)
		if !ok || s.root == nil {
			add("there is no sheet %q; there are %s", r.Sheet, blank.sheetNames())
			continue
		}
		if said := strings.TrimSpace(s.cells[r.LabelCell].text); r.LabelCell != "" && said != strings.TrimSpace(r.LabelText) {
			add("%s!%s says %q where the cell map expects %q%s", r.Sheet, r.LabelCell, said, r.LabelText, s.movedTo(r.LabelText))
		}
		if !r.fills() {
			continue
		}
		if formula := s.cells[r.Cell].formula; formula != "" {
			add("%s holds the formula %q, which is never written over", r.place(), formula)
		} else if whole := s.within(r.Cell, s.arrays); whole != "" {
			add("%s is worked out by the formula of %s, which is never written over", r.place(), whole)
		}
		if whole := s.within(r.Cell, areas(strings.Join(s.merged(), " "))); whole != "" && !strings.HasPrefix(whole, r.Cell+":") {
			add("%s lies inside the merged cells %s; a merged cell is filled at its first address", r.place(), whole)
		}
	}
	return out
}

// movedTo says where else on the sheet a label stands, if it does.
func (s *sheet) movedTo(label string) string {
	var found []string
	for _, at := range s.addresses() {
		if strings.TrimSpace(s.cells[at].text) == strings.TrimSpace(label) && label != "" {
			found = append(found, at)
		}
	}
	if len(found) == 0 || len(found) > 3 {
		return ""
	}
	return ", which now stands in " + strings.Join(found, ", ")
}

// within is the first of the areas that a cell lies in, or empty.
func (s *sheet) within(at string, areas []area) string {
	for _, a := range areas {
		if a.holds(at) {
			return a.String()
		}
	}
	return ""
}

// String is the range as people write it.
func (a area) String() string {
	from, _ := excelize.CoordinatesToCellName(a.left, a.top)
	to, _ := excelize.CoordinatesToCellName(a.right, a.bottom)
	return from + ":" + to
}
