package pipeline

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/warehouse"
)

// identity names a build by everything that decides its contents: the current
// deliveries, the rules, the register, the engine and DuckDB.
func (p *Pipeline) identity(sources []staged) (string, error) {
	id := warehouse.NewIdentity()
	id.Add("engine", fmt.Appendf(nil, "%d", Engine))
	id.Add("duckdb", []byte(warehouse.Version))
	for _, part := range []struct {
		fsys fs.FS
		dirs []string
	}{
		{p.Templates, []string{"extracts"}},
		{p.Queries, []string{"reference", "model", "checks", "metrics", "conditions"}},
	} {
		for _, dir := range part.dirs {
			if err := addFiles(id, part.fsys, dir); err != nil {
				return "", err
			}
		}
	}
	register, err := json.Marshal(p.Register)
	if err != nil {
		return "", err
	}
	id.Add("register", register)
	for i, s := range sources {
		what := fmt.Sprintf("%d %s %s %s %s %s %q %q %q %t", s.Order, s.Provider, s.Feed, s.Year, s.Table.Sheet, s.SHA256, s.Name, s.Why, s.Refused, s.Current)
		id.Add(fmt.Sprintf("delivery %06d", i), []byte(what+s.Received.UTC().String()))
	}
	return id.String(), nil
}

func addFiles(id *warehouse.Identity, fsys fs.FS, dir string) error {
	return fs.WalkDir(fsys, dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		// the same rules on Windows, where a checkout may end lines otherwise
		id.Add(file, []byte(strings.ReplaceAll(string(text), "\r\n", "\n")))
		return nil
	})
}

// loadRules puts the code lists and the register into the new warehouse.
func (p *Pipeline) loadRules(ctx context.Context, conn *sql.Conn, build string) error {
	for _, schema := range []string{"reference", "register", "typed"} {
		if err := exec(ctx, conn, "CREATE SCHEMA "+schema); err != nil {
			return err
		}
	}
	files, err := fs.Glob(p.Queries, "reference/*.csv")
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".csv")
		if err := warehouse.LoadCSV(ctx, conn, "reference", name, p.Queries, file, referenceTypes[name]); err != nil {
			return err
		}
	}
	if err := LoadRegister(ctx, conn, p.Register); err != nil {
		return err
	}
	if err := p.loadMetrics(ctx, conn); err != nil {
		return err
	}
	// who signed is not the build's to know: a reader fills it (see C14)
	if err := warehouse.Load(ctx, conn, "declaration(fund VARCHAR, period VARCHAR, state VARCHAR, date DATE)", nil); err != nil {
		return err
	}
	if err := warehouse.Load(ctx, conn, "build(build VARCHAR, engine INTEGER, duckdb VARCHAR)", [][]any{{build, Engine, warehouse.Version}}); err != nil {
		return err
	}
	return p.model(ctx, conn, "0*.sql")
}

// loadMetrics keeps how each metric counts, for checks and analysts.
func (p *Pipeline) loadMetrics(ctx context.Context, conn *sql.Conn) error {
	var rows [][]any
	for _, m := range p.metrics.Metrics {
		rows = append(rows, []any{m.Code, m.Name, m.Title, m.Count.Kind, m.When.Kind, !m.NoTotal, p.metrics.Adds(m), p.metrics.AddsOverTime(m), m.Unit, m.Protect})
	}
	return warehouse.Load(ctx, conn, `metric(code VARCHAR, name VARCHAR, title VARCHAR, kind VARCHAR, timing VARCHAR, total BOOLEAN, adds BOOLEAN, adds_over_time BOOLEAN, unit VARCHAR, protect VARCHAR)`, rows)
}

// referenceTypes are the columns of code lists that are not text.
var referenceTypes = map[string]map[string]string{
	"age_band":        {"from_age": "INTEGER", "to_age": "INTEGER"},
	"holiday":         {"date": "DATE"},
	"local_authority": {"population_2021": "INTEGER"},
	"outcome_scale":   {"min": "INTEGER", "max": "INTEGER", "smallest_change": "INTEGER"},
	"spo_status":      {"rank": "INTEGER"},
}

