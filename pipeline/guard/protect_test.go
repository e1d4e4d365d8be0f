package guard

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

func TestMain(m *testing.M) { example.Main(m) }

// What disclosure control takes to hold between figures does hold, in every scope
// and period of the example: were it not so, an attacker would know less than is
// thought, and a figure could be refused for nothing.
func TestRelationsHold(t *testing.T) {
	t.Parallel()
	ws := example.Shared(t)
	f := example.FiguresOf(t, ws, "2023-24-Q4")
	g, err := For(ws, disclosure.Public)
	if err != nil {
		t.Fatal(err)
	}
	g.identities = slices.DeleteFunc(g.identities, func(id identity) bool { return id.perhaps })
	seen := newSeen()
	for at := range f.Values {
		seen.add(IDOf(at))
	}
	all := g.relations(f.Values, seen)
	said := map[string]bool{}
	for _, r := range all {
		for _, term := range r {
			said[term.ID.Code] = true
		}
	}
	for _, m := range ws.Metrics.Metrics {
		if g.guarded(m) && !said[m.Code] && m.Code != "R08" && m.Code != "R08P" && m.Code != "R14D" && m.Code != "R25" {
			t.Errorf("nothing is known of %s %s", m.Code, m.Title)
		}
	}
	kept := map[string]bool{}
	for _, r := range g.holding(slices.Clone(all), f.Values) {
		kept[r.String()] = true
	}
	for _, r := range all {
		if !kept[r.String()] && !unavailable(r, f.Values) {
			t.Errorf("it does not hold that %s", r)
		}
	}
	if len(all) < 2000 {
		t.Errorf("only %d relations were looked at", len(all))
	}
}

// given is a period of a year that nothing was delivered for, with what was given out
// before it.
func given(t *testing.T, ws *workspace.Workspace, label string) *published.View {
	t.Helper()
	at := example.Quarter(t, label)
	all, err := archive.Read(ws, at.Year)
	if err != nil {
		t.Fatal(err)
	}
	return &published.View{Workspace: ws, Period: at, Given: all}
}

// What is open before a year begins is what was open when the one before ended: a
// count hidden then is hidden still.
func TestTheYearBeforeIsKeptTo(t *testing.T) {
	t.Parallel()
	ws := example.Built(t)
	place := func(code, at string) figure.Place {
		return figure.Place{Code: code, Scope: "service:STK-ADV", Period: at}
	}
	seven := returns.Value{Value: "7", N: "7"}
	ended, begins := place("R12", "2023-24-Q4"), place("R12S", "2024-25-Q1")
	values := map[figure.Place]returns.Value{ended: seven, begins: seven}
	text, err := archive.WriteReleased([]archive.Released{
		{Printed: returns.Printed{Place: ended, Field: "value"}, Shows: "[c]", Value: seven},
		{Printed: returns.Printed{Place: place("R12", "2023-24-Q3"), Field: "value"}, Shows: "[c]", Value: seven},
	})
	if err != nil {
		t.Fatal(err)
	}
	files := seal.Files{archive.ReleasedFile: text, archive.AboutFile: []byte(`{"audience": "public", "period": "2023-24-Q4", "number": 1, "at": "2024-05-01T09:00:00Z"}`)}
	if err := seal.Write(filepath.Join(archive.BriefingsDir(ws), "001"), files, nil, nil); err != nil {
		t.Fatal(err)
	}
	printed := returns.Printed{Place: begins, Field: "value"}
	for at, want := range map[string]bool{"2024-25-Q1": true, "2025-26-Q1": false} {
		guarded, err := Protect(given(t, ws, at), disclosure.Ministry, []returns.Printed{printed}, values)
		if err != nil || guarded.Hidden[printed] != want {
			t.Errorf("%s: hidden is %v, %v", at, guarded.Hidden[printed], err)
		}
	}
	v := given(t, ws, "2024-25-Q1")
	if names := v.Given.Names(); !slices.Equal(names, []string{"briefing 001"}) {
		t.Errorf("what bears on the year: %v", names)
	}
	g, err := For(ws, disclosure.Ministry)
	if err != nil {
		t.Fatal(err)
	}
	known, err := Releases(v, disclosure.Ministry, g)
	if err != nil || len(known) != 1 || len(known[0].Cells) != 1 {
		t.Errorf("more is carried over than the end of the year: %+v, %v", known, err)
	}
}

// Who has the figures of the area and of one service has the other service's as
// well, though no output prints them.
func TestOtherScopesTellNothing(t *testing.T) {
	t.Parallel()
	ws := example.Shared(t)
	at := example.Quarter(t, "2023-24-Q3")
	values := example.FiguresOf(t, ws, at.Label).Values
	var printed []returns.Printed
	for place := range values {
		if place.Code == "R01" && place.Dimension == "source" && place.Period == at.Label && (place.Scope == "all" || place.Scope == "service:STK-ADV") {
			printed = append(printed, returns.Printed{Place: place, Field: "value"})
		}
	}
	guarded, err := Protect(example.View(t, ws, at), disclosure.Public, printed, values)
	if err != nil {
		t.Fatal(err)
	}
	small := 0
	for _, f := range printed {
		other := f.Place
		other.Scope = "service:VCAS"
		n, _ := typed.Whole(values[other].Value)
		if f.Place.Scope != "all" || n < 1 || n > 4 {
			continue
		}
		small++
		mine := f
		mine.Place.Scope = "service:STK-ADV"
		if !guarded.Hidden[f] && !guarded.Hidden[mine] {
			t.Errorf("%s: the area's less the advocates' is the victim hub's %d", f.Place.Category, n)
		}
	}
	if small < 3 {
		t.Errorf("only %d sources have few at the victim hub", small)
	}
	if len(guarded.Hidden) > len(printed)/2 {
		t.Errorf("%d of %d figures are hidden", len(guarded.Hidden), len(printed))
	}
}

// "2 of 6 completions by front-line staff" says as much as the share does.
func TestConditionsTellNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Shared(t)
	at := example.Quarter(t, "2023-24-Q4")
	v, err := published.Open(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	f, err := FiguresShown(ctx, v)
	if err != nil {
		t.Fatal(err)
	}
	audience := figure.Place{Code: "C08", Scope: "fund:CORE-UPL-2324", Period: at.Label}
	if told := f.Values[audience]; told.Numerator != "103" || told.Denominator != "118" { // as its evidence says
		t.Errorf("C08 tells %s of %s", told.Numerator, told.Denominator)
	}
	evidence := returns.Printed{Place: audience, Field: "evidence"}
	money := returns.Printed{Place: figure.Place{Code: "C01", Scope: audience.Scope, Period: at.Label}, Field: "evidence"}
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
		told := f.Values[audience]
		told.Numerator, told.Denominator, told.N = c.numerator, c.of, c.of
		f.Values[audience] = told
		guarded, err := Protect(v, c.audience, []returns.Printed{evidence, money}, f.Values)
		if err != nil {
			t.Fatal(err)
		}
		if guarded.Hidden[evidence] != c.hidden || guarded.Hidden[money] {
			t.Errorf("%s: hidden is %v, want %v; of money, %v", c.name, guarded.Hidden[evidence], c.hidden, guarded.Hidden[money])
		}
	}
}
