package signoff_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/synth"
	"mojreturns/pipeline/workspace"
)

var (
	years     = flag.Int("years", 1, "how many random years are lived")
	firstYear = flag.Uint64("first-year", 1, "the seed of the first random year; those of even seeds have corrections")
)

// A year of a random number of referrals: each quarter the return is sealed and the briefing
// goes to its readers and to the public, each held against all that went before. An ordinary
// year is never refused; of those with a few corrections before each quarter, one in a
// hundred at most, with its proof. It takes seconds: an office is built, and twelve outputs
// of it guarded. (-years 400 lives two hundred of each kind.)
func TestRandomYears(t *testing.T) {
	t.Parallel()
	var lived, refused [2]atomic.Int64 // without corrections, and with
	t.Run("each", func(t *testing.T) {
		for seed := *firstYear; seed < *firstYear+uint64(*years); seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				kind := (seed + 1) % 2
				lived[kind].Add(1)
				err := live(t, seed, kind == 1)
				var unprotected *disclosure.Unprotected
				switch {
				case err == nil:
					return
				case !errors.As(err, &unprotected):
					t.Fatal(err)
				case slices.ContainsFunc(unprotected.Counts, func(e disclosure.Exposed) bool { return !e.Proved }):
					t.Errorf("refused without a proof: %v", err)
				}
				refused[kind].Add(1)
				t.Logf("refused: %v", err)
			})
		}
	})
	for kind, what := range []string{"without corrections", "with corrections"} {
		n, of := refused[kind].Load(), lived[kind].Load()
		t.Logf("%d of %d years %s are refused", n, of, what)
		if 100*n > of*int64(kind) {
			t.Errorf("too many are refused %s", what)
		}
	}
}

// live lives a random year, and gives the refusal that ends it.
func live(t *testing.T, seed uint64, corrected bool) error {
	ctx, dice, dir := context.Background(), rand.New(rand.NewPCG(seed, 14)), t.TempDir()
	year := period.Year(2023)
	if _, err := synth.Write(ctx, dir, synth.Options{Referrals: 60 + dice.IntN(1941), Seed: seed, Year: year}); err != nil {
		t.Fatal(err)
	}
	ws := example.Open(t, dir)
	ws.Users = []workspace.User{{Name: "performance-analyst", May: []string{"submit"}}, {Name: "chief-finance-officer", May: []string{"approve"}}}
	for i, at := range year.Quarters() {
		if i > 0 && corrected {
			correct(t, dice, dir, i)
		}
		if i == 0 || corrected {
			if _, err := intake.Land(ctx, ws, nil, landing.Given{}); err != nil {
				t.Fatal(err)
			}
			if _, err := builds.Build(ctx, ws); err != nil {
				t.Fatal(err)
			}
		}
		if err := giveOut(t, ws, at); err != nil {
			return fmt.Errorf("%s: %w", at.Label, err)
		}
	}
	return nil
}

// giveOut seals a quarter's return, and releases its briefing to its readers and the public.
func giveOut(t *testing.T, ws *workspace.Workspace, at period.Period) error {
	ctx := context.Background()
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(ctx, ws, analyst(at), waived); err != nil {
		return err
	}
	if _, err := signoff.Approve(ctx, ws, officer(at), declared, answers); err != nil {
		return err
	}
	words := filepath.Join(ws.Dir, "commentary", "briefing", at.Label+".md")
	if err := workspace.WriteFile(words, []byte("## messages\n\nby: performance analyst, 15 April 2024\n\nNothing to add.\n")); err != nil {
		return err
	}
	for _, audience := range []string{disclosure.Briefing, disclosure.Public} {
		if _, err := draft.Release(ctx, example.View(t, ws, at), audience, "performance-analyst", waived); err != nil {
			return err
		}
	}
	return nil
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
