// Package briefing makes the pack a Police and Crime Commissioner reads: one
// accessible HTML page that needs nothing from elsewhere. Collect reads the
// figures through the files in queries/briefing; Render writes the page. No
// figure is worked out here: what is done to them is writing them in words and
// hiding the small ones.
package briefing

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"mojreturns/pipeline/narrative"
)

// Data is what the page shows, every figure already written as people read it.
// A figure that cannot be shown is its shorthand, such as [x].
type Data struct {
	Office   string
	Period   string // in words
	Money    string // the fund's name
	Activity string // the service's name
	Frozen   string // when the data were frozen
	Build    string // the build the figures come from
	ToDate   string // the year so far, as dates
	Year     string // the financial year, such as 2023-24
	// LargestHidden is the largest count of people that is hidden for itself.
	LargestHidden int

	Title         string
	Sections      []Section
	Decisions     []Decision
	Funds         []Fund
	FundsChart    Chart
	Services      []Service
	Funding       []Fact
	Conditions    []Condition
	Training      []Measure
	Organisations []Organisation
	Quarters      []Quarter
	Chart         Chart
	Deliveries    []Delivery
	Missing       []Missing
}

// Section is what stands under a heading of level 2; the first has none where words
// stand before it.
type Section struct {
	ID     string
	Blocks []Block
}

// Block is one of the text: a heading, a paragraph, a list of Lines, the table of a
// name, or what By Said; where nobody has, it waits for Who.
type Block struct {
	Kind  narrative.Kind
	Level int
	ID    string
	Name  string
	Lines [][]Words
	Who   string
	By    string
	Said  []Block
}

// Words are as people read them, every figure of theirs written.
type Words struct {
	Words, Href string
	Strong      bool
}

// Chart is a drawing with the finding above it, and what it shows in a sentence.
type Chart struct {
	Title, Sentence string
	SVG             template.HTML
}

// Fact is one figure with what it means.
type Fact struct{ Label, Value, Note string }

// Condition is a funding condition. Status is one of met, at risk, not met,
// not applicable and not available.
type Condition struct{ Code, Title, Status, Evidence, Basis string }

// Mark is the kind of border the status word has; the word itself says it all.
func (c Condition) Mark() string {
	switch c.Status {
	case "met", "at risk", "not met":
		return strings.ReplaceAll(c.Status, " ", "-")
	}
	return "neither"
}

// Decision is a condition of any fund that is not met or at risk, with what is to be
// done about it and the last day of the fund's spend window.
type Decision struct{ Condition, Code, Fund, Status, Evidence, Needed, SpendBy string }

// Mark is that of a condition.
func (d Decision) Mark() string { return Condition{Status: d.Status}.Mark() }

// Fund is one fund of the area.
type Fund struct{ Label, Award, Spent, Forecast, Days string }

// Service is one service of the area.
type Service struct{ Label, Provider, Received, Valid, Started, StillOpen string }

// Measure is a figure of the period beside that of the year to date.
type Measure struct{ Label, Period, ToDate string }

// Organisation is the training reach into one type of organisation.
type Organisation struct{ Label, Completions, People, FrontLine string }

// Quarter is one quarter's referrals, or the year to date's.
type Quarter struct {
	Label, Months                       string
	Received, Valid, Started, StillOpen string
	Total                               bool
}

// Delivery is what came from one provider for one feed.
type Delivery struct{ Provider, Feed, Files, Rows, Accepted, Rejected string }

// Missing is a delivery that was expected and has not come.
type Missing struct{ Provider, Feed, Period, Detail string }

// Rejected is true if any delivery lost rows.
func (d Data) Rejected() bool {
	for _, delivery := range d.Deliveries {
		if delivery.Rejected != "0" {
			return true
		}
	}
	return false
}

// Render writes the page, or nothing if it cannot be made whole. The templates
// are briefing/page.html, tables.html and style.css. Equal data give equal bytes.
func Render(ctx context.Context, w io.Writer, templates fs.FS, d Data) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	page, err := template.New("page.html").Option("missingkey=error").ParseFS(templates, "briefing/page.html", "briefing/tables.html", "briefing/style.css")
	if err != nil {
		return fmt.Errorf("cannot read the briefing's template: %w", err)
	}
	var text bytes.Buffer
	if err := page.Execute(&text, d); err != nil {
		return fmt.Errorf("cannot fill the briefing's template: %w", err)
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return fmt.Errorf("cannot write the briefing: %w", err)
	}
	return nil
}
