package returns

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The essential items of the checklist. Each gives what is wrong, or else what it looked at.

func address(column, row int) string {
	at, _ := excelize.CoordinatesToCellName(column, row) // of cells that are there
	return at
}

func (l linting) tablesMarked() (wrong []string, evidence string) {
	count := 0
	for _, s := range l.sheets {
		count += len(l.tables[s.name])
		if s.columns > 1 && len(l.tables[s.name]) == 0 {
			wrong = append(wrong, s.name+" has more than one column of cells and no table")
		}
	}
	return wrong, fmt.Sprintf("%d sheets, %d tables", len(l.sheets), count)
}

func (l linting) merged() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		for _, ref := range s.merged() {
			wrong = append(wrong, s.name+"!"+ref)
		}
	}
	return wrong, "no merged cells"
}

func (l linting) blankInside() (wrong []string, evidence string) {
	rows := 0
	for _, s := range l.sheets {
		for _, t := range l.tables[s.name] {
			rows += t.area.bottom - t.area.top
			for row := t.area.top; row <= t.area.bottom; row++ {
				blank := true
				for column := t.area.left; column <= t.area.right; column++ {
					blank = blank && !l.said(s, column, row)
				}
				if blank {
					wrong = append(wrong, fmt.Sprintf("row %d of %s", row, s.name))
				}
			}
			for i, name := range t.columns {
				if strings.TrimSpace(name) == "" {
					wrong = append(wrong, fmt.Sprintf("column %d of %s", i+1, t.name))
				}
			}
		}
	}
	return wrong, fmt.Sprintf("%d rows of tables, none blank", rows)
}

func (l linting) headers() (wrong []string, evidence string) {
	count := 0
	for _, s := range l.sheets {
		for _, t := range l.tables[s.name] {
			if !t.header {
				wrong = append(wrong, t.name+" has no header row")
			}
			seen := map[string]bool{}
			for i, name := range t.columns {
				count++
				if seen[strings.ToLower(name)] || name == "" {
					wrong = append(wrong, fmt.Sprintf("%s: column %q", t.name, name))
				}
				seen[strings.ToLower(name)] = true
				if shows := s.cells[address(t.area.left+i, t.area.top)].text; shows != name {
					wrong = append(wrong, fmt.Sprintf("%s: the header cell says %q and the table %q", t.name, shows, name))
				}
			}
		}
	}
	return wrong, fmt.Sprintf("%d columns, each named once in its table", count)
}

func (l linting) wrapped() (wrong []string, evidence string) {
	count := 0
	l.each(func(s *sheet, at string, c cell) {
		column, _, err := excelize.CellNameToCoordinates(at)
		if err != nil || c.number || !l.inTable(s, at) || float64(len([]rune(c.text))) <= s.width(column)*1.1 {
			return
		}
		count++
		if !l.lookOf(s, at).align.yes("wrapText", false) {
			wrong = append(wrong, s.name+"!"+at)
		}
	})
	return wrong, fmt.Sprintf("%d long texts in tables, all wrapped", count)
}

func (l linting) blanksExplained() (wrong []string, evidence string) {
	count := 0
	for _, s := range l.sheets {
		for _, t := range l.tables[s.name] {
			blanks, explained := 0, false
			for row := t.area.top; row <= t.area.bottom; row++ {
				for column := t.area.left; column <= t.area.right; column++ {
					if !l.said(s, column, row) {
						blanks++
					}
				}
			}
			for row := 1; row < t.area.top; row++ {
				explained = explained || strings.Contains(strings.ToLower(s.cells[address(1, row)].text), "blank")
			}
			count += blanks
			if blanks > 0 && !explained {
				wrong = append(wrong, fmt.Sprintf("%s has %d blank cells and does not say why", s.name, blanks))
			}
		}
	}
	return wrong, fmt.Sprintf("%d blank cells, explained on their sheets", count)
}

