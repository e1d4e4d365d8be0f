package signoff_test

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
)

var wholeYear = flag.Bool("whole-year", false, "live all four quarters, not only the second and the third")

// A year as it is lived: each quarter the return is sealed, and the briefing goes
// to its readers and to the public; before the third, a corrected file comes for
// the second. Nothing is refused, most figures are shown, and nobody who adds and
// subtracts what he was given, in all of it, comes to a count of 1 to 4. It is slow:
// whole returns are sealed and briefings guarded, each against all that was given out
// before, which no smaller office shows. Two quarters have the correction between them;
// the gate lives all four (-whole-year), which takes three times as long.
func TestAYearOfReleases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Built(t)
	quarters := []string{"2023-24-Q1", "2023-24-Q2", "2023-24-Q3", "2023-24-Q4"}
	if !*wholeYear {
		quarters = quarters[1:3]
	}
	for _, label := range quarters {
		at := example.Quarter(t, label)
		if label == "2023-24-Q3" {
			example.ChangeReferrals(t, ws, correctSecondQuarter)
		}
		seals(t, ws, at)
		waived, _ := reasons(t, ws, at)
		for _, audience := range []string{disclosure.Briefing, disclosure.Public} {
			if _, err := draft.Release(ctx, example.View(t, ws, at), audience, "performance analyst", waived); err != nil {
				t.Fatal(err)
			}
		}
	}
	last := example.Quarter(t, quarters[len(quarters)-1])
	toldOfChanges(t, example.View(t, ws, last), filepath.Join(ws.Dir, "store", "releases", "briefing"), 2*len(quarters))
	lists := map[string][][]archive.Released{}
	add := func(file string, readers ...string) {
		list, err := archive.ReadReleased(file)
		if err != nil {
			t.Fatal(err)
		}
		list = slices.DeleteFunc(list, func(f archive.Released) bool { return !f.IsPrinted() })
		hidden := 0
		for _, f := range list {
			if f.IsHidden() {
				hidden++
			}
		}
		if 3*hidden > len(list) { // the pack breaks some ninety people down by age
			t.Errorf("%s: %d of %d figures are hidden", file, hidden, len(list))
		}
		for _, reader := range readers {
			lists[reader] = append(lists[reader], list)
		}
	}
	all, err := archive.Read(ws, period.Year(2023))
	if err != nil {
		t.Fatal(err)
	}
	sealed, briefings := all.Sealed(period.Year(2023)), all.Briefings(period.Year(2023))
	if len(sealed) != len(quarters) || len(briefings) != 2*len(quarters) {
		t.Fatalf("%d seals, %d briefings", len(sealed), len(briefings))
	}
	for _, s := range sealed {
		add(filepath.Join(s.Dir, archive.ReleasedFile), disclosure.Ministry)
	}
	for _, b := range briefings {
		if b.Audience == disclosure.Public {
			add(b.File, disclosure.Public, disclosure.Briefing, disclosure.Ministry)
		} else {
			add(b.File, disclosure.Briefing)
		}
	}
	for reader, given := range lists {
		r := newReader(given, reader != disclosure.Ministry)
		if r.hidden < 10 { // readers of the pack see few breakdowns
			t.Errorf("%s: only %d small counts are hidden, too few to tell", reader, r.hidden)
		}
		for _, found := range r.solve() {
			t.Errorf("the %s can work out %s", reader, found)
		}
	}
}

