package pipeline

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
)

// Open reads and checks every rule the workspace runs under: contracts, code
// lists, calendar, metric files, and the register against them. All mistakes
// are reported together.
func (p *Pipeline) Open() error {
	var errs []error
	var err error
	if p.contracts, err = contract.Load(p.Templates); err != nil {
		errs = append(errs, err)
	}
	if p.lists, err = loadLists(p.Queries); err != nil {
		errs = append(errs, err)
	}
	if p.personal, err = parsePersonal(p.lists["personal_data"]); err != nil {
		errs = append(errs, err)
	}
	p.screenedBy = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%v", p.lists["personal_data"])))
	errs = append(errs, contract.CheckLists(p.contracts, p.lists), landing.CheckPatterns(p.Register.Providers), contract.CheckFeeds(p.contracts, p.lists, p.Register.Providers), p.checkReading())
	if p.calendar, err = period.LoadCalendar(p.Queries, "reference/holiday.csv"); err != nil {
		errs = append(errs, err)
	}
	if p.metrics, err = metrics.Load(p.Queries); err != nil {
		errs = append(errs, err)
	}
	var feeds, lines []string
	for _, c := range p.contracts {
		feeds = append(feeds, c.Feed)
	}
	for _, row := range p.lists["budget_line"] {
		lines = append(lines, row["code"])
	}
	errs = append(errs, p.Register.Check(feeds, lines)...)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	p.store, err = landing.Open(p.Store(), p.Now)
	return err
}

// Metrics is the set of metric files in force.
func (p *Pipeline) Metrics() *metrics.Set { return p.metrics }

// loadLists reads every reference/*.csv as rows of column name to value.
func loadLists(queries fs.FS) (contract.Lists, error) {
	files, err := fs.Glob(queries, "reference/*.csv")
	if err != nil {
		return nil, err
	}
	lists := contract.Lists{}
	for _, file := range files {
		f, err := queries.Open(file)
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		name := strings.TrimSuffix(path.Base(file), ".csv")
		for _, row := range rows[1:] {
			values := map[string]string{}
			for i, column := range rows[0] {
				values[column] = row[i]
			}
			lists[name] = append(lists[name], values)
		}
	}
	return lists, nil
}

// contractFor finds the contract of a feed.
func (p *Pipeline) contractFor(feed string) (contract.Contract, bool) {
	for _, c := range p.contracts {
		if c.Feed == feed {
			return c, true
		}
	}
	return contract.Contract{}, false
}