var symbol = regexp.MustCompile(`[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹]`)

func (l linting) symbols() (wrong []string, evidence string) {
	l.each(func(s *sheet, at string, c cell) {
		raised := l.lookOf(s, at).font.child("vertAlign").attr("val")
		if symbol.MatchString(c.text) || raised == "superscript" || raised == "subscript" {
			wrong = append(wrong, s.name+"!"+at)
		}
	})
	return wrong, "notes are referred to in words, such as [note 1]"
}

func (l linting) links() (wrong []string, evidence string) {
	count := 0
	for _, s := range l.sheets {
		for _, n := range s.parts("hyperlinks") {
			count++
			text := strings.ToLower(s.cells[n.attr("ref")].text)
			if text == "" || strings.Contains(text, "://") || strings.Contains(text, "click here") || text == "here" || text == "link" {
				wrong = append(wrong, s.name+"!"+n.attr("ref"))
			}
		}
	}
	return wrong, fmt.Sprintf("%d links, each on the name of what it leads to", count)
}

func (l linting) titles() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		if s.root != nil && (s.cells["A1"].text == "" || !l.lookOf(s, "A1").heading()) {
			wrong = append(wrong, s.name+" has no title in A1 in the style Heading 1")
		}
	}
	return wrong, "A1 of every sheet is its title, in the style Heading 1"
}

func (l linting) floating() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		if s.root == nil {
			continue
		}
		for name, words := range map[string]string{"drawing": "floating objects", "legacyDrawing": "comments or form controls"} {
			if len(s.root.all(name)) > 0 {
				wrong = append(wrong, s.name+" has "+words)
			}
		}
		for _, n := range s.parts("headerFooter") {
			if words := l.onlyPrinted(n.text); words != "" {
				wrong = append(wrong, fmt.Sprintf("%s has a header or footer that says %q, which no cell says", s.name, words))
			}
		}
	}
	slices.Sort(wrong)
	return wrong, "none on any sheet that says more than the sheet's name, the number of the page and what a cell says too"
}

// printedCodes are those of a header or footer for where it stands, its letters, the
// name of the sheet and the number of the page.
var printedCodes = regexp.MustCompile(`Page &P of &N|&[LCRPNA]|&"[^"]*"|&[0-9]+`)

// onlyPrinted is what a header or footer says and no cell does: whoever hears a
// workbook read does not hear it.
func (l linting) onlyPrinted(text string) string {
	for _, part := range printedCodes.Split(text, -1) {
		words, said := strings.TrimSpace(strings.ReplaceAll(part, "&&", "&")), false
		l.each(func(_ *sheet, _ string, c cell) { said = said || c.text == words })
		if words != "" && !said {
			return words
		}
	}
	return ""
}

// leastContrast is what the Web Content Accessibility Guidelines 2.2 ask of text
// at level AA (success criterion 1.4.3).
const leastContrast = 4.5

func (l linting) colours() (wrong []string, evidence string) {
	seen := map[string]bool{}
	for _, s := range l.sheets {
		if s.root != nil && len(s.root.all("conditionalFormatting")) > 0 {
			wrong = append(wrong, s.name+" colours cells by what they hold; see that words say it too")
		}
	}
	l.each(func(s *sheet, at string, _ cell) {
		look := l.lookOf(s, at)
		ink := look.font.child("color").attr("rgb")
		paper := look.fill.child("patternFill").child("fgColor").attr("rgb")
		if !look.coloured() {
			paper = "FFFFFFFF"
		}
		if ink == "" || paper == "" || seen[ink+paper] {
			return // a colour of the theme, which the reader's program chooses
		}
		seen[ink+paper] = true
		if c := contrast(ink, paper); c < leastContrast {
			wrong = append(wrong, fmt.Sprintf("%s!%s has a contrast of %.1f to 1; at least %.1f is needed", s.name, at, c, leastContrast))
		}
	})
	pairs := slices.Sorted(maps.Keys(seen))
	return wrong, fmt.Sprintf("no cell is coloured by what it holds; colours of letters on paper: %s", strings.Join(pairs, ", "))
}

