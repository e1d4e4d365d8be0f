package returns

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// How sure a placement is.
const (
	sure      = "sure"       // the same words, once, in the same sheet
	likely    = "likely"     // the same words but for spelling or place
	unsure    = "unsure"     // the most alike; look at it
	notPlaced = "not placed" // nothing like it was found
)

var confidences = []string{sure, likely, unsure, notPlaced}

// Placement is where a row of a cell map goes in a new blank.
type Placement struct {
	From, To   string // cells such as T04_Source!D7; To is empty where it is not placed
	Holds      string // what the cell shows
	Confidence string // sure, likely, unsure or not placed
	Why        string // what the confidence rests on
	row        Row
}

// Adoption is a cell map proposed for a new blank.
type Adoption struct {
	Placements []Placement // in the order of the old map; labels are left out
	// Unclaimed are cells with words in the new blank that the map does not know:
	// among them what the ministry asks for the first time.
	Unclaimed []string

	blank []byte
	rows  []Row
}

// Adopt proposes a cell map for a new blank by looking for the words that the map
// of an old one expects beside and above each cell.
func Adopt(files fs.FS, blank []byte) (Adoption, error) {
	t, err := Open(files)
	if err != nil {
		return Adoption{}, err
	}
	was, err := readBook(t.blank)
	if err != nil {
		return Adoption{}, fmt.Errorf("the blank of the return %s: %w", t.Name, err)
	}
	is, err := readBook(blank)
	if err != nil {
		return Adoption{}, err
	}
	a := adopting{template: t, was: was, is: is, sheets: map[string]match{}, found: map[[3]string]match{}}
	out := Adoption{blank: blank}
	taken := map[string]string{}
	for _, r := range t.rows {
		p := a.place(r)
		if r.fills() && p.To != "" && taken[p.To] != "" {
			p.Confidence, p.Why, p.To = notPlaced, fmt.Sprintf("%s goes there already", taken[p.To]), ""
		}
		if p.To != "" && r.fills() {
			taken[p.To] = p.From
		}
		switch {
		case p.Confidence != notPlaced:
			out.rows = append(out.rows, p.row)
		case r.fills(): // in the map without a cell: no draft is made before it has one
			p.row.Cell = ""
			out.rows = append(out.rows, p.row)
		}
		if r.fills() {
			out.Placements = append(out.Placements, p)
		}
	}
	out.Unclaimed = a.unclaimed(out.rows)
	return out, nil
}

// Count is how many placements have each confidence, the surest first.
func (a Adoption) Count() [][2]string {
	var out [][2]string
	for _, c := range confidences {
		n := 0
		for _, p := range a.Placements {
			if p.Confidence == c {
				n++
			}
		}
		out = append(out, [2]string{c, fmt.Sprint(n)})
	}
	return out
}

// Files are a template's folder for the new blank, with the map as proposed.
func (a Adoption) Files(d Description) (map[string][]byte, error) {
	return templateFiles(a.blank, a.rows, d)
}

// adopting looks for one map's cells in another workbook.
type adopting struct {
	template Template
	was, is  *book
	sheets   map[string]match    // by old name
	found    map[[3]string]match // by old sheet, cell and words
}

// match is something of the old blank found in the new: a sheet, or a cell.
type match struct {
	sheet      *sheet
	at         string
	confidence string
	why        string
}

// worse is the less sure of two.
func worse(a, b match) (confidence, why string) {
	if slices.Index(confidences, b.confidence) > slices.Index(confidences, a.confidence) {
		a, b = b, a
	}
	if b.why != "" && a.why != b.why {
		return a.confidence, strings.TrimPrefix(a.why+"; "+b.why, "; ")
	}
	return a.confidence, a.why
}

