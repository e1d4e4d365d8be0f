package intake

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Event is something between a provider and the office: a file as one feed that came, was
// turned away or never came, or a message that was written.
type Event struct {
	What           string // delivery, refused, missing or letter
	At             time.Time
	Feed, Year     string
	File, SHA256   string
	Due            time.Time // a date; zero where nothing was due
	Late           int       // working days after Due that it came, or has not come by today; 0 for in time
	Judged         bool      // the numbers below are known
	Rows, Rejected int64
	Against        string // the file before it; the changes of faults below are against that
	Changes        map[string]int
	Status         string
	Written        []time.Time // when the provider was written to about it
}

// History lists what passed between a provider and the office, in the order it did. Every
// delivery is judged by today's rules, those that no longer count too, so that what
// changed from one to the next is what the sender changed.
func History(ctx context.Context, ws *workspace.Workspace, code string) ([]Event, error) {
	provider, known := ws.Register.Provider(code)
	if !known {
		return nil, unanswerable("provider %q is not in the configuration", code)
	}
	deliveries, err := ws.Deliveries()
	if err != nil {
		return nil, err
	}
	deliveries = slices.DeleteFunc(deliveries, func(d landing.Delivery) bool { return d.Provider != code })
	events, sources, err := delivered(ctx, ws, deliveries)
	if err != nil {
		return nil, err
	}
	missing, err := due(ws, provider, sources, events)
	if err != nil {
		return nil, err
	}
	away, err := awayFrom(ws, code)
	if err != nil {
		return nil, err
	}
	letters, err := Letters(ws)
	if err != nil {
		return nil, err
	}
	events = slices.Concat(events, missing, away)
	for _, l := range letters {
		if l.Provider != code {
			continue
		}
		for i := range events {
			if e := &events[i]; slices.ContainsFunc(l.Files, e.in) || slices.Contains(l.Late, e.Feed+" "+e.Year) && e.What == "missing" {
				e.Written = append(e.Written, l.At)
			}
		}
		events = append(events, Event{What: "letter", At: l.At, Year: l.Period, File: l.Draft, Status: fmt.Sprintf("to the %s, from the %s: %s", l.To, l.By, l.Asks())})
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.At.Compare(b.At) })
	return events, nil
}

// in tells whether a letter's line is about an event.
func (e Event) in(f About) bool {
	return f.File == e.File && (f.SHA256 == e.SHA256 && f.SHA256 != "" || f.Unusable && e.What != "letter" && !e.Judged)
}

// delivered are the deliveries of a provider as they are judged today.
func delivered(ctx context.Context, ws *workspace.Workspace, deliveries []landing.Delivery) ([]Event, []typed.Staged, error) {
	sources, err := typed.Readable(ctx, ws, deliveries)
	if err != nil {
		return nil, nil, err
	}
	today, err := typed.Stage(ctx, ws)
	if err != nil {
		return nil, nil, err
	}
	why := map[[2]any]string{} // it does not count
	for _, s := range today {
		why[[2]any{s.Number, s.Feed}] = s.Why
	}
	var events []Event
	at := map[int]int{} // the event of a source, by its order
	for i, s := range sources {
		d := s.Delivery
		if n := len(events); i > 0 && n > 0 && sources[i-1].Number == s.Number && sources[i-1].Feed == s.Feed { // a further sheet
			at[s.Order] = n - 1
			continue
		}
		e := Event{What: "delivery", At: d.Received, Feed: d.Feed, Year: d.Year, File: d.Name, SHA256: d.SHA256,
			Status: cmp.Or(why[[2]any{d.Number, d.Feed}], "counts")}
		at[s.Order], events = len(events), append(events, e)
	}
	aside, err := ws.Temp("history")
	if err != nil {
		return nil, nil, err
	}
	defer aside.Close()
	return events, sources, typed.JudgeApart(ctx, ws, aside.Path, sources, func(conn *sql.Conn) error {
		if err := counted(ctx, conn, events, at); err != nil {
			return err
		}
		return changes(ctx, ws, conn, sources, events, at)
	})
}

