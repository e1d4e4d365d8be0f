package schedule_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"mojreturns/pipeline/calendar"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/schedule"
)

func morning(change func(*schedule.Entry)) schedule.Entry {
	e := schedule.Entry{Name: "morning", Job: "run", At: "06:00"}
	if change != nil {
		change(&e)
	}
	return e
}

// An entry that is changed in the middle of a day runs once on that day, if at all, and
// nothing counts as missed that nobody had planned.
func TestAnEntryIsChangedInTheDay(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*schedule.Entry)
		want   []string // after three days of the old one, to the evening of the day after
	}{
		"to later": {func(e *schedule.Entry) { e.At = "18:00" },
			[]string{"2024-01-12 18:00 GMT done"}},
		"to earlier": {func(e *schedule.Entry) { e.At = "05:00" },
			[]string{"2024-01-12 05:00 GMT done"}},
		"to more days": {func(e *schedule.Entry) { e.Days = append(slices.Clone(weekdays), "saturday", "sunday") },
			[]string{"2024-01-12 06:00 GMT done"}},
		"to other days": {func(e *schedule.Entry) { e.Days = []string{"monday"} }, nil},
		"to a rule":     {func(e *schedule.Entry) { e.On = []string{"month end"} }, nil},
		"to all":        {func(e *schedule.Entry) { e.Missed = schedule.All }, []string{"2024-01-12 06:00 GMT done"}},
		"to a new name": {func(e *schedule.Entry) { e.Name, e.Was, e.At = "dawn", "morning", "18:00" },
			[]string{"2024-01-12 18:00 GMT done"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, "2024-01-08 12:00", morning(nil)) // a Monday
				stop := o.start()
				o.goTo("2024-01-11 10:00")
				stop()
				o.entries = []schedule.Entry{morning(c.change)}
				stop = o.start()
				o.goTo("2024-01-12 20:00")
				stop()
				want := []string{"morning 2024-01-09 06:00 GMT done", "morning 2024-01-10 06:00 GMT done", "morning 2024-01-11 06:00 GMT done"}
				for _, line := range c.want {
					want = append(want, o.entries[0].Name+" "+line)
				}
				o.expect(want...)
			})
		})
	}
}

// What an entry missed while the program was off counts by what the entry was then, also
// where it was changed before the program was started again.
func TestMissedBeforeAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-08 12:00", morning(nil))
		stop := o.start()
		stop()
		o.goTo("2024-01-10 10:00")
		o.entries[0].At = "18:00"
		stop = o.start()
		o.goTo("2024-01-10 20:00")
		stop()
		o.expect("morning 2024-01-09 06:00 GMT missed", "morning 2024-01-10 06:00 GMT done")
	})
}

// A ledger whose keys hold the time of day, as they were written once, is read as it is.
func TestKeysOfBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-09 10:00", morning(func(e *schedule.Entry) { e.At = "18:00" }))
		if err := os.MkdirAll(filepath.Dir(o.ledger), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(o.ledger, []byte(`{"key":"morning added","name":"morning","job":"run","due":"2024-01-08T00:00:00Z","outcome":"added"}
{"key":"morning 2024-01-08 06:00","name":"morning","job":"run","due":"2024-01-08T06:00:00Z","outcome":"done"}
{"key":"morning 2024-01-09 06:00","name":"morning","job":"run","due":"2024-01-09T06:00:00Z","outcome":"done"}
`), 0o644); err != nil {
			t.Fatal(err)
		}
		stop := o.start()
		o.goTo("2024-01-09 20:00")
		stop()
		o.expect("morning 2024-01-08 06:00 GMT done", "morning 2024-01-09 06:00 GMT done")
		// and from then on a change is known for one
		o.entries[0].Days = weekdays
		stop = o.start()
		o.goTo("2024-01-13 10:00")
		stop()
		o.entries[0].Days, o.entries[0].At = nil, "09:00"
		o.goTo("2024-01-15 08:00")
		before := len(o.told())
		o.entries[0].Missed = schedule.All
		stop = o.start()
		stop()
		if got := o.told(); len(got) != before {
			t.Errorf("Saturday and Sunday count as missed, which nobody had planned:\n%s", strings.Join(got, "\n"))
		}
	})
}

