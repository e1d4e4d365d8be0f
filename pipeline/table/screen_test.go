package table_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"

	"mojreturns/pipeline/table"
)

func seen(t rapid.TB, tab table.Table, s table.Screen) string {
	t.Helper()
	var out bytes.Buffer
	if err := tab.Show(&out, s); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// landed is a table as wide as those of commands.
func landed() table.Table {
	sha := strings.Repeat("0123456789abcdef", 4)
	return table.Table{
		Columns: []table.Column{{Name: "file"}, {Name: "sha256"}, {Name: "provider"}, {Name: "sheet"}, {Name: "rows", Kind: table.Integer}, {Name: "message"}},
		Rows: [][]any{
			{"p_referrals_2023-24_v1.csv", sha, "P", "", 1200, ""},
			{"p_referrals_2023-24_v2.csv", sha, "P", "", 3, "the header is in row 3, and two rows hold totals, which are left out"},
		},
	}
}

// A hash is shown by its first digits unless it is asked for; files have it whole.
func TestHashesAreShort(t *testing.T) {
	tab := landed()
	whole := tab.Rows[0][1].(string)
	if short := seen(t, tab, table.Screen{}); strings.Contains(short, whole) || !strings.Contains(short, "│ 01234567 │") {
		t.Error(short)
	}
	for name, out := range map[string]string{"asked": seen(t, tab, table.Screen{Whole: true}), "csv": written(t, tab, "csv"), "json": written(t, tab, "json")} {
		if !strings.Contains(out, whole) {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// What does not fit gives way in turn: empty columns, what is the same in every row,
// the width of texts; at last each row is a list.
func TestTableFitsTheScreen(t *testing.T) {
	equal(t, seen(t, landed(), table.Screen{Width: 130}), `
┌────────────────────────────┬──────────┬──────────┬──────┬──────────────────────────────────────────────────────────────────────┐
│ file                       │ sha256   │ provider │ rows │ message                                                              │
├────────────────────────────┼──────────┼──────────┼──────┼──────────────────────────────────────────────────────────────────────┤
│ p_referrals_2023-24_v1.csv │ 01234567 │ P        │ 1200 │                                                                      │
│ p_referrals_2023-24_v2.csv │ 01234567 │ P        │    3 │ the header is in row 3, and two rows hold totals, which are left out │
└────────────────────────────┴──────────┴──────────┴──────┴──────────────────────────────────────────────────────────────────────┘
`[1:])
	equal(t, seen(t, landed(), table.Screen{Width: 60}), `
sha256: 01234567 · provider: P
┌──────────────────┬──────┬────────────────────────────────┐
│ file             │ rows │ message                        │
├──────────────────┼──────┼────────────────────────────────┤
│ p_referrals_     │ 1200 │                                │
│ 2023-24_v1.csv   │      │                                │
│ p_referrals_     │    3 │ the header is in row 3, and    │
│ 2023-24_v2.csv   │      │ two rows hold totals, which    │
│                  │      │ are left out                   │
└──────────────────┴──────┴────────────────────────────────┘
`[1:])
	equal(t, seen(t, landed(), table.Screen{Width: 30}), `
sha256: 01234567
  provider: P

file:
  p_referrals_2023-24_v1.csv
  rows: 1200

file:
  p_referrals_2023-24_v2.csv
  rows: 3
  message: the header is in
  row 3, and two rows hold
  totals, which are left out
`[1:])
}

// A word that no line holds is broken, and a name at its joints first.
func TestLongWords(t *testing.T) {
	tab := table.Table{Columns: []table.Column{{Name: "key"}, {Name: "n", Kind: table.Integer}}, Rows: [][]any{{"abcdefghijklmnopqrstuvwxyz0123456789", 1}, {"a_name_of_many_parts_that_go_on", 2}}}
	equal(t, seen(t, tab, table.Screen{Width: 32}), `
┌──────────────────────────┬───┐
│ key                      │ n │
├──────────────────────────┼───┤
│ abcdefghijklmnopqrstuvwx │ 1 │
│ yz0123456789             │   │
│ a_name_of_many_parts_    │ 2 │
│ that_go_on               │   │
└──────────────────────────┴───┘
`[1:])
}

// Whatever the rows, no line is wider than the screen and no value is lost.
func TestNothingIsCutOff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`[a-zé漢]{0,12}([ _/][a-z]{1,40}){0,8}`)
		tab := table.Table{}
		for range rapid.IntRange(1, 7).Draw(t, "columns") {
			tab.Columns = append(tab.Columns, table.Column{Name: rapid.StringMatching(`[a-z]{1,9}(_[a-z]{1,9})?`).Draw(t, "name")})
		}
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			var row []any
			for range tab.Columns {
				row = append(row, value.Draw(t, "value"))
			}
			tab.Rows = append(tab.Rows, row)
		}
		width := rapid.IntRange(30, 150).Draw(t, "width")
		out := seen(t, tab, table.Screen{Width: width})
		for _, line := range strings.Split(out, "\n") {
			if text.StringWidth(line) > width {
				t.Fatalf("%d characters: %s", text.StringWidth(line), line)
			}
		}
		letters := func(s string) (n int) {
			for _, r := range s {
				if r >= 'a' && r <= 'z' || r == 'é' || r == '漢' {
					n++
				}
			}
			return n
		}
		sent := 0
		for _, row := range tab.Rows {
			for _, v := range row {
				sent += letters(v.(string))
			}
		}
		if aboveOnce := len(tab.Rows) > 1 && !strings.HasPrefix(out, "┌"); !aboveOnce && letters(out) < sent {
			t.Fatalf("%d letters of %d are shown:\n%s", letters(out), sent, out)
		}
	})
}

