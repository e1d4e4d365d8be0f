package guard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/disclosure"
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

// All columns of a feed are of the same rows: of one hidden and one shown, the one shows both.
func TestColumnsAreOfTheSameRows(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	sex := s.account("referrals.sex_code", returns.FieldQuality{Rows: 50}).Account("referrals.sex_code", "rows")
	age := s.account("referrals.age_years", returns.FieldQuality{Rows: 50}).Account("referrals.age_years", "rows")
	g, err := For(s.v.Workspace, disclosure.Ministry)
	if err != nil {
		t.Fatal(err)
	}
	seen := newSeen()
	for _, f := range s.printed {
		seen.add(IDOf(f.Place))
	}
	want := disclosure.Equal(IDOf(age.Place), IDOf(sex.Place)).String()
	if !slices.ContainsFunc(g.relations(s.values, seen), func(r disclosure.Relation) bool { return r.String() == want }) {
		t.Errorf("nothing says that %s", want)
	}
}