// LoadRegister makes the tables of the schema `register` from the configuration.
func LoadRegister(ctx context.Context, conn *sql.Conn, r register.Register) error {
	var funds, awards, lines, matches, services, providers, scopes [][]any
	for _, f := range r.Funds {
		funds = append(funds, []any{f.Code, f.Name, f.Agreement, f.Match, date(f.SpendFrom), date(f.SpendBy), date(f.DeliveryFrom), date(f.DeliveryTo),
			len(f.BudgetLines) > 0, amount(f.FrontLineTarget), date(f.RepayBy)})
		for _, b := range f.BudgetLines {
			lines = append(lines, []any{f.Code, b})
		}
		add := func(kind string, list []register.Award) {
			for _, a := range list {
				awards = append(awards, []any{f.Code, kind, amount(a.Amount), date(a.Date), a.Reference})
			}
		}
		for _, c := range f.MatchCentres {
			matches = append(matches, []any{f.Code, "cost centre", c})
		}
		for _, c := range f.MatchAwards {
			matches = append(matches, []any{f.Code, "award reference", c})
		}
		if f.Maximum != nil {
			add("maximum", []register.Award{*f.Maximum})
		}
		add("addendum", f.Addenda)
		add("notice", f.Notices)
		add("cash received", f.CashReceived)
		add("carry forward", f.CarryForward)
		add("repaid", f.Repaid)
	}
	for _, s := range r.Services {
		services = append(services, []any{s.Code, s.Name, s.Provider, s.Fund, date(s.From), date(s.To)})
	}
	for _, v := range r.Providers {
		providers = append(providers, []any{v.Code, v.Name, v.KeyGroup()})
	}
	for _, s := range r.Scopes() {
		scopes = append(scopes, []any{s})
	}
	for _, t := range []struct {
		columns string
		rows    [][]any
	}{
		{`register.fund(code VARCHAR, name VARCHAR, agreement VARCHAR, match BOOLEAN, spend_from DATE, spend_by DATE, delivery_from DATE, delivery_to DATE,
			lists_lines BOOLEAN, front_line_target DECIMAL(18,4), repay_by DATE)`, funds},
		{"register.fund_award(fund VARCHAR, kind VARCHAR, amount DECIMAL(18,2), date DATE, reference VARCHAR)", awards},
		{"register.fund_line(fund VARCHAR, budget_line VARCHAR)", lines},
		{"register.fund_match(fund VARCHAR, kind VARCHAR, code VARCHAR)", matches},
		{"register.service(code VARCHAR, name VARCHAR, provider VARCHAR, fund VARCHAR, from_date DATE, to_date DATE)", services},
		{"register.provider(code VARCHAR, name VARCHAR, key_group VARCHAR)", providers},
		{"scope(scope VARCHAR)", scopes},
	} {
		if err := warehouse.Load(ctx, conn, t.columns, t.rows); err != nil {
			return err
		}
	}
	return nil
}

func date(d register.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

func amount(m register.Money) any {
	if m == "" {
		return nil
	}
	return string(m)
}

// loadPeriods keeps the periods computed, and which expected delivery covers each.
func (p *Pipeline) loadPeriods(ctx context.Context, conn *sql.Conn, periods []period.Period, sources []staged) error {
	var rows, expected [][]any
	for _, at := range periods {
		rows = append(rows, []any{at.Label, string(at.Kind), at.Start.Format("2006-01-02"), at.End.Format("2006-01-02")})
		expected = append(expected, p.expected(at, sources)...)
	}
	if err := warehouse.Load(ctx, conn, "period(period VARCHAR, kind VARCHAR, period_start DATE, period_end DATE)", rows); err != nil {
		return err
	}
	return warehouse.Load(ctx, conn, expectations, expected)
}

const expectations = "expectation(period VARCHAR, provider VARCHAR, feed VARCHAR, part VARCHAR, covered BOOLEAN, detail VARCHAR)"

// expected are the rows of the table of expectations for a period.
func (p *Pipeline) expected(at period.Period, sources []staged) [][]any {
	var rows [][]any
	for _, e := range p.expect(at, sources) {
		covered := e.Status == landing.Received
		detail := "received as " + e.File
		if !covered {
			detail = fmt.Sprintf("nothing received covers %s; it was due by %s", e.Period, e.Due.Format("2 January 2006"))
		}
		rows = append(rows, []any{at.Label, e.Provider, e.Feed, e.Period, covered, detail})
	}
	return rows
}

func (p *Pipeline) expect(at period.Period, sources []staged) []landing.Expectation {
	var deliveries []landing.Delivery
	for _, s := range sources {
		deliveries = append(deliveries, s.Delivery)
	}
	return landing.Expect(p.Register.Providers, deliveries, at, p.calendar, at.End)
}

// missing lists the scopes whose figures of a feed are not available in a
// period, since a delivery that was expected does not cover it.
func (p *Pipeline) missing(periods []period.Period, sources []staged) []metrics.Missing {
	seen := map[metrics.Missing]bool{}
	var out []metrics.Missing
	for _, at := range periods {
		for _, e := range p.expect(at, sources) {
			if e.Status == landing.Received {
				continue
			}
			for _, scope := range p.scopesOf(e.Provider, e.Feed) {
				m := metrics.Missing{Scope: scope, Period: at.Label, Feed: e.Feed}
				if !seen[m] {
					seen[m] = true
					out = append(out, m)
				}
			}
		}
	}
	return out
}

// scopesOf lists the scopes that a provider's feed feeds: the whole, the
// provider, its services and their funds. A feed whose rows name their own
// fund (training, spend) may touch every fund.
func (p *Pipeline) scopesOf(provider, feed string) []string {
	scopes := []string{"all", "provider:" + provider}
	for _, s := range p.Register.Services {
		if s.Provider == provider {
			scopes = append(scopes, "service:"+s.Code)
		}
	}
	ownFund := false
	if c, ok := p.contractFor(feed); ok {
		column, found := c.Column("fund_code")
		ownFund = found && column.Constraints.Required
	}
	for _, f := range p.Register.Funds {
		serves := func(s register.Service) bool { return s.Provider == provider && s.Fund == f.Code }
		if ownFund || slices.ContainsFunc(p.Register.Services, serves) {
			scopes = append(scopes, "fund:"+f.Code)
		}
	}
	return scopes
}
