// Package schedule runs jobs at the times the configuration gives, once each,
// and remembers in a ledger what became of every occurrence, so that one
// missed while the program was off is caught up when it starts again.
//
// The clock is gocron's, which was asked for; its memory across restarts is the ledger.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // a server or a small container may have no time zones of its own

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"

	"mojreturns/pipeline/calendar"
)

const (
	// late is by how much an occurrence must be past to count as missed, and not as slow.
	late = 10 * time.Minute
	// mostStarts ends the catching up of a job that takes the program down with it.
	mostStarts = 3
)

// Options are what a schedule needs besides its entries.
type Options struct {
	// Location is the time zone of the entries; nil means Europe/London.
	Location *time.Location
	// Office has the days that rules are reckoned from.
	Office calendar.Office
	// Clock is the time; nil means the machine's.
	Clock clockwork.Clock
	Log   *slog.Logger
	// Jobs is the work, by the name an entry gives. The context ends when the
	// program is told to stop.
	Jobs map[string]func(context.Context) error
	// Ledger remembers the occurrences.
	Ledger *Ledger
}

// Schedule runs entries until it is stopped.
type Schedule struct {
	plans   []plan
	options Options
	busy    map[string]*sync.Mutex // one for each job: it never runs beside itself

	mu       sync.Mutex
	stopping bool
	running  map[string]bool // keys of occurrences that this process is running
	jobs     sync.WaitGroup
}

// New checks the entries, reporting all their mistakes together.
func New(entries []Entry, o Options) (*Schedule, error) {
	if err := Check(entries, slices.Collect(maps.Keys(o.Jobs))); err != nil {
		return nil, err
	}
	if o.Ledger == nil {
		return nil, errors.New("the schedule needs a ledger")
	}
	if o.Location == nil {
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			return nil, fmt.Errorf("cannot load the time zone: %w", err)
		}
		o.Location = london
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Schedule{options: o, busy: map[string]*sync.Mutex{}, running: map[string]bool{}}
	for _, e := range entries {
		p, err := newPlan(e, o.Office, o.Location)
		if err != nil {
			return nil, err
		}
		s.plans = append(s.plans, p)
		s.busy[e.Job] = &sync.Mutex{}
	}
	return s, nil
}

// Planned is the next time an entry is due.
type Planned struct {
	Name string    `json:"name"`
	Job  string    `json:"job"`
	Due  time.Time `json:"due"`
}

// Next lists the next occurrence of every entry after now, soonest first.
func (s *Schedule) Next(now time.Time) []Planned {
	var list []Planned
	for _, p := range s.plans {
		waits := func(o occurrence) bool { return o.off == "" && s.waits(p.entry, o.key) }
		list = append(list, Planned{p.entry.Name, p.entry.Job, p.after(now, waits).due})
	}
	slices.SortStableFunc(list, func(a, b Planned) int { return a.Due.Compare(b.Due) })
	return list
}

// Busy tells whether a job runs.
func (s *Schedule) Busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.running) > 0
}

// Run catches up what was missed, then runs every entry when it is due, until
// ctx is done. It then waits for a running job, whose own context has ended
// too, and returns nil after a clean stop. Call it once.
func (s *Schedule) Run(ctx context.Context) error {
	timer, err := gocron.NewScheduler(gocron.WithLocation(s.options.Location), gocron.WithClock(s.options.Clock))
	if err != nil {
		return fmt.Errorf("cannot start the schedule: %w", err)
	}
	for _, p := range s.plans {
		_, err := timer.NewJob(gocron.CronJob("", false),
			gocron.NewTask(func() { s.fire(ctx, p) }),
			gocron.WithName(p.entry.Name),
			gocron.WithCronImplementation(p),
			gocron.WithEventListeners(gocron.AfterJobRunsWithPanic(func(_ uuid.UUID, name string, panicked any) {
				s.options.Log.Error("the schedule failed", "entry", name, "panic", panicked)
			})))
		if err != nil {
			return errors.Join(fmt.Errorf("cannot schedule %q: %w", p.entry.Name, err), timer.Shutdown())
		}
	}
	if n := s.options.Ledger.Damaged(); n > 0 {
		s.options.Log.Warn("lines of the schedule's ledger could not be read and were passed over", "lines", n)
	}
	s.welcome()
	// The timer starts first: an occurrence that falls between the two lines is
	// then seen by both, and the ledger lets only one have it.
	timer.Start()
	s.catchUp(ctx)
	<-ctx.Done()
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	err = timer.Shutdown()
	s.jobs.Wait()
	if err != nil {
		return fmt.Errorf("the schedule did not stop cleanly: %w", err)
	}
	return nil
}

