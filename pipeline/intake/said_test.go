package intake_test

import (
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/warehouse"
)

// What is safe to repeat of a file, and what else is told of it.
func TestValuesAsPeopleAreToldOfThem(t *testing.T) {
	t.Parallel()
	ws := example.SmallUnbuilt(t)
	for _, row := range example.ReadCSV(t, "../../testdata/personal/said.csv")[1:] {
		if got := ws.Safe.Value(row[0]); got != row[1] {
			t.Errorf("%q is told as %q, want %q", row[0], got, row[1])
		}
	}
}

// The rules find the same in a text that is read in Go and in a value of a staged file,
// which SQL looks at.
func TestWhatTheRulesFind(t *testing.T) {
	t.Parallel()
	ws := example.SmallUnbuilt(t)
	scratch := &warehouse.Scratch{}
	defer scratch.Close()
	conn, err := scratch.Open(t.Context(), ws.Settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range example.ReadCSV(t, "../../testdata/personal/found.csv")[1:] {
		if got := personal.InWords(ws.Personal, row[0]); got != row[1] {
			t.Errorf("in %q is found %q, want %q", row[0], got, row[1])
		}
		found := ""
		for _, r := range ws.Personal {
			var matches bool
			if !r.Header && found == "" {
				if err := conn.QueryRowContext(t.Context(), "SELECT "+r.Matches("t")+" FROM (SELECT ?::VARCHAR AS t)", row[0]).Scan(&matches); err != nil {
					t.Fatal(err)
				}
			}
			if matches {
				found = r.What
			}
		}
		if found != row[1] {
			t.Errorf("SQL finds %q in %q, want %q", found, row[0], row[1])
		}
	}
}
