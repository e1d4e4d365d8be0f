package question_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/question"
)

var lists = question.Lists{"referral_source": {"POL", "SELF"}}

const saved = `-- title: Referrals since a day
-- param: since date = 2023-04-01; the first day
-- param: source code(referral_source)?; all where it is left out
-- param: least number
-- param: at period?
-- param: words text?

-- a comment
SELECT 1
`

func load(t *testing.T, text string) (question.Question, error) {
	t.Helper()
	all, err := question.Load(fstest.MapFS{"adhoc/asked.sql": {Data: []byte(text)}}, lists)
	if len(all) != 1 {
		t.Fatalf("%d questions, %v", len(all), err)
	}
	return all[0], err
}

func TestLoad(t *testing.T) {
	q, err := load(t, saved)
	if err != nil {
		t.Fatal(err)
	}
	want := question.Question{Name: "asked", Title: "Referrals since a day", SQL: saved, Params: []question.Param{
		{Name: "since", Kind: question.Date, Default: "2023-04-01", Says: "the first day"},
		{Name: "source", Kind: question.Code, List: "referral_source", Optional: true, Says: "all where it is left out"},
		{Name: "least", Kind: question.Number},
		{Name: "at", Kind: question.Period, Optional: true},
		{Name: "words", Kind: question.Text, Optional: true},
	}}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesInAHeader(t *testing.T) {
	_, err := load(t, strings.Join([]string{"-- tittle: x", "-- no line", "-- param: since", "-- param: a money", "-- param: b code", "-- param: c code(none)",
		"-- param: d date = soon", "-- param: e text(x)", "-- param: f text", "-- param: f text", "SELECT 1"}, "\n"))
	for _, want := range []string{
		`queries/adhoc/asked.sql:1: "tittle" is not known here; there are title and param`,
		`asked.sql:2: "-- no line" is no line of a header`,
		`asked.sql:3: "since" is no parameter`,
		`asked.sql:4: the parameter "a" is a "money"`,
		`asked.sql:5: the parameter "b": a code names its list`,
		`asked.sql:6: the parameter "c": there is no code list "none"`,
		`asked.sql:7: d: "soon" is not a date`,
		`asked.sql:8: the parameter "e": a code names its list`,
		`asked.sql:10: the parameter "f" is there twice`,
		`asked.sql:1: the header has no line`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}

func TestValues(t *testing.T) {
	q, err := load(t, saved)
	if err != nil {
		t.Fatal(err)
	}
	got, err := q.Values(map[string]string{"least": "£1,200.50", "source": " POL ", "at": "2023-24-Q3"}, lists)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"since": time.Date(2023, 4, 1, 0, 0, 0, 0, time.UTC), "source": "POL", "least": "1200.50", "at": "2023-24-Q3", "words": nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = q.Values(map[string]string{"since": "1/4/23", "source": "' OR 1=1 --", "at": "never", "mine": "x"}, lists)
	for _, want := range []string{`since: "1/4/23" is not a date`, `source: "' OR 1=1 --" is not a code of referral_source; there are POL, SELF`,
		"least has no value; it is a number", "at: ", `asked has no parameter "mine"; it has since, source, least, at, words`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}
