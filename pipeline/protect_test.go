package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
)

func figuresOf(t *testing.T, p *Pipeline, label string) figures {
	t.Helper()
	v, err := p.at(context.Background(), quarter(t, label))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	f, err := v.figures(context.Background(), quarter(t, label))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What disclosure control takes to hold between figures does hold, in every scope
// and period of the example: were it not so, an attacker would know less than is
// thought, and a figure could be refused for nothing.
func TestRelationsHold(t *testing.T) {
	t.Parallel()
	p := built(t)
	f := figuresOf(t, p, "2023-24-Q4")
	g, err := p.guard(disclosure.Public)
	if err != nil {
		t.Fatal(err)
	}
	g.identities = slices.DeleteFunc(g.identities, func(id identity) bool { return id.perhaps })
	seen := newSeen()
	for at := range f.values {
		seen.add(idOf(at))
	}
	all := g.relations(f.values, seen)
	said := map[string]bool{}
	for _, r := range all {
		for _, term := range r {
			said[term.ID.Code] = true
		}
	}
	for _, m := range p.metrics.Metrics {
		if g.guarded(m) && !said[m.Code] && m.Code != "R08" && m.Code != "R08P" && m.Code != "R14D" && m.Code != "R25" {
			t.Errorf("nothing is known of %s %s", m.Code, m.Title)
		}
	}
	kept := map[string]bool{}
	for _, r := range g.holding(slices.Clone(all), f.values) {
		kept[r.String()] = true
	}
	for _, r := range all {
		if !kept[r.String()] {
			t.Errorf("it does not hold that %s", r)
		}
	}
	if len(all) < 2000 {
		t.Errorf("only %d relations were looked at", len(all))
	}
}

// No small count of people is in the return, whatever sheet it stands on; money,
// sessions and places are all there; and the ministry may be shown all of it for a
// reason that is kept.
func TestReturnHidesSmallCounts(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := built(t)
	at := quarter(t, "2023-24-Q4")
	values := figuresOf(t, p, at.Label).values
	look := func() (small, hidden, other int) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "draft.xlsx")
		if _, err := p.DraftOne(ctx, "", at, path); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		files, err := p.template(p.Returns[0])
		if err != nil {
			t.Fatal(err)
		}
		template, err := returns.Open(files)
		if err != nil {
			t.Fatal(err)
		}
		cells, err := template.Cells(p.Returns[0].Scopes, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			sheet, cell, _ := strings.Cut(c.Cell, "!")
			shows, err := book.GetCellValue(sheet, cell)
			if err != nil {
				t.Fatal(err)
			}
			victims := regexp.MustCompile(`^(R|O)\d`).MatchString(c.Place.Code)
			n, whole := whole(values[c.Place].Value)
			switch {
			case shows == "[c]" && !victims:
				other++
			case shows == "[c]":
				hidden++
			case victims && !c.Condition && c.Field == "value" && whole && n > 0 && n < 5 && !strings.Contains(shows, "%") && shows != "[x]" && shows != "[z]" && !strings.Contains(shows, "."):
				small++
			}
		}
		return small, hidden, other
	}
	if small, hidden, other := look(); small > 0 || hidden < 50 || other > 0 {
		t.Errorf("%d small counts are shown, %d hidden, %d of money or sessions hidden", small, hidden, other)
	}
	p.Disclosure.Ministry.Off = true
	if _, err := p.DraftOne(ctx, "", at, filepath.Join(t.TempDir(), "draft.xlsx")); err == nil || !strings.Contains(err.Error(), "without a reason") {
		t.Errorf("switched off without a reason: %v", err)
	}
	p.Disclosure.Ministry.Reason = "the ministry asked for all counts in its letter"
	if small, hidden, _ := look(); small < 50 || hidden > 0 {
		t.Errorf("switched off, %d small counts are shown and %d cells hidden", small, hidden)
	}
}

