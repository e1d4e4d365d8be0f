package guard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/returns"
)

// account says what the quality sheet prints of a column.
func (s *story) account(column string, q returns.FieldQuality) returns.FieldQuality {
	q.Scope = "return:" + s.v.Workspace.Returns[0].Name
	for at, v := range q.Accounts(column) {
		s.values[at] = v
	}
	for _, field := range []string{"rows", "blank", "not known", "faulty", "percent complete"} {
		if field != "not known" || q.NotKnown >= 0 {
			s.printed = append(s.printed, q.Account(column, field))
		}
	}
	return q
}

// delivered says what the briefing prints of a provider's referrals.
func (s *story) delivered(accepted, rejected int) figure.Place {
	at := figure.Place{Code: "referrals", Scope: "provider:SLT"}
	s.says(at, count(fmt.Sprint(accepted+rejected)))
	at.Dimension, at.Category = returns.Standing, "accepted"
	s.says(at, count(fmt.Sprint(accepted)))
	at.Category = "rejected"
	s.says(at, count(fmt.Sprint(rejected)))
	return at
}

// Of 50 rows 47 accepted say that 3 were rejected; of 50 rows 40 complete and 7 not
// known say that 3 are blank.
func TestRowsAreCountedAsPeopleAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		accepted, rejected int
		shown              string
	}{{47, 3, "50 [c] [c]"}, {3, 47, "50 [c] [c]"}, {50, 0, "50 50 0"}, {40, 10, "50 40 10"}, {3, 0, "[c] [c] 0"}} {
		s := newStory(t)
		rejected := s.delivered(c.accepted, c.rejected)
		accepted := rejected
		accepted.Category = "accepted"
		hidden, shown := s.hidden(t), []string{}
		for _, at := range []figure.Place{rejected.Total(), accepted, rejected} {
			if shown = append(shown, s.values[at].Value); hidden[at] {
				shown[len(shown)-1] = "[c]"
			}
		}
		if have := strings.Join(shown, " "); have != c.shown {
			t.Errorf("%d accepted, %d rejected: %s, want %s", c.accepted, c.rejected, have, c.shown)
		}
	}
	s := newStory(t)
	q := s.account("referrals.sex_code", returns.FieldQuality{Rows: 50, Blank: 3, NotKnown: 7})
	hidden := s.hidden(t)
	at := func(field string) figure.Place { return q.Account("referrals.sex_code", field).Place }
	if !hidden[at("blank")] || !hidden[at("percent complete")] && !hidden[at("not known")] && !hidden[at("rows")] {
		t.Errorf("3 are blank: hidden are %v", hidden)
	}
}

// What an account says is held against the figures, against the accounts of the feed's
// other columns and against what was delivered.
func TestAccountsAreHeldAgainstFigures(t *testing.T) {
	t.Parallel()
	const started, sex, source = "referrals.support_start_date", "referrals.sex_code", "referrals.referral_source_code"
	// Without the per cent complete, which would say as much.
	t.Run("a date", func(t *testing.T) {
		t.Parallel()
		s := newStory(t)
		q := s.account(started, returns.FieldQuality{Rows: 50, Blank: 1, NotKnown: -1, Faulty: 1})
		s.account(sex, returns.FieldQuality{Rows: 50})
		sent := s.delivered(40, 10).Total()
		for _, p := range []string{"2024-25-Q1", "2024-25-Q1-YTD", "2024-25"} { // of the same days so far: three cells to hide
			at := place("R10", "", "")
			at.Period = p
			s.says(at, count("48"))
		}
		s.printed = slices.DeleteFunc(s.printed, func(f returns.Printed) bool { return f.Field == Percent })
		hidden := s.hidden(t)
		if !hidden[place("R10", "", "")] && !(hidden[q.Account(started, "rows").Place] && hidden[q.Account(sex, "rows").Place] && hidden[sent]) {
			t.Error("48 of 50 have started, so that 1 is blank and 1 faulty")
		}
	})
	t.Run("a code", func(t *testing.T) {
		t.Parallel()
		s := newStory(t)
		q := s.account(source, returns.FieldQuality{Rows: 50, Blank: 1, NotKnown: 8, Faulty: 1})
		s.says(place("R01", "source", "SELF"), count("40"))
		s.says(place("R01", "source", "NK"), count("10"))
		s.printed = slices.DeleteFunc(s.printed, func(f returns.Printed) bool { return f.Field == Percent })
		if hidden := s.hidden(t); !hidden[place("R01", "source", "SELF")] && !hidden[q.Account(source, "not known").Place] && !hidden[q.Account(source, "rows").Place] {
			t.Error("of 50, 40 have a source and 8 say that it is not known, so that 1 is blank and 1 faulty")
		}
	})
}
