package returns

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
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
	// Shorthand and Source are the sentences above every table.
	Shorthand string `yaml:"shorthand"`
	Source    string `yaml:"source"`
	// Heading is the title of a table with fields in braces; {title} is the sheet's own.
	Heading string   `yaml:"heading"`
	Cover   []Pair   `yaml:"cover"`
	Notes   []string `yaml:"notes"`
	Sheets  []Sheet  `yaml:"sheets"`
}

// Pair is a heading of the cover and the words below it, fields in braces.
type Pair struct {
	Heading string `yaml:"heading"`
	Text    string `yaml:"text"`
}

// Sheet is one table. A cell's figure is put together from its sheet, its rows
// and its column; where both name a dimension the cell is their crossing.
type Sheet struct {
	Name    string   `yaml:"name"`
	Title   string   `yaml:"title"`
	About   string   `yaml:"about"`  // one sentence, for the contents
	Notes   []int    `yaml:"notes"`  // the notes that apply
	Blanks  string   `yaml:"blanks"` // says why cells are blank
	Scope   string   `yaml:"scope"`
	Columns []Column `yaml:"columns"`
	Rows    []Rows   `yaml:"rows"`
}

// Column is a column of a table. It is filled if it names a period or a field;
// the others hold labels or are left to people.
type Column struct {
	Header string  `yaml:"header"`
	Width  float64 `yaml:"width"` // in characters
	Lines  int     `yaml:"lines"` // the least lines of text its cells have room for
	Figure `yaml:",inline"`
}

// Rows is one row of a table or, with a list, one for each code in it.
type Rows struct {
	Labels []string `yaml:"labels"` // what the first columns say; a list adds the code's own label
	List   string   `yaml:"list"`
	Only   []string `yaml:"only"`  // the codes that have a row, in this order; empty means all
	Codes  bool     `yaml:"codes"` // the label shows the code too
	Total  bool     `yaml:"total"` // the row of the total: in bold
	Figure `yaml:",inline"`
}

// Figure is what a sheet, row or column says about the figures in it.
type Figure struct {
	Code      string `yaml:"code"`
	Condition string `yaml:"condition"`
	Field     string `yaml:"field"`
	Scope     string `yaml:"scope"`
	Period    string `yaml:"period"`
	Dimension string `yaml:"dimension"`
	Category  string `yaml:"category"`
	Format    string `yaml:"format"`
	Missing   string `yaml:"missing"`
}

// ReadDescription reads the description of a template's folder; an unknown key
// is an error that shows its line.
func ReadDescription(files fs.FS) (Description, error) {
	text, err := fs.ReadFile(files, descriptionFile)
	if err != nil {
		return Description{}, fmt.Errorf("cannot read the description of the return: %w", err)
	}
	var d Description
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&d); err != nil {
		return Description{}, fmt.Errorf("%s cannot be read:\n%s", descriptionFile, yaml.FormatError(err, false, true))
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

// over is a figure with what another, nearer one says laid over it.
func (f Figure) over(nearer Figure) Figure {
	out := f
	crossing := func(far, near string) string {
		if far == "" || near == "" {
			return far + near
		}
		return far + " x " + near
	}
	out.Dimension, out.Category = crossing(f.Dimension, nearer.Dimension), crossing(f.Category, nearer.Category)
	for _, p := range []struct{ to, from *string }{
		{&out.Code, &nearer.Code}, {&out.Condition, &nearer.Condition}, {&out.Field, &nearer.Field}, {&out.Scope, &nearer.Scope},
		{&out.Period, &nearer.Period}, {&out.Format, &nearer.Format}, {&out.Missing, &nearer.Missing},
	} {
		if *p.from != "" {
			*p.to = *p.from
		}
	}
	return out
}

// tableRow is one row of a table: what its first columns say, and its figures.
type tableRow struct {
	labels []string
	total  bool
	Figure
}

// expand gives the rows a description asks for, and the codes of the list that
// have none.
func (r Rows) expand(lists fs.FS) (rows []tableRow, unlisted []Figure, err error) {
	if r.List == "" {
		return []tableRow{{labels: r.Labels, total: r.Total, Figure: r.Figure}}, nil, nil
	}
	codes, labels, err := readList(lists, r.List)
	if err != nil {
		return nil, nil, err
	}
	only := r.Only
	if len(only) == 0 {
		only = codes
	}
	for _, code := range only {
		i := slices.Index(codes, code)
		if i < 0 {
			return nil, nil, fmt.Errorf("%s: the list %s has no code %q", descriptionFile, r.List, code)
		}
		label := labels[i]
		if r.Codes {
			label = code + " " + label
		}
		f := r.Figure
		f.Category = code
		rows = append(rows, tableRow{labels: append(slices.Clone(r.Labels), label), Figure: f})
	}
	for _, code := range codes {
		if !slices.Contains(only, code) {
			f := r.Figure
			f.Category = code
			unlisted = append(unlisted, f)
		}
	}
	return rows, unlisted, nil
}

// readList reads the codes of a code list with their labels, in its order.
func readList(lists fs.FS, name string) (codes, labels []string, err error) {
	file := path.Join("reference", name+".csv")
	f, err := lists.Open(file)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the code list %q: %w", name, err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(records) == 0 || len(records[0]) < 2 || records[0][0] != "code" || records[0][1] != "label" {
		return nil, nil, fmt.Errorf("%s: the first columns must be code and label", file)
	}
	for _, r := range records[1:] {
		codes, labels = append(codes, r[0]), append(labels, r[1])
	}
	return codes, labels, nil
}
