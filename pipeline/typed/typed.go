// Package typed reads deliveries as text and judges them: every row is counted,
// superseded or rejected, and each of its faults has a sentence.
//
// typed.<feed> holds the rejected rows too, marked by their standing, so that rows
// in = accepted + rejected is one count; the model's views show only rows that count
// (2026-11-23).
package typed

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Few tells whether the sources are so small that a statement costs more to plan
// and to share between threads than to run.
func Few(sources []Staged) bool {
	var rows int64
	for _, s := range sources {
		if s.Current {
			rows += s.Table.Rows
		}
	}
	return rows <= fewRows
}

// fewRows: at 300,000 rows one thread still took two thirds of the processor time
// of two; more was not measured.
const fewRows = 500_000

// Load judges every row of every current delivery. Each ends as counted,
// superseded by a later row of its key, or rejected, and each of its faults is
// listed with its sentence.
func Load(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, sources []Staged) error {
	if err := loadDeliveries(ctx, ws, conn, sources); err != nil {
		return err
	}
	for _, c := range ws.Contracts {
		for _, statement := range c.Tables(ws.Lists) {
			if err := warehouse.Exec(ctx, conn, statement); err != nil {
				return fmt.Errorf("contract %q: %w", c.Feed, err)
			}
		}
	}
	for i, c := range ws.Contracts {
		ws.Tell("judging "+c.Feed, i, len(ws.Contracts))
		if err := judgeFeed(ctx, ws, conn, c, sources); err != nil {
			return err
		}
	}
	if err := controlTotals(ctx, ws, conn, sources); err != nil {
		return err
	}
	return settle(ctx, ws, conn, sources)
}

