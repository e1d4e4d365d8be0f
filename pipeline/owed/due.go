// Package owed says what an office owes and what is in the way of it: the returns of a
// period with their dates, what each still waits for, what a year lacks, and what stands
// against them. It decides nothing: builds, gate, archive and ledger are asked, for the
// status page, `status` and the notices alike.
package owed

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/calendar"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
)

// Return is a return that is owed for a period.
type Return struct {
	Name, Period, Status, File string
	Due                        time.Time
	Late                       int // days after Due that today is, of a return that is not sealed
}

// Returns lists the returns owed for a period, with the date each is due:
// so many days after the period's end, moved earlier to a working day.
func Returns(ws *workspace.Workspace, at period.Period) ([]Return, error) {
	var out []Return
	for _, r := range ws.Returns {
		due := calendar.Due(ws.Calendar, at.End, r.Due.Days)
		d := Return{Name: r.Name, Period: at.Label, Due: due, Status: "no draft"}
		if file := draft.Path(ws, r, at); workspace.Exists(file) {
			d.Status, d.File = "drafted", file
		}
		sealed, err := archive.Seals(ws, r.Name, at)
		if err != nil {
			return nil, err
		}
		submitted, err := archive.Submissions(ws, r, at)
		if err != nil {
			return nil, err
		}
		if n := len(sealed); n > 0 {
			last := sealed[n-1]
			d.Status, d.File = fmt.Sprintf("sealed as version %d", last.About.Version), archive.SealedFile(last)
			if m := len(submitted); m > 0 && submitted[m-1].Number > last.About.Submission.Number {
				d.Status += ", submitted again"
			}
		} else {
			d.Late = DaysLate(ws, due)
			if len(submitted) > 0 {
				d.Status = "submitted"
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// Dates are what the rules of the schedule are reckoned from.
func Dates(ws *workspace.Workspace) calendar.Office {
	office := calendar.Office{Working: ws.Calendar}
	for _, r := range ws.Returns {
		office.Due = append(office.Due, r.Due.Days)
	}
	return office
}

// DaysLate is how many days after a date today is; 0 until then.
func DaysLate(ws *workspace.Workspace, due time.Time) int {
	return max(0, int(ws.Today().Sub(due).Hours()/24))
}

// asked is how many days before a financial year begins its terms are asked for.
const asked = 60

// Lacking is what the configuration lacks for a financial year.
type Lacking struct {
	Year period.Year
	Next bool // it is the year after the one that is asked about
	Gaps []register.Gap
}

// YearsLacking lists what the configuration lacks for a period's financial year and, from
// some weeks before that begins, for the one after it.
func YearsLacking(ws *workspace.Workspace, at period.Period) []Lacking {
	var bound []string
	for _, r := range ws.Returns {
		for _, name := range slices.Sorted(maps.Keys(r.Scopes)) {
			if fund, is := strings.CutPrefix(r.Scopes[name], "fund:"); is && !slices.Contains(bound, fund) {
				bound = append(bound, fund)
			}
		}
	}
	gaps := func(y period.Year) []register.Gap { return ws.Register.Gaps(y.Start(), y.End(), bound) }
	out := []Lacking{{Year: at.Year, Gaps: gaps(at.Year)}}
	if next := at.Year + 1; !ws.Today().AddDate(0, 0, asked).Before(next.Start()) {
		out = append(out, Lacking{Year: next, Next: true, Gaps: gaps(next)})
	}
	return out
}