// What was released is kept to: a cell that was hidden stays hidden, and a later
// output that could not help giving it away is refused.
func TestReleasesAreKeptTo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := built(t)
	at := quarter(t, "2023-24-Q3")
	out, err := p.ReleaseBriefing(ctx, Release{Period: at, Audience: disclosure.Public, By: "Performance analyst"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(out.Path)
	if err != nil || !strings.Contains(string(page), "[c]") {
		t.Errorf("the pack hides nothing (%v)", err)
	}
	list, err := readReleased(filepath.Join(filepath.Dir(out.Path), releasedFile))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(f released) bool { return f.isHidden() })
	if i < 0 {
		t.Fatal("nothing is recorded as hidden")
	}
	g, err := p.guard(disclosure.Ministry)
	if err != nil {
		t.Fatal(err)
	}
	for audience, want := range map[string]int{disclosure.Public: 1, disclosure.Ministry: 1, disclosure.Briefing: 1} {
		if known, err := p.releases(audience, at, g); err != nil || len(known) != want {
			t.Errorf("%s knows %d releases, want %d (%v)", audience, len(known), want, err)
		}
	}
	if _, err := p.ReleaseBriefing(ctx, Release{Period: at, Audience: "ministry"}); err == nil {
		t.Error("a briefing was released to the ministry")
	}

	// had the pack shown every source but one small one, nothing could protect that one
	stalking := returns.Place{Code: "R01", Scope: "service:STK-ADV", Period: "2023-24-Q3"}
	values := figuresOf(t, p, at.Label).values
	var told []released
	for place, v := range values {
		if place.Code == stalking.Code && place.Scope == stalking.Scope && place.Period == stalking.Period && (place.Dimension == "source" || place.Dimension == "") {
			f := released{Printed: returns.Printed{Place: place, Field: "value"}, Shows: plain(v.Value), Value: v}
			if place.Category == "HUB" { // 4 referrals, hidden, and everything else shown
				f.Shows = "[c]"
			}
			told = append(told, f)
		}
	}
	text, err := writeReleased(told)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(filepath.Dir(out.Path), releasedFile), 0o660); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(out.Path), releasedFile), text, 0o660); err != nil {
		t.Fatal(err)
	}
	_, err = p.DraftOne(ctx, "", at, filepath.Join(t.TempDir(), "draft.xlsx"))
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "R01 service:STK-ADV 2023-24-Q3 source HUB could be worked out from what was released in briefing 001, whatever is hidden now") ||
		!strings.Contains(err.Error(), "where the ministry has agreed to see small counts") {
		t.Errorf("the return gives away what a briefing did not: %v", err)
	}
}

