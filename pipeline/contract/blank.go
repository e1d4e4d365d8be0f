package contract

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// BlankFor says whom a blank extract is for.
type BlankFor struct {
	Provider, ProviderName string              // the code, and the name people know
	Year                   string              // such as 2023-24
	Registers              map[string][]string // the codes of fund, service and provider
	Labels                 map[string]string   // what those codes mean
	Made                   time.Time           // for the document properties
	Marking                string              // of protection, on each printed page; empty: none
}

// Name is what the file must be called to be known for what it is.
func (c Contract) Name(f BlankFor) string {
	return fmt.Sprintf("%s_%s_extract_%s_v1.xlsx", strings.ToLower(f.Provider), c.Feed, f.Year)
}

const (
	blankRows  = 5000 // that have the rules for entries
	listsSheet = "Lists"
)

// Blank makes the workbook of an extract to fill in: a sheet with the contract's
// columns, where each has its drop-down or its rule, and notes on all of them. The
// drop-downs stand on a sheet of their own, since a list inside a rule may have 255
// characters only. The same contract gives the same bytes.
func (c Contract) Blank(lists Lists, to BlankFor) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	b := blank{File: f, Contract: c, lists: lists, to: to, data: c.Feed[:min(len(c.Feed), 31)], listLines: map[int]int{}}
	if err := errorsOf(f.SetSheetName("Sheet1", b.data), f.SetDefaultFont("Arial")); err != nil {
		return nil, err
	}
	for _, sheet := range []string{"Notes", listsSheet} {
		if _, err := f.NewSheet(sheet); err != nil {
			return nil, err
		}
	}
	for _, step := range []func() error{b.styles, b.columns, b.listed, b.notes, b.properties} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("cannot make the blank extract of %s: %w", c.Feed, err)
		}
	}
	var out bytes.Buffer
	err := f.Write(&out)
	return out.Bytes(), err
}

type blank struct {
	*excelize.File
	Contract
	lists Lists
	to    BlankFor
	data  string // the sheet people fill in

	listWidths []float64   // of the columns of the lists' sheet
	listLines  map[int]int // that a row of it takes

	title, bold, wrapped int // styles
}

// columns writes the header and each column's format and rule.
func (b *blank) columns() error {
	var widths []float64
	lines := 1
	for i, col := range b.Contract.Columns {
		letters, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		format := "@" // text, so that zeros in front and long numbers stay
		switch col.Type {
		case "date":
			format = "yyyy-mm-dd"
		case "money":
			format = "0.00"
		case "integer":
			format = "0"
		case "number":
			format = "General"
		}
		style, err := b.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Family: "Arial"}})
		if err != nil {
			return err
		}
		width := math.Ceil(max(14, strong.Longest(col.Title)))
		widths, lines = append(widths, width), max(lines, strong.Lines(col.Title, width))
		if err := b.SetColWidth(b.data, letters, letters, width); err != nil {
			return err
		}
		if err := b.SetColStyle(b.data, letters, style); err != nil {
			return err
		}
		if err := b.SetCellStr(b.data, letters+"1", col.Title); err != nil {
			return err
		}
		if err := b.SetCellStyle(b.data, letters+"1", letters+"1", b.bold); err != nil {
			return err
		}
		if err := b.rule(col, letters); err != nil {
			return fmt.Errorf("column %s: %w", col.Name, err)
		}
	}
	return errorsOf(b.SetPanes(b.data, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		b.SetRowHeight(b.data, 1, strong.Row(lines)), b.page(widths).Set(b.File, b.data))
}

// allowed are the values a column may have; nil where it has no list.
func (b *blank) allowed(col Column) []string {
	switch {
	case col.Register != "":
		return b.to.Registers[col.Register]
	case strings.HasPrefix(b.typeName(col), `"code_`):
		return b.codes(col, b.lists)
	}
	return nil
}

