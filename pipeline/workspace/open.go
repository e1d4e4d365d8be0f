package workspace

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/personal"
)

// Use is what the program hands a workspace.
type Use struct {
	Now      func() time.Time
	Log      *slog.Logger
	Progress Progress
	// Taking says that a provider is being taken on: one that a service names and nobody
	// has described yet is let be. Instead is the text of providers' files that counts
	// instead of what stands in the folder, by code.
	Taking  bool
	Instead map[string][]byte
}

// Open opens an office's workspace: its configuration and every rule it runs
// under. What the office has to mend is a Mistake.
func Open(dir string, use Use) (*Workspace, error) {
	ws, err := configured(dir, use)
	if err != nil {
		return nil, err
	}
	ws.Now, ws.Log, ws.Progress = use.Now, use.Log, use.Progress
	return ws, ws.Load()
}

// Load reads and checks every rule the workspace runs under: contracts, code
// lists, calendar, metric files, and the configuration against them. All mistakes
// are reported together, those of the configuration first.
func (ws *Workspace) Load() error {
	var errs []error
	var err error
	if ws.Contracts, err = contract.Load(ws.Templates); err != nil {
		errs = append(errs, err)
	}
	if ws.Lists, err = loadLists(ws.Queries); err != nil {
		errs = append(errs, err)
	}
	if ws.Personal, err = personal.Parse(ws.Lists); err != nil {
		errs = append(errs, err)
	}
	ws.ScreenedBy = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%v%v%v%v", ws.Lists["personal_data"], ws.Lists["street_word"], ws.Lists["personal_header"], ws.Lists["safe_form"])))
	if ws.Safe, err = personal.ParseSafe(ws.Lists["safe_form"], ws.words(), ws.names()); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, contract.CheckLists(ws.Contracts, ws.Lists))
	if ws.Calendar, err = period.LoadCalendar(ws.Queries, "reference/holiday.csv"); err != nil {
		errs = append(errs, err)
	}
	if ws.Metrics, err = metrics.Load(ws.Queries); err != nil {
		errs = append(errs, err)
	}
	if ws.written != nil && ws.again() == nil { // what a seal holds was judged when it was sealed
		wrong := ws.written.mistakes()
		ws.check(wrong.Top())
		errs = append([]error{wrong.Err(), ws.written.unread}, errs...)
	}
	if err := errors.Join(errs...); err != nil && !errors.Is(err, fs.ErrPermission) {
		return Mistake{err}
	} else if err != nil {
		return err
	}
	ws.Landing, err = landing.Open(ws.Path(), ws.Now)
	return err
}

// loadLists reads every reference/*.csv as rows of column name to value. Mistakes
// in several files are reported together.
func loadLists(queries fs.FS) (contract.Lists, error) {
	files, err := fs.Glob(queries, "reference/*.csv")
	if err != nil {
		return nil, err
	}
	all := contract.Lists{}
	var errs []error
	for _, file := range files {
		list, err := lists.Open(queries, file)
		errs = append(errs, err, single(list))
		name := strings.TrimSuffix(path.Base(file), ".csv")
		for _, row := range list.Rows {
			all[name] = append(all[name], row.Map())
		}
	}
	return all, errors.Join(errs...)
}

// single says which codes of a code list stand in it more than once.
func single(list lists.Table) error {
	if !slices.Contains(list.Columns, "code") {
		return nil
	}
	var errs []error
	first := map[string]int{}
	for _, row := range list.Rows {
		code := row.Get("code")
		if line, twice := first[code]; twice {
			errs = append(errs, row.Wrong("the code %q stands on line %d already: a code stands once", code, line))
			continue
		}
		first[code] = row.Line
	}
	return errors.Join(errs...)
}

// Contract finds the contract of a feed.
func (ws *Workspace) Contract(feed string) (contract.Contract, bool) {
	for _, c := range ws.Contracts {
		if c.Feed == feed {
			return c, true
		}
	}
	return contract.Contract{}, false
}