// place finds the cell of a row: in the row of its label and under the header
// that stood above it, or as far from its label as before.
func (a *adopting) place(r Row) Placement {
	p := Placement{From: r.place(), Holds: r.shows(), row: r}
	s := a.sheet(r.Sheet)
	if s.sheet == nil {
		p.Confidence, p.Why = notPlaced, s.why
		return p
	}
	p.row.Sheet = s.sheet.name
	if r.LabelCell == "" { // a category without a row
		p.Confidence = s.confidence
		return p
	}
	label := a.label(s, r.Sheet, r.LabelCell, r.LabelText)
	if label.at == "" {
		p.Confidence, p.Why = notPlaced, label.why
		return p
	}
	p.row.LabelCell, p.row.LabelText = label.at, strings.TrimSpace(s.sheet.cells[label.at].text)
	p.Confidence, p.Why = worse(s, label)
	if !r.fills() {
		return p
	}
	column, row, _ := excelize.CellNameToCoordinates(r.Cell)
	fromColumn, fromRow, _ := excelize.CellNameToCoordinates(r.LabelCell)
	toColumn, toRow, _ := excelize.CellNameToCoordinates(label.at)
	toColumn, toRow = toColumn+column-fromColumn, toRow+row-fromRow
	if header, ok := a.header(s, r, column, row); ok && row == fromRow {
		if header.at == "" {
			p.Confidence, p.Why, p.row.Cell = notPlaced, header.why, ""
			return p
		}
		toColumn, _, _ = excelize.CellNameToCoordinates(header.at)
		p.Confidence, p.Why = worse(match{confidence: p.Confidence, why: p.Why}, header)
	}
	at, err := excelize.CoordinatesToCellName(toColumn, toRow)
	if err != nil {
		p.Confidence, p.Why = notPlaced, "it would stand outside the sheet"
		return p
	}
	p.row.Cell, p.To = at, s.sheet.name+"!"+at
	if formula := s.sheet.cells[at].formula; formula != "" {
		p.To, p.Confidence, p.Why = "", notPlaced, fmt.Sprintf("%s now holds the formula %q", at, formula)
	} else if before, now := a.was.formatOf(r.Sheet, r.Cell), a.is.lookOf(s.sheet, at).format; before != now {
		p.Confidence, p.Why = worse(match{confidence: p.Confidence, why: p.Why}, match{confidence: likely, why: fmt.Sprintf("its numbers were shown as %q and are shown as %q", before, now)})
	}
	return p
}

// formatOf is the number format of a cell.
func (b *book) formatOf(sheet, at string) string {
	if s, ok := b.sheet(sheet); ok {
		return b.lookOf(s, at).format
	}
	return ""
}

// header finds the header above a cell: the nearest label of the map in its column.
func (a *adopting) header(s match, r Row, column, row int) (match, bool) {
	best, at := Row{}, 0
	for _, o := range a.template.rows {
		if o.Kind != kindLabel || o.Sheet != r.Sheet {
			continue
		}
		if c, above, err := excelize.CellNameToCoordinates(o.LabelCell); err == nil && c == column && above < row && above > at {
			best, at = o, above
		}
	}
	if at == 0 {
		return match{}, false
	}
	return a.label(s, r.Sheet, best.LabelCell, best.LabelText), true
}

// sheet finds a sheet by name, or by the labels it holds.
func (a *adopting) sheet(name string) match {
	if m, ok := a.sheets[name]; ok {
		return m
	}
	m := a.likeSheet(name)
	a.sheets[name] = m
	return m
}

func (a *adopting) likeSheet(name string) match {
	if s, ok := a.is.sheet(name); ok && s.root != nil {
		return match{sheet: s, confidence: sure}
	}
	labels := map[string]bool{}
	for _, r := range a.template.rows {
		if r.Sheet == name && r.LabelText != "" {
			labels[plainWords(r.LabelText)] = true
		}
	}
	best, share := match{why: fmt.Sprintf("there is no sheet like %q", name)}, 0.5
	for _, s := range a.is.sheets {
		if _, known := a.was.sheet(s.name); known || s.root == nil {
			continue // it goes by its own name
		}
		here := map[string]bool{}
		for _, c := range s.cells {
			if w := plainWords(c.text); labels[w] {
				here[w] = true
			}
		}
		if of := float64(len(here)) / float64(max(len(labels), 1)); of > share {
			best, share = match{sheet: s, confidence: likely, why: fmt.Sprintf("the sheet %q has %.0f%% of the labels of %q", s.name, 100*of, name)}, of
		}
	}
	return best
}

// leastAlike is how alike two labels must be to be taken for each other.
const leastAlike = 0.6

