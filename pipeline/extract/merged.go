package extract

import (
	"cmp"
	"slices"
)

// mostMerged is how many groups of merged cells a sheet may have.
const mostMerged = 100_000

// merges are the merged cells of a sheet: what lies under them but in their first
// cell is not seen, and not read.
type merges struct {
	all        bool   // read it all the same
	lastMerged int64  // the last row that any lies in
	groups     int    // how many there are
	spans      []span // the first of them, for the header
	buried     example

	coming []span // those known beforehand, by row
	here   []span // those of the row being read, by column
}

// merge takes in a group of merged cells.
func (m *merges) merge(s span) {
	m.groups++
	m.lastMerged = max(m.lastMerged, s.lastRow)
	if s.row <= 2*headerRows && len(m.spans) < mostSpans {
		m.spans = append(m.spans, s)
	}
}

// cover makes known which cells are merged, before the first row is read.
func (m *merges) cover(spans []span) {
	m.coming = slices.Clone(spans)
	slices.SortStableFunc(m.coming, func(a, b span) int { return cmp.Compare(a.row, b.row) })
}

// enter goes on to a row.
func (m *merges) enter(row int64) {
	if len(m.coming) == 0 && len(m.here) == 0 {
		return
	}
	m.here = slices.DeleteFunc(m.here, func(s span) bool { return s.lastRow < row })
	for len(m.coming) > 0 && m.coming[0].row <= row {
		if m.coming[0].lastRow >= row {
			m.here = append(m.here, m.coming[0])
		}
		m.coming = m.coming[1:]
	}
	slices.SortStableFunc(m.here, func(a, b span) int { return cmp.Compare(a.column, b.column) })
}

// under says whether a cell of the row being read lies under another.
func (m *merges) under(row int64, column int) bool {
	if len(m.here) == 0 {
		return false
	}
	at, found := slices.BinarySearchFunc(m.here, column, func(s span, column int) int { return cmp.Compare(s.column, column) })
	if !found {
		at--
	}
	return at >= 0 && m.here[at].lastColumn >= column && (m.here[at].row != row || m.here[at].column != column)
}

// bury counts a value under merged cells; false where it is read all the same.
func (m *merges) bury(row int64) bool {
	if !m.all {
		m.buried.add(row, nil)
	}
	return !m.all
}