// People read what a column says; files and programs have the value.
func TestColumnsSayMoreThanTheirValues(t *testing.T) {
	tab := table.Table{
		Columns: []table.Column{{Name: "source", Say: func(text string, row []any) string { return text + " Police" }},
			{Name: "amount", Kind: table.Decimal, Scale: 2, Say: func(text string, row []any) string { return table.Pounds(text) + row[0].(string) }}},
		Rows: [][]any{{"POL", "1234.50"}},
	}
	equal(t, written(t, tab, "table"), `
┌────────────┬──────────────┐
│ source     │       amount │
├────────────┼──────────────┤
│ POL Police │ £1,234.50POL │
└────────────┴──────────────┘
`[1:])
	equal(t, written(t, tab, "csv"), "source,amount\r\nPOL,1234.50\r\n")
	equal(t, written(t, tab, "json"), "[\n  {\"source\": \"POL\", \"amount\": 1234.50}\n]\n")
}

func TestPoundsAndPerCent(t *testing.T) {
	for amount, want := range map[string]string{"0": "£0.00", "-45": "-£45.00", "-0.001": "£0.00", "1234567.8900000000": "£1,234,567.89", "0.005": "£0.01", "-1000": "-£1,000.00", "": "", "[x]": "[x]"} {
		if got := table.Pounds(amount); got != want {
			t.Errorf("%q pounds are %q, want %q", amount, got, want)
		}
	}
	for share, want := range map[string]string{"0.8728813559": "87.3%", "1": "100.0%", "": "", "[z]": "[z]"} {
		if got := table.PerCent(share); got != want {
			t.Errorf("the share %q is %q, want %q", share, got, want)
		}
	}
}

// A line of text goes on below its last column.
func TestProse(t *testing.T) {
	for _, c := range []struct {
		line, want string
		width      int
	}{
		{"  C01  MET     £21,900.00 of eligible spend to 31 March 2024", "  C01  MET     £21,900.00 of\n               eligible spend\n               to 31 March\n               2024", 30},
		{"    What to do: ask", "    What to\n    do: ask", 12},
		{"one two  three", "one\ntwo\nthree", 5},
		{"as long as it comes", "as long as it comes", 0},
	} {
		equal(t, table.Prose(c.line, c.width), c.want)
	}
}
