// Package synth makes synthetic workspaces of any size from the contracts: the
// columns, types and codes are the contracts' own, the mixes those of published
// reports. The same seed and options give the same bytes. No row in it is about
// anyone.
//
// It is a package of its own, beyond the first design: tests and a command need it, and no
// stage does (2026-11-23).
package synth

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/strict"
	"mojreturns/queries"
	"mojreturns/templates"
)

// Options say how much to make.
type Options struct {
	Referrals int
	Seed      uint64
	Faults    float64 // the share of referral rows with a deliberate fault
	Year      period.Year
	Only      []string // feeds to write; none means all
}

// Summary says what was made: rows for each file, and the deliberate faults.
type Summary struct {
	Files  []File
	Faults []Fault
}

// File is one file, or one sheet of a workbook, with its data rows.
type File struct {
	Name, Sheet string
	Rows        int
}

// Fault is one deliberate fault: where it is, what it is, and what becomes of it.
type Fault struct {
	File, Sheet  string
	Row, Line    int
	Column, What string
	Fate         string // rejected, kept or accepted
}

// Check says what of the options cannot be.
func (o Options) Check() error {
	if o.Referrals < 0 || o.Faults < 0 || o.Faults > 1 {
		return errors.New("the referrals cannot be negative, and the faults are a share between 0 and 1")
	}
	contracts, err := contract.Load(templates.Files)
	if err != nil {
		return err
	}
	var feeds []string
	for _, c := range contracts {
		feeds = append(feeds, c.Feed)
	}
	for _, feed := range o.Only {
		if !slices.Contains(feeds, feed) {
			return fmt.Errorf("no feed is called %q; %s", feed, strict.Instead(feed, feeds))
		}
	}
	return nil
}

//go:embed workspace.yaml
var workspace string

// Write makes a workspace: a configuration, and an inbox with every feed in
// proportion to the referrals. Rows are streamed, so memory does not grow with
// their number.
func Write(ctx context.Context, dir string, o Options) (Summary, error) {
	g, err := newGenerator(o.Seed, o.Year)
	if err != nil {
		return Summary{}, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "inbox"), 0o770); err != nil {
		return Summary{}, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "store"), 0o770); err != nil {
		return Summary{}, err
	}
	config := strings.NewReplacer("{from}", g.day(0), "{to}", g.day(g.days-1)).Replace(workspace)
	if err := os.WriteFile(filepath.Join(dir, "mojreturns.yaml"), []byte(config), 0o660); err != nil {
		return Summary{}, err
	}
	w := &writer{dir: filepath.Join(dir, "inbox"), g: g, only: o.Only, faults: o.Faults}
	err = errors.Join(w.referrals(ctx, o.Referrals), w.training(o.Referrals), w.money(o.Referrals))
	return w.summary, err
}

// writer puts the feeds of a general workspace into its inbox.
type writer struct {
	dir     string
	g       *generator
	only    []string
	faults  float64
	summary Summary
}

// open starts a feed's file; nil where the feed is not wanted.
func (w *writer) open(feed string) (*extractFile, error) {
	if len(w.only) > 0 && !slices.Contains(w.only, feed) {
		return nil, nil
	}
	name := fmt.Sprintf("%s_%s_v1.csv", feed, w.g.year)
	return createExtract(filepath.Join(w.dir, name), w.g.columns(feed))
}

func (w *writer) close(f *extractFile) error {
	if f == nil {
		return nil
	}
	w.summary.Files = append(w.summary.Files, File{Name: filepath.Base(f.path), Rows: f.rows})
	return f.close()
}

// referrals writes the referrals with their support and outcomes.
func (w *writer) referrals(ctx context.Context, count int) error {
	referrals, err := w.open("referrals")
	if err != nil {
		return err
	}
	support, err := w.open("referral_support")
	if err != nil {
		return err
	}
	outcomes, err := w.open("referral_outcomes")
	if err != nil {
		return err
	}
	// a person in seven comes back, so there are fewer people than referrals
	people := max(count*6/7, 1)
	for i := range count {
		if i%50_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r := w.g.referral("R"+digits(i+1, 8), "STK-ADV", w.g.rng.IntN(people))
		if referrals != nil {
			if w.faults > 0 && w.g.rng.Float64() < w.faults {
				w.spoil(referrals, r)
			}
			referrals.write(w.g, r)
		}
		if support != nil {
			for _, s := range w.g.support(r) {
				support.write(w.g, s)
			}
		}
		if outcomes != nil {
			for _, s := range w.g.outcomes(r) {
				outcomes.write(w.g, s)
			}
		}
	}
	return errors.Join(w.close(referrals), w.close(support), w.close(outcomes))
}

