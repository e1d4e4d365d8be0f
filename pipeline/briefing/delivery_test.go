package briefing

import "testing"

// Of 50 rows 47 accepted say that 3 were rejected: both are hidden, where they are of people.
func TestFewRowsOfPeopleAreHidden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		people                         bool
		rows, accepted, rejected, want string
	}{
		{true, "50", "47", "3", "50 [c] [c]"},
		{true, "50", "50", "0", "50 50 0"},
		{true, "50", "3", "47", "50 [c] [c]"},
		{true, "3", "3", "0", "[c] [c] [c]"},
		{false, "50", "47", "3", "50 47 3"}, // sessions are nobody
	} {
		d := delivery(row{"feed": "any", "files": "1", "rows": c.rows, "accepted": c.accepted, "rejected": c.rejected}, c.people, 5)
		if have := d.Rows + " " + d.Accepted + " " + d.Rejected; have != c.want {
			t.Errorf("people %v: %s of %s accepted: %s, want %s", c.people, c.accepted, c.rows, have, c.want)
		}
	}
}
