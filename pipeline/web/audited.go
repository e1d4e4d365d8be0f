package web

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/table"
)

var aMonth = regexp.MustCompile(`^\d{4}-\d{2}$`)

// audited is the auditor's page: who looked at what in a month, newest first, and whether
// the month's lines are as they were written and follow those of the month before.
func (s site) audited(r *http.Request) (page, error) {
	month := r.URL.Query().Get("month")
	if month == "" {
		month = s.options.Now().UTC().Format("2006-01")
	}
	if !aMonth.MatchString(month) {
		return page{}, badRequest("month %q is not a month such as 2024-04", month)
	}
	part, err := partAsked(r)
	if err != nil {
		return page{}, err
	}
	months, err := s.audit.months()
	if err != nil {
		return page{}, err
	}
	p := page{Title: "Looks in " + month, File: "audit-" + month,
		Lead: []string{"Each look in a browser, before it was shown: what was done, where, and how much. What was asked is kept as its SHA-256, and no value of a row."}}
	l := list{Title: "Months"}
	for _, m := range months {
		l.Links = append(l.Links, link{Text: m, Href: to("/audit", "month", m), Here: m == month})
	}
	if len(months) > 0 {
		p.Lists = []list{l}
	}
	lines, says := s.audit.lookedIn(month, months)
	p.Facts = []fact{{Name: "The lines", Text: says}}
	if head := lines.Head(); head != "" {
		p.Facts = append(p.Facts, fact{Name: "The last line in one word", Text: head})
	}
	t := table.Table{}
	for _, name := range []string{"number", "at", "did", "by", "place", "says", "asked_sha256"} {
		t.Columns = append(t.Columns, table.Column{Name: name})
	}
	t.Columns[0].Kind = table.Integer
	for _, e := range slices.Backward(lines.Entries) {
		t.Rows = append(t.Rows, []any{e.Number, e.At.In(s.options.Location).Format("2006-01-02 15:04:05"), string(e.Kind), e.By, e.Place, e.Says, e.Digest})
	}
	g := gridOf("", t, part, nil)
	g.parts(r, part, len(t.Rows))
	p.Grids = []grid{g}
	return p, nil
}

// months are those that have a journal, the newest first.
func (a *audit) months() ([]string, error) {
	found, err := filepath.Glob(filepath.Join(a.dir, "*.jsonl"))
	var out []string
	for _, f := range found {
		if m := strings.TrimSuffix(filepath.Base(f), ".jsonl"); aMonth.MatchString(m) {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, err
}

// lookedIn reads a month's lines and says how they stand. A line changed, added or taken
// out is told in the words of the journal; its lines are then not shown.
func (a *audit) lookedIn(month string, months []string) (journal.Journal, string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := month + ".jsonl"
	if _, err := os.Stat(filepath.Join(a.dir, name)); err != nil {
		return journal.Journal{}, "nothing was looked at"
	}
	lines, err := a.read(name)
	if err != nil {
		return journal.Journal{}, "not as they were written: " + sentence(err)
	}
	at := slices.Index(months, month)
	switch {
	case len(lines.Entries) == 0 || at < 0:
		return lines, "as they were written"
	case at+1 == len(months):
		if lines.Entries[0].Digest != "" {
			return lines, fmt.Sprintf("they follow %s, which is gone", lines.Entries[0].Place)
		}
		return lines, "as they were written; the first month"
	}
	before, err := a.read(months[at+1] + ".jsonl")
	if err != nil || before.Head() != lines.Entries[0].Digest {
		return lines, "they do not follow those of " + months[at+1] + ", which were changed"
	}
	return lines, "as they were written; they follow those of " + months[at+1]
}
