package metrics

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// CountKind is the way rows become a figure, as a header's `count` names it.
type CountKind string

// The ways to count.
const (
	Rows     CountKind = "rows"     // how many there are
	Rate     CountKind = "rate"     // how many there are for so many of what a code list counts
	Distinct CountKind = "distinct" // how many people they are of
	Sum      CountKind = "sum"
	Mean     CountKind = "mean"
	Median   CountKind = "median"
	P90      CountKind = "p90"
	Share    CountKind = "share"   // of the rows of which something is known, those of which it is true
	Formula  CountKind = "formula" // no rows: of other metrics' figures
)

// Quantile tells whether the figure is one of the values in their order, so that
// the values themselves are needed and not only their sum.
func (k CountKind) Quantile() bool { return k == Median || k == P90 }

// Ratio tells whether the figure is a sum by a count, which has no value where
// there are no rows.
func (k CountKind) Ratio() bool { return k == Mean || k == Share }

// Timing is how a row's dates decide the periods it falls in.
type Timing string

// The timings, as `when` names them; `In` is a date alone, `Active` two dates.
const (
	In      Timing = "in"
	Active  Timing = "active"
	Open    Timing = "open"    // at the period's end
	Opening Timing = "opening" // just before the period
	UpTo    Timing = "upto"    // by the period's end
	Always  Timing = "always"
)

// Count says how rows become a figure.
type Count struct {
	Kind    CountKind
	Expr    string // SQL over the metric's columns; of a rate, a column of the breakdown's code list
	Over    string // a whole number: a sum is divided by it, a rate is for so many, once, at the end
	Formula *Node
}

// When says which rows fall in a period. Every kind compares dates only with
// the first and last day of the period.
type When struct {
	Kind       Timing
	Start, End string // SQL over the metric's columns
}

var countWords = []string{"distinct", "sum", "mean", "median", "p90", "share"}

// header is the strict comment block on top of an SQL file.
type header struct {
	file  string
	kind  string
	value map[string]string
	line  map[string]int
	body  string
	errs  []error
	// answers are a condition's, in their order
	answers []Answer
	last    string // the key read last; empty after an answer
}

var keyLine = regexp.MustCompile(`^-- ?([a-z_]+):\s*(.*?)\s*$`)

// readHeader splits a file into its header and its SQL. The first key is the
// kind itself; an unknown, repeated or missing key is an error with file and line.
func readHeader(file, text, kind string, required, optional []string) header {
	h := header{file: file, kind: kind, value: map[string]string{}, line: map[string]int{}}
	lines := strings.Split(text, "\n")
	n := 0
	for ; n < len(lines) && strings.HasPrefix(lines[n], "--"); n++ {
		if h.goesOn(lines[n]) || kind == "condition" && h.answer(lines[n], n+1) {
			continue
		}
		m := keyLine.FindStringSubmatch(lines[n])
		if m == nil {
			h.fail(n+1, "%q is not a header line such as `-- unit: working days`; put comments below the header, after a blank line", lines[n])
			continue
		}
		key, value := m[1], m[2]
		switch {
		case n == 0 && key != kind:
			h.fail(1, "the first line must be `-- %s: CODE name`, not %q", kind, lines[0])
		case key != kind && !slices.Contains(required, key) && !slices.Contains(optional, key):
			h.fail(n+1, "unknown key %q; the keys are %s", key, strings.Join(append(append([]string{kind}, required...), optional...), ", "))
		case h.line[key] > 0:
			h.fail(n+1, "key %q is given twice, first on line %d", key, h.line[key])
		case value == "":
			h.fail(n+1, "key %q has no value", key)
		}
		h.value[key], h.line[key], h.last = value, n+1, key
	}
	for _, key := range append([]string{kind}, required...) {
		if h.line[key] == 0 {
			h.fail(n, "key %q is missing from the header", key)
		}
	}
	h.body = strings.TrimSpace(strings.Join(lines[n:], "\n"))
	return h
}

