package pipeline

import (
	"context"
	"fmt"
	"os"
	"time"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/warehouse"
)

// Lock takes the store's write lock for one changing command. It waits, then
// says who holds it.
func (p *Pipeline) Lock(ctx context.Context, command string, wait time.Duration) (release func(), err error) {
	return p.lock(ctx, landing.WriteLock, command, wait)
}

// Serve takes the lock of the one daemon, for its life.
func (p *Pipeline) Serve(ctx context.Context) (release func(), err error) {
	return p.lock(ctx, landing.ServeLock, "serve", 0)
}

func (p *Pipeline) lock(ctx context.Context, name, command string, wait time.Duration) (func(), error) {
	lock, err := p.store.Acquire(ctx, name, command, wait)
	if err != nil {
		return nil, err
	}
	return func() {
		if err := lock.Release(); err != nil {
			p.Log.Error("a lock was not given up", "lock", name, "error", err)
		}
	}, nil
}

// Withdraw stops a delivery counting, from now on; its bytes stay.
func (p *Pipeline) Withdraw(sha, reason, by string) (landing.Withdrawal, error) {
	return p.store.Withdraw(sha, reason, by)
}

// published is the folder readers read: that of what is published, or, when
// looking back, one built for the purpose, which nobody else sees.
func (p *Pipeline) published(ctx context.Context) (string, error) {
	if !p.AsAt.IsZero() || p.again != nil {
		if _, err := p.Build(ctx); err != nil {
			return "", err
		}
	}
	return p.buildDir(), nil
}

func (p *Pipeline) buildDir() string {
	if p.again != nil {
		return p.again.dir
	}
	if !p.AsAt.IsZero() {
		return p.Store("as-at", p.AsAt.UTC().Format("20060102T150405"))
	}
	return p.Store("published")
}

// PublishedBuild is the published warehouse in numbers.
type PublishedBuild struct {
	warehouse.Published
	At               time.Time
	Rows, Deliveries int64
}

// Published says what readers see; false before the first build.
func (p *Pipeline) Published(ctx context.Context) (PublishedBuild, bool, error) {
	latest, found, err := warehouse.Latest(p.buildDir())
	if err != nil || !found {
		return PublishedBuild{}, false, err
	}
	info, err := os.Stat(latest.Path)
	if err != nil {
		return PublishedBuild{}, false, err
	}
	b := PublishedBuild{Published: latest, At: info.ModTime()}
	reader, err := warehouse.OpenPublished(ctx, p.buildDir(), p.Settings)
	if err != nil {
		return b, false, err
	}
	defer reader.Close()
	err = reader.DB.QueryRowContext(ctx, "SELECT coalesce(sum(accepted), 0)::BIGINT, count(*) FROM delivery WHERE current").Scan(&b.Rows, &b.Deliveries)
	return b, true, err
}

// LatestPeriod is the quarter that the newest data are for: the last one that
// had ended when the newest current delivery was received, within its year.
func (p *Pipeline) LatestPeriod(ctx context.Context) (period.Period, error) {
	sources, err := p.stage(ctx)
	if err != nil {
		return period.Period{}, err
	}
	now := p.Now().In(p.Location)
	last := ""
	for _, s := range sources {
		if s.Current && s.Year > last {
			last = s.Year
		}
	}
	year := period.YearOf(now)
	if last != "" {
		if year, err = period.ParseYear(last); err != nil {
			return period.Period{}, err
		}
	}
	quarters := year.Quarters()
	at := quarters[0]
	for _, q := range quarters {
		if q.End.Before(now) {
			at = q
		}
	}
	return at, nil
}

// DueReturn is a return that is owed for a period.
type DueReturn struct {
	Name, Period, Status, File string
	Due                        time.Time
}

// DueReturns lists the returns owed for a period, with the date each is due:
// so many days after the period's end, moved earlier to a working day.
func (p *Pipeline) DueReturns(at period.Period) []DueReturn {
	var out []DueReturn
	for _, r := range p.Returns {
		due := p.calendar.Earlier(at.End.AddDate(0, 0, r.Due.Days))
		d := DueReturn{Name: r.Name, Period: at.Label, Due: due, Status: "no draft"}
		if file := p.draftPath(r, at); exists(file) {
			d.Status, d.File = "drafted", file
		}
		if sealed, err := p.Sealed(r.Name, at); err == nil && len(sealed) > 0 {
			last := sealed[len(sealed)-1]
			d.Status, d.File = fmt.Sprintf("sealed as version %d", last.About.Version), p.sealedFile(last)
		} else if submitted, err := p.submissions(r, at); err == nil && len(submitted) > 0 {
			d.Status = "submitted"
		}
		out = append(out, d)
	}
	return out
}

// Due says when a return is owed: days after the period's end; a date that is
// not a working day moves earlier.
type Due struct {
	Days int `yaml:"days" json:"days"`
}

// Return is one return the office makes.
type Return struct {
	Name     string            `yaml:"name"`
	Template string            `yaml:"template"`
	Scopes   map[string]string `yaml:"scopes"` // the names a cell map uses, such as money
	Fields   map[string]string `yaml:"fields"` // what the cover says
	Due      Due               `yaml:"due"`
}

func (p *Pipeline) draftPath(r Return, at period.Period) string {
	return p.Store("drafts", fmt.Sprintf("%s-%s%s", r.Name, at.Label, p.ending(r)))
}

// ending is that of a return's workbooks: .xlsx, or .xlsm where its blank has macros.
func (p *Pipeline) ending(r Return) string {
	if files, err := p.template(r); err == nil {
		return returns.Ending(files)
	}
	return ".xlsx"
}

// WorkbookEnding is the ending of the names of a return's workbooks (empty: of
// the first configured).
func (p *Pipeline) WorkbookEnding(name string) (string, error) {
	r, err := p.configured(name)
	return p.ending(r), err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