// label finds the words of a label in a sheet.
func (a *adopting) label(s match, oldSheet, at, words string) match {
	key := [3]string{oldSheet, at, words}
	if m, ok := a.found[key]; ok {
		return m
	}
	m := a.likeLabel(s.sheet, oldSheet, at, words)
	a.found[key] = m
	return m
}

func (a *adopting) likeLabel(s *sheet, oldSheet, at, words string) match {
	same, order := a.sameWords(s, oldSheet, at, words)
	if len(same) > 0 {
		m := match{sheet: s, at: same[min(order, len(same)-1)], confidence: sure}
		switch {
		case s.cells[m.at].text != words && strings.TrimSpace(s.cells[m.at].text) != strings.TrimSpace(words):
			m.confidence, m.why = likely, fmt.Sprintf("it says %q, as %q", s.cells[m.at].text, words)
		case order >= len(same):
			m.confidence, m.why = unsure, fmt.Sprintf("%q stands there %d times and stood %d times", words, len(same), order+1)
		case m.at != at:
			m.why = fmt.Sprintf("%q moved from %s to %s", words, at, m.at)
		}
		return m
	}
	best, most := match{why: fmt.Sprintf("nothing says %q", words)}, leastAlike
	for _, other := range s.addresses() {
		text := s.cells[other].text
		if alike := alike(words, text); alike > most && !a.oldLabel(oldSheet, text) {
			best, most = match{sheet: s, at: other, confidence: unsure, why: fmt.Sprintf("%q is most like %q", text, words)}, alike
		}
	}
	return best
}

// sameWords lists the cells that say the same, and how many before this one did
// in the old blank: labels that stand there more than once keep their order.
func (a *adopting) sameWords(s *sheet, oldSheet, at, words string) (same []string, order int) {
	old, ok := a.was.sheet(oldSheet)
	if !ok {
		return nil, 0
	}
	wanted := plainWords(words)
	for _, other := range s.addresses() {
		if c := s.cells[other]; !c.number && c.formula == "" && wanted != "" && plainWords(c.text) == wanted {
			same = append(same, other)
		}
	}
	for _, other := range old.addresses() {
		if other == at {
			break
		}
		if plainWords(old.cells[other].text) == wanted {
			order++
		}
	}
	return same, order
}

// oldLabel tells whether the old map has a label of its own for these words.
func (a *adopting) oldLabel(sheet, words string) bool {
	return slices.ContainsFunc(a.template.rows, func(r Row) bool { return r.Sheet == sheet && plainWords(r.LabelText) == plainWords(words) })
}

// unclaimed lists cells with words that neither are labels of the map nor stood
// in the old blank, in order.
func (a *adopting) unclaimed(rows []Row) []string {
	claimed, known := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		claimed[r.Sheet+"!"+r.LabelCell], claimed[r.place()] = true, true
	}
	for _, s := range a.was.sheets {
		for _, c := range s.cells {
			known[plainWords(c.text)] = true
		}
	}
	var out []string
	for _, s := range a.is.sheets {
		for _, at := range s.addresses() {
			c := s.cells[at]
			if c.text != "" && !c.number && c.formula == "" && !claimed[s.name+"!"+at] && !known[plainWords(c.text)] {
				out = append(out, fmt.Sprintf("%s!%s says %q", s.name, at, c.text))
			}
		}
	}
	return out
}

// plainWords is a text without case, punctuation and doubled spaces.
func plainWords(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
}

// alike is how alike two texts are, from 0 to 1: the Sorensen-Dice coefficient of
// their pairs of letters.
func alike(a, b string) float64 {
	x, y := pairs(plainWords(a)), pairs(plainWords(b))
	if len(x)+len(y) == 0 {
		return 0
	}
	both, i, j := 0, 0, 0
	for i < len(x) && j < len(y) {
		switch c := cmp.Compare(x[i], y[j]); {
		case c == 0:
			both, i, j = both+1, i+1, j+1
		case c < 0:
			i++
		default:
			j++
		}
	}
	return 2 * float64(both) / float64(len(x)+len(y))
}

// pairs are the pairs of neighbouring letters, in order.
func pairs(text string) []string {
	letters := []rune(text)
	var out []string
	for i := 1; i < len(letters); i++ {
		out = append(out, string(letters[i-1:i+1]))
	}
	slices.Sort(out)
	return out
}
