package returns

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/paper"
)

// letters are those of a style of our own blank.
func letters(style string) paper.Letters {
	kind, _, _ := strings.Cut(style, " ")
	switch kind {
	case "title":
		return paper.Letters{Size: 16, Bold: true}
	case "heading":
		return paper.Letters{Size: 14, Bold: true}
	}
	return paper.Letters{Size: 12, Bold: kind == "header" || strings.Contains(style, " bold")}
}

// right is what the indent of a number takes, in digits.
const right = 1.5

// room is how wide a column is for the words of a cell.
func (l laid) room(column int, style string) float64 {
	if kind, _, _ := strings.Cut(style, " "); strings.Contains(style, " right") || numberFormats[kind] != "" {
		return l.widths[column-1] - right
	}
	return l.widths[column-1]
}

// heights works out how tall each row must be to show its words. Excel would do
// so on opening, LibreOffice does not.
func (l laid) heights() (map[int]float64, error) {
	out := map[int]float64{}
	for _, c := range l.cells {
		column, row, err := excelize.CellNameToCoordinates(c.at)
		if err != nil {
			return nil, err
		}
		look, lines := letters(c.style), 1
		if c.style != "line" {
			lines = look.Lines(c.text, l.room(column, c.style))
		}
		if l.table == "" || row > headerRow {
			lines = max(lines, l.lines[column-1])
		}
		out[row] = max(out[row], look.Row(lines))
	}
	return out, nil
}

// widest is the longest that a number of each format is taken to be.
var widest = map[string]string{"count": "999,999", "money": "-£9,999,999.99", "percent": "-100.0%", "number": "-99,999.9",
	"date": "30 September 2024"}

// narrow names the columns that would cut a word or show ### for a number.
func (l laid) narrow() error {
	var errs []error
	for _, c := range l.cells {
		column, _, err := excelize.CellNameToCoordinates(c.at)
		if err != nil {
			return err
		}
		look, need := letters(c.style), 0.0
		kind, _, _ := strings.Cut(c.style, " ")
		switch sample := widest[kind]; {
		case sample != "":
			need = look.Column(sample)
		case kind != "line":
			need = look.Longest(c.text)
		}
		if has := l.room(column, c.style); has < need {
			wide := l.widths[column-1]
			errs = append(errs, fmt.Errorf("%s: %s!%s: the column is %g wide and needs %.1f for %q",
				descriptionFile, l.name, c.at, wide, wide+need-has, cmp.Or(c.text, kind)))
		}
	}
	return errors.Join(errs...)
}

// grown works out which rows must be taller to show the words written into them,
// by row; cut are the cells that even the tallest row does not show whole. A row that
// somebody gave a height of its own keeps it; where none is said, the program that
// opens the workbook decides.
func (b *book) grown(s *sheet, cells map[string]shown) (heights map[int]float64, cut []string) {
	says := map[int]float64{}
	number := 0
	for _, r := range s.root.child("sheetData").all("row") {
		number, _ = rowNumber(r, number)
		if height, err := strconv.ParseFloat(r.attr("ht"), 64); err == nil && !r.yes("customHeight", false) {
			says[number] = height
		}
	}
	merged := areas(strings.Join(s.merged(), " "))
	heights = map[int]float64{}
	for at, value := range cells {
		column, row, err := excelize.CellNameToCoordinates(at)
		look := b.lookOf(s, at)
		if err != nil || value.number || says[row] == 0 || !look.align.yes("wrapText", false) || s.within(at, merged) != "" {
			continue
		}
		letters := paper.Letters{Size: look.size(), Bold: look.font.child("b").yes("val", len(look.font.all("b")) > 0), Usual: b.usual}
		indent, _ := strconv.ParseFloat(look.align.attr("indent"), 64)
		lines := letters.Lines(value.text, s.width(column)-indent*right)
		if letters.Need(lines) > says[row] {
			heights[row] = max(heights[row], letters.Row(lines))
		}
		if letters.Need(lines) > paper.Tallest {
			cut = append(cut, at)
		}
	}
	inOrder(cut)
	return heights, cut
}

// taller is the start of a row with another height.
func taller(start string, height float64) string {
	return rowHeight.ReplaceAllString(start, fmt.Sprintf(`${1}"%g"`, height))
}

var rowHeight = regexp.MustCompile(`(\sht\s*=\s*)("[^"]*"|'[^']*')`)
