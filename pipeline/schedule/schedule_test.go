package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"mojreturns/pipeline/calendar"
	"mojreturns/pipeline/schedule"
)

// office is a schedule under test with its clock; restarting it opens the
// ledger's file afresh, as a new process would.
type office struct {
	t       *testing.T
	clock   *clockwork.FakeClock
	ledger  string
	entries []schedule.Entry
	jobs    map[string]func(context.Context) error
	office  calendar.Office
}

func newOffice(t *testing.T, start string, entries ...schedule.Entry) *office {
	t.Helper()
	nothing := func(context.Context) error { return nil }
	return &office{t: t, clock: clockwork.NewFakeClockAt(utc(t, start)), ledger: filepath.Join(t.TempDir(), "runs", "occurrences.jsonl"),
		entries: entries, jobs: map[string]func(context.Context) error{"run": nothing, "status": nothing}}
}

func utc(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// start runs the schedule until stop is called, which reports how Run ended.
func (o *office) start() (stop func()) {
	o.t.Helper()
	s, err := schedule.New(o.entries, schedule.Options{Clock: o.clock, Office: o.office, Jobs: o.jobs, Ledger: o.open()})
	if err != nil {
		o.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	synctest.Wait()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			o.t.Errorf("the schedule did not stop cleanly: %v", err)
		}
	}
}

func (o *office) open() *schedule.Ledger {
	o.t.Helper()
	l, err := schedule.OpenLedger(o.ledger)
	if err != nil {
		o.t.Fatal(err)
	}
	return l
}

// goTo lets the time pass, half an hour at a step.
func (o *office) goTo(at string) {
	o.t.Helper()
	for end := utc(o.t, at); o.clock.Now().Before(end); {
		o.clock.Advance(min(30*time.Minute, end.Sub(o.clock.Now())))
		synctest.Wait()
	}
}

// told reads the ledger from the disk: "name, London time due, outcome", oldest first.
func (o *office) told() []string {
	o.t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		o.t.Fatal(err)
	}
	var lines []string
	for _, r := range o.open().Recent(10000) {
		lines = append([]string{fmt.Sprintf("%s %s %s", r.Name, r.Due.In(london).Format("2006-01-02 15:04 MST"), r.Outcome)}, lines...)
	}
	return lines
}

func (o *office) expect(want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.told()); diff != "" {
		o.t.Errorf("the ledger (-want +got):\n%s", diff)
	}
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday"}

// In 2024 London's clocks went forward on 31 March at 01:00 UTC and back on
// 27 October at 01:00 UTC. One entry lies inside both changes.
func TestAWholeYear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-01 00:00",
			schedule.Entry{Name: "in the gap", Job: "status", At: "01:30"},
			schedule.Entry{Name: "morning", Job: "run", At: "06:00", Days: weekdays},
			schedule.Entry{Name: "sundays", Job: "status", At: "05:00", Days: []string{"sunday"}})
		var ran []string
		note := func(context.Context) error {
			ran = append(ran, o.clock.Now().UTC().Format("2006-01-02 15:04"))
			return nil
		}
		o.jobs["run"], o.jobs["status"] = note, note
		var want []string
		spring, autumn := utc(t, "2024-03-31 00:00"), utc(t, "2024-10-27 00:00")
		for day := utc(t, "2024-01-01 00:00"); day.Year() == 2024; day = day.AddDate(0, 0, 1) {
			night, sunday, morning := "01:30", "05:00", "06:00"
			if day.After(spring) && !day.After(autumn) {
				night = "00:30"
			}
			if !day.Before(spring) && day.Before(autumn) {
				sunday, morning = "04:00", "05:00"
			}
			want = append(want, day.Format("2006-01-02 ")+night)
			if day.Weekday() == time.Sunday {
				want = append(want, day.Format("2006-01-02 ")+sunday)
			}
			if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
				want = append(want, day.Format("2006-01-02 ")+morning)
			}
		}
		stop := o.start()
		for range 366 * 48 {
			o.clock.Advance(30 * time.Minute)
			synctest.Wait()
		}
		stop()
		if diff := cmp.Diff(want, ran); diff != "" {
			t.Errorf("times run, UTC (-want +got):\n%s", diff)
		}
		// 366 nights, 52 Sundays, 262 weekdays.
		if got := len(o.told()); got != 680 {
			t.Errorf("the ledger has %d occurrences, want 680", got)
		}
		for _, line := range []string{
			"in the gap 2024-03-31 02:30 BST done",
			"in the gap 2024-10-27 01:30 BST done",
		} {
			if strings.Count(strings.Join(o.told(), "\n"), line) != 1 {
				t.Errorf("the ledger does not hold %q once", line)
			}
		}
	})
}

