package schedule_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/schedule"
)

func TestNext(t *testing.T) {
	o := newOffice(t, "2024-01-01 00:00")
	s, err := schedule.New([]schedule.Entry{
		{Name: "sundays", Job: "run", At: "05:00", Days: []string{"sunday"}},
		{Name: "morning", Job: "run", At: "06:00", Days: weekdays},
	}, schedule.Options{Jobs: o.jobs, Ledger: o.open()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range s.Next(utc(t, "2024-03-29 12:00")) { // Good Friday, two days before the change
		got = append(got, p.Name+" "+p.Job+" "+p.Due.Format(time.RFC3339))
	}
	want := []string{"sundays run 2024-03-31T05:00:00+01:00", "morning run 2024-04-01T06:00:00+01:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMistakesAreReportedTogether(t *testing.T) {
	o := newOffice(t, "2024-01-01 00:00")
	_, err := schedule.New([]schedule.Entry{
		{Name: "nightly", Job: "run", At: "6:00", Days: []string{"Monday", "friday", "friday"}},
		{Name: "nightly", Job: "bulid", At: "24:00"},
		{Name: " ", Job: "status", At: "06:60"},
	}, schedule.Options{Jobs: o.jobs, Ledger: o.open()})
	want := strings.Join([]string{
		`schedule entry 1 ("nightly"): at "6:00" is not a time of day such as 06:00`,
		`schedule entry 1 ("nightly"): day "Monday" is not known; write monday, tuesday and so on in small letters`,
		`schedule entry 1 ("nightly"): day "friday" is given twice`,
		`schedule entry 2 ("nightly"): the name is used twice; give each entry its own`,
		`schedule entry 2 ("nightly"): job "bulid" is not known; it can be run, status`,
		`schedule entry 2 ("nightly"): at "24:00" is not a time of day such as 06:00`,
		`schedule entry 3 (" "): the name is missing`,
		`schedule entry 3 (" "): at "06:60" is not a time of day such as 06:00`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("mistakes:\n%v\nwant:\n%s", err, want)
	}
}

// What was done by a name that two entries had would be taken for both, and a name is
// shown as it is.
func TestNamesOfEntries(t *testing.T) {
	entry := func(name, was string) schedule.Entry {
		return schedule.Entry{Name: name, Was: was, Job: "run", At: "06:00"}
	}
	for _, c := range []struct {
		name    string
		entries []schedule.Entry
		want    []string // the entry and the key
	}{
		{"names as people give them", []schedule.Entry{entry("on Mondays, 6.30", "a/b"), entry("évening", "dusk"), entry("new", "")}, nil},
		{"two were called one name", []schedule.Entry{entry("dawn", "morning"), entry("noon", ""), entry("dusk", "morning")}, []string{"2 was"}},
		{"no names", []schedule.Entry{entry("a/b", ""), entry(`a\b`, ""), entry("..", ""), entry(". .", ""), entry("a\x07b", ""), entry("a\nb", ""), entry("a\u202eb", "")},
			[]string{"0 name", "1 name", "2 name", "3 name", "4 name", "5 name", "6 name"}},
	} {
		var got []string
		for _, m := range schedule.Mistakes(c.entries, []string{"run"}) {
			got = append(got, fmt.Sprint(m.Entry, " ", m.Key))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTheExampleWorkspace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "cleveland", "mojreturns.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Schedule []schedule.Entry `yaml:"schedule"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	want := []schedule.Entry{{Name: "nightly", Job: "run", At: "06:00", Days: weekdays}}
	if diff := cmp.Diff(want, file.Schedule); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := schedule.Check(file.Schedule, []string{"run"}); err != nil {
		t.Error(err)
	}
}
