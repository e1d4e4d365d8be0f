// Package personal knows what personal data looks like, in a header and in a value.
//
// It knows names, dates of birth, addresses, full postcodes, telephone numbers, email
// addresses, and NHS, National Insurance and crime numbers, by the rules of
// queries/reference/personal_data.csv. Texts are made plain first, so that hard blanks,
// full-width or look-alike letters and words run together do not pass by a rule. It does
// not know people's names in free text: nothing here claims to find them.
package personal

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Rule is one line of reference/personal_data.csv: what personal data
// looks like, in a header or in a value.
type Rule struct {
	What     string // such as "an email address"
	Header   bool
	pattern  *regexp.Regexp
	checksum string // nhs: the digits must check as an NHS number's do
	from, to string // how a value is made plain, by DuckDB's translate
}

// Parse reads the rules of reference/personal_data.csv. Mistakes are reported
// together, each with its line.
func Parse(rows []map[string]string) ([]Rule, error) {
	var out []Rule
	var errs []error
	from, to := translation()
	for i, row := range rows {
		pattern, err := regexp.Compile(row["pattern"])
		if err != nil || row["rule"] == "" || row["looks_at"] != "header" && row["looks_at"] != "value" || row["checksum"] != "" && row["checksum"] != "nhs" {
			errs = append(errs, fmt.Errorf("reference/personal_data.csv:%d: %q at %q with the pattern %q is not a rule: %v", i+2, row["rule"], row["looks_at"], row["pattern"], err))
			continue
		}
		out = append(out, Rule{What: row["rule"], Header: row["looks_at"] == "header", pattern: pattern, checksum: row["checksum"], from: from, to: to})
	}
	return out, errors.Join(errs...)
}

// Found is what a column of a file seems to hold of people.
type Found struct {
	Column  string  `json:"column"` // its header; empty where it has none, or one that is not to be repeated
	At      int     `json:"at"`     // its place, from 0
	What    string  `json:"what"`
	Matches int64   `json:"matches"`
	Filled  int64   `json:"filled"` // values that are not blank
	Rows    []int64 `json:"rows"`   // where, at most MostRows
}

// MostRows is how many rows of a finding are listed; all are counted.
const MostRows = 10000

// Fills tells whether a column is full of it: at least 3 values and a fifth.
func (f Found) Fills() bool { return f.Matches >= 3 && f.Matches*5 >= f.Filled }

// Sentence says what was found, and repeats no value.
func (f Found) Sentence(sheet string) string {
	where := "the column " + f.Name()
	if sheet != "" {
		where += fmt.Sprintf(" of the sheet %q", sheet)
	}
	switch {
	case f.Matches > 0:
		return fmt.Sprintf("%s holds what looks like %s in %d of its %d values", where, f.What, f.Matches, f.Filled)
	case f.Column == "":
		return fmt.Sprintf("the header of %s looks like %s itself (does the file begin with its header row?)", where, f.What)
	}
	return fmt.Sprintf("%s is headed as %s", where, f.What)
}

// Name is the column as people are told of it.
func (f Found) Name() string {
	if strings.TrimSpace(f.Column) == "" {
		return fmt.Sprint(f.At + 1)
	}
	return fmt.Sprintf("%q", f.Column)
}

// Headers are the headers that speak of people, among those no column of
// the contract claims, and those that look like somebody's data themselves.
func Headers(rules []Rule, header, unclaimed []string) []Found {
	var out []Found
	for i, h := range header {
		words := headed(h)
		if what := InWords(rules, h); what != "" {
			out = append(out, Found{At: i, What: what})
		}
		if !slices.Contains(unclaimed, h) {
			continue
		}
		for _, r := range rules {
			if r.Header && slices.ContainsFunc(words, r.pattern.MatchString) {
				out = append(out, Found{Column: h, At: i, What: r.What})
				break
			}
		}
	}
	return out
}

// AnyOf is the rule that finds whatever one of the rules of values finds, before
// any checksum.
func AnyOf(rules []Rule) Rule {
	var patterns []string
	for _, r := range rules {
		if !r.Header {
			patterns = append(patterns, "(?:"+r.pattern.String()+")")
		}
	}
	if len(patterns) == 0 {
		return Rule{pattern: regexp.MustCompile(`[^\x00-\x{10FFFF}]`)} // nothing
	}
	return Rule{pattern: regexp.MustCompile(strings.Join(patterns, "|")), from: rules[0].from, to: rules[0].to}
}

// Matches is the SQL for a value that a rule finds.
func (r Rule) Matches(column string) string {
	column = r.plainSQL(column)
	sql := fmt.Sprintf("coalesce(regexp_matches(trim(%s), '%s'), false)", column, strings.ReplaceAll(r.pattern.String(), "'", "''"))
	if r.checksum == "nhs" {
		sql = fmt.Sprintf("(%s AND %s)", sql, nhsChecks(fmt.Sprintf("translate(%s, ' -.', '')", column)))
	}
	return sql
}

// nhsChecks is the SQL for the Modulus 11 check of an NHS number (NHS Data
// Dictionary, NHS NUMBER).
func nhsChecks(digits string) string {
	var terms []string
	for i := range 9 {
		terms = append(terms, fmt.Sprintf("TRY_CAST(%s[%d] AS INTEGER) * %d", digits, i+1, 10-i))
	}
	return fmt.Sprintf("coalesce((11 - (%s) %% 11) %% 11 = TRY_CAST(%s[10] AS INTEGER), false)", strings.Join(terms, " + "), digits)
}

// InWords finds personal data in what somebody wrote; empty for none.
func InWords(rules []Rule, words string) string {
	words = Plain(words)
	for _, r := range rules {
		if !r.Header && r.checksum == "" && r.pattern.MatchString(words) {
			return r.What
		}
	}
	return ""
}
