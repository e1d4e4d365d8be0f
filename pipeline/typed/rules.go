package typed

import (
	"context"
	"database/sql"
	"io/fs"
	"path"
	"sort"
	"strings"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Model runs the model's SQL files in the order of their names.
func Model(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, pattern string) error {
	files, err := fs.Glob(ws.Queries, "model/"+pattern)
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		if err := warehouse.RunFile(ctx, conn, ws.Queries, file); err != nil {
			return err
		}
	}
	return nil
}

// LoadRules puts the code lists and the register into the new warehouse.
func LoadRules(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, build string) error {
	for _, schema := range []string{"reference", "register", "typed"} {
		if err := warehouse.Exec(ctx, conn, "CREATE SCHEMA "+schema); err != nil {
			return err
		}
	}
	files, err := fs.Glob(ws.Queries, "reference/*.csv")
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".csv")
		if err := warehouse.LoadCSV(ctx, conn, "reference", name, ws.Queries, file, referenceTypes[name]); err != nil {
			return err
		}
	}
	if err := LoadRegister(ctx, conn, ws.Register); err != nil {
		return err
	}
	if err := loadMetrics(ctx, ws, conn); err != nil {
		return err
	}
	// who signed is not the build's to know: a reader fills it (see C14)
	if err := warehouse.Load(ctx, conn, "declaration(fund VARCHAR, period VARCHAR, state VARCHAR, date DATE)", nil); err != nil {
		return err
	}
	if err := warehouse.Load(ctx, conn, "build(build VARCHAR, engine INTEGER, duckdb VARCHAR)", [][]any{{build, workspace.Engine, warehouse.Version}}); err != nil {
		return err
	}
	return Model(ctx, ws, conn, "0*.sql")
}

// loadMetrics keeps how each metric counts, for checks and analysts.
func loadMetrics(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn) error {
	var rows [][]any
	for _, m := range ws.Metrics.Metrics {
		rows = append(rows, []any{m.Code, m.Name, m.Title, m.Count.Kind, m.When.Kind, !m.NoTotal, ws.Metrics.Adds(m), ws.Metrics.AddsOverTime(m), m.Unit, m.Protect})
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
			len(f.BudgetLines) > 0, amount(register.Money(f.FrontLineTarget)), date(f.RepayBy)})
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
