package table

import (
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Screen is how much of a table a person can and wants to see.
type Screen struct {
	Width int  // in characters; 0: as wide as it comes
	Whole bool // hashes whole, else their first 8 digits, by which every command knows them
}

// Show writes rows for people, with what a column says in place of its values. What
// is wider than the screen is brought to fit: columns without a value are left out,
// what is the same in every row stands once above, and texts wrap at their words. Where
// that is not enough, each row is written as a list of names and values.
func (t Table) Show(w io.Writer, s Screen) error {
	_, err := io.WriteString(w, t.shown(s).fit(s.Width))
	return err
}

// shown is a table's cells as a person reads them.
type shown struct {
	columns []Column
	cells   [][]string // row by row
}

func (t Table) shown(s Screen) shown {
	out := shown{columns: slices.Clone(t.Columns)}
	for _, values := range t.Rows {
		row := make([]string, len(values))
		for i := range values {
			row[i] = t.Columns[i].Shown(values, i)
			if !s.Whole && wholeHash.MatchString(row[i]) {
				row[i] = row[i][:shortHash]
			}
			row[i] = printable(row[i])
		}
		out.cells = append(out.cells, row)
	}
	return out
}

var wholeHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

const (
	shortHash = 8
	// longestWord is what a column is at least as wide as where it has such a word; a
	// longer one is broken. deepest is how many lines a row may take.
	longestWord, deepest = 24, 4
	// frame is what the lines beside a column take, and end the last of them.
	frame, end = 3, 1
)

func (s shown) fit(width int) string {
	if width == 0 || s.wide() <= width {
		return s.render(nil)
	}
	s = s.without(func(i int) bool { return len(s.cells) > 0 && s.widest(i) == 0 })
	above := ""
	if s.wide() > width && len(s.cells) > 1 {
		above, s = s.alike(width)
	}
	if widths := s.widths(width); widths != nil {
		return above + s.render(widths)
	}
	if above != "" {
		above += "\n"
	}
	return above + s.list(width)
}

// widest is the width of a column's widest value.
func (s shown) widest(column int) int {
	most := 0
	for _, row := range s.cells {
		most = max(most, text.StringWidth(row[column]))
	}
	return most
}

// natural is how wide a column is that need not wrap.
func (s shown) natural(column int) int {
	return max(text.StringWidth(printable(s.columns[column].Name)), s.widest(column))
}

func (s shown) wide() int {
	sum := end
	for i := range s.columns {
		sum += s.natural(i) + frame
	}
	return sum
}

// without is the table without some of its columns.
func (s shown) without(drop func(column int) bool) shown {
	out := shown{cells: make([][]string, len(s.cells))}
	for i, c := range s.columns {
		if drop(i) {
			continue
		}
		out.columns = append(out.columns, c)
		for n, row := range s.cells {
			out.cells[n] = append(out.cells[n], row[i])
		}
	}
	return out
}

// alike takes out what is the same in every row, as a line of its own; one column
// stays in any case.
func (s shown) alike(width int) (above string, rest shown) {
	var same []string
	var alike []int
	for i, c := range s.columns {
		differs := slices.ContainsFunc(s.cells, func(row []string) bool { return row[i] != s.cells[0][i] })
		if !differs && len(alike) < len(s.columns)-1 {
			alike = append(alike, i)
			same = append(same, printable(c.Name)+": "+s.cells[0][i])
		}
	}
	if len(same) == 0 {
		return "", s
	}
	return flow(same, width), s.without(func(i int) bool { return slices.Contains(alike, i) })
}

// widths are how wide each column may be for the table to fit: none below its longest
// word, numbers as wide as they are, and what room is left by how much each would take.
// They are nil where the table cannot fit, or its texts would hang down in strips.
func (s shown) widths(width int) []int {
	var least, more []int
	room, wanted := width-end, 0
	for i, c := range s.columns {
		natural := s.natural(i)
		least = append(least, natural)
		if !isNumber(c) {
			least[i] = min(longestWord, s.longest(i))
		}
		more = append(more, natural-least[i])
		room, wanted = room-least[i]-frame, wanted+more[i]
	}
	if room < 0 {
		return nil
	}
	for i := range least {
		if wanted > 0 {
			given := min(more[i], room*more[i]/wanted)
			least[i], room, wanted = least[i]+given, room-given, wanted-more[i]
		}
		if s.depth(i, least[i]) > deepest {
			return nil
		}
	}
	return least
}

// depth is how many lines the cells of a column take where it is so wide.
func (s shown) depth(column, width int) int {
	most := 1
	for _, row := range s.cells {
		if text.StringWidth(row[column]) > width {
			most = max(most, 1+strings.Count(wrap(row[column], width), "\n"))
		}
	}
	return most
}

// longest is the longest word of a column, its name's too.
func (s shown) longest(column int) int {
	most := 0
	for _, word := range words(printable(s.columns[column].Name)) {
		most = max(most, text.StringWidth(word))
	}
	for _, row := range s.cells {
		for _, word := range words(row[column]) {
			most = max(most, text.StringWidth(strings.TrimRight(word, " ")))
		}
	}
	return most
}

// render lays the table out, each column as wide as widths says (nil: as it comes).
func (s shown) render(widths []int) string {
	out := table.NewWriter()
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	out.SetStyle(style)
	header := table.Row{}
	var configs []table.ColumnConfig
	for i, c := range s.columns {
		header = append(header, printable(c.Name))
		config := table.ColumnConfig{Number: i + 1}
		if isNumber(c) {
			config.Align, config.AlignHeader = text.AlignRight, text.AlignRight
		}
		if widths != nil {
			config.WidthMax, config.WidthMaxEnforcer = widths[i], wrap
		}
		configs = append(configs, config)
	}
	out.AppendHeader(header)
	out.SetColumnConfigs(configs)
	for _, values := range s.cells {
		row := table.Row{}
		for _, v := range values {
			row = append(row, v)
		}
		out.AppendRow(row)
	}
	return out.Render() + "\n"
}

// list writes each row as names and values, a blank line between rows.
func (s shown) list(width int) string {
	var rows []string
	for _, row := range s.cells {
		var pairs []string
		for i, c := range s.columns {
			if row[i] != "" {
				pairs = append(pairs, printable(c.Name)+": "+row[i])
			}
		}
		rows = append(rows, flow(pairs, width))
	}
	return strings.Join(rows, "\n")
}
