package contract

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/paper"
)

// What a spreadsheet program shows of the help for a cell; it calls a workbook with
// longer texts damaged.
const (
	mostTitle  = 32
	mostPrompt = 255
)

// short cuts a text to so many characters.
func short(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-3]) + "..."
	}
	return text
}

func (b *blank) styles() error {
	for _, s := range []struct {
		number *int
		style  excelize.Style
	}{
		{&b.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14, Family: "Arial"}}},
		{&b.bold, excelize.Style{Font: &excelize.Font{Bold: true, Family: "Arial"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "bottom"}}},
		{&b.wrapped, excelize.Style{Font: &excelize.Font{Family: "Arial"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
	} {
		var err error
		if *s.number, err = b.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// regular and strong are the letters of the sheets.
var regular, strong = paper.Letters{Size: 11}, paper.Letters{Size: 11, Bold: true}

// page is how a sheet prints that has a header row.
func (b *blank) page(widths []float64) paper.Page {
	return paper.Page{Marking: b.to.Marking, Widths: widths, Letters: regular, Header: 1}
}

// notes says whose the extract is, how it is filled in, what each column is, what
// may stand in it, and gives an example.
func (b *blank) notes() error {
	rows := [][]string{
		{b.Title + ": extract of " + b.to.ProviderName + " for " + b.to.Year},
		{"Provider", b.to.Provider, "", b.to.ProviderName},
		{"Feed", b.Feed, "", b.Description},
		{"Financial year", b.to.Year},
		{"File name", "", "", b.Contract.Name(b.to) + "; a correction is _v2, _v3 and so on"},
		{"How", "", "", "Fill in the sheet " + b.data + ", one row for each, and leave its first row as it is. Codes and what they mean are on the sheet " + listsSheet + "."},
		{"Never", "", "", "Never send a name, address, date of birth or any other detail by which a person could be recognised: such a file is refused."},
		{},
		{"Column", "Name in the contract", "Required", "What stands in it", "Example", "Note"},
	}
	header := len(rows)
	for _, col := range b.Contract.Columns {
		rows = append(rows, []string{col.Title, col.Name, map[bool]string{true: "yes", false: "no"}[col.Constraints.Required], b.says(col), b.example(col), b.note(col)})
	}
	widths := noteWidths(rows[1:])
	for i, row := range rows {
		style, letters, lines := b.wrapped, regular, 1
		if i+1 == header {
			style, letters = b.bold, strong
		}
		for j, text := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if i == 0 { // the title runs on over the other columns
				style, letters = b.title, paper.Letters{Size: 14, Bold: true}
			} else {
				lines = max(lines, letters.Lines(text, widths[j]))
			}
			if err := errorsOf(b.SetCellStr("Notes", at, text), b.SetCellStyle("Notes", at, at, style)); err != nil {
				return err
			}
		}
		if err := b.SetRowHeight("Notes", i+1, letters.Row(lines)); err != nil {
			return err
		}
	}
	for i, width := range widths {
		letters, err := excelize.ColumnNumberToName(i + 1)
		if err := errorsOf(err, b.SetColWidth("Notes", letters, letters, width)); err != nil {
			return err
		}
	}
	page := b.page(widths)
	page.Header = header
	return page.Set(b.File, "Notes")
}

// noteWidths are those of the notes' columns: no word is broken, and what stands in a
// column and what is noted of it have the room that is left on the page.
func noteWidths(rows [][]string) []float64 {
	widths := []float64{24, 14, 10, 34, 14, 24}
	for _, row := range rows {
		for j, text := range row {
			widths[j] = max(widths[j], math.Ceil(strong.Longest(strings.ReplaceAll(text, "-", "- "))))
		}
	}
	return widths
}

// note is the contract's own, and when the column is needed.
func (b *blank) note(col Column) string {
	when := ""
	if w := col.RequiredWhen; w != nil {
		other, _ := b.Column(w.Column)
		when = "needed when " + other.Title + " is given"
		if w.Equals != "" {
			when = "needed when " + other.Title + " is " + w.Equals
		}
	}
	if when == "" || col.Note != "" && strings.HasPrefix(col.Note, "required") {
		return col.Note
	}
	return strings.TrimPrefix(col.Note+"; "+when, "; ")
}

// prompt is the help that shows when a cell of the column is chosen.
func (b *blank) prompt(col Column) string {
	text := "May be blank: "
	if col.Constraints.Required {
		text = "Required: "
	}
	text += b.says(col)
	if note := b.note(col); note != "" {
		text += "; " + note
	}
	return text + "."
}

// moment is what a type of date or time is called, and an example of one; empty for
// other types.
func moment(kind string) (words, example string) {
	switch kind {
	case "date":
		return "a date", "2024-03-31"
	case "datetime":
		return "a date and time", "2024-03-31 09:30"
	case "time":
		return "a time", "09:30"
	}
	return "", ""
}

// says what may stand in a column.
func (b *blank) says(col Column) string {
	words, example := moment(col.Type)
	switch {
	case len(b.allowed(col)) > 0:
		return "a code of the sheet " + listsSheet
	case col.Form != "":
		return col.Form
	case words != "":
		return words + ", such as " + example
	case col.Type == "money":
		return "pounds and pence, without the pound sign"
	case col.Type == "number" && col.Constraints.Minimum != nil:
		return fmt.Sprintf("a number from %d to %d", *col.Constraints.Minimum, *col.Constraints.Maximum)
	case col.Constraints.Minimum != nil:
		return fmt.Sprintf("a whole number from %d to %d", *col.Constraints.Minimum, *col.Constraints.Maximum)
	case col.Type == "integer":
		return "a whole number"
	case col.Constraints.MaxLength > 0:
		return fmt.Sprintf("text of at most %d characters", col.Constraints.MaxLength)
	}
	return "a " + col.Type
}

var inForm = regexp.MustCompile(`write it as ([^ ;,]+)`)

// example is a value that a column takes.
func (b *blank) example(col Column) string {
	if allowed := b.allowed(col); len(allowed) > 0 {
		return allowed[0]
	}
	_, example := moment(col.Type)
	switch {
	case inForm.MatchString(col.Form):
		return inForm.FindStringSubmatch(col.Form)[1]
	case example != "":
		return example
	case col.Type == "money":
		return "1234.50"
	case col.Constraints.Minimum != nil:
		return fmt.Sprint(*col.Constraints.Minimum)
	case col.Type == "integer" || col.Type == "number":
		return "1"
	case strings.HasSuffix(col.Name, "pseudo_id"):
		return "3d45f39d2f0e1ed8185c5d0cd3d34276"
	case col.Name == "financial_year":
		return b.to.Year
	case slices.Contains(b.Key, col.Name) || strings.HasSuffix(col.Name, "_id"):
		return "A-0001"
	}
	return ""
}

func (b *blank) properties() error {
	made := b.to.Made.UTC().Format(time.RFC3339)
	return b.SetDocProps(&excelize.DocProperties{Title: b.Contract.Name(b.to), Subject: b.Title, Creator: "mojreturns", Language: "en-GB",
		Identifier: b.to.Provider + " " + b.Feed + " " + b.to.Year, Created: made, Modified: made})
}
