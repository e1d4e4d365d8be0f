package draft

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/synth"
	"mojreturns/pipeline/workspace"
)

var (
	years     = flag.Int("years", 2, "how many random years are lived")
	firstYear = flag.Uint64("first-year", 1, "the seed of the first random year; those of even seeds have corrections")
)

// lived is what became of a kind of years.
type lived struct{ years, refused, printed, hidden, totals, hiddenTotals int }

// A year of a random number of referrals: each quarter the return, the briefing for its
// readers and the one for the public are guarded, each held against all that went before,
// of figures that were built. What is no matter to that is left out: no workbook is filled,
// no page made, nothing signed (TestAYearOfReleases does all of it). An ordinary year is
// never refused; of those with a few corrections before each quarter, one in a hundred at
// most, with its proof. It takes seconds: an office is built, and twelve outputs of it
// guarded. (-years 400 lives two hundred of each kind.)
func TestRandomYears(t *testing.T) {
	t.Parallel()
	var kinds [2]lived // without corrections, and with
	for seed := *firstYear; seed < *firstYear+uint64(*years); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { // one after another: what is counted is not shared
			kind := &kinds[(seed+1)%2]
			kind.years++
			err := kind.live(t, seed)
			var unprotected *disclosure.Unprotected
			switch {
			case err == nil:
				return
			case !errors.As(err, &unprotected):
				t.Fatal(err)
			case slices.ContainsFunc(unprotected.Counts, func(e disclosure.Exposed) bool { return !e.Proved }):
				t.Errorf("refused without a proof: %v", err)
			}
			kind.refused++
			t.Logf("refused: %v", err)
		})
	}
	for i, what := range []string{"without corrections", "with corrections"} {
		k := kinds[i]
		t.Logf("%d of %d years %s are refused; %d of %d figures are hidden, %d of %d totals",
			k.refused, k.years, what, k.hidden, k.printed, k.hiddenTotals, k.totals)
		if 100*k.refused > k.years*i {
			t.Errorf("too many are refused %s", what)
		}
	}
}

// live lives a random year, and gives the refusal that ends it.
func (l *lived) live(t *testing.T, seed uint64) error {
	dice, dir, corrected := rand.New(rand.NewPCG(seed, 14)), t.TempDir(), seed%2 == 0
	year := period.Year(2023)
	if _, err := synth.Write(t.Context(), dir, synth.Options{Referrals: 60 + dice.IntN(1941), Seed: seed, Year: year}); err != nil {
		t.Fatal(err)
	}
	ws := example.Open(t, dir)
	for i, at := range year.Quarters() {
		if i > 0 && corrected {
			correct(t, dice, dir, i)
		}
		if i == 0 || corrected {
			if _, err := intake.Land(t.Context(), ws, nil, landing.Given{}); err != nil {
				t.Fatal(err)
			}
			if _, err := builds.Build(t.Context(), ws); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.quarter(t, ws, at); err != nil {
			return fmt.Errorf("%s: %w", at.Label, err)
		}
	}
	return nil
}

// quarter gives out what a quarter owes: the return, then the briefing to its readers and
// to the public.
func (l *lived) quarter(t *testing.T, ws *workspace.Workspace, at period.Period) error {
	v := example.View(t, ws, at)
	r := ws.Returns[0]
	template, err := v.Form(r)
	if err != nil {
		return err
	}
	cells, err := template.Cells(r.Scopes, at)
	if err != nil {
		return err
	}
	quality, err := v.Quality(t.Context(), r)
	if err != nil {
		return err
	}
	pack, err := narrated(ws, at)
	if err != nil {
		return err
	}
	declared, err := declared(ws, pack)
	if err != nil {
		return err
	}
	scopes, _ := scopesOf(ws, declared)
	figures, err := guard.FiguresShown(t.Context(), v, scopes...)
	if err != nil {
		return err
	}
	outputs := []struct {
		audience string
		printed  []returns.Printed
	}{
		{disclosure.Ministry, printedBy(template, cells, quality)},
		{disclosure.Briefing, asked(v, declared, figures.Values)},
		{disclosure.Public, asked(v, declared, figures.Values)},
	}
	for i, o := range outputs {
		if v.Given, err = archive.Read(ws, at.Year); err != nil {
			return err
		}
		guarded, err := guard.Protect(v, o.audience, o.printed, figures.Values)
		if err != nil {
			return fmt.Errorf("%s: %w", o.audience, err)
		}
		l.count(guarded.Hidden, o.printed)
		list, err := guard.AndUnprinted(v, released(o.printed, figures.Values, guarded.Hidden), figures.Values)
		if err != nil {
			return err
		}
		if err := giveOut(v, o.audience, time.Duration(3*at.Quarter()+i)*time.Hour, list); err != nil {
			return err
		}
	}
	return nil
}

func (l *lived) count(hidden map[returns.Printed]bool, printed []returns.Printed) {
	for _, f := range printed {
		l.printed++
		headline := f.Place.Dimension == "" && f.Field == "value"
		if headline {
			l.totals++
		}
		if hidden[f] {
			l.hidden++
			if headline {
				l.hiddenTotals++
			}
		}
	}
}

// giveOut keeps what of an output later ones are held against.
func giveOut(v *published.View, audience string, after time.Duration, list []archive.Released) error {
	ws, at := v.Workspace, v.Workspace.Now().Add(after)
	text, err := archive.WriteReleased(list)
	if err != nil {
		return err
	}
	files := seal.Files{archive.ReleasedFile: text}
	if audience == disclosure.Ministry {
		r := ws.Returns[0]
		if files[archive.AboutFile], err = json.Marshal(archive.About{Return: r.Name, Period: v.Period.Label, Version: 1, At: at, Settings: r}); err != nil {
			return err
		}
		return seal.Write(filepath.Join(archive.ReturnDir(ws, r, v.Period), seal.Name("v", 1)), files, nil, nil)
	}
	next, err := seal.Next(archive.BriefingsDir(ws), "")
	if err != nil {
		return err
	}
	if files[archive.AboutFile], err = json.Marshal(archive.AboutRelease{Audience: audience, Period: v.Period.Label, Number: next.Number, At: at}); err != nil {
		return err
	}
	return seal.Write(next.Dir, files, nil, nil)
}

// correct sends the referrals again, with one to seven values taken from other rows.
func correct(t *testing.T, dice *rand.Rand, dir string, version int) {
	t.Helper()
	name := func(version int) string {
		return filepath.Join(dir, "inbox", fmt.Sprintf("referrals_2023-24_v%d.csv", version))
	}
	rows := example.ReadCSV(t, name(version))
	for range 1 + dice.IntN(7) {
		headers := []string{"referral_source_code", "ethnicity_code", "la_code", "sex_code", "crime_type_code"}
		column := slices.Index(rows[0], headers[dice.IntN(len(headers))])
		rows[1+dice.IntN(len(rows)-1)][column] = rows[1+dice.IntN(len(rows)-1)][column]
	}
	example.WriteCSV(t, name(version+1), rows)
}
