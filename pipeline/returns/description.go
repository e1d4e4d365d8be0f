package returns

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"mojreturns/pipeline/strict"
)

// Description is what a return is, in words; for a blank of our own it is also
// what the workbook and the cell map are made from. A ministry's workbook needs
// only name, title and version: its blank and map are given.
type Description struct {
	Name    string `yaml:"name"`
	Title   string `yaml:"title"`
	Version string `yaml:"version"`
	Issued  string `yaml:"issued"` // a date; the blank's document properties carry it
	Subject string `yaml:"subject"`
	Intro   string `yaml:"intro"`
	// Marking is how the return is protected, such as OFFICIAL-SENSITIVE: it stands on
	// every page that is printed, and on the cover. A blank that is made needs one.
	Marking string `yaml:"marking"`
	// Shorthand and Source are the sentences above every table.
	Shorthand string `yaml:"shorthand"`
	Source    string `yaml:"source"`
	// Heading is the title of a table with fields in braces; {title} is the sheet's own.
	Heading string   `yaml:"heading"`
	Cover   []Pair   `yaml:"cover"`
	Notes   []string `yaml:"notes"`
	Sheets  []Sheet  `yaml:"sheets"`
}

// What a sheet can be for each of.
const (
	eachBlock = "block"
	eachSheet = "sheet"
)

// Pair is a heading of the cover and the words below it, fields in braces.
type Pair struct {
	Heading string `yaml:"heading"`
	Text    string `yaml:"text"`
}

// Sheet is one table. A cell's figure is put together from its sheet, its rows
// and its column; where both name a dimension the cell is their crossing.
type Sheet struct {
	Name   string `yaml:"name"`
	Title  string `yaml:"title"`
	About  string `yaml:"about"`  // one sentence, for the contents
	Notes  []int  `yaml:"notes"`  // the notes that apply
	Blanks string `yaml:"blanks"` // says why cells are blank
	Scope  string `yaml:"scope"`
	// Each says that an office whose return binds more of the scope (money_2 ...) gets the
	// rows of each below the other (block), with Of as first column, or a sheet for each (sheet).
	Each    string   `yaml:"each"`
	Of      Column   `yaml:"of"`
	Columns []Column `yaml:"columns"`
	Rows    []Rows   `yaml:"rows"`
}

// Column is a column of a table: the first hold the labels of the rows, unless
// they are filled themselves.
type Column struct {
	Header  string  `yaml:"header"`
	Width   float64 `yaml:"width"`   // in characters
	Lines   int     `yaml:"lines"`   // the least lines of text its cells have room for
	Comment bool    `yaml:"comment"` // people write in it
	Figure  `yaml:",inline"`
}

// Rows is one row of a table or, with a list, one for each code in it.
type Rows struct {
	Labels []string `yaml:"labels"` // what the first columns say; a list adds the code's own label
	After  []string `yaml:"after"`  // labels that follow the code's
	List   string   `yaml:"list"`
	Column string   `yaml:"column"` // of the list, where that is not its codes
	Only   []string `yaml:"only"`   // the codes that have a row, in this order; empty means all
	// Allowed: where the form is made for an office, instead of only, the codes that the fund allows
	Allowed bool `yaml:"allowed"`
	Codes   bool `yaml:"codes"` // the label shows the code too
	Total   bool `yaml:"total"` // the row of the total: in bold
	// Partial says why the codes without a row have none; without it no draft is made
	// while one of them has a figure.
	Partial string `yaml:"partial"`
	// Cells says what single columns of these rows show instead, by header.
	Cells  map[string]Figure `yaml:"cells"`
	Figure `yaml:",inline"`
}

// Figure is what a sheet, row or column says about the figures in it. Words may
// have fields in braces; without any they are a label.
type Figure struct {
	Code      string `yaml:"code"`
	Condition string `yaml:"condition"`
	Quality   string `yaml:"quality"`
	Words     string `yaml:"words"`
	Field     string `yaml:"field"`
	Scope     string `yaml:"scope"`
	Period    string `yaml:"period"`
	Dimension string `yaml:"dimension"`
	Category  string `yaml:"category"`
	Format    string `yaml:"format"`
	Missing   string `yaml:"missing"`
	Group     string `yaml:"group"`
}

// ReadDescription reads the description of a template's folder; an unknown key
// is an error that shows its line.
func ReadDescription(files fs.FS) (Description, error) {
	text, err := fs.ReadFile(files, descriptionFile)
	if err != nil {
		return Description{}, fmt.Errorf("cannot read the description of the return: %w", err)
	}
	var d Description
	if err := strict.Read(descriptionFile, text, &d).Err(); err != nil {
		return Description{}, err
	}
	if err := d.check(); err != nil {
		return Description{}, err
	}
	return d, nil
}

// check reports what the workbook library would mend in silence or refuse late.
func (d Description) check() error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf(descriptionFile+": "+format, args...))
	}
	for _, k := range []struct{ key, value string }{{"name", d.Name}, {"title", d.Title}, {"version", d.Version}} {
		if k.value == "" {
			add("%s is missing", k.key)
		}
	}
	names := map[string]bool{}
	for _, s := range d.Sheets {
		if names[strings.ToLower(s.Name)] || s.Name == "" || len(s.Name) > 31 {
			add("sheet %q: a name is needed, once, of at most 31 characters", s.Name)
		}
		names[strings.ToLower(s.Name)] = true
		if s.Each != "" && s.Each != eachBlock && s.Each != eachSheet || s.Each != "" && s.Scope == "" {
			add("sheet %q: each is %q of the scope %q; it can be %s or %s, of a scope", s.Name, s.Each, s.Scope, eachBlock, eachSheet)
		}
		headers := map[string]bool{}
		for _, c := range s.Columns {
			if headers[strings.ToLower(c.Header)] || c.Header == "" {
				add("sheet %q: column %q: every column needs a header of its own", s.Name, c.Header)
			}
			headers[strings.ToLower(c.Header)] = true
		}
		for _, n := range s.Notes {
			if n < 1 || n > len(d.Notes) {
				add("sheet %q: there is no note %d; there are %d", s.Name, n, len(d.Notes))
			}
		}
	}
	return errors.Join(errs...)
}
