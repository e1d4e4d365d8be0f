package pipeline

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

// DueReturn is a return that is owed for a period.
type DueReturn struct {
	Name, Period, Status, File string
	Due                        time.Time
	Late                       int // days after Due that today is, of a return that is not sealed
}

// DueReturns lists the returns owed for a period, with the date each is due:
// so many days after the period's end, moved earlier to a working day.
func DueReturns(ws *workspace.Workspace, at period.Period) ([]DueReturn, error) {
	var out []DueReturn
	for _, r := range ws.Returns {
		due := calendar.Due(ws.Calendar, at.End, r.Due.Days)
		d := DueReturn{Name: r.Name, Period: at.Label, Due: due, Status: "no draft"}
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

// NextYear lists what the configuration lacks for the financial year after a period's,
// from some weeks before that begins; none until then.
func NextYear(ws *workspace.Workspace, at period.Period) (period.Year, []register.Gap) {
	next := at.Year + 1
	if ws.Today().AddDate(0, 0, asked).Before(next.Start()) {
		return next, nil
	}
	var bound []string
	for _, r := range ws.Returns {
		for _, name := range slices.Sorted(maps.Keys(r.Scopes)) {
			if fund, is := strings.CutPrefix(r.Scopes[name], "fund:"); is && !slices.Contains(bound, fund) {
				bound = append(bound, fund)
			}
		}
	}
	return next, ws.Register.Gaps(next.Start(), next.End(), bound)
}
