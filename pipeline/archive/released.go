package archive

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"time"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// Release is what was given to an audience: a sealed return, or a briefing.
type Release struct {
	Name, Audience, File string
	Year                 period.Year
	At                   time.Time
}

// Released is a figure as an output printed it, with what is behind it.
type Released struct {
	returns.Printed
	Shows string
	Value returns.Value
}

var releasedColumns = []string{"code", "scope", "period", "dimension", "category", "field", "shows", "value", "numerator", "denominator", "n"}

// IsPrinted tells whether the output has the figure. The others of a release are
// those that belong with what it printed: what is released later must fit them too.
func (f Released) IsPrinted() bool { return f.Field != "" }

// WriteReleased writes the figures of a release as CSV. It holds what was hidden,
// so it never leaves the store.
func WriteReleased(list []Released) ([]byte, error) {
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	records := [][]string{releasedColumns}
	for _, f := range list {
		records = append(records, []string{f.Place.Code, f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category, f.Field, f.Shows,
			f.Value.Value, f.Value.Numerator, f.Value.Denominator, f.Value.N})
	}
	err := out.WriteAll(records)
	return text.Bytes(), err
}

// ReadReleased reads what WriteReleased wrote.
func ReadReleased(path string) ([]Released, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	list, err := lists.ReadExactly(path, text, releasedColumns...)
	if err != nil {
		return nil, fmt.Errorf("%q is not a list of released figures: %w", path, err)
	}
	var out []Released
	for _, row := range list.Rows {
		r := row.Fields
		f := Released{
			Printed: returns.Printed{Place: figure.Place{Code: r[0], Scope: r[1], Period: r[2], Dimension: r[3], Category: r[4]}, Field: r[5]},
			Shows:   r[6], Value: returns.Value{Value: r[7], Numerator: r[8], Denominator: r[9], N: r[10]}}
		if f.Shows == "[z]" {
			f.Value.Marker = "z"
		}
		out = append(out, f)
	}
	return out, nil
}

// IsHidden tells whether the release hid the figure.
func (f Released) IsHidden() bool { return f.Shows == "[c]" }

// BriefingsDir is where released briefings are kept.
func BriefingsDir(ws *workspace.Workspace) string { return ws.Path("releases", "briefing") }

// AboutRelease says what a released briefing is.
type AboutRelease struct {
	Audience string    `json:"audience"`
	Period   string    `json:"period"`
	Number   int       `json:"number"`
	Build    string    `json:"build"`
	By       string    `json:"by,omitempty"`
	Waived   []Waiver  `json:"waived,omitempty"`
	At       time.Time `json:"at"`
	Journal  string    `json:"journal"` // its head of before the release; empty where that was the first line
}