// welcome notes the entries that the ledger has not met, or met as something else, so that
// what they would have done before does not count as missed; and what was under way when
// the program last went away.
func (s *Schedule) welcome() {
	for _, r := range s.options.Ledger.begun() {
		r.Outcome, r.Message, r.Finished = Interrupted, "the program went away before it was done", time.Time{}
		s.record(r)
	}
	for _, p := range s.plans {
		history := s.options.Ledger.history(p.entry.Name)
		message := ""
		if n := len(history); n > 0 {
			was := history[n-1].Entry
			switch {
			case was == nil: // an older program did not say what it was: it is told of from now on
			case was.same(p.entry):
				continue
			default:
				message = "the entry was changed; it is due so from now on"
			}
		}
		s.record(Record{Key: addedKey(p.entry.Name), Name: p.entry.Name, Job: p.entry.Job, Due: s.now(), Outcome: Added, Message: message, Entry: &p.entry})
	}
}

// catchUp runs what was missed, one after another, beside the schedule.
func (s *Schedule) catchUp(ctx context.Context) {
	var missed []func()
	for _, p := range s.plans {
		for _, o := range s.claimed(p) {
			missed = append(missed, func() {
				defer s.release(o.key)
				if ctx.Err() != nil {
					return // not begun: the next start finds it missed again
				}
				s.busy[p.entry.Job].Lock()
				defer s.busy[p.entry.Job].Unlock()
				s.options.Log.Info("catching up a missed run", "entry", p.entry.Name, "due", o.due)
				s.run(ctx, p.entry, o)
			})
		}
	}
	go func() {
		for _, run := range missed {
			run()
		}
	}()
}

// claimed are the occurrences of an entry to run now, taken for this process.
func (s *Schedule) claimed(p plan) []occurrence {
	return slices.DeleteFunc(s.due(p, s.now()), func(o occurrence) bool { return !s.claim(o.key) })
}

// fire is called by the timer and returns at once. The timer only wakes us:
// the ledger says what is due, so a timer that wakes twice does no harm.
func (s *Schedule) fire(ctx context.Context, p plan) {
	due := s.claimed(p)
	if len(due) == 0 {
		return
	}
	busy := s.busy[p.entry.Job]
	free := busy.TryLock()
	if !free && p.entry.Missed != All {
		for _, o := range due {
			s.options.Log.Warn("a run was dropped: the same job is still running", "entry", p.entry.Name, "due", o.due)
			s.record(Record{Key: o.key, Name: p.entry.Name, Job: p.entry.Job, Due: o.due, Outcome: Dropped,
				Message: fmt.Sprintf("job %q was still running from before", p.entry.Job)})
			s.release(o.key)
		}
		return
	}
	go func() {
		if !free {
			busy.Lock() // all are run, so this one waits
		}
		defer busy.Unlock()
		for _, o := range due {
			if ctx.Err() == nil {
				s.run(ctx, p.entry, o)
			}
			s.release(o.key)
		}
	}()
}

// run does the work of one occurrence and records how it went.
func (s *Schedule) run(ctx context.Context, e Entry, o occurrence) {
	log := s.options.Log.With("entry", e.Name, "job", e.Job, "due", o.due)
	r := Record{Key: o.key, Name: e.Name, Job: e.Job, Due: o.due, Started: s.now(), Outcome: Started}
	s.record(r)
	log.Info("started")
	err := s.work(ctx, e.Job, log)
	r.Finished = s.now()
	switch {
	case err == nil:
		r.Outcome = Done
		log.Info("done")
	case ctx.Err() != nil:
		r.Outcome, r.Message = Stopped, "the program was told to stop; it is caught up at the next start"
		log.Warn("stopped before it was done")
	default:
		r.Outcome, r.Message = Failed, err.Error()
		log.Error("failed", "error", err)
	}
	s.record(r)
}

// work calls the job; a panic is a failure like any other.
func (s *Schedule) work(ctx context.Context, job string, log *slog.Logger) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("the job panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("the job broke off, which is a fault in the program: %v", p)
		}
	}()
	return s.options.Jobs[job](ctx)
}

// now is in the schedule's time zone, which makes the ledger readable.
func (s *Schedule) now() time.Time { return s.options.Clock.Now().In(s.options.Location) }

// record writes to the ledger. Work is not held up by a ledger that cannot be
// written: it is logged, and at worst the run is repeated.
func (s *Schedule) record(r Record) {
	if err := s.options.Ledger.Write(r); err != nil {
		s.options.Log.Error("an occurrence could not be recorded", "key", r.Key, "error", err)
	}
}

// claim takes an occurrence for this process, unless it is taken or the
// schedule is stopping; release gives it back.
func (s *Schedule) claim(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping || s.running[key] {
		return false
	}
	s.running[key] = true
	s.jobs.Add(1)
	return true
}

func (s *Schedule) release(key string) {
	s.mu.Lock()
	delete(s.running, key)
	s.mu.Unlock()
	s.jobs.Done()
}

func (s *Schedule) isRunning(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[key]
}
