package returns

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

const (
	maxText   = 32767 // the longest text of a cell; excelize would cut it in silence
	maxDigits = 15    // the most digits a spreadsheet keeps
)

var decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// written is a number as its cell keeps it: pounds to the penny, counts whole,
// the rest as exact as it came; the cell's own format rounds what is shown.
func written(format, value string) (string, error) {
	n, ok := new(big.Rat).SetString(value)
	if !ok || !decimal.MatchString(value) {
		return "", fmt.Errorf("%q is not a number", value)
	}
	text := n.FloatString(10)
	switch format {
	case "count":
		if !n.IsInt() {
			return "", fmt.Errorf("the figure is %s and the cell map says it is a count, which is whole", value)
		}
		text = n.FloatString(0)
	case "money":
		text = n.FloatString(2)
	}
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	if digits := strings.Trim(strings.ReplaceAll(text, ".", ""), "-0"); len(digits) > maxDigits && (format == "count" || format == "money") {
		return "", fmt.Errorf("%s has more digits than a spreadsheet keeps, which is %d", text, maxDigits)
	}
	return text, nil
}

// write puts what a cell shows into it and leaves its style alone. Words are
// written as a text, so that nothing a provider wrote can become a formula.
func (d *drafting) write(r Row, s shown) error {
	if !s.number {
		s.text = strings.Map(printable, s.text)
		if length := len(utf16.Encode([]rune(s.text))); length > maxText {
			return fmt.Errorf("the text has %d characters and a cell holds %d", length, maxText)
		}
	}
	if s.text == notAvailable {
		d.result.Missing = append(d.result.Missing, r.place())
	}
	d.result.Filled++
	d.written[r.place()] = s.text
	if s.number {
		return d.file.SetCellDefault(r.Sheet, r.Cell, s.text)
	}
	return d.file.SetCellStr(r.Sheet, r.Cell, escape.ReplaceAllString(s.text, "_x005F$0"))
}

// escape finds what a workbook would read as a character's number, such as
// _x0041_ for A; its underline is written as a number itself.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// printable turns characters that a workbook cannot hold into spaces.
func printable(c rune) rune {
	if c != '\n' && (unicode.IsControl(c) || c == 0xFFFE || c == 0xFFFF || c == unicode.ReplacementChar) {
		return ' '
	}
	return c
}

// finish sets the document properties and the used ranges, writes the workbook
// and proves it.
func (d *drafting) finish(before workbook) ([]byte, error) {
	title := d.template.Title + ": " + d.Period.Human()
	p := excelize.DocProperties{Title: title, Creator: d.Fields["recipient"], Identifier: d.Build, ContentStatus: d.word("{status}")}
	if err := properties(d.file, p, d.Freeze); err != nil {
		return nil, err
	}
	for name := range before.sheets {
		if err := d.dimension(name); err != nil {
			return nil, err
		}
	}
	if before.formulas {
		recalculate := true
		if err := d.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recalculate}); err != nil {
			return nil, err
		}
	}
	out, err := content(d.file)
	if err != nil {
		return nil, err
	}
	return out, d.prove(before, out)
}

// dimension widens the range a sheet says it uses to the cells it has: readers
// that stream a sheet trust it.
func (d *drafting) dimension(sheet string) error {
	columns, rows, err := extent(d.file, sheet)
	if err != nil {
		return err
	}
	end, err := excelize.CoordinatesToCellName(max(columns, 1), max(rows, 1))
	if err != nil {
		return err
	}
	return d.file.SetSheetDimension(sheet, "A1:"+end)
}
