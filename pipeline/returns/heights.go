package returns

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Heights of a line in points, by the size of the letters.
const (
	titleLine   = 21.0
	headingLine = 19.0
	textLine    = 16.0
)

// heights works out how tall each row must be to show its words. Excel would do
// so on opening, LibreOffice does not.
func (l laid) heights() (map[int]float64, error) {
	out := map[int]float64{}
	for _, c := range l.cells {
		column, row, err := excelize.CellNameToCoordinates(c.at)
		if err != nil {
			return nil, err
		}
		height := textLine
		switch kind, _, _ := strings.Cut(c.style, " "); kind {
		case "title":
			height = titleLine
		case "heading":
			height = headingLine
		case "header": // bold letters are wider
			height *= float64(lines(c.text, int(l.widths[column-1]*0.85)))
		case "wrapped":
			height *= float64(max(lines(c.text, int(l.widths[column-1]*1.05)), l.lines[column-1]))
		}
		out[row] = max(out[row], height)
	}
	return out, nil
}

// lines is how many lines a text takes with so many letters in each.
func lines(text string, perLine int) int {
	count, used := 1, 0
	for _, word := range strings.Fields(text) {
		length := len([]rune(word))
		if used > 0 && used+1+length > perLine {
			count, used = count+1, 0
		} else if used > 0 {
			used++
		}
		used += length
	}
	return count
}

// tallest is the most points that a row can have.
const tallest = 409.0

// grown works out which rows must be taller to show the words written into them,
// by row. A row that somebody gave a height of its own keeps it; where none is
// said, the program that opens the workbook decides.
func (b *book) grown(s *sheet, cells map[string]shown) map[int]float64 {
	says := map[int]float64{}
	number := 0
	for _, r := range s.root.child("sheetData").all("row") {
		number, _ = rowNumber(r, number)
		if height, err := strconv.ParseFloat(r.attr("ht"), 64); err == nil && !r.yes("customHeight", false) {
			says[number] = height
		}
	}
	merged := areas(strings.Join(s.merged(), " "))
	out := map[int]float64{}
	for at, value := range cells {
		column, row, err := excelize.CellNameToCoordinates(at)
		look := b.lookOf(s, at)
		if err != nil || value.number || says[row] == 0 || !look.align.yes("wrapText", false) || s.within(at, merged) != "" {
			continue
		}
		count := 0
		for _, paragraph := range strings.Split(value.text, "\n") {
			count += lines(paragraph, max(int(s.width(column)*1.05), 1))
		}
		size, err := strconv.ParseFloat(look.font.child("sz").attr("val"), 64)
		if err != nil {
			size = 11
		}
		if height := min(math.Ceil(float64(count)*size*textLine/12), tallest); height > max(says[row], out[row]) {
			out[row] = height
		}
	}
	return out
}

// taller is the start of a row with another height.
func taller(start string, height float64) string {
	return rowHeight.ReplaceAllString(start, fmt.Sprintf(`${1}"%g"`, height))
}

var rowHeight = regexp.MustCompile(`(\sht\s*=\s*)("[^"]*"|'[^']*')`)