// counted fills in how many rows came and were rejected.
func counted(ctx context.Context, conn *sql.Conn, events []Event, at map[int]int) error {
	type judged struct {
		Delivery       int
		Rows, Rejected int64
	}
	found, err := warehouse.Select[judged](ctx, conn, "SELECT delivery, rows, rejected FROM delivery WHERE current ORDER BY delivery")
	for _, j := range found {
		e := &events[at[j.Delivery]]
		e.Judged, e.Rows, e.Rejected = true, e.Rows+j.Rows, e.Rejected+j.Rejected
	}
	return err
}

// changes fills in what became of the faults of the file before each.
func changes(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, sources []typed.Staged, events []Event, at map[int]int) error {
	for i, s := range sources {
		e := &events[at[s.Order]]
		if s.Refused != "" || e.Changes != nil {
			continue
		}
		var are []int
		for _, o := range sources[i:] {
			if o.Number == s.Number && o.Feed == s.Feed && o.Refused == "" {
				are = append(are, o.Order)
			}
		}
		earlier := before(sources[:i], s)
		if earlier == nil {
			continue
		}
		var were []int
		for _, o := range sources[:i] {
			if o.Number == earlier[0].Number && o.Feed == s.Feed && o.Refused == "" {
				were = append(were, o.Order)
			}
		}
		found, err := table.Query(ctx, conn, "SELECT change, count(*) FROM ("+s.Contract.Compare(were, are, typed.LooksPersonal(ws, s.Contract, "{value}"))+") GROUP BY ALL ORDER BY ALL")
		if err != nil {
			return fmt.Errorf("cannot compare %q with %q: %w", s.Name, earlier[0].Name, err)
		}
		e.Against, e.Changes = earlier[0].Name, map[string]int{}
		for _, row := range found.Rows {
			e.Changes[table.AsText(row[0])] = int(row[1].(int64))
		}
	}
	return nil
}

// due says of each delivery when it was due, if it was the first to tell of a period that
// was awaited, and lists what has not come.
func due(ws *workspace.Workspace, provider register.Provider, sources []typed.Staged, events []Event) ([]Event, error) {
	years := []string{period.YearOf(ws.Today()).String()}
	var deliveries []landing.Delivery
	for _, s := range sources {
		d := s.Delivery
		d.Current = s.Refused == "" // whether or not it counts today
		deliveries = append(deliveries, d)
		if !slices.Contains(years, d.Year) && d.Feed != "" {
			years = append(years, d.Year)
		}
	}
	slices.Sort(years)
	var missing []Event
	for _, year := range years {
		whole, err := period.Parse(year)
		if err != nil {
			return nil, err
		}
		for _, x := range landing.Expect([]register.Provider{provider}, deliveries, whole, ws.Calendar, ws.Today()) {
			if x.Status == landing.Late {
				missing = append(missing, Event{What: "missing", At: x.Due, Feed: x.Feed, Year: x.Period, Due: x.Due, Late: ws.Calendar.WorkingDays(x.Due, ws.Today()), Status: "has not come"})
			}
			for i := range events {
				e := &events[i]
				if e.Feed != x.Feed || e.File != x.File || !e.At.Equal(x.Received) || x.File == "" || !e.Due.IsZero() && !x.Due.Before(e.Due) {
					continue
				}
				day := x.Received.In(ws.Location)
				came := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
				e.Due, e.Late = x.Due, max(0, ws.Calendar.WorkingDays(x.Due, came))
			}
		}
	}
	return missing, nil
}

// awayFrom are the files of a provider that were turned away for what they hold.
func awayFrom(ws *workspace.Workspace, code string) ([]Event, error) {
	turned, why, err := turnedAway(ws)
	if err != nil {
		return nil, err
	}
	var out []Event
	for _, d := range turned {
		if then := ws.Moment(); d.Provider == code && (then.IsZero() || !d.Received.After(then)) {
			out = append(out, Event{What: "refused", At: d.Received, Feed: d.Feed, Year: d.Year, File: d.Name, SHA256: d.SHA256, Status: why[d.Number]})
		}
	}
	return out, nil
}