// indented is a line that goes on with the one above it.
var indented = regexp.MustCompile(`^--\s{2,}(\S.*?)\s*$`)

func (h *header) goesOn(line string) bool {
	m := indented.FindStringSubmatch(line)
	switch {
	case m == nil:
		return false
	case h.last != "":
		h.value[h.last] += " " + m[1]
		return true
	case len(h.answers) > 0:
		sentence := &h.answers[len(h.answers)-1].Sentence
		*sentence = strings.TrimSpace(*sentence + " " + m[1])
		return true
	}
	return false
}

func (h *header) fail(line int, format string, args ...any) {
	h.errs = append(h.errs, fmt.Errorf("%s:%d: %s", h.file, max(line, 1), fmt.Sprintf(format, args...)))
}

var codeForm = regexp.MustCompile(`^([A-Z][A-Z0-9]*) ([a-z][a-z0-9_]*)$`)

func (h *header) codeAndName() (code, name string) {
	m := codeForm.FindStringSubmatch(h.value[h.kind])
	if m == nil {
		h.fail(h.line[h.kind], "%q is not a code and a name, such as `R08 days_to_contact`", h.value[h.kind])
		return "", ""
	}
	return m[1], m[2]
}

func (h *header) oneOf(key, fallback string, allowed ...string) string {
	v, ok := h.value[key]
	if !ok {
		return fallback
	}
	if !slices.Contains(allowed, v) {
		h.fail(h.line[key], "%s is %q; it can be %s", key, v, strings.Join(allowed, ", "))
	}
	return v
}

func parseMetric(file, text string) (Metric, error) {
	h := readHeader(file, text, "metric", []string{"title", "count", "unit"},
		[]string{"when", "by", "scopes", "protect", "total", "prefer", "needs", "note"})
	m := Metric{File: file, Title: h.value["title"], Unit: h.value["unit"], Note: h.value["note"], Prefer: h.value["prefer"], Needs: listed(h.value["needs"]), SQL: strings.TrimSuffix(h.body, ";")}
	m.Code, m.Name = h.codeAndName()
	m.Protect = h.oneOf("protect", "victims", "victims", "delegates", "none")
	m.NoTotal = h.oneOf("total", "yes", "yes", "no") == "no"
	m.Scopes = h.scopes()
	m.By = parseBy(h.value["by"])
	var err error
	if m.Count, err = parseCount(h.value["count"]); err != nil {
		h.fail(h.line["count"], "%v", err)
	}
	if m.When, err = parseWhen(h.value["when"]); err != nil {
		h.fail(h.line["when"], "%v", err)
	}
	formula := m.Count.Kind == Formula
	switch {
	case formula && (m.SQL != "" || h.line["when"] > 0):
		h.fail(h.line["count"], "a formula takes its rows and periods from its parts: leave out the SQL and `when`")
	case !formula && m.SQL == "":
		h.fail(h.line["count"], "there is no SELECT below the header")
	case !formula && h.line["when"] == 0:
		h.fail(h.line["count"], "key \"when\" is missing from the header")
	case formula && len(m.Needs) > 0:
		h.fail(h.line["needs"], "a formula needs what its parts need: put it there")
	case m.Prefer != "" && m.Count.Kind != Distinct:
		h.fail(h.line["prefer"], "prefer belongs to `count: distinct` only")
	}
	return m, errors.Join(h.errs...)
}

// listed are the names of a header's value, which commas part; none where it is left out.
func listed(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
}

func (h *header) scopes() []string {
	value, ok := h.value["scopes"]
	if !ok {
		return []string{"all", "fund", "service", "provider"}
	}
	words := strings.Fields(value)
	for _, w := range words {
		if !slices.Contains([]string{"all", "fund", "service", "provider", "claimed"}, w) {
			h.fail(h.line["scopes"], "scope %q is not one of all, fund, service, provider, claimed (funds that are not match funds)", w)
		}
	}
	return words
}