// What is released later must fit what a release did not print too, as it was then.
func TestAReleaseKeepsWhatItDidNotPrint(t *testing.T) {
	t.Parallel()
	p := built(t)
	at := quarter(t, "2023-24-Q3")
	out, err := p.ReleaseBriefing(context.Background(), Release{Period: at, Audience: disclosure.Public, By: "Performance analyst"})
	if err != nil {
		t.Fatal(err)
	}
	list, err := readReleased(filepath.Join(filepath.Dir(out.Path), releasedFile))
	if err != nil {
		t.Fatal(err)
	}
	g, err := p.guard(disclosure.Public)
	if err != nil {
		t.Fatal(err)
	}
	kept, printed := map[returns.Place]bool{}, map[returns.Place]bool{}
	for _, f := range list {
		kept[f.Place] = true
		printed[f.Place] = printed[f.Place] || f.isPrinted()
		if f.isHidden() && !f.isPrinted() {
			t.Errorf("%v is hidden, and was not printed", f.Place)
		}
	}
	values, before := figuresOf(t, p, at.Label).values, 0
	for place := range printed {
		earlier := place
		earlier.Period = "2023-24-Q2-YTD"
		_, there := values[earlier]
		if _, guarded := g.metrics[place.Code]; !guarded || !there || printed[earlier] {
			continue
		}
		before++
		if !kept[earlier] {
			t.Errorf("%v is printed, and %s is not kept", place, earlier.Period)
		}
	}
	if before == 0 {
		t.Error("no figure has an earlier year to date that is not printed")
	}
	cells, err := g.decisions(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range cells {
		place := returns.Place{Code: d.Cell.ID.Code, Scope: d.Cell.ID.Scope, Period: d.Cell.ID.Period, Dimension: d.Cell.ID.Dimension, Category: d.Cell.ID.Category}
		if d.Cell.Private == printed[place] {
			t.Errorf("%s: private is %v", d.Cell.ID, d.Cell.Private)
		}
	}
}

// What is open before a year begins is what was open when the one before ended: a
// count hidden then is hidden still.
func TestTheYearBeforeIsKeptTo(t *testing.T) {
	t.Parallel()
	p := built(t)
	place := func(code, at string) returns.Place {
		return returns.Place{Code: code, Scope: "service:STK-ADV", Period: at}
	}
	seven := returns.Value{Value: "7", N: "7"}
	ended, begins := place("R12", "2023-24-Q4"), place("R12S", "2024-25-Q1")
	values := map[returns.Place]returns.Value{ended: seven, begins: seven}
	text, err := writeReleased([]released{
		{Printed: returns.Printed{Place: ended, Field: "value"}, Shows: "[c]", Value: seven},
		{Printed: returns.Printed{Place: place("R12", "2023-24-Q3"), Field: "value"}, Shows: "[c]", Value: seven},
	})
	if err != nil {
		t.Fatal(err)
	}
	files := seal.Files{releasedFile: text, aboutFile: []byte(`{"audience": "public", "period": "2023-24-Q4", "number": 1, "at": "2024-05-01T09:00:00Z"}`)}
	if err := seal.Write(filepath.Join(p.briefingsDir(), "001"), files, nil); err != nil {
		t.Fatal(err)
	}
	printed := returns.Printed{Place: begins, Field: "value"}
	for at, want := range map[string]bool{"2024-25-Q1": true, "2025-26-Q1": false} {
		guarded, err := p.protect(disclosure.Ministry, quarter(t, at), []returns.Printed{printed}, values)
		if err != nil || guarded.hidden[printed] != want {
			t.Errorf("%s: hidden is %v, %v", at, guarded.hidden[printed], err)
		}
	}
	names, err := p.releaseNames(quarter(t, "2024-25-Q1").Year)
	if err != nil || !slices.Equal(names, []string{"briefing 001"}) {
		t.Errorf("what bears on the year: %v, %v", names, err)
	}
	g, err := p.guard(disclosure.Ministry)
	if err != nil {
		t.Fatal(err)
	}
	known, err := p.releases(disclosure.Ministry, quarter(t, "2024-25-Q1"), g)
	if err != nil || len(known) != 1 || len(known[0].Cells) != 1 {
		t.Errorf("more is carried over than the end of the year: %+v, %v", known, err)
	}
}

// Who has the figures of the area and of one service has the other service's as
// well, though no output prints them.
func TestOtherScopesTellNothing(t *testing.T) {
	t.Parallel()
	p := built(t)
	at := quarter(t, "2023-24-Q3")
	values := figuresOf(t, p, at.Label).values
	var printed []returns.Printed
	for place := range values {
		if place.Code == "R01" && place.Dimension == "source" && place.Period == at.Label && (place.Scope == "all" || place.Scope == "service:STK-ADV") {
			printed = append(printed, returns.Printed{Place: place, Field: "value"})
		}
	}
	guarded, err := p.protect(disclosure.Public, at, printed, values)
	if err != nil {
		t.Fatal(err)
	}
	small := 0
	for _, f := range printed {
		other := f.Place
		other.Scope = "service:VCAS"
		n, _ := whole(values[other].Value)
		if f.Place.Scope != "all" || n < 1 || n > 4 {
			continue
		}
		small++
		mine := f
		mine.Place.Scope = "service:STK-ADV"
		if !guarded.hidden[f] && !guarded.hidden[mine] {
			t.Errorf("%s: the area's less the advocates' is the victim hub's %d", f.Place.Category, n)
		}
	}
	if small < 3 {
		t.Errorf("only %d sources have few at the victim hub", small)
	}
	if len(guarded.hidden) > len(printed)/2 {
		t.Errorf("%d of %d figures are hidden", len(guarded.hidden), len(printed))
	}
}

// "2 of 6 completions by front-line staff" says as much as the share does.
func TestConditionsTellNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := built(t)
	at := quarter(t, "2023-24-Q4")
	v, err := p.at(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	f, err := p.figuresShown(ctx, v, at)
	if err != nil {
		t.Fatal(err)
	}
	audience := returns.Place{Code: "C08", Scope: "fund:CORE-UPL-2324", Period: at.Label}
	if told := f.values[audience]; told.Numerator != "103" || told.Denominator != "118" { // as its evidence says
		t.Errorf("C08 tells %s of %s", told.Numerator, told.Denominator)
	}
	evidence := returns.Printed{Place: audience, Field: "evidence"}
	money := returns.Printed{Place: returns.Place{Code: "C01", Scope: audience.Scope, Period: at.Label}, Field: "evidence"}
	for _, c := range []struct {
		name, audience string
		numerator, of  string
		hidden         bool
	}{
		{"many", disclosure.Public, "103", "118", false},
		{"few", disclosure.Public, "2", "6", true},
		{"few others", disclosure.Public, "115", "118", true},
		{"few, for the ministry, which is told of delegates", disclosure.Ministry, "2", "6", false},
	} {
		told := f.values[audience]
		told.Numerator, told.Denominator, told.N = c.numerator, c.of, c.of
		f.values[audience] = told
		guarded, err := p.protect(c.audience, at, []returns.Printed{evidence, money}, f.values)
		if err != nil {
			t.Fatal(err)
		}
		if guarded.hidden[evidence] != c.hidden || guarded.hidden[money] {
			t.Errorf("%s: hidden is %v, want %v; of money, %v", c.name, guarded.hidden[evidence], c.hidden, guarded.hidden[money])
		}
	}
}
