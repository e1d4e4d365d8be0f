package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// due finds the occurrences to run now. What becomes of the others that nothing was done
// about is recorded.
func (s *Schedule) due(p plan, now time.Time) []occurrence {
	var run []occurrence
	occurrences := s.occurrences(p, now)
	for i, o := range occurrences {
		if !s.waits(p.entry, o.key) || s.isRunning(o.key) {
			continue
		}
		_, starts := s.options.Ledger.open(o.key)
		r := Record{Key: o.key, Name: p.entry.Name, Job: p.entry.Job, Due: o.due}
		switch {
		case o.off != "":
			r.Outcome, r.Message = Skipped, o.off
		case starts >= mostStarts:
			r.Outcome, r.Message = Failed, fmt.Sprintf("it was begun %d times and never finished", starts)
		case p.entry.Missed == None && now.Sub(o.due) > late:
			r.Outcome, r.Message = Missed, "the program was not running; nothing of this entry is caught up"
		case p.entry.Missed != All && i < len(occurrences)-1:
			r.Outcome, r.Message = Missed, "the program was not running; a later run took its place"
			if starts > 0 {
				r.Message = "it was begun and never finished; a later run took its place"
			}
		default:
			run = append(run, o)
			continue
		}
		s.record(r)
	}
	return run
}

// occurrences are those of an entry within its grace, each by what the entry was then. An
// occurrence of the same day that the entry was moved within is one.
func (s *Schedule) occurrences(p plan, now time.Time) []occurrence {
	since := now.Add(-p.entry.grace())
	history := s.options.Ledger.history(p.entry.Name)
	if len(history) == 0 {
		return p.between(since, now)
	}
	var list []occurrence
	for i, was := range history {
		then := p
		if was.Entry != nil {
			if old, err := newPlan(*was.Entry, p.office, p.location); err == nil {
				then = old
			}
		}
		from, to := was.Due, now
		if i+1 < len(history) {
			to = history[i+1].Due
		}
		if from.Before(since) {
			from = since
		}
		if !from.Before(to) {
			continue
		}
		for _, o := range then.between(from, to) {
			list = slices.DeleteFunc(list, func(had occurrence) bool { return had.key == o.key })
			list = append(list, o)
		}
	}
	return list
}

// waits says whether nothing was done about an occurrence, by any name of its entry.
func (s *Schedule) waits(e Entry, key string) bool {
	open, _ := s.options.Ledger.open(key)
	if e.Was != "" && open {
		open, _ = s.options.Ledger.open(e.Was + strings.TrimPrefix(key, e.Name))
	}
	return open
}