// rule is what may be entered in a column.
func (b *blank) rule(col Column, letters string) error {
	rule := excelize.NewDataValidation(!col.Constraints.Required)
	rule.SetSqref(fmt.Sprintf("%s2:%[1]s%d", letters, blankRows+1))
	rule.SetInput(short(col.Title, mostTitle), short(b.prompt(col), mostPrompt))
	var err error
	wrong := func(sentence string) {
		rule.SetError(excelize.DataValidationErrorStyleStop, short(col.Title, mostTitle), sentence)
	}
	switch allowed := b.allowed(col); {
	case len(allowed) > 0:
		var from string
		if from, err = b.list(col, allowed); err != nil {
			return err
		}
		rule.SetSqrefDropList(from)
		wrong("Choose one of the codes on the sheet Lists.")
	case col.Type == "date":
		err = rule.SetRange(float64(42005), float64(47118), excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween) // 2015 to 2028
		wrong("Write a date from 2015 to 2028, such as 2024-03-31.")
	case col.Type == "integer":
		low, high := col.limits()
		err = rule.SetRange(float64(low), float64(high), excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween)
		wrong(fmt.Sprintf("Write a whole number from %d to %d.", low, high))
	case col.Type == "money" || col.Type == "number":
		low, high := col.limits()
		err = rule.SetRange(float64(low), float64(high), excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
		wrong("Write a number, without the pound sign.")
	case col.Constraints.MaxLength > 0:
		err = rule.SetRange(0, col.Constraints.MaxLength, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween)
		wrong(fmt.Sprintf("Write at most %d characters.", col.Constraints.MaxLength))
	default: // anything may be entered; the prompt helps all the same
		rule.Type = "none"
	}
	if err != nil {
		return err
	}
	return b.AddDataValidation(b.data, rule)
}

// limits are the least and the greatest number that may be entered.
func (col Column) limits() (low, high int64) {
	if col.Constraints.Minimum != nil && col.Constraints.Maximum != nil {
		return *col.Constraints.Minimum, *col.Constraints.Maximum
	}
	return -1_000_000_000, 1_000_000_000
}

// list writes a column's codes, with what they mean, to the lists' sheet, and
// gives the range of the codes.
func (b *blank) list(col Column, allowed []string) (string, error) {
	codes, err := excelize.ColumnNumberToName(len(b.listWidths) + 1)
	if err != nil {
		return "", err
	}
	labels, err := excelize.ColumnNumberToName(len(b.listWidths) + 2)
	if err != nil {
		return "", err
	}
	said := maps.Clone(b.to.Labels)
	if col.Register == "" {
		said = map[string]string{}
	}
	for _, row := range b.lists[b.listName(col)] {
		said[row["code"]] = row["label"]
		if row["label"] == "" && row["max"] != "" { // a scale
			said[row["code"]] = row["min"] + " to " + row["max"] + "; " + row["direction"]
		}
	}
	rows, wide, wideLabel := [][2]string{{col.Title, "What it means"}}, strong.Longest(col.Title), 40.0
	for _, code := range allowed {
		rows, wide = append(rows, [2]string{code, said[code]}), max(wide, regular.Column(code))
	}
	wide = math.Ceil(max(14, wide))
	for i, row := range rows {
		style, letters := b.wrapped, regular
		if i == 0 {
			style, letters = b.bold, strong
		}
		left, right := fmt.Sprint(codes, i+1), fmt.Sprint(labels, i+1)
		b.listLines[i+1] = max(b.listLines[i+1], letters.Lines(row[0], wide), letters.Lines(row[1], wideLabel))
		if err := errorsOf(b.SetCellStr(listsSheet, left, row[0]), b.SetCellStr(listsSheet, right, row[1]), b.SetCellStyle(listsSheet, left, right, style)); err != nil {
			return "", err
		}
	}
	b.listWidths = append(b.listWidths, wide, wideLabel)
	return fmt.Sprintf("%s!$%s$2:$%[2]s$%d", listsSheet, codes, len(allowed)+1), errorsOf(
		b.SetColWidth(listsSheet, codes, codes, wide), b.SetColWidth(listsSheet, labels, labels, wideLabel))
}

// listed ends the lists' sheet.
func (b *blank) listed() error {
	for row, lines := range b.listLines {
		if err := b.SetRowHeight(listsSheet, row, regular.Row(lines)); err != nil {
			return err
		}
	}
	page := b.page(b.listWidths)
	page.Together = 2
	return page.Set(b.File, listsSheet)
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// listName is the code list of a column.
func (b *blank) listName(col Column) string {
	if col.List != "" {
		return col.List
	}
	return strings.TrimPrefix(b.enum(col), "code_")
}