// toldOfChanges holds the section on what has changed against what anybody can tell who has
// this pack's figures and those of the pack before, to the same audience: as many rows as
// figures that both files have and have otherwise, but for breakdowns that moved by a few. What the last
// pack gives is what the build has.
func toldOfChanges(t *testing.T, v *published.View, dir string, packs int) {
	t.Helper()
	handed := func(number int) map[string]string {
		f, err := os.Open(filepath.Join(dir, fmt.Sprintf("%03d", number), "figures.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, r := range rows[1:] {
			if regexp.MustCompile("^[A-Z]").MatchString(r[0]) && !strings.HasPrefix(r[0], "C") { // a metric
				out[strings.Join(append(r[:1:1], r[2:6]...), "|")] = r[6]
			}
		}
		return out
	}
	changed := 0
	for number := 3; number <= packs; number++ { // two for each quarter, to the Commissioner and to the public
		before, now := handed(number-2), handed(number)
		var want []string
		for place, was := range before {
			if is, ok := now[place]; ok && is != was && !describes(place, was, is) && was != "[c]" && is != "[c]" && was != "[z]" && is != "[z]" {
				want = append(want, place)
			}
		}
		page, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%03d", number), "briefing.html"))
		if err != nil {
			t.Fatal(err)
		}
		table := regexp.MustCompile(`(?s)<table class="changed[^>]*>.*?</table>`).Find(page)
		if got := strings.Count(string(table), `<th scope="row">`); got != len(want) {
			t.Errorf("briefing %d tells of %d figures that read otherwise, want %q\n%s", number, got, want, table)
		}
		changed += len(want)
	}
	if changed == 0 {
		t.Error("nothing has changed in a year, so nothing is tested")
	}
	shown, marked := 0, map[string]int{}
	for place, is := range handed(packs - 1) { // of the build that is published
		if is == "[c]" || is == "[x]" || is == "[z]" {
			marked[is]++
			continue
		}
		var built string
		at := strings.Split(place, "|")
		if err := v.Conn.QueryRowContext(t.Context(), "SELECT rtrim(rtrim(value::VARCHAR, '0'), '.') FROM warehouse.main.figure WHERE (code, scope, period, dimension, category) = (?, ?, ?, ?, ?)",
			at[0], at[1], at[2], at[3], at[4]).Scan(&built); err != nil || built != is {
			t.Errorf("the pack gives %s as %s, the build as %s (%v)", place, is, built, err)
		}
		shown++
	}
	if shown < 60 || marked["[c]"] == 0 {
		t.Errorf("only %d figures are shown, %v are marked", shown, marked)
	}
}

// describes tells whether a change tells of few people: that of a breakdown, by less than five.
func describes(place, was, is string) bool {
	if strings.HasPrefix(place, "S") || strings.HasSuffix(place, "||") {
		return false // money, or a total
	}
	before, err1 := strconv.Atoi(was)
	after, err2 := strconv.Atoi(is)
	return err1 != nil || err2 != nil || max(before-after, after-before) < 5
}

// The reader can find: with one more figure shown, he has the one it protected.
func TestTheReaderCanFind(t *testing.T) {
	figure := func(category, shows, value string) archive.Released {
		at := figure.Place{Code: "R01", Scope: "service:A", Period: "2023-24-Q1", Dimension: "source", Category: category}
		if category == "" {
			at.Dimension = ""
		}
		return archive.Released{Printed: returns.Printed{Place: at, Field: "value"}, Shows: shows, Value: returns.Value{Value: value}}
	}
	protected := []archive.Released{figure("", "30", "30"), figure("POL", "[c]", "3"), figure("HUB", "[c]", "7"), figure("SELF", "20", "20")}
	if found := newReader([][]archive.Released{protected}, true).solve(); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	again := []archive.Released{figure("HUB", "7", "7")}
	if found := newReader([][]archive.Released{protected, again}, true).solve(); len(found) != 1 {
		t.Errorf("30 - 20 - 7 = 3 was not found: %v", found)
	}
}

// correctSecondQuarter leaves some referrals out and gives others another source.
func correctSecondQuarter(rows [][]string) [][]string {
	source, received := slices.Index(rows[0], "referral_source_code"), slices.Index(rows[0], "referral_received_date")
	var out [][]string
	for i, row := range rows {
		within := row[received] >= "2023-07-01" && row[received] < "2023-10-01"
		if within && i%17 == 0 {
			continue
		}
		if within && i%9 == 0 {
			row[source] = "HSG"
		}
		out = append(out, row)
	}
	return out
}

// reader is somebody with a pencil: he knows what was shown to him, and how
// figures add up, as a statistician would write it down without this program.
type reader struct {
	shown  map[string]bool // by name and value: he is taken to know what was restated
	small  map[string]bool // hidden counts of 1 to 4
	rows   []map[string]*big.Rat
	hidden int
}

// newReader reads releases; without delegates, training is no secret from him.
func newReader(lists [][]archive.Released, delegates bool) *reader {
	r := &reader{shown: map[string]bool{}, small: map[string]bool{}}
	for _, list := range lists {
		for _, f := range list {
			for name, v := range tells(f) {
				key := name + " = " + v
				r.shown[key] = r.shown[key] || !f.IsHidden()
				people := strings.HasPrefix(name, "R") || strings.HasPrefix(name, "O") || delegates
				if people && slices.Contains([]string{"1", "2", "3", "4"}, v) && f.IsHidden() {
					r.small[key] = true
				}
			}
		}
	}
	for key := range r.small {
		if !r.shown[key] {
			r.hidden++
		}
	}
	for _, list := range lists {
		r.addUp(list)
	}
	return r
}

// name is how the sums speak of a count.
func name(at figure.Place, part string) string {
	return strings.TrimRight(strings.Join([]string{at.Code + part, at.Scope, at.Period, at.Dimension, at.Category}, "|"), "|")
}

// tells are the counts in a figure. A mean or median tells none that the sums speak of.
func tells(f archive.Released) map[string]string {
	v := f.Value
	switch {
	case f.Field == "numerator", f.Field == "denominator":
		return map[string]string{name(f.Place, "/"+f.Field): figure.Plain(v.Part(f.Field))}
	case v.Numerator != "" && v.Denominator != "":
		return map[string]string{name(f.Place, "/numerator"): figure.Plain(v.Numerator), name(f.Place, "/denominator"): figure.Plain(v.Denominator)}
	case (f.Field == "value" || f.Field == guard.Percent) && v.Value != "" && !strings.Contains(figure.Plain(v.Value), "."):
		return map[string]string{name(f.Place, ""): figure.Plain(v.Value)}
	}
	return nil
}

// addUp writes down the sums within a release that hold in its figures.
func (r *reader) addUp(list []archive.Released) {
	values := map[string]string{}
	places := map[figure.Place]bool{}
	for _, f := range list {
		for n, v := range tells(f) {
			values[n] = v
		}
		places[f.Place] = true
	}
	parts := map[string][]string{}
	equal := func(total, part string) { parts[total+" = "+part] = []string{total, part} }
	for at := range places {
		if at.Dimension != "" && !strings.Contains(at.Dimension, " x ") {
			total := name(at.Total(), "")
			parts[total+" by "+at.Dimension] = append(parts[total+" by "+at.Dimension], total, name(at, ""))
		}
		people := slices.Contains([]string{"R05", "R13", "R22", "TR04"}, at.Code) // who come again in another quarter
		if quarter, ok := strings.CutSuffix(at.Period, "-YTD"); ok && !people {
			total := name(at, "")
			for q := '1'; q <= rune(quarter[len(quarter)-1]); q++ {
				part := at
				part.Period = quarter[:len(quarter)-1] + string(q)
				parts[total+" by quarter"] = append(parts[total+" by quarter"], total, name(part, ""))
			}
		}
		of := func(code, dimension, category string) string {
			return name(figure.Place{Code: code, Scope: at.Scope, Period: at.Period, Dimension: dimension, Category: category}, "")
		}
		switch at.Code {
		case "R07", "R09":
			equal(name(at, "/denominator"), of("R02", at.Dimension, at.Category))
		case "R12":
			parts["caseload "+name(at, "")] = []string{of("R12S", "", ""), of("R11", "", ""), of("R12", "", ""), "less", of("R10", "", "")}
		case "R15":
			planned := name(at, "/numerator")
			parts[planned] = []string{planned, of("R11", "closure_reason", "MET"), planned, of("R11", "closure_reason", "PMT")}
		case "R17":
			equal(name(at.Total(), ""), of("R02", "crime_type", "STK"))
		case "R20":
			if at.Dimension == "" {
				equal(name(at, "/denominator"), of("R10", "crime_type", "STK"))
			}
		case "TR05":
			equal(name(at, "/numerator"), of("TR03", "front_line", "Y"))
		}
	}
	for what, names := range parts {
		if strings.HasPrefix(what, "caseload ") { // R12S + R10 - R11 - R12 = 0
			r.equation(values, map[string]int64{names[0]: 1, names[1]: -1, names[2]: -1, names[4]: 1})
			continue
		}
		times := map[string]int64{names[0]: -1}
		for i := 1; i < len(names); i += 2 {
			times[names[i]] = 1
		}
		r.equation(values, times)
	}
}

// equation notes that counts, so many times each, come to nothing, where all are
// in the release and it is so.
func (r *reader) equation(values map[string]string, times map[string]int64) {
	row, check := map[string]*big.Rat{}, new(big.Rat)
	for n, k := range times {
		v, ok := new(big.Rat).SetString(values[n])
		if !ok {
			return
		}
		check.Add(check, new(big.Rat).Mul(big.NewRat(k, 1), v))
		if key := n + " = " + values[n]; !r.shown[key] {
			row[key] = big.NewRat(k, 1)
		}
	}
	if check.Sign() == 0 && len(row) > 0 {
		r.rows = append(r.rows, row)
	}
}

// solve eliminates, and names the small counts that come out, or were shown after all.
func (r *reader) solve() []string {
	pivots := map[string]map[string]*big.Rat{}
	take := func(row map[string]*big.Rat, pivot string) { // row less the pivot's row, so often that none of it is left
		times, ok := row[pivot]
		if !ok {
			return
		}
		for key, v := range pivots[pivot] {
			had := row[key]
			if had == nil {
				had = new(big.Rat)
			}
			if left := new(big.Rat).Sub(had, new(big.Rat).Mul(times, v)); left.Sign() == 0 {
				delete(row, key)
			} else {
				row[key] = left
			}
		}
	}
	for _, row := range r.rows {
		for pivot := range pivots {
			take(row, pivot)
		}
		for key, v := range row {
			inverse := new(big.Rat).Inv(v)
			for other := range row {
				row[other] = new(big.Rat).Mul(row[other], inverse)
			}
			pivots[key] = row
			for pivot, other := range pivots {
				if pivot != key {
					take(other, key)
				}
			}
			break
		}
	}
	var found []string
	for key := range r.small {
		if row := pivots[key]; r.shown[key] || len(row) == 1 {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}
