package returns_test

import (
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/returns"
)

// large gives every figure the most digits that its column is made for.
type large struct{ values map[string]string } // by code: its format

func (l large) Figure(at figure.Place) (returns.Value, bool) {
	number := map[string]string{"money": "-9999999.99", "percent": "-0.9999", "number": "-99999.9"}[l.values[at.Code]]
	if number == "" {
		number = "999999"
	}
	return returns.Value{Value: number, N: "999999", Numerator: number, Denominator: "1"}, true
}

func (l large) Condition(code, _, _ string) (returns.Condition, bool) {
	number := map[string]string{"money": "-9999999.99", "percent": "0.9999"}[l.values[code]]
	if number == "" {
		number = "999999"
	}
	const sentence = "Every session delivered is inside the window and one planned session is outside it. "
	return returns.Condition{Status: "not met", Value: number, Evidence: strings.Repeat(sentence, 5)}, true
}

// Our own workbook is readable on paper, blank and filled: with the longest numbers
// that its columns are made for, and long words wherever people write. It takes half a
// minute, most of it LibreOffice's.
func TestPrinted(t *testing.T) {
	blank, _, _ := made(t)
	r := request(t, quarterly(t), "2023-24-Q4")
	values := map[string]string{}
	r.Comments = map[string]string{}
	for _, row := range mapRows(t) {
		if row.Kind == "figure" || row.Kind == "condition" {
			values[row.Code] = row.Format
		}
		if row.Code == "{comment}" {
			r.Comments[row.Sheet+"!"+row.Cell] = "What stood in the way of the work, and what was done about it by whom"
		}
	}
	r.Comments["T17_Narrative!B7"] = strings.Repeat("Something was achieved, of which there is MUCH TO SAY. ", 30)
	r.Fields["area"] = "Devon and Cornwall and the Isles of Scilly, E23000035"
	r.Figures = large{values}
	filled, _ := draft(t, r)
	books := []example.Print{
		{Name: "blank", Content: blank, Marking: "OFFICIAL-SENSITIVE"}, {Name: "filled", Content: filled, Marking: "OFFICIAL-SENSITIVE"}}
	example.CheckPrinted(t, books...)
	example.CheckRows(t, books[1])
}
