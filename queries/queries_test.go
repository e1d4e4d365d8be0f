package queries_test

import (
	"encoding/csv"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/queries"
)

// table reads a reference file as rows of column name to value.
func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := queries.Files.Open("reference/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		values := map[string]string{}
		for i, column := range rows[0] {
			values[column] = row[i]
		}
		out = append(out, values)
	}
	return out
}

func column(rows []map[string]string, name string) []string {
	var out []string
	for _, row := range rows {
		out = append(out, row[name])
	}
	return out
}

// A code stands once in its list, in the form an extract gives it.
func TestCodesAreSingle(t *testing.T) {
	files, err := fs.Glob(queries.Files, "reference/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".csv")
		if slices.Contains([]string{"holiday", "dimension", "relation", "personal_data", "street_word", "personal_header", "safe_form", "name_word", "header_word", "synonym", "declaration"}, name) {
			continue // lists of rules, which have no codes
		}
		seen := map[string]bool{}
		for i, code := range column(table(t, name), "code") {
			if code == "" || strings.TrimSpace(code) != code || seen[code] {
				t.Errorf("%s, row %d: the code %q is blank, has a blank around it, or is there twice", file, i+2, code)
			}
			seen[code] = true
		}
	}
}

// Every age of the contract, 0 to 110, is in one band, and bands are in order.
func TestAgeBandsFollow(t *testing.T) {
	next := 0
	for _, band := range table(t, "age_band") {
		if band["from_age"] == "" {
			continue
		}
		if band["from_age"] != strconv.Itoa(next) {
			t.Errorf("the band %s starts at %s, not at %d", band["code"], band["from_age"], next)
		}
		last, err := strconv.Atoi(band["to_age"])
		if err != nil {
			t.Fatal(err)
		}
		next = last + 1
	}
	if next != 111 {
		t.Errorf("the last band ends at %d, not at 110", next-1)
	}
}

// A breakdown's list and column exist, and a blank is counted as the list's
// own "not stated" or "not known" where it has one.
func TestDimensions(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range table(t, "dimension") {
		if key := d["dimension"] + " " + d["metrics"]; seen[key] {
			t.Errorf("the dimension %q is there twice", key)
		} else {
			seen[key] = true
		}
		categories := column(table(t, d["list"]), d["column"])
		want := "(blank)"
		for _, own := range []string{"NK", "NS", "Not stated"} {
			if slices.Contains(categories, own) {
				want = own
			}
		}
		if d["blank"] != want || slices.Contains(categories, "") {
			t.Errorf("%s: a blank is counted as %q; the list %s says %q", d["dimension"], d["blank"], d["list"], want)
		}
	}
	want := []string{"age_band ", "budget_group ", "budget_line ", "cancel_reason ", "closure_reason ", "course ", "crime_type ", "da_related ",
		"disability ", "ethnicity ", "ethnicity_group ", "front_line ", "gender_identity ", "la ", "mode ", "organisation_type ", "outcome ", "outcome O",
		"police_team ", "relationship ", "religion ", "risk_level ", "risk_tool ", "role ", "scale ", "sex ", "sexual_orientation ", "source ", "spo_status ", "wait_reason "}
	var got []string
	for name := range seen {
		got = append(got, name)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("- agreed, + found:\n%s", diff)
	}
}

// The bank holidays of England and Wales, worked out from the rules: Easter,
// the Mondays, Christmas and New Year with their substitutes, and the years
// that a proclamation changed.
func TestHolidays(t *testing.T) {
	changed := map[string]string{ // from, to; a day of its own has no from
		"2020-05-04": "2020-05-08",
		"2022-05-30": "2022-06-02",
	}
	extra := []string{"2022-06-03", "2022-09-19", "2023-05-08"}
	want := slices.Clone(extra)
	for year := 2015; year <= 2028; year++ {
		easter := easterSunday(year)
		days := []time.Time{easter.AddDate(0, 0, -2), easter.AddDate(0, 0, 1),
			monday(date(year, time.May, 1), 1), monday(date(year, time.May, 31), -1), monday(date(year, time.August, 31), -1)}
		taken := map[time.Time]bool{}
		for _, fixed := range []time.Time{date(year, time.January, 1), date(year, time.December, 25), date(year, time.December, 26)} {
			if weekend(fixed) {
				continue
			}
			taken[fixed] = true
			days = append(days, fixed)
		}
		for _, fixed := range []time.Time{date(year, time.January, 1), date(year, time.December, 25), date(year, time.December, 26)} {
			if !weekend(fixed) {
				continue
			}
			for weekend(fixed) || taken[fixed] {
				fixed = fixed.AddDate(0, 0, 1)
			}
			taken[fixed] = true
			days = append(days, fixed)
		}
		for _, day := range days {
			text := day.Format(time.DateOnly)
			if to, moved := changed[text]; moved {
				text = to
			}
			want = append(want, text)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, column(table(t, "holiday"), "date")); diff != "" {
		t.Errorf("- by the rules, + in the file:\n%s", diff)
	}
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

// monday is the first one from t on, a day at a time forward or back.
func monday(t time.Time, step int) time.Time {
	for t.Weekday() != time.Monday {
		t = t.AddDate(0, 0, step)
	}
	return t
}

// easterSunday is the Sunday after the paschal full moon, by the tables of the
// Book of Common Prayer in Gauss's form, which for 1900 to 2099 is this short.
func easterSunday(year int) time.Time {
	d := (19*(year%19) + 24) % 30
	e := (2*(year%4) + 4*(year%7) + 6*d + 5) % 7
	if d == 29 && e == 6 || d == 28 && e == 6 && year%19 > 10 {
		e -= 7
	}
	return date(year, time.March, 22+d+e)
}