// spoil puts one fault into a referral and notes where.
func (w *writer) spoil(f *extractFile, r record) {
	faults := []Fault{
		{Column: "referral_received_date", What: "a date that does not exist", Fate: "rejected"},
		{Column: "referral_source_code", What: "a code nobody knows", Fate: "rejected"},
		{Column: "victim_pseudo_id", What: "not a keyed hash", Fate: "rejected"},
		{Column: "la_code", What: "blank", Fate: "rejected"},
		{Column: "age_years", What: "an age nobody has", Fate: "kept"},
	}
	values := []string{"31/02/2024", "XYZ", "not-a-hash", "", "140"}
	i := w.g.rng.IntN(len(faults))
	r[faults[i].Column] = values[i]
	faults[i].File, faults[i].Row, faults[i].Line = filepath.Base(f.path), f.rows+2, f.rows+2
	w.summary.Faults = append(w.summary.Faults, faults[i])
}

// generator makes records out of a seeded source, for one financial year.
type generator struct {
	rng       *rand.Rand
	year      period.Year
	start     time.Time
	days      int
	dates     []string // from two years before the year to two years after
	contracts map[string]contract.Contract
	codes     map[string][]string // of each code list
	picks     map[string]pick
}

// record is one row: contract column to value. A column without one is given a
// valid value by its type where the row is written, or is blank.
type record map[string]string

const daysBefore = 730

func newGenerator(seed uint64, year period.Year) (*generator, error) {
	if year == 0 {
		year = 2023
	}
	g := &generator{rng: rand.New(rand.NewPCG(seed, 0x6d6f6a)), year: year, start: year.Start(), codes: map[string][]string{}, contracts: map[string]contract.Contract{}}
	g.days = int(year.End().Sub(g.start).Hours()/24) + 1
	for d := -daysBefore; d < 2*daysBefore; d++ {
		g.dates = append(g.dates, g.start.AddDate(0, 0, d).Format(time.DateOnly))
	}
	contracts, err := contract.Load(templates.Files)
	if err != nil {
		return nil, err
	}
	for _, c := range contracts {
		g.contracts[c.Feed] = c
	}
	files, err := fs.Glob(queries.Files, "reference/*.csv")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if err := g.list(file); err != nil {
			return nil, err
		}
	}
	g.picks = mixes(g.codes)
	return g, nil
}

func (g *generator) list(file string) error {
	list, err := lists.Open(queries.Files, file)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(path.Base(file), ".csv")
	for _, row := range list.Rows {
		g.codes[name] = append(g.codes[name], row.Fields[0])
	}
	return nil
}

func (g *generator) columns(feed string) []contract.Column { return g.contracts[feed].Columns }

// day is the ISO date of a day counted from the year's first.
func (g *generator) day(d int) string { return g.dates[min(max(d+daysBefore, 0), len(g.dates)-1)] }

// chance is true with the probability given in hundredths.
func (g *generator) chance(hundredths int) bool { return g.rng.IntN(100) < hundredths }

func (g *generator) between(low, high int) int { return low + g.rng.IntN(high-low+1) }

func (g *generator) hex() string {
	const digits = "0123456789abcdef"
	var b [32]byte
	for i := 0; i < 32; i += 16 {
		n := g.rng.Uint64()
		for j := range 16 {
			b[i+j] = digits[n>>(4*j)&15]
		}
	}
	return string(b[:])
}

// pseudonym is the same for the same person of the same seed.
func pseudonym(group string, person int) string {
	h := rand.New(rand.NewPCG(uint64(person), uint64(len(group))*7919+uint64(group[0])))
	return fmt.Sprintf("%016x%016x", h.Uint64(), h.Uint64())
}

// digits is a number with leading zeros.
func digits(n, width int) string {
	b := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}