// contrast is the ratio of relative luminance of two colours such as FF000000, by
// the formula of the Web Content Accessibility Guidelines 2.2.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	if len(colour) < 6 {
		return 0
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		at := len(colour) - 6 + 2*i
		n, _ := strconv.ParseUint(colour[at:at+2], 16, 8)
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

var madeUpName = regexp.MustCompile(`(?i)^(sheet|table|tabelle|feuil)\s*\d*$`)

func (l linting) sheetNames() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		if madeUpName.MatchString(s.name) {
			wrong = append(wrong, fmt.Sprintf("%q", s.name))
		}
	}
	return wrong, l.book.sheetNames()
}

func (l linting) blankSheets() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		if s.root != nil && !slices.ContainsFunc(s.addresses(), func(at string) bool { return s.cells[at].text != "" || s.cells[at].formula != "" }) {
			wrong = append(wrong, s.name)
		}
	}
	return wrong, fmt.Sprintf("%d sheets, none blank", len(l.sheets))
}

func (l linting) columnA() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		for _, t := range l.tables[s.name] {
			for row := t.area.top; row <= t.area.bottom; row++ {
				if !l.said(s, t.area.left, row) {
					wrong = append(wrong, fmt.Sprintf("row %d of %s", row, s.name))
				}
			}
		}
	}
	return wrong, "the first column of every table is filled in every row"
}

func (l linting) leftEdge() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		for _, t := range l.tables[s.name] {
			if t.area.left != 1 {
				wrong = append(wrong, t.name)
			}
		}
	}
	return wrong, "every table begins in column A"
}

var word = regexp.MustCompile(`[A-Za-z][A-Za-z']*[A-Za-z]`)

func (l linting) spelling() (wrong []string, evidence string) {
	unknown, count := map[string]bool{}, 0
	l.each(func(s *sheet, _ string, c cell) {
		if c.number {
			return
		}
		for _, w := range word.FindAllString(c.text, -1) {
			count++
			if !l.spelled[w] && !l.spelled[strings.ToLower(w)] {
				unknown[w] = true
			}
		}
	})
	for _, w := range slices.Sorted(maps.Keys(unknown)) {
		wrong = append(wrong, fmt.Sprintf("%q is not in %s, the list of words that have been checked", w, wordsFile))
	}
	return wrong, fmt.Sprintf("%d words, all in %s", count, wordsFile)
}

func (l linting) described() (wrong []string, evidence string) {
	name, err := l.target("", "core-properties")
	if err != nil {
		return []string{"there are no document properties"}, ""
	}
	root, err := l.tree(name)
	if err != nil {
		return []string{"the document properties cannot be read"}, ""
	}
	var has []string
	for _, what := range []string{"title", "creator", "language"} {
		text := strings.TrimSpace(root.child(what).text)
		if text == "" {
			wrong = append(wrong, "no "+what)
		}
		has = append(has, what+": "+text)
	}
	return wrong, strings.Join(has, "; ")
}

func (l linting) opensFirst() (wrong []string, evidence string) {
	for _, view := range l.root.child("bookViews").all("workbookView") {
		if tab := view.attr("activeTab"); tab != "" && tab != "0" {
			wrong = append(wrong, "it opens on sheet number "+tab)
		}
	}
	if len(l.sheets) == 0 || l.sheets[0].root == nil {
		return append(wrong, "the first sheet has no cells"), ""
	}
	for _, n := range l.sheets[0].root.child("sheetViews").find("selection") {
		if at := n.attr("activeCell"); at != "" && at != "A1" {
			wrong = append(wrong, "the cursor is in "+at)
		}
	}
	return wrong, "it opens on " + l.sheets[0].name + ", the cursor in A1"
}