func TestCatchingUp(t *testing.T) {
	morning := schedule.Entry{Name: "morning", Job: "run", At: "06:00"}
	t.Run("the latest missed occurrence runs once, the others are told", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t, "2024-01-08 12:00", morning)
			stop := o.start()
			o.goTo("2024-01-09 06:00")
			stop()
			o.goTo("2024-01-12 09:00")
			want := []string{
				"morning 2024-01-09 06:00 GMT done",
				"morning 2024-01-10 06:00 GMT missed",
				"morning 2024-01-11 06:00 GMT missed",
				"morning 2024-01-12 06:00 GMT done",
			}
			for range 2 {
				stop = o.start()
				stop()
				o.expect(want...)
			}
		})
	})
	t.Run("an entry is not blamed for the time before it was written", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t, "2024-01-08 12:00", morning)
			stop := o.start()
			stop()
			o.expect()
		})
	})
	t.Run("no further back than seven days", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t, "2024-01-01 12:00", schedule.Entry{Name: "mondays", Job: "run", At: "06:00", Days: []string{"monday"}})
			stop := o.start()
			stop()
			o.goTo("2024-01-15 05:00")
			stop = o.start()
			o.expect("mondays 2024-01-08 06:00 GMT done")
			stop()
			o.goTo("2024-02-11 06:01")
			stop = o.start()
			stop()
			o.expect("mondays 2024-01-08 06:00 GMT done", "mondays 2024-02-05 06:00 GMT done")
		})
	})
	t.Run("two entries of one job run one after the other", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t, "2024-01-08 12:00", morning, schedule.Entry{Name: "evening", Job: "run", At: "19:00"})
			stop := o.start()
			stop()
			o.goTo("2024-01-09 20:00")
			stop = o.start()
			stop()
			o.expect("evening 2024-01-08 19:00 GMT missed", "morning 2024-01-09 06:00 GMT done", "evening 2024-01-09 19:00 GMT done")
		})
	})
}

func TestPowerCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-08 12:00", schedule.Entry{Name: "morning", Job: "run", At: "06:00"})
		stop := o.start()
		stop()
		began := `{"key":"morning 2024-01-09 06:00","name":"morning","job":"run","due":"2024-01-09T06:00:00Z","outcome":"started"}` + "\n"
		cut := `{"key":"morning 2024-01-09 06:00","name":"mor`
		write(t, o.ledger, began+cut)
		o.goTo("2024-01-09 06:05")

		stop = o.start()
		o.expect("morning 2024-01-09 06:00 GMT done")
		stop()
		if n := o.open().Damaged(); n != 1 {
			t.Errorf("%d damaged lines, want 1", n)
		}

		tomorrow := strings.ReplaceAll(began, "01-09", "01-10")
		write(t, o.ledger, tomorrow+tomorrow+tomorrow)
		o.goTo("2024-01-10 06:05")
		stop = o.start()
		stop()
		o.expect("morning 2024-01-09 06:00 GMT done", "morning 2024-01-10 06:00 GMT failed")
		if got, want := o.open().Recent(1)[0].Message, "it was begun 3 times and never finished"; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOverlapIsDroppedAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-08 05:00",
			schedule.Entry{Name: "first", Job: "run", At: "06:00"}, schedule.Entry{Name: "second", Job: "run", At: "06:30"})
		finish := make(chan struct{})
		o.jobs["run"] = func(context.Context) error { <-finish; return nil }
		stop := o.start()
		o.goTo("2024-01-08 06:30")
		o.expect("first 2024-01-08 06:00 GMT started", "second 2024-01-08 06:30 GMT dropped")
		o.goTo("2024-01-09 06:00")
		close(finish)
		synctest.Wait()
		o.goTo("2024-01-09 06:30")
		stop()
		o.expect("first 2024-01-08 06:00 GMT done", "second 2024-01-08 06:30 GMT dropped",
			"first 2024-01-09 06:00 GMT dropped", "second 2024-01-09 06:30 GMT done")
	})
}

func TestFailureAndPanicAreRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-08 05:00",
			schedule.Entry{Name: "fails", Job: "run", At: "06:00"}, schedule.Entry{Name: "panics", Job: "status", At: "07:00"})
		o.jobs["run"] = func(context.Context) error { return errors.New("the store is busy") }
		o.jobs["status"] = func(context.Context) error { panic("index out of range") }
		stop := o.start()
		o.goTo("2024-01-09 06:00")
		stop()
		o.expect("fails 2024-01-08 06:00 GMT failed", "panics 2024-01-08 07:00 GMT failed", "fails 2024-01-09 06:00 GMT failed")
		recent := o.open().Recent(3)
		if got, want := recent[0].Message, "the store is busy"; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
		if got, want := recent[1].Message, "the job broke off, which is a fault in the program: index out of range"; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
	})
}

func TestStoppingWaitsForTheJobAndCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-08 05:00", schedule.Entry{Name: "morning", Job: "run", At: "06:00"})
		tidied := false
		o.jobs["run"] = func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(time.Minute) // the job tidies up
			tidied = true
			return ctx.Err()
		}
		stop := o.start()
		o.goTo("2024-01-08 06:00")
		stop()
		if !tidied {
			t.Error("the schedule stopped before the job did")
		}
		o.expect("morning 2024-01-08 06:00 GMT stopped")

		o.jobs["run"] = func(context.Context) error { return nil }
		stop = o.start()
		stop()
		o.expect("morning 2024-01-08 06:00 GMT done")
	})
}
