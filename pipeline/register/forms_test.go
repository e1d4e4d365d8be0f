package register_test

import (
	"strings"
	"testing"

	"mojreturns/pipeline/register"
)

// An amount, a share or a date is understood in every form that means one thing, and
// refused in every other with what to write.
func TestForms(t *testing.T) {
	refused := func(says string) string { return "refused: " + says }
	amount := func(text string) string {
		var m register.Money
		if err := m.FromText(text); err != nil {
			return refused(err.Error())
		}
		return string(m)
	}
	share := func(text string) string {
		var s register.Share
		if err := s.FromText(text); err != nil {
			return refused(err.Error())
		}
		return string(s)
	}
	date := func(text string) string {
		var d register.Date
		if err := d.FromText(text); err != nil {
			return refused(err.Error())
		}
		return d.String()
	}
	for _, c := range []struct {
		of         func(string) string
		text, want string
	}{
		{amount, "22528.57", "22528.57"}, {amount, "900000", "900000"}, {amount, "900,000.00", "900000.00"}, {amount, "£1,234,567.5",
			"1234567.5"},
		{amount, "-5", "-5"}, {amount, "-£5.00", "-5.00"}, {amount, "£-5", "-5"}, {amount, "(1,200.00)", "-1200.00"}, {amount, "0.50", "0.50"},
		{amount, " 5\n", "5"},
		{amount, "9,00,000", refused(`"9,00,000" is not an amount in pounds`)}, {amount, "900.000,00", refused("")}, {amount, "1.234",
			refused("")}, {amount, "0940", refused("")},
		{amount, "1e6", refused("")}, {amount, "0x10", refused("")}, {amount, "900k", refused("")}, {amount, "1_000", refused("")}, {amount, "",
			refused("")}, {amount, "(-5)", refused("")},
		{amount, "12345678901234567", refused("")}, {amount, ".5", refused("")}, {amount, "5 000", refused("")},
		{share, "0.80", "0.80"}, {share, ".8", "0.8"}, {share, "1", "1"}, {share, "0", "0"}, {share, "80%", "0.80"}, {share, "12.5 %", "0.1250"},
		{share, "100%", "1.00"},
		{share, "80", refused(`"80" is not a share from 0 to 1, such as 0.80, or 80%`)}, {share, "1.01", refused("")}, {share, "101%",
			refused("")}, {share, "-0.5", refused("")}, {share, "0,8", refused("")},
		{date, "2024-03-31", "2024-03-31"}, {date, "2024-3-1", "2024-03-01"}, {date, "20240331", "2024-03-31"}, {date, "31/03/2024",
			"2024-03-31"}, {date, "31.3.2024", "2024-03-31"},
		{date, "03/31/2024", "2024-03-31"}, {date, "4/4/2024", "2024-04-04"}, {date, "31 March 2024", "2024-03-31"}, {date, "1-Apr-2024",
			"2024-04-01"}, {date, "March 31, 2024", "2024-03-31"},
		{date, "01/02/2024", refused(`"01/02/2024" can be two days; write 2024-02-01 for 1 February, or 2024-01-02 for 2 January`)},
		{date, "31/03/24", refused(`"31/03/24" is not a date such as 2024-03-31`)}, {date, "2024-02-30", refused("")}, {date, "30/02/2024",
			refused("")}, {date, "45382", refused("")},
		{date, "2203-04-01", refused("\"2203-04-01\" is a date of another century")}, {date, "2024-03", refused("")}, {date,
			"2024-03-31T12:00:00Z", refused("")},
	} {
		if got := c.of(c.text); got != c.want && !(strings.HasPrefix(c.want, "refused") && strings.HasPrefix(got, c.want)) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
