// Package contract says what an extract must look like: its columns, types,
// codes, rules and key, read from templates/extracts/*.yaml, where a data
// officer can read and change them. The files use the Table Schema vocabulary
// (fields, constraints, primaryKey, foreignKeys) with a few words of our own:
//
//	dated          the column, a date or a financial year, by which a file's rows are of its year
//	on_error       reject (a bad value rejects the row) or blank (it empties the field)
//	list           the code list in queries/reference; enum adds codes to it
//	form           what a value that keeps the pattern looks like, in words
//	register       fund, service or provider: the value must be registered
//	not_before     dates this one must be on or after
//	required_when  another column that makes this one needed
//	adds_up        the columns this amount is the sum of
//	scale          the column naming the scale a score must be on
//	screened       a text that is screened for personal data
//	pseudonym      a text that tells people apart by a keyed hash
//	band           the list of bands that ages become; years of age are not kept
//
// A code column is a DuckDB ENUM made from its list: the check and the storage are
// one step, which made judging rows twice as fast as text (2026-11-23).
package contract

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"mojreturns/pipeline/strict"
)

// Contract is one feed.
type Contract struct {
	Feed        string      `yaml:"name"`
	Title       string      `yaml:"title"`
	Description string      `yaml:"description"`
	People      bool        `yaml:"people"`     // its rows are of people, so its texts are screened for personal data
	Protect     string      `yaml:"protect"`    // whose small counts its rows are, in a metric's words: victims (if left out) or delegates
	Key         []string    `yaml:"primaryKey"` // within a provider
	Dated       string      `yaml:"dated"`      // the column that tells of which financial year a row is
	References  []Reference `yaml:"foreignKeys"`
	Columns     []Column    `yaml:"fields"`
}

// Reference ties columns to the key of another feed. A row without its other
// half is accepted, listed by a check, and counts for nothing.
type Reference struct {
	Columns []string `yaml:"fields"`
	To      struct {
		Feed    string   `yaml:"resource"`
		Columns []string `yaml:"fields"`
	} `yaml:"reference"`
}

// Column is one column of a feed.
type Column struct {
	Name         string      `yaml:"name"`
	Title        string      `yaml:"title"`
	Type         string      `yaml:"type"`
	Constraints  Constraints `yaml:"constraints"`
	OnError      string      `yaml:"on_error"`
	List         string      `yaml:"list"`
	Form         string      `yaml:"form"`
	Register     string      `yaml:"register"`
	NotBefore    []string    `yaml:"not_before"`
	RequiredWhen *When       `yaml:"required_when"`
	AddsUp       []string    `yaml:"adds_up"`
	Scale        string      `yaml:"scale"`
	Band         string      `yaml:"band"`
	Screened     bool        `yaml:"screened"`
	Pseudonym    bool        `yaml:"pseudonym"` // it tells people apart by a keyed hash
	Note         string      `yaml:"note"`
}

// Constraints are the rules a value keeps by itself.
type Constraints struct {
	Required  bool     `yaml:"required"`
	Pattern   string   `yaml:"pattern"`
	Minimum   *int64   `yaml:"minimum"`
	Maximum   *int64   `yaml:"maximum"`
	MaxLength int      `yaml:"maxLength"`
	Enum      []string `yaml:"enum"` // codes besides those of the list
}

// When makes a column needed: where the other column has that value, or any
// value where Equals is empty.
type When struct {
	Column string `yaml:"column"`
	Equals string `yaml:"equals"`
}

var types = []string{"text", "code", "date", "datetime", "time", "integer", "number", "money", "yes/no", "yes/no/not known"}

// Load reads every contract of a templates folder, by feed. Every mistake in
// every file is reported.
func Load(templates fs.FS) ([]Contract, error) {
	files, err := fs.Glob(templates, "extracts/*.yaml")
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var out []Contract
	var errs []error
	for _, file := range files {
		text, err := fs.ReadFile(templates, file)
		if err != nil {
			return nil, err
		}
		var c Contract
		if err := strict.Read(file, text, &c).Err(); err != nil {
			errs = append(errs, err)
			continue
		}
		if stem := strings.TrimSuffix(path.Base(file), ".yaml"); c.Feed != stem {
			errs = append(errs, fmt.Errorf("%s: the name is %q; it must be the file's, %q", file, c.Feed, stem))
		}
		for _, err := range c.check() {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
		out = append(out, c)
	}
	if len(out) == 0 && len(errs) == 0 {
		errs = append(errs, errors.New("there are no contracts in templates/extracts"))
	}
	errs = append(errs, checkReferences(out)...)
	return out, errors.Join(errs...)
}

// Column finds a column by name.
func (c Contract) Column(name string) (Column, bool) {
	for _, col := range c.Columns {
		if col.Name == name {
			return col, true
		}
	}
	return Column{}, false
}
