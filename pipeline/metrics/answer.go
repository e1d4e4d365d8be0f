package metrics

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// statuses are what a condition may answer, best first.
var statuses = []string{"met", "at risk", "not met", "not applicable", "not available"}

// Answer is one rung of a condition's ladder: the status where When holds and no
// answer above it did, and the sentence that is its evidence. What stands in braces
// in a sentence is SQL, like When: both read the columns of the condition's facts,
// value and limit_value.
type Answer struct {
	Status   string // met, at risk, not met, not applicable or not available
	When     string // empty of the last answer, which is given where no other is
	Sentence string
	line     int
}

var (
	answerLine  = regexp.MustCompile(`^-- ?([a-z]+(?: [a-z]+)*?)(?: if (.+?))?:(?:\s+(.*?))?\s*$`)
	placeholder = regexp.MustCompile(`\{[^{}]*\}`)
)

// answer takes a line of a condition's header that is an answer.
func (h *header) answer(line string, n int) bool {
	m := answerLine.FindStringSubmatch(line)
	if m == nil || m[2] == "" && !slices.Contains(statuses, m[1]) {
		return false
	}
	if !slices.Contains(statuses, m[1]) {
		h.fail(n, "status %q is not one of %s", m[1], strings.Join(statuses, ", "))
	}
	h.answers, h.last = append(h.answers, Answer{Status: m[1], When: m[2], Sentence: m[3], line: n}), ""
	return true
}

// checkAnswers holds the ladder to its form: every answer can be given and has its
// sentence, and one is always given.
func (h *header) checkAnswers() {
	for i, a := range h.answers {
		last := i == len(h.answers)-1
		switch rest := placeholder.ReplaceAllString(a.Sentence, ""); {
		case a.Sentence == "":
			h.fail(a.line, "answer %q has no sentence", a.Status)
		case strings.ContainsAny(rest, "{}") || strings.Contains(a.Sentence, "{}"):
			h.fail(a.line, "the braces of answer %q do not each hold one expression", a.Status)
		}
		if !last && a.When == "" {
			h.fail(a.line, "answer %q has no \"if\", so those below it are never given", a.Status)
		}
		if last && a.When != "" {
			h.fail(a.line, "the last answer needs no \"if\": it is given where no other is")
		}
	}
	if len(h.answers) == 0 {
		h.fail(1, "there is no answer, such as `-- met: All spend is inside the window.`")
	}
}

// evidence is the sentence as SQL.
func (a Answer) evidence() string {
	parts, from := []string{}, 0
	for _, at := range placeholder.FindAllStringIndex(a.Sentence, -1) {
		parts = append(parts, quote(a.Sentence[from:at[0]]), "("+a.Sentence[at[0]+1:at[1]-1]+")")
		from = at[1]
	}
	return strings.Join(append(parts, quote(a.Sentence[from:])), " || ")
}

// judged adds what a condition's facts amount to: value and limit_value, then the
// place on the ladder of the first answer that holds, by which alone status and
// evidence are chosen.
func (c Condition) judged(facts query) query {
	if len(c.Answers) == 0 {
		return facts.then("judged", `SELECT a.fund, a.period, a.value, a.limit_value, a.status, a.evidence,
  (SELECT count(*) FROM breach b WHERE b.fund = a.fund AND b.period = a.period) AS breaches FROM facts a`)
	}
	q := facts.then("valued", fmt.Sprintf("SELECT *, %s AS value, %s AS limit_value FROM facts", c.Value, c.Limit))
	rung, status, evidence := "CASE", "CASE answer", "CASE answer"
	for i, a := range c.Answers {
		if a.When == "" {
			rung += fmt.Sprintf(" ELSE %d", i)
		} else {
			rung += fmt.Sprintf(" WHEN %s THEN %d", a.When, i)
		}
		status += fmt.Sprintf(" WHEN %d THEN %s", i, quote(a.Status))
		evidence += fmt.Sprintf("\n  WHEN %d THEN %s", i, a.evidence())
	}
	return q.then("answered", "SELECT *, "+rung+" END AS answer FROM valued").
		then("judged", "SELECT fund, period, value, limit_value, breaches,\n  "+status+" END AS status,\n  "+evidence+" END AS evidence\nFROM answered")
}

// SQL is all the SQL of the condition, the expressions of its header too.
func (c Condition) SQL() string {
	parts := []string{c.Breaches, c.Facts, c.Value, c.Limit}
	for _, a := range c.Answers {
		parts = append(parts, a.When)
		for _, p := range placeholder.FindAllString(a.Sentence, -1) {
			parts = append(parts, p[1:len(p)-1])
		}
	}
	return strings.Join(parts, "\n")
}
