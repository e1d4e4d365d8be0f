package archive

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// Given is what an office has given out that bears on a financial year: what was
// submitted, sealed and released for the periods of that year and of the one
// before. It is read once, where a build is opened, and handed on.
type Given struct {
	year      period.Year
	past      *workspace.Past            // the moment looked at; nil is now
	sealed    []Sealed                   // of both years, in the order they were sealed
	briefings []Release                  // of both years, by number
	submitted map[[2]string][]Submission // by return and period
}

// Read reads what was given out: of a seal made again what its makers knew.
func Read(ws *workspace.Workspace, year period.Year) (Given, error) {
	g := Given{year: year, past: ws.Past, submitted: map[[2]string][]Submission{}}
	known := func(name string) bool {
		return g.past == nil || g.past.Known == nil || slices.Contains(g.past.Known.Releases, name)
	}
	names, err := foldersIn(ws.Path("returns"))
	if err != nil {
		return g, err
	}
	for _, name := range names {
		labels, err := foldersIn(ws.Path("returns", name))
		if err != nil {
			return g, err
		}
		for _, label := range labels {
			at, err := period.Parse(label)
			if err != nil || at.Year != year && at.Year != year-1 {
				continue
			}
			if err := g.readReturn(ws.Path("returns", name, label), name, label, known); err != nil {
				return g, err
			}
		}
	}
	slices.SortFunc(g.sealed, func(a, b Sealed) int {
		return cmp.Or(a.About.At.Compare(b.About.At), cmp.Compare(a.Name(), b.Name()))
	})
	return g, g.readBriefings(ws, known)
}

// readReturn reads the submissions and seals of one return for one period.
func (g *Given) readReturn(dir, name, label string, known func(string) bool) (err error) {
	if g.submitted[[2]string{name, label}], err = readSubmissions(dir); err != nil {
		return err
	}
	sealed, err := readSeals(dir, name, label)
	for _, s := range sealed {
		if known(s.Name()) {
			g.sealed = append(g.sealed, s)
		}
	}
	return err
}

// foldersIn lists the names of the folders in a folder, in order; none where it is not
// there.
func foldersIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, err
}

func (g *Given) readBriefings(ws *workspace.Workspace, known func(string) bool) error {
	folders, err := seal.Folders(BriefingsDir(ws), "")
	if err != nil {
		return err
	}
	for _, f := range folders {
		r, err := readBriefing(f)
		if err != nil {
			return err
		}
		if (r.Year == g.year || r.Year == g.year-1) && known(r.Name) {
			g.briefings = append(g.briefings, r)
		}
	}
	return nil
}

func readBriefing(f seal.Folder) (Release, error) {
	file := filepath.Join(f.Dir, AboutFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return Release{}, err
	}
	var about AboutRelease
	if err := json.Unmarshal(text, &about); err != nil {
		return Release{}, fmt.Errorf("%q cannot be read; restore it from a backup: %w", file, err)
	}
	at, err := period.Parse(about.Period)
	if err != nil {
		return Release{}, fmt.Errorf("%q: %w", file, err)
	}
	if about.Number != f.Number || about.Audience != disclosure.Briefing && about.Audience != disclosure.Public {
		return Release{}, fmt.Errorf("%w: %q says that it is number %d, to %q; it was moved, renamed or changed: put it back as it was released",
			seal.ErrBroken, f.Dir, about.Number, about.Audience)
	}
	return Release{Name: "briefing " + filepath.Base(f.Dir), Audience: about.Audience, File: filepath.Join(f.Dir, ReleasedFile), Year: at.Year, At: about.At}, nil
}

// Sealed are the sealed versions of every return for the periods of a financial
// year, in the order they were sealed.
func (g Given) Sealed(year period.Year) []Sealed {
	return filtered(g.sealed, func(s Sealed) bool { return yearOf(s) == year })
}

// Briefings are those released for the periods of a financial year, by number.
func (g Given) Briefings(year period.Year) []Release {
	return filtered(g.briefings, func(r Release) bool { return r.Year == year })
}

// Names lists everything released that bears on the financial year.
func (g Given) Names() []string {
	return append(g.In(g.year-1), g.In(g.year)...)
}

// In lists what was released for the periods of a financial year, by name.
func (g Given) In(year period.Year) []string {
	names := []string{}
	for _, s := range g.Sealed(year) {
		names = append(names, s.Name())
	}
	for _, b := range g.Briefings(year) {
		names = append(names, b.Name)
	}
	return names
}

// Releases are all of both years, the oldest first.
func (g Given) Releases() []Release {
	var list []Release
	for _, s := range g.sealed {
		list = append(list, Release{Name: s.Name(), Audience: disclosure.Ministry, File: filepath.Join(s.Dir, ReleasedFile), Year: yearOf(s), At: s.About.At})
	}
	list = append(list, g.briefings...)
	slices.SortStableFunc(list, func(a, b Release) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Name, b.Name)) })
	return list
}

// Before lists what was sealed of a return for earlier periods of the financial year,
// and earlier versions of the period's own; nothing as of a moment, whose drafts
// restate nothing.
func (g Given) Before(r workspace.Return, at period.Period) []Sealed {
	if g.past != nil && g.past.Known == nil {
		return nil
	}
	return filtered(g.Sealed(at.Year), func(s Sealed) bool {
		then, err := period.Parse(s.About.Period)
		return err == nil && s.About.Return == r.Name && (then.Quarter() < at.Quarter() || s.About.Period == at.Label)
	})
}

// Submitted lists the submissions of a return for a period, in order.
func (g Given) Submitted(r workspace.Return, at period.Period) []Submission {
	return g.submitted[[2]string{r.Name, at.Label}]
}

// Versions lists the sealed versions of a return for a period, in order.
func (g Given) Versions(r workspace.Return, at period.Period) []Sealed {
	out := filtered(g.sealed, func(s Sealed) bool { return s.About.Return == r.Name && s.About.Period == at.Label })
	slices.SortFunc(out, func(a, b Sealed) int { return cmp.Compare(a.About.Version, b.About.Version) })
	return out
}

// Signed is how far a fund's return for a period is signed.
type Signed struct{ Fund, State, Date string }

// Signed says how far each fund's return for a period is signed: submitted or
// approved; nothing while it is a draft, and nothing of the past.
func (g Given) Signed(configured []workspace.Return, at period.Period) []Signed {
	if g.past != nil {
		return nil
	}
	var out []Signed
	for _, r := range configured {
		submissions, sealed := g.Submitted(r, at), g.Versions(r, at)
		if len(submissions) == 0 {
			continue
		}
		state, date := "submitted", ""
		if n := len(sealed); n > 0 && sealed[n-1].About.Submission.Number == len(submissions) {
			state, date = "approved", sealed[n-1].About.Declaration.Date
		}
		for _, name := range slices.Sorted(maps.Keys(r.Scopes)) {
			if fund, ok := strings.CutPrefix(r.Scopes[name], "fund:"); ok {
				out = append(out, Signed{Fund: fund, State: state, Date: date})
			}
		}
	}
	return out
}

func yearOf(s Sealed) period.Year {
	at, err := period.Parse(s.About.Period)
	if err != nil {
		return 0
	}
	return at.Year
}

func filtered[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return !keep(v) })
}
