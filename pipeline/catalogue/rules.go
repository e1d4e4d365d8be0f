package catalogue

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/metrics"
)

// file is a rule file as it stands: its header's values and what is below.
type file struct {
	header map[string]string
	body   string
	notes  []string // comments that stand on lines of their own, below the header
}

var headerLine = regexp.MustCompile(`^-- ?([a-z_]+):\s*(.*?)\s*$`)

// readFile splits a rule file. Package metrics has held it to the grammar
// already; here its words are wanted as they are written.
func readFile(fsys fs.FS, name string) (file, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return file{}, err
	}
	f := file{header: map[string]string{}}
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	n := 0
	for ; n < len(lines) && strings.HasPrefix(lines[n], "--"); n++ {
		if m := headerLine.FindStringSubmatch(lines[n]); m != nil {
			f.header[m[1]] = m[2]
		}
	}
	f.body = strings.TrimSpace(strings.Join(lines[n:], "\n"))
	f.notes = notes(lines[n:])
	return f, nil
}

// notes joins runs of comment lines to sentences.
func notes(lines []string) []string {
	var out []string
	running := false
	for _, line := range lines {
		words, comment := strings.CutPrefix(strings.TrimSpace(line), "-- ")
		switch {
		case comment && running:
			out[len(out)-1] += " " + words
		case comment:
			out = append(out, words)
		}
		running = comment
	}
	for i := range out {
		out[i] = sentence(out[i])
	}
	return out
}

// sentence begins with a capital and ends with a stop.
func sentence(text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	if first, _, _ := strings.Cut(text, " "); !strings.ContainsAny(first, "_.") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.ContainsAny(text[len(text)-1:], ".!?:") {
		text += "."
	}
	return text
}

