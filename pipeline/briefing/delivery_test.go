package briefing

import "testing"

// Of 50 rows 47 accepted say that 3 were rejected: both are hidden, where they are of people.
func TestFewRowsOfPeopleAreHidden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ feed, rows, accepted, rejected, want string }{
		{"referrals", "50", "47", "3", "50 [c] [c]"},
		{"referral_support", "50", "50", "0", "50 50 0"},
		{"referral_outcomes", "50", "3", "47", "50 [c] [c]"},
		{"training_delegates", "3", "3", "0", "[c] [c] [c]"},
		{"training_sessions", "50", "47", "3", "50 47 3"}, // sessions are nobody
	} {
		d := delivery(row{"feed": c.feed, "files": "1", "rows": c.rows, "accepted": c.accepted, "rejected": c.rejected}, 5)
		if have := d.Rows + " " + d.Accepted + " " + d.Rejected; have != c.want {
			t.Errorf("%s: %s of %s accepted: %s, want %s", c.feed, c.accepted, c.rows, have, c.want)
		}
	}
}
