package pipeline

import (
	"fmt"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

// DueReturn is a return that is owed for a period.
type DueReturn struct {
	Name, Period, Status, File string
	Due                        time.Time
}

// DueReturns lists the returns owed for a period, with the date each is due:
// so many days after the period's end, moved earlier to a working day.
func DueReturns(ws *workspace.Workspace, at period.Period) []DueReturn {
	var out []DueReturn
	for _, r := range ws.Returns {
		due := ws.Calendar.Earlier(at.End.AddDate(0, 0, r.Due.Days))
		d := DueReturn{Name: r.Name, Period: at.Label, Due: due, Status: "no draft"}
		if file := draft.Path(ws, r, at); workspace.Exists(file) {
			d.Status, d.File = "drafted", file
		}
		if sealed, err := archive.Seals(ws, r.Name, at); err == nil && len(sealed) > 0 {
			last := sealed[len(sealed)-1]
			d.Status, d.File = fmt.Sprintf("sealed as version %d", last.About.Version), archive.SealedFile(last)
		} else if submitted, err := archive.Submissions(ws, r, at); err == nil && len(submitted) > 0 {
			d.Status = "submitted"
		}
		out = append(out, d)
	}
	return out
}
