package returns

import (
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
