package returns

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/workbook"
)

// LintItem is one item of the accessibility checklist for spreadsheets of the
// Government Analysis Function, and what a workbook shows of it.
type LintItem struct {
	Level    string // essential or desirable
	Item     string
	OK       bool
	Evidence string // what was looked at, or what is wrong and where
}

// lintItems are the checklist, in its order.
var lintItems = []struct {
	level, item string
	check       func(l linting) (wrong []string, evidence string)
}{
	{"essential", "Every table is marked up", linting.tablesMarked},
	{"essential", "No cell is merged", linting.merged},
	{"essential", "No row or column inside a table is blank", linting.blankInside},
	{"essential", "Every table has one header row, with a name of its own for each column", linting.headers},
	{"essential", "Text that is wider than its column is wrapped", linting.wrapped},
	{"essential", "Blank cells are explained above their table", linting.blanksExplained},
	{"essential", "No symbol or raised letter stands for a note", linting.symbols},
	{"essential", "Links say where they lead", linting.links},
	{"essential", "Every sheet has a title, marked as a heading", linting.titles},
	{"essential", "No header, footer, comment or floating box", linting.floating},
	{"essential", "Colour is never the only signal, and stands out from what is behind it", linting.colours},
	{"essential", "Every sheet has a name of its own that says something", linting.sheetNames},
	{"essential", "No sheet is blank", linting.blankSheets},
	{"essential", "Column A says what each row is about", linting.columnA},
	{"essential", "Every table begins at the left edge", linting.leftEdge},
	{"essential", "The spelling has been checked", linting.spelling},
	{"essential", "The document says what it is: title, author and language", linting.described},
	{"essential", "The workbook opens at A1 of its first sheet", linting.opensFirst},
	{"desirable", "Every table has a name that says something", linting.tableNames},
	{"desirable", "No filter buttons, and nothing is frozen", linting.frozen},
	{"desirable", "No sheet, row or column is hidden", linting.hiddenParts},
	{"desirable", "The text of notes stands on a sheet of notes", linting.notes},
	{"desirable", "No cell has a background", linting.backgrounds},
	{"desirable", "No pictures", linting.pictures},
	{"desirable", "No macros", linting.macros},
	{"desirable", "Nothing stands below a table", linting.below},
	{"desirable", "One table on a sheet", linting.oneTable},
}

// linting is a workbook being held against the checklist.
type linting struct {
	*book
	tables  map[string][]tablePart // by sheet
	filled  map[string]bool        // the cells that a draft will fill
	spelled map[string]bool        // words known to be spelled right
}

// tablePart is a table as a sheet declares it.
type tablePart struct {
	name     string
	area     area
	header   bool
	filtered bool
	columns  []string
}

// Lint holds a workbook against the accessibility checklist. The words that have
// been spelled out by a person are those of words.txt in files; none without one.
func Lint(content []byte, files fs.FS) ([]LintItem, error) { return lint(content, files, nil) }

// LintTemplate does so for a template's blank: cells that a draft fills are not
// blank.
func LintTemplate(files fs.FS) ([]LintItem, error) {
	t, err := Open(files)
	if err != nil {
		return nil, err
	}
	filled := map[string]bool{}
	for _, r := range t.rows {
		filled[r.place()] = filled[r.place()] || r.fills() && !r.comment()
	}
	return lint(t.blank, files, filled)
}

func lint(content []byte, files fs.FS, filled map[string]bool) ([]LintItem, error) {
	b, err := readBook(content)
	if err != nil {
		return nil, err
	}
	l := linting{book: b, tables: map[string][]tablePart{}, filled: filled, spelled: map[string]bool{}}
	if words, err := fs.ReadFile(files, wordsFile); err == nil {
		for _, w := range strings.Fields(string(words)) {
			l.spelled[w] = true
		}
	}
	for _, s := range b.sheets {
		if l.tables[s.name], err = b.tablesOf(s); err != nil {
			return nil, err
		}
	}
	var out []LintItem
	for _, item := range lintItems {
		wrong, evidence := item.check(l)
		if len(wrong) > 0 {
			evidence = strings.Join(wrong[:min(len(wrong), mostEvidence)], "; ")
			if rest := len(wrong) - mostEvidence; rest > 0 {
				evidence += fmt.Sprintf("; and %d more", rest)
			}
		}
		out = append(out, LintItem{Level: item.level, Item: item.item, OK: len(wrong) == 0, Evidence: evidence})
	}
	return out, nil
}

const (
	mostEvidence = 5
	wordsFile    = "words.txt"
)

// tablesOf reads the tables that a sheet declares.
func (b *book) tablesOf(s *sheet) ([]tablePart, error) {
	if s.root == nil {
		return nil, nil
	}
	rels, err := b.rels(s.part)
	if err != nil {
		return nil, err
	}
	var out []tablePart
	for _, n := range s.parts("tableParts") {
		root, err := b.tree(rels[relID(n)].target)
		if err != nil {
			return nil, err
		}
		t := tablePart{name: root.attr("displayName"), header: root.attr("headerRowCount") != "0", filtered: len(root.all("autoFilter")) > 0}
		if t.area, err = parseArea(root.attr("ref")); err != nil {
			return nil, fmt.Errorf("the table %q: %w", t.name, err)
		}
		for _, c := range root.child("tableColumns").all("tableColumn") {
			t.columns = append(t.columns, workbook.Unescaped(c.attr("name")))
		}
		out = append(out, t)
	}
	return out, nil
}

// said tells whether a cell says something, now or once it is filled.
func (l linting) said(s *sheet, column, row int) bool {
	at := address(column, row)
	c := s.cells[at]
	return strings.TrimSpace(c.text) != "" || c.formula != "" || l.filled[s.name+"!"+at]
}

// width is how wide a column is, in letters.
func (s *sheet) width(column int) float64 {
	for _, c := range s.parts("cols") {
		from, _ := strconv.Atoi(c.attr("min"))
		to, _ := strconv.Atoi(c.attr("max"))
		if width, err := strconv.ParseFloat(c.attr("width"), 64); err == nil && column >= from && column <= to {
			return width
		}
	}
	return 9
}

// each calls do with every cell of every sheet that says something, in order.
func (l linting) each(do func(s *sheet, at string, c cell)) {
	for _, s := range l.sheets {
		for _, at := range s.addresses() {
			if c := s.cells[at]; c.text != "" || c.formula != "" {
				do(s, at, c)
			}
		}
	}
}

// inTable tells whether a cell stands in one of its sheet's tables.
func (l linting) inTable(s *sheet, at string) bool {
	return slices.ContainsFunc(l.tables[s.name], func(t tablePart) bool { return t.area.holds(at) })
}