func sentences(texts ...string) string {
	var out []string
	for _, t := range texts {
		if s := sentence(t); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func (f files) metrics() ([]Entry, error) {
	var out []Entry
	for _, m := range f.set.Metrics {
		text, err := readFile(f.queries, m.File)
		if err != nil {
			return nil, err
		}
		e := Entry{Kind: Metric, Code: m.Code, Name: m.Name, Title: m.Title, Anchor: m.Code, SQL: text.body, File: path.Join("queries", m.File)}
		e.Meaning = sentences(append([]string{m.Title, counted(m, text.header["count"]), falls(m.When), m.Note}, text.notes...)...)
		e.say("Unit", words(m.Unit)...)
		e.say("Count", words(text.header["count"])...)
		e.say("Made of", f.named(text.header["count"], m.Code)...)
		e.say("Part of", f.partOf(m.Code)...)
		e.say("When", words(text.header["when"])...)
		e.say("Periods", words("every month, quarter, half year, year and year to date")...)
		e.say("Scopes", words(scopes(m.Scopes)...)...)
		e.say("Breakdowns", words(breakdowns(m)...)...)
		if m.NoTotal {
			e.say("Total", words("the sum of its categories means nothing")...)
		}
		e.say("Category of a person", words(prefer(m))...)
		e.say("Protects", words(protects(m.Protect))...)
		e.say("Reads", f.relations.linked(m.SQL)...)
		e.say("Feeds", f.feedsOf(m.Code)...)
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return strings.Compare(a.Code, b.Code) })
	return out, nil
}

// counted says in words how rows become the figure.
func counted(m metrics.Metric, formula string) string {
	c := m.Count
	switch c.Kind {
	case "rows":
		return "Every row of the query below counts once"
	case "rate":
		return fmt.Sprintf("Every row counts once; the count is divided by %s and given for each %s", c.Expr, c.Over)
	case "distinct":
		return fmt.Sprintf("Every different %s counts once", c.Expr)
	case "sum":
		if c.Over != "" {
			return fmt.Sprintf("The sum of %s, divided by %s", c.Expr, c.Over)
		}
		return "The sum of " + c.Expr
	case "p90":
		return fmt.Sprintf("Nine rows in ten have a %s of this or less", c.Expr)
	case "share":
		return fmt.Sprintf("The share of rows where %s, of the rows where that is known", c.Expr)
	case "formula":
		return "Worked out from other figures: " + formula
	}
	return fmt.Sprintf("The %s of %s", c.Kind, c.Expr)
}

// falls says in words which rows are in a period.
func falls(w metrics.When) string {
	switch w.Kind {
	case "in":
		return fmt.Sprintf("A row belongs to the period that its %s falls in", w.Start)
	case "active":
		return fmt.Sprintf("A row belongs to every period that the time from %s to %s touches", w.Start, w.End)
	case "open":
		return fmt.Sprintf("A row counts if it is open at the end of the period: %s has come and %s has not", w.Start, w.End)
	case "opening":
		return fmt.Sprintf("A row counts if it is open at the start of the period: %s came before it and %s did not", w.Start, w.End)
	case "upto":
		return fmt.Sprintf("Everything with a %s up to the end of the period counts", w.Start)
	case "always":
		return "Rows count in every period, whatever their dates"
	}
	return ""
}

func scopes(kinds []string) []string {
	said := map[string]string{"all": "all", "fund": "each fund", "service": "each service", "provider": "each provider",
		"claimed": "each fund that is claimed (not match)"}
	var out []string
	for _, k := range kinds {
		out = append(out, said[k])
	}
	return out
}

func breakdowns(m metrics.Metric) []string {
	var out []string
	for _, b := range m.By {
		out = append(out, b.String())
	}
	return out
}

func prefer(m metrics.Metric) string {
	if m.Prefer == "" {
		return ""
	}
	return "that of the row with the highest " + m.Prefer
}

func protects(whom string) string {
	if whom == "none" {
		return "nobody: it counts money, sessions or places"
	}
	return whom + ": small counts could point to a person"
}

// statuses are what a condition may answer, best first.
var statuses = []string{"met", "at risk", "not met", "not applicable", "not available"}

func (f files) conditions() ([]Entry, error) {
	var out []Entry
	for _, c := range f.set.Conditions {
		text, err := readFile(f.queries, c.File)
		if err != nil {
			return nil, err
		}
		e := Entry{Kind: Condition, Code: c.Code, Name: c.Name, Title: c.Title, Anchor: c.Code,
			SQL: text.body, File: path.Join("queries", c.File)}
		e.Meaning = sentences(append([]string{c.Title, "Basis: " + c.Basis}, text.notes...)...)
		var can []string
		for _, s := range statuses {
			if slices.ContainsFunc(c.Answers, func(a metrics.Answer) bool { return a.Status == s }) {
				can = append(can, s)
			}
		}
		// the engine says so where a feed of the rows that breach has not come
		if !slices.Contains(can, "not available") && len(f.relations.feeds(c.Breaches)) > 0 {
			can = append(can, "not available (a delivery it needs has not come)")
		}
		e.say("Statuses", words(can...)...)
		e.say("Basis", words(c.Basis)...)
		e.say("What to do", words(c.Remedy)...)
		e.say("Value", words(text.header["value"])...)
		e.say("Held against", words(text.header["limit_value"])...)
		e.say("Unit", words(c.Unit)...)
		for i, a := range c.Answers {
			e.say(fmt.Sprintf("Answer %d", i+1), words(answer(a))...)
		}
		e.say("Answered for", words("each fund, at the end of each period")...)
		e.say("Reads the figures", f.named(text.body, c.Code)...)
		e.say("Reads", f.relations.linked(f.sql(c.Code))...)
		e.say("Feeds", f.feedsOf(c.Code)...)
		out = append(out, e)
	}
	return out, nil
}

// answer is one of a condition's answers as its header writes it; the first that holds is given.
func answer(a metrics.Answer) string {
	if a.When == "" {
		return "else " + a.Status + ": " + a.Sentence
	}
	return a.Status + " if " + a.When + ": " + a.Sentence
}

func (f files) checks() ([]Entry, error) {
	var out []Entry
	for _, c := range f.set.Checks {
		text, err := readFile(f.queries, c.File)
		if err != nil {
			return nil, err
		}
		e := Entry{Kind: Check, Code: c.Code, Name: c.Name, Title: c.Title, Anchor: c.Code, SQL: text.body, File: path.Join("queries", c.File)}
		means := "An error blocks the return's submission unless it is waived"
		if c.Severity == "warning" {
			means = "A warning is to be looked at; it does not block"
		}
		e.Meaning = sentences(append([]string{c.Title, means}, text.notes...)...)
		e.say("Severity", words(c.Severity)...)
		e.say("What to do", words(c.Remedy)...)
		e.say("Reads the figures", f.named(text.body, c.Code)...)
		e.say("Reads", f.relations.linked(f.sql(c.Code))...)
		e.say("Feeds", f.feedsOf(c.Code)...)
		out = append(out, e)
	}
	return out, nil
}

var codeWord = regexp.MustCompile(`\b[A-Z]+[0-9]+[A-Z]*\b`)

// named are the metrics that a text names.
func (f files) named(text, self string) []Value {
	var out []Value
	for _, code := range codeWord.FindAllString(text, -1) {
		m, ok := f.set.Metric(code)
		v := Value{Text: code + " " + m.Title, Anchor: code}
		if ok && code != self && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// partOf are the metrics whose formula names a code.
func (f files) partOf(code string) []Value {
	var out []Value
	for _, m := range f.set.Metrics {
		if slices.Contains(formulaCodes(m.Count.Formula), code) {
			out = append(out, Value{Text: m.Code + " " + m.Title, Anchor: m.Code})
		}
	}
	return out
}

// formulaCodes are the codes a formula names, from left to right.
func formulaCodes(n *metrics.Node) []string {
	switch {
	case n == nil:
		return nil
	case n.Part != nil:
		return []string{n.Part.Code}
	}
	return append(formulaCodes(n.Left), formulaCodes(n.Right)...)
}
