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

	"mojreturns/pipeline/narrative"
)

// Data is what the page shows, every figure already written as people read it.
// A figure that cannot be shown is its shorthand, such as [x].
type Data struct {
	Office string
	Period string // in words
	Frozen string // when the data were frozen
	Build  string // the build the figures come from

	Title    string
	Sections []Section
	Bound    []Bound
}

// Bound is a place of the text that is bound to a figure, and what it reads there.
type Bound struct {
	At        string `json:"at"` // file and line
	Code      string `json:"code,omitempty"`
	Dimension string `json:"dimension,omitempty"`
	Category  string `json:"category,omitempty"`
	When      string `json:"when,omitempty"`
	Row       string `json:"row,omitempty"` // question:item
	Asks      string `json:"asks"`
	Reads     string `json:"reads"`
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
	Table Table
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

// Render writes the page, or nothing if it cannot be made whole. The templates
// are briefing/page.html and style.css. Equal data give equal bytes.
func Render(ctx context.Context, w io.Writer, templates fs.FS, d Data) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	page, err := template.New("page.html").Option("missingkey=error").ParseFS(templates, "briefing/page.html", "briefing/style.css")
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