// Ten days off, with two weekends in them.
func TestPolicies(t *testing.T) {
	for policy, want := range map[schedule.Policy][2]int{schedule.All: {8, 0}, schedule.Last: {1, 7}, "": {1, 7}, schedule.None: {0, 8}} {
		t.Run("missed "+string(policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, "2024-01-08 12:00", morning(func(e *schedule.Entry) { e.Days, e.Missed, e.Grace = weekdays, policy, "14d" }))
				ran := 0
				o.jobs["run"] = func(context.Context) error { ran++; return nil }
				stop := o.start()
				stop()
				o.goTo("2024-01-18 09:00")
				stop = o.start()
				synctest.Wait()
				lines := strings.Join(o.told(), "\n")
				if done, missed := strings.Count(lines, " done"), strings.Count(lines, " missed"); [2]int{done, missed} != want || ran != done {
					t.Errorf("%d done, %d run, %d missed:\n%s", done, ran, missed, lines)
				}
				if policy == schedule.All && !slices.IsSorted(o.told()) {
					t.Errorf("not in order:\n%s", lines)
				}
				o.goTo("2024-01-19 06:00") // what is due now runs, whatever was missed
				stop()
				if last := o.told()[len(o.told())-1]; last != "morning 2024-01-19 06:00 GMT done" {
					t.Errorf("the next is %s", last)
				}
			})
		})
	}
}

func TestBankHolidaysAndRules(t *testing.T) {
	working, err := period.LoadCalendar(os.DirFS("../../queries"), "reference/holiday.csv")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-03-28 12:00", morning(func(e *schedule.Entry) { e.Days, e.Holidays = weekdays, "skip" }),
			schedule.Entry{Name: "draft", Job: "status", At: "07:00", On: []string{"quarter end + 10 working days", "due - 5 working days"}})
		o.office = calendar.Office{Working: working, Due: []int{30}}
		stop := o.start()
		o.goTo("2024-04-03 12:00")
		stop()
		o.expect("morning 2024-03-29 06:00 GMT skipped", "morning 2024-04-01 06:00 BST skipped",
			"morning 2024-04-02 06:00 BST done", "morning 2024-04-03 06:00 BST done")
		o.entries = o.entries[1:]
		stop = o.start()
		o.goTo("2024-05-01 12:00")
		stop()
		if got := o.told()[4:]; !slices.Equal(got, []string{"draft 2024-04-15 07:00 BST done", "draft 2024-04-23 07:00 BST done"}) {
			t.Errorf("%q", got)
		}
	})
}

// What was under way when the program went away says so, and is run again.
func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "2024-01-08 12:00", morning(nil))
		stop := o.start()
		stop()
		write(t, o.ledger, `{"key":"morning 2024-01-09","name":"morning","job":"run","due":"2024-01-09T06:00:00Z","outcome":"started"}`+"\n")
		o.goTo("2024-01-09 08:00")
		stop = o.start()
		stop()
		o.expect("morning 2024-01-09 06:00 GMT done")
		text, err := os.ReadFile(o.ledger)
		if err != nil || strings.Count(string(text), `"interrupted"`) != 1 {
			t.Errorf("%v, the ledger:\n%s", err, text)
		}
	})
}

func TestMistakesOfCalendars(t *testing.T) {
	err := schedule.Check([]schedule.Entry{
		{Name: "a", Job: "run", At: "06:00", Days: []string{"monday"}, On: []string{"due", "due", "dew"}, Holidays: "yes", Missed: "some", Grace: "1w", Was: "b"},
		{Name: "b", Job: "run", At: "06:00"},
		{Name: "c", Job: "run", At: "06:00", Days: []string{"due - 5 working days"}},
	}, []string{"run"})
	if want := `schedule entry 3 ("c"): day "due - 5 working days" is a rule: write it under on, as on: [due - 5 working days]`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s is not said in\n%v", want, err)
	}
	for _, say := range []string{`missed "some" is not known; it can be all, last or none`, `grace "1w" is not a number of days`, `"b" is an entry still`,
		"days and on are two answers", `"due" is given twice`, `"dew" is not a rule`, `holidays "yes" is not known`} {
		if err == nil || !strings.Contains(err.Error(), `schedule entry 1 ("a"): `+say) {
			t.Errorf("%q is not said in\n%v", say, err)
		}
	}
}
