package extract

import "strings"

// span is a group of merged cells, by its corners; columns count from 0.
type span struct {
	row, lastRow       int64
	column, lastColumn int
}

// joined makes one header of the rows of several, each name after those of
// the groups above it: "Victim" over "Age" is "Victim Age". A group's name stands over
// the cells merged with it; where none are (CSV), over the unnamed ones that follow.
// Spans count their rows from the first of these.
func joined(rows [][]string, spans []span) []string {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	header := make([]string, width)
	for i, row := range rows {
		row = append(append([]string{}, row...), make([]string, width-len(row))...)
		if below := rows[i+1:]; len(below) > 0 {
			spread(row, below, spansOf(spans, int64(i)))
		}
		for column, name := range row {
			name = strings.TrimSpace(name)
			switch {
			case len(rows) == 1:
				header[column] = row[column]
			case name == "" || name == header[column]:
			case header[column] == "":
				header[column] = name
			default:
				header[column] += " " + name
			}
		}
	}
	return header
}

// moved counts the rows of spans from another first row.
func moved(spans []span, first int64) []span {
	var out []span
	for _, s := range spans {
		s.row, s.lastRow = s.row-first, s.lastRow-first
		out = append(out, s)
	}
	return out
}

func spansOf(spans []span, row int64) []span {
	var of []span
	for _, s := range spans {
		if s.row == row && s.lastColumn > s.column {
			of = append(of, s)
		}
	}
	return of
}

// spread writes the names of groups over all the cells they stand over.
func spread(row []string, below [][]string, spans []span) {
	for _, s := range spans {
		for c := s.column + 1; c <= s.lastColumn && c < len(row); c++ {
			row[c] = row[s.column]
		}
	}
	if len(spans) > 0 {
		return
	}
	named := func(column int) bool {
		for _, names := range below {
			if column < len(names) && strings.TrimSpace(names[column]) != "" {
				return true
			}
		}
		return false
	}
	group := ""
	for c := range row {
		switch {
		case strings.TrimSpace(row[c]) != "":
			if group = ""; named(c) { // else it is a column's own name, written in the upper row
				group = row[c]
			}
		case named(c):
			row[c] = group
		}
	}
}

// trimHeader drops empty names at a header's end, which spreadsheet programs
// leave where a column was deleted.
func trimHeader(header []string) []string {
	for len(header) > 1 && strings.TrimSpace(header[len(header)-1]) == "" {
		header = header[:len(header)-1]
	}
	return header
}

func blankTexts(texts []string) bool {
	return strings.TrimSpace(strings.Join(texts, "")) == ""
}