// judgeFeed judges the rows of every current delivery of a feed.
func judgeFeed(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, c contract.Contract, sources []Staged) error {
	var current []Staged
	for _, s := range sources {
		if s.Current && s.Feed == c.Feed {
			current = append(current, s)
		}
	}
	if len(current) == 0 {
		return nil
	}
	var from []contract.Source
	for _, s := range current {
		source := Source(ws, s)
		if Few(sources) {
			// a statement that names a file is planned twice, and this one is long
			source.Rows = fmt.Sprintf("temp.text_%d", s.Order)
			if err := warehouse.Exec(ctx, conn, "CREATE TEMP TABLE "+source.Rows+" AS FROM "+Source(ws, s).Rows); err != nil {
				return fmt.Errorf("cannot read the staged rows of %q: %w", s.Name, err)
			}
		}
		from = append(from, source)
	}
	if err := warehouse.Exec(ctx, conn, c.Judge(from, ws.Lists)); err != nil {
		return fmt.Errorf("cannot judge the rows of %s: %w", c.Feed, err)
	}
	if err := warehouse.Exec(ctx, conn, c.RepeatedKeys(furtherSheets(current))); err != nil {
		return fmt.Errorf("cannot look for repeated keys in %s: %w", c.Feed, err)
	}
	for i, s := range current {
		if err := rejectPersonal(ctx, ws, conn, s); err != nil {
			return err
		}
		if Few(sources) {
			if err := warehouse.Exec(ctx, conn, "DROP TABLE "+from[i].Rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// furtherSheets gives, for each source that is a further sheet of one file as one
// feed, the first of them.
func furtherSheets(current []Staged) map[int]int {
	first, out := map[int]int{}, map[int]int{}
	for _, s := range current {
		if _, seen := first[s.Number]; !seen {
			first[s.Number] = s.Order
		} else {
			out[s.Order] = first[s.Number]
		}
	}
	return out
}

// settle decides which of several rows of a key counts, lists the faults, and
// asserts that every row read is accepted or rejected.
func settle(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, sources []Staged) error {
	var statements, faults, standings, accounts []string
	sent := map[[2]string]int{}
	for _, s := range sources {
		if !s.Current {
			continue
		}
		// keys can only meet where a provider has sent a feed more than once
		if sent[[2]string{s.Provider, s.Feed}]++; sent[[2]string{s.Provider, s.Feed}] == 2 {
			statements = append(statements, s.Contract.Settle(s.Provider, s.Spec.Delivered == "refresh")...)
		}
	}
	for i, c := range ws.Contracts {
		// of feeds that nobody sends there is nothing to tell; one stands for the columns
		if i > 0 && !slices.ContainsFunc(sources, func(s Staged) bool { return s.Current && s.Feed == c.Feed }) {
			continue
		}
		faults = append(faults, c.Faults())
		standings = append(standings, c.Standings())
		accounts = append(accounts, c.Account(ws.Lists))
	}
	statements = append(statements,
		`CREATE TABLE delivery AS SELECT d.*, coalesce(accepted, 0) AS accepted, coalesce(rejected, 0) AS rejected,
			coalesce(counted, 0) AS counted, coalesce(superseded, 0) AS superseded, latest_year
			FROM delivered d LEFT JOIN (`+strings.Join(standings, "\nUNION ALL ")+`) s USING (delivery) ORDER BY delivery, number, feed, sheet`,
		`CREATE TABLE fault AS SELECT d.file, d.sha256, d.provider, f.feed, d.sheet, f."row", f.line, f.column_name, f.value, f.severity, f.rule, f.message
			FROM (`+strings.Join(faults, "\nUNION ALL ")+`) f JOIN delivery d ON d.delivery = f.delivery AND d.current
			ORDER BY f.delivery, f."row", f.column_name, f.rule`,
		withhold(ws),
		"CREATE TABLE field_account AS FROM ("+strings.Join(accounts, "\nUNION ALL ")+`)
			ORDER BY feed, provider, financial_year, column_name`,
		"DROP TABLE delivered")
	for _, statement := range statements {
		if err := warehouse.Exec(ctx, conn, statement); err != nil {
			return fmt.Errorf("cannot settle which rows count: %w", err)
		}
	}
	if err := sayShapes(ctx, ws, conn); err != nil {
		return fmt.Errorf("cannot settle which values may be repeated: %w", err)
	}
	for _, c := range ws.Contracts {
		if err := warehouse.Exec(ctx, conn, c.ForgetFaulty()); err != nil {
			return fmt.Errorf("cannot settle which values may be repeated: %w", err)
		}
	}
	return assertRows(ctx, ws, conn)
}

// assertRows is the promise that no row is lost: rows in = accepted + rejected,
// for each file.
func assertRows(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn) error {
	type file struct {
		File, Feed               string
		Rows, Accepted, Rejected int64
	}
	wrong, err := warehouse.Select[file](ctx, conn, `SELECT file, feed, rows, accepted, rejected FROM delivery
		WHERE current AND rows <> accepted + rejected ORDER BY delivery`)
	if err != nil {
		return err
	}
	var lost []string
	for _, f := range wrong {
		lost = append(lost, fmt.Sprintf("%s (%s): %d rows read, %d accepted, %d rejected", f.File, f.Feed, f.Rows, f.Accepted, f.Rejected))
	}
	if len(lost) > 0 {
		return fmt.Errorf("rows were lost, which is a fault of this program, so nothing is published: %s", strings.Join(lost, "; "))
	}
	return nil
}

// Source is a delivery as the SQL that judges its rows needs it.
func Source(ws *workspace.Workspace, s Staged) contract.Source {
	source := contract.Source{
		Delivery: s.Order, Provider: s.Provider, Year: s.Year,
		Rows: "read_parquet('" + strings.ReplaceAll(filepath.ToSlash(s.Parquet), "'", "''") + "')", Mapping: s.Mapping, Spec: s.Spec, DaysFrom: s.Table.DaysFrom,
		Registers: ws.Registers(s.Provider),
	}
	if provider, ok := ws.Register.Provider(s.Provider); ok {
		source.KeyGroup = provider.KeyGroup()
	}
	return source
}

// hashedBy is the fingerprint of the key by which a file's client numbers were hashed at
// the door; nil where none were.
func hashedBy(r landing.Receipt) any {
	if r.Sent == nil || r.Sent.Pseudonyms == nil {
		return nil
	}
	return r.Sent.Pseudonyms.Key
}

// loadDeliveries keeps every delivery with its place, current or not, and the
// sentences of every contract's rules.
func loadDeliveries(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, sources []Staged) error {
	var rows [][]any
	for _, s := range sources {
		message := s.Why
		if s.Refused != "" {
			message = s.Refused
		}
		rows = append(rows, []any{s.Order, s.Number, s.Name, s.SHA256, s.Provider, s.Feed, s.Year, s.SheetTold(ws), s.Received.UTC(), s.Current, s.Table.Rows, message, hashedBy(s.Receipt)})
	}
	if err := warehouse.Load(ctx, conn, `delivered(delivery INTEGER, number INTEGER, file VARCHAR, sha256 VARCHAR, provider VARCHAR, feed VARCHAR,
		financial_year VARCHAR, sheet VARCHAR, received TIMESTAMPTZ, current BOOLEAN, rows BIGINT, message VARCHAR, pseudonym_key VARCHAR)`, rows); err != nil {
		return err
	}
	if err := warehouse.Exec(ctx, conn, `CREATE TABLE stale_row(feed VARCHAR, provider_code VARCHAR, key VARCHAR, delivery INTEGER, "row" BIGINT, newer INTEGER, newer_row BIGINT)`); err != nil {
		return err
	}
	var rules [][]any
	for _, c := range ws.Contracts {
		for _, r := range c.Rules(ws.Lists) {
			rules = append(rules, []any{c.Feed, r.Column, r.Name, r.Severity, r.Sentence})
		}
	}
	return warehouse.Load(ctx, conn, "rule(feed VARCHAR, column_name VARCHAR, rule VARCHAR, severity VARCHAR, sentence VARCHAR)", rules)
}