func parseBy(value string) []Breakdown {
	var out []Breakdown
	for _, part := range strings.Split(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, strings.Split(part, " x "))
		}
	}
	return out
}

// ratePer is a count of rows for so many of what the breakdown's code list
// counts, such as residents: `rows per 10000 population_2021`.
var ratePer = regexp.MustCompile(`^rows\s+per\s+([1-9][0-9]*)\s+([a-z][a-z0-9_]*)$`)

var sumOver = regexp.MustCompile(`^(.*\S)\s*/\s*([0-9]+)$`)

func parseCount(value string) (Count, error) {
	word, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case value == "rows":
		return Count{Kind: Rows}, nil
	case ratePer.MatchString(value):
		m := ratePer.FindStringSubmatch(value)
		return Count{Kind: Rate, Expr: m[2], Over: m[1]}, nil
	case slices.Contains(countWords, word) && rest == "":
		return Count{}, fmt.Errorf("count %q needs an expression", value)
	case word == "sum" && sumOver.MatchString(rest):
		m := sumOver.FindStringSubmatch(rest)
		return Count{Kind: Sum, Expr: m[1], Over: m[2]}, nil
	case slices.Contains(countWords, word):
		return Count{Kind: CountKind(word), Expr: rest}, nil
	}
	formula, err := parseFormula(value)
	if err != nil {
		return Count{}, fmt.Errorf("count %q is neither rows, rows per NUMBER COLUMN, distinct, sum, mean, median, p90, share nor a formula: %w", value, err)
	}
	return Count{Kind: Formula, Formula: formula}, nil
}

func parseWhen(value string) (When, error) {
	word, rest, _ := strings.Cut(value, " ")
	span := func(kind Timing, text string) (When, error) {
		start, end, ok := strings.Cut(text, "..")
		start, end = strings.TrimSpace(start), strings.TrimSpace(end)
		if !ok || start == "" || end == "" {
			return When{}, fmt.Errorf("when %q needs two dates, such as `%s support_start_date .. closure_date`", value, kind)
		}
		return When{Kind: kind, Start: start, End: end}, nil
	}
	switch {
	case value == "":
		return When{}, nil
	case value == "always":
		return When{Kind: Always}, nil
	case word == "open", word == "opening":
		return span(Timing(word), rest)
	case word == "upto" && strings.TrimSpace(rest) != "":
		return When{Kind: UpTo, Start: strings.TrimSpace(rest)}, nil
	case strings.Contains(value, ".."):
		return span(Active, value)
	}
	return When{Kind: In, Start: value}, nil
}

// predicate is the condition under which a row with these two dates falls in
// the period `p`. It holds for dates and, since periods are whole months, for
// the first days of their months alike.
func (w When) predicate(start, end string) string {
	switch w.Kind {
	case In:
		return fmt.Sprintf("%s BETWEEN p.period_start AND p.period_end", start)
	case Active:
		return fmt.Sprintf("%[1]s <= p.period_end AND (%[2]s IS NULL OR %[2]s >= p.period_start)", start, end)
	case Open:
		return fmt.Sprintf("%[1]s <= p.period_end AND (%[2]s IS NULL OR %[2]s > p.period_end)", start, end)
	case Opening:
		return fmt.Sprintf("%[1]s < p.period_start AND (%[2]s IS NULL OR %[2]s >= p.period_start)", start, end)
	case UpTo:
		return fmt.Sprintf("%s <= p.period_end", start)
	}
	return "TRUE"
}

// tenths is the rank of a quantile in tenths: 5 for the median, 9 for the 90th percentile.
func (c Count) tenths() string {
	if c.Kind == P90 {
		return "9"
	}
	return "5"
}

// Predicate is the condition, over the metric's columns and a period `p`, under
// which a row falls in the period.
func (w When) Predicate() string { return w.predicate("("+w.Start+")", "("+w.End+")") }
