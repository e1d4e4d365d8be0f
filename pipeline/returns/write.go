package returns

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"

	"mojreturns/pipeline/workbook"
)

const (
	maxText   = 32767 // the longest text of a cell; excelize would cut it in silence
	maxDigits = 15    // the most digits a spreadsheet keeps
)

var decimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// written is a number as its cell keeps it: pounds to the penny, counts whole,
// the rest as exact as it came; the cell's own format rounds what is shown.
func written(format, value string, from1904 bool) (string, error) {
	if format == "date" {
		return serial(value, from1904)
	}
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

// ratio is a share of two exact decimals, to ten places; empty where there is none.
func ratio(part, whole string) string {
	p, ok := new(big.Rat).SetString(part)
	w, also := new(big.Rat).SetString(whole)
	if !ok || !also || w.Sign() == 0 {
		return ""
	}
	return p.Quo(p, w).FloatString(10)
}

// serial is a date as a workbook counts it: days since the end of 1899, or since
// the start of 1904.
func serial(date string, from1904 bool) (string, error) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "", fmt.Errorf("%q is not a date", date)
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return fmt.Sprint(int(day.Sub(first) / (24 * time.Hour))), nil
}

// write keeps what a cell is to show.
func (d *drafting) write(r Row, s shown) error {
	if !s.number {
		s.text = strings.Map(workbook.Printable, s.text)
		if length := len(utf16.Encode([]rune(s.text))); length > maxText {
			return fmt.Errorf("the text has %d characters and a cell holds %d", length, maxText)
		}
	}
	if s.text == notAvailable {
		d.result.Missing = append(d.result.Missing, r.place())
	}
	d.result.Filled++
	d.written[r.place()] = s
	return nil
}

// finish writes the workbook and proves it.
func (d *drafting) finish() ([]byte, error) {
	if err := d.fedByHidden(); err != nil {
		return nil, err
	}
	changed := map[string][]byte{}
	formulas := false
	for _, s := range d.blank.sheets {
		if s.root == nil {
			continue
		}
		cells := map[string]shown{}
		for place, value := range d.written {
			if at, ok := strings.CutPrefix(place, s.name+"!"); ok {
				cells[at] = value
			}
		}
		for _, c := range s.cells {
			formulas = formulas || c.formula != ""
		}
		grown, cut := d.blank.grown(s, cells)
		for _, at := range cut {
			d.result.Warnings = append(d.result.Warnings, s.name+"!"+at+" has more words than a row can show, on a screen or on paper: shorten them")
		}
		part, err := d.blank.fillSheet(s, cells, grown)
		if err != nil {
			return nil, fmt.Errorf("the sheet %q cannot be filled: %w", s.name, err)
		}
		changed[s.part] = part
	}
	if formulas {
		part, err := recalculate(d.blank.parts[d.blank.main])
		if err != nil {
			return nil, err
		}
		changed[d.blank.main] = part
	}
	if err := d.blank.describe(d.properties(), changed); err != nil {
		return nil, err
	}
	out, err := workbook.Pack(d.blank.archive, changed)
	if err != nil {
		return nil, err
	}
	return out, prove(d.blank, out, d.written)
}

// properties are the document properties: from the return, never from the clock.
func (d *drafting) properties() properties {
	return properties{title: d.Template.Title + ": " + d.Period.Human(), creator: d.Fields["recipient"], identifier: d.Build,
		status: d.word("{status}"), at: d.Freeze}
}
