package personal

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Parse reads the rules from the lists of an office: those of personal_data, of which
// {street} and the like stand for the words of street_word, and the headers of
// personal_header. Mistakes are reported together, each with its line.
func Parse(lists map[string][]map[string]string) ([]Rule, error) {
	var out []Rule
	var errs []error
	words := streets(lists["street_word"])
	from, to := translation()
	for i, row := range lists["personal_data"] {
		pattern, err := regexp.Compile(words.Replace(row["pattern"]))
		notUnder, errUnder := optional(row["not_under"])
		unless, errUnless := optional(words.Replace(row["unless"]))
		quick, errQuick := optional(row["quick"])
		_, checked := checksums[row["checksum"]]
		if err = errors.Join(err, errUnder, errUnless, errQuick); err != nil || row["rule"] == "" || row["looks_at"] != "header" && row["looks_at"] != "value" || row["checksum"] != "" && !checked {
			errs = append(errs, fmt.Errorf("reference/personal_data.csv:%d: %q at %q with the pattern %q is not a rule: %v", i+2, row["rule"], row["looks_at"], row["pattern"], err))
			continue
		}
		out = append(out, Rule{What: row["rule"], Header: row["looks_at"] == "header", pattern: pattern, checksum: row["checksum"], unless: unless, quick: quick, notUnder: notUnder, from: from, to: to})
	}
	for i, row := range lists["personal_header"] {
		pattern := `(^| )` + regexp.QuoteMeta(row["personal_header"]) + ` ?[0-9]*( |$)`
		switch {
		case row["personal_header"] == "" || row["rule"] == "" || row["stands"] != "alone" && row["stands"] != "anywhere":
			errs = append(errs, fmt.Errorf("reference/personal_header.csv:%d: %q that stands %q is not a rule; it stands alone or anywhere", i+2, row["personal_header"], row["stands"]))
			continue
		case row["stands"] == "alone":
			pattern = `^(` + whose + ` )*` + regexp.QuoteMeta(row["personal_header"]) + ` ?[0-9]*( of (the )?` + whose + `)?$`
		}
		out = append(out, Rule{What: row["rule"], Header: true, pattern: regexp.MustCompile(pattern)})
	}
	return out, errors.Join(errs...)
}

// whose are words that a header says before what it is.
const whose = `(client|victim|patient|customer|delegate|attendee|person|service user|perpetrator|child|current|home|full|their|her|his)s?`

// streets puts the words of street_word into a pattern, as they stand and in capitals.
func streets(rows []map[string]string) *strings.Replacer {
	says := map[string][]string{"street": nil, "street before": nil, "no street": nil}
	for _, row := range rows {
		word := regexp.QuoteMeta(row["street_word"])
		says[row["says"]] = append(says[row["says"]], word, strings.ToUpper(word))
	}
	var out []string
	for what, words := range says {
		if len(words) == 0 {
			words = []string{`[^\x00-\x{10FFFF}]`} // nothing
		}
		out = append(out, "{"+what+"}", strings.Join(words, "|"))
	}
	return strings.NewReplacer(out...)
}

func optional(pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, nil
	}
	return regexp.Compile(pattern)
}

// holds tells whether what the pattern found is what the rule is for.
func (r Rule) holds(found string) bool {
	return (r.checksum == "" || checksums[r.checksum].holds(found)) && (r.unless == nil || !r.unless.MatchString(found))
}

// holdsSQL is the same for a text in SQL.
func (r Rule) holdsSQL(found string) string {
	var terms []string
	if r.checksum != "" {
		terms = append(terms, checksums[r.checksum].sql(found))
	}
	if r.unless != nil {
		terms = append(terms, "NOT regexp_matches("+found+", "+quoted(r.unless.String())+")")
	}
	return strings.Join(terms, " AND ")
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
