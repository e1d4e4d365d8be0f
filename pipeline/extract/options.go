package extract

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Options say how a file is read; the zero value finds out.
type Options struct {
	// The sheet of a workbook: its name, a pattern that one visible sheet's name
	// must meet (a regular expression, capitals or not), or its place among the
	// visible ones, from 1. Without any, the only one, or the first with a header.
	// AllSheets lets the pattern be met by several, for Headers to list.
	Sheet        string `json:"sheet,omitempty"`
	SheetPattern string `json:"sheet_pattern,omitempty"`
	SheetNumber  int    `json:"sheet_number,omitempty"`
	AllSheets    bool   `json:"all_sheets,omitempty"`

	HeaderRow  int      `json:"header_row,omitempty"`  // 0 means find it
	HeaderRows int      `json:"header_rows,omitempty"` // how many rows make the header; 2 joins the names of groups to those below them
	Names      []string `json:"names,omitempty"`       // names to find the header by: it is the row, of the first 30, that has most of them; without any, the first that looks like one

	SkipRows int       `json:"skip_rows,omitempty"` // rows straight below the header, left out
	Skip     []RowRule `json:"skip,omitempty"`      // rows left out
	Totals   []RowRule `json:"totals,omitempty"`    // rows left out and given back in Table.Totals
	End      []RowRule `json:"end,omitempty"`       // the first such row and all below it are left out; totals among them are still given back

	Kept   bool `json:"kept,omitempty"`   // the file is a text that Keep wrote
	Width  int  `json:"width,omitempty"`  // stage at least so many columns, named or not
	Buried bool `json:"buried,omitempty"` // stage values under merged cells too

	Encoding  string `json:"encoding,omitempty"`  // utf-8; windows-1252; or detect: utf-8 if it is that, else windows-1252. Empty means utf-8. A byte order mark in the file wins
	Delimiter string `json:"delimiter,omitempty"` // comma, semicolon, tab or pipe; empty means the one the header shows

	// Told is how notes and refusals tell of a name that the sender gave, a header or a
	// sheet's, its quotation marks included. Where it is nil they stand as they are.
	Told func(name string) string `json:"-"`
}

// RowRule picks rows by the text of one cell.
type RowRule struct {
	Columns []string `json:"columns,omitempty"` // names of one column, the first that the header has; without any, the first cell that holds anything
	Pattern string   `json:"pattern"`           // a regular expression for the cell's text, without spaces around it, capitals or not; ^$ is a blank cell
}

// Key tells apart readings of the same bytes: it belongs into a staged file's name.
func (o Options) Key() string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // texts and numbers only
	}
	return fmt.Sprintf("%d %s", Reader, text)
}

// OptionError is an option that cannot be, by the name that a mapping gives it.
type OptionError struct {
	Option string
	error
}

// Check reports every option that cannot be, each as an OptionError.
func (o Options) Check() error {
	var errs []error
	add := func(option string, wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, OptionError{option, fmt.Errorf(format, args...)})
		}
	}
	add("header_row", o.HeaderRow < 0, "the header row %d is not a row", o.HeaderRow)
	add("header_rows", o.HeaderRows < 0 || o.HeaderRows > 3, "a header of %d rows is not known; it is 1 to 3", o.HeaderRows)
	add("skip_rows", o.SkipRows < 0, "%d rows cannot be skipped", o.SkipRows)
	add("sheet_number", o.SheetNumber < 0, "the sheet number %d is not one; the first is 1", o.SheetNumber)
	ways := 0
	for _, given := range []bool{o.Sheet != "", o.SheetPattern != "", o.SheetNumber != 0} {
		if given {
			ways++
		}
	}
	add("sheet", ways > 1, "the sheet is asked for in %d ways: give its name, a pattern or its number", ways)
	_, err := pattern(o.SheetPattern)
	add("sheet_pattern", err != nil, "the pattern %q for a sheet is not a regular expression: %w", o.SheetPattern, err)
	for _, kind := range []struct {
		option string
		rules  []RowRule
	}{{"skip", o.Skip}, {"totals", o.Totals}, {"end", o.End}} {
		for _, r := range kind.rules {
			_, err := pattern(r.Pattern)
			add(kind.option, err != nil, "the pattern %q for rows is not a regular expression: %w", r.Pattern, err)
			add(kind.option, r.Pattern == "", "a rule for rows has no pattern; ^$ is a blank cell")
		}
	}
	add("encoding", o.Encoding != "" && o.Encoding != utf8Name && o.Encoding != windowsName && o.Encoding != detectName,
		"the encoding %q is not known; it is %s, %s or %s", o.Encoding, utf8Name, windowsName, detectName)
	known := o.Delimiter == ""
	for _, d := range delimiters {
		known = known || d.name == o.Delimiter
	}
	add("delimiter", !known, "the delimiter %q is not known; it is comma, semicolon, tab or pipe", o.Delimiter)
	return errors.Join(errs...)
}

func (o Options) told(name string) string {
	if o.Told == nil {
		return fmt.Sprintf("%q", name)
	}
	return o.Told(name)
}

func pattern(s string) (*regexp.Regexp, error) { return regexp.Compile("(?i)" + s) }

// score counts how many of the expected names a row has.
func (o Options) score(row []string) int {
	has := map[string]bool{}
	for _, cell := range row {
		has[plain(cell)] = true
	}
	n := 0
	counted := map[string]bool{"": true}
	for _, name := range o.Names {
		if name = plain(name); has[name] && !counted[name] {
			counted[name] = true
			n++
		}
	}
	return n
}

// enough is the least score of a header: one name alone may stand anywhere.
func (o Options) enough() int { return min(2, len(o.Names)) }

// plain is a name without what people vary: case, spaces, punctuation.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
