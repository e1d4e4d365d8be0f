// Package personal knows what personal data looks like, in a header and in a value, and
// which values of a file may be repeated to people.
//
// It finds names, dates of birth and addresses by headers, and full postcodes, telephone
// numbers, email addresses, NHS, National Insurance, card and account numbers by their
// form and checksum: the rules of queries/reference/personal_data.csv. Texts are made
// plain first, so that hard blanks, full-width or look-alike letters and words run together
// do not pass by a rule. It does not know people's names in free text: nothing here claims
// to find them.
package personal

import (
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
	checksum string         // how the digits of a match must check: nhs, luhn or iban; empty for not at all
	quick    *regexp.Regexp // what is in all that the pattern finds, and quickly looked for; nil for nothing
	unless   *regexp.Regexp // what of a match it is not, such as an ordinary word in a street; nil for none
	notUnder *regexp.Regexp // headers under which it says nothing, such as those of references; nil for none
	from, to string         // how a value is made plain, by DuckDB's translate
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

// Fills tells whether a column is full of it: at least 3 values and a fifth, or more than
// can be listed.
func (f Found) Fills() bool {
	return f.What != TakenOut && f.Matches >= 3 && (f.Matches*5 >= f.Filled || f.Matches > MostRows)
}

// Withheld stands in the place of a value that is not repeated, or was never kept.
const Withheld = "(withheld)"

// TakenOut is what is found where a value was taken out before a file was kept.
const TakenOut = "personal data that was taken out"

// Withholding are the rules, and one that finds what was taken out, so that a row is
// rejected whenever its file is read again.
func Withholding(rules []Rule) []Rule {
	from, to := translation()
	return append(slices.Clip(rules), Rule{What: TakenOut, pattern: regexp.MustCompile("^" + regexp.QuoteMeta(Withheld) + "$"), from: from, to: to})
}

// Sentence says what was found, and repeats no value, and no name that may be one.
func (f Found) Sentence(safe Safe, sheet string) string {
	where := "the column " + f.Name(safe)
	if sheet != "" {
		where += " of the sheet " + safe.Quoted(sheet)
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
func (f Found) Name(safe Safe) string {
	if strings.TrimSpace(f.Column) == "" || safe.Name(f.Column) != f.Column {
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

// AnyOf is the SQL for a value in which one of the rules of values may find something:
// checksums, and words that say no, are left out. A rule of many words is asked only where
// a part of it is, since a pattern of them all looks at every letter for each.
func AnyOf(rules []Rule, column string) string {
	var patterns, any []string
	for _, r := range rules {
		switch {
		case r.Header:
		case r.quick != nil:
			plain := r.plainSQL(column)
			any = append(any, fmt.Sprintf("(regexp_matches(%s, %s) AND regexp_matches(%[1]s, %[3]s))", "trim("+plain+")", quoted(r.quick.String()), quoted(r.pattern.String())))
		default:
			patterns = append(patterns, "(?:"+r.pattern.String()+")")
		}
	}
	if len(patterns) > 0 {
		any = append([]string{fmt.Sprintf("regexp_matches(trim(%s), %s)", rules[0].plainSQL(column), quoted(strings.Join(patterns, "|")))}, any...)
	}
	return "coalesce(" + strings.Join(append(any, "false"), " OR ") + ", false)"
}

// Matches is the SQL for a value that a rule finds.
func (r Rule) Matches(column string) string {
	column = "trim(" + r.plainSQL(column) + ")"
	pattern := quoted(r.pattern.String())
	sql := fmt.Sprintf("coalesce(regexp_matches(%s, %s), false)", column, pattern)
	if r.checksum != "" || r.unless != nil { // any of what is found must hold
		sql = fmt.Sprintf("(%s AND coalesce(len(list_filter(regexp_extract_all(%s, %s), lambda m: %s)) > 0, false))", sql, column, pattern, r.holdsSQL("m"))
	}
	return sql
}

// SaysNothing tells of a header under which the rule is not held against values.
func (r Rule) SaysNothing(header string) bool {
	return r.notUnder != nil && slices.ContainsFunc(headed(header), r.notUnder.MatchString)
}

// InWords finds personal data in what somebody wrote; empty for none.
func InWords(rules []Rule, words string) string { return InColumn(rules, "", words) }

// InColumn finds personal data in a value that stands under a header; empty for none.
func InColumn(rules []Rule, header, words string) string {
	words = strings.TrimSpace(Plain(words))
	for _, r := range rules {
		if r.Header || header != "" && r.SaysNothing(header) {
			continue
		}
		for _, m := range r.pattern.FindAllString(words, -1) {
			if r.holds(m) {
				return r.What
			}
		}
	}
	return ""
}
