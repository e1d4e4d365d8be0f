package published

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// SentRow is one row of a file: what its sender wrote, what that was taken as, and what
// is wrong with it.
type SentRow struct {
	File, SHA256, Provider, Feed, Sheet string
	Standing                            string      // counted, superseded or rejected
	Cells                               table.Table // sent_column, sent, column_name, taken_as
	Faults                              table.Table // column_name, value, severity, rule, message
}

// Row finds a row by the SHA-256 of its file, its sheet and its number; its File is empty
// where nothing that counts has it. What a fault withholds, or is only kept as a band, is
// withheld here too.
func Row(ctx context.Context, ws *workspace.Workspace, sha, sheet, number string) (found SentRow, err error) {
	if _, err := strconv.ParseUint(number, 10, 32); err != nil {
		return found, nil
	}
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return found, err
	}
	for _, s := range sources {
		if s.SHA256 != sha || s.SheetTold(ws) != sheet || s.Refused != "" || !s.Current {
			continue
		}
		return rowOf(ctx, ws, s, number)
	}
	return found, nil
}

func rowOf(ctx context.Context, ws *workspace.Workspace, s typed.Staged, number string) (found SentRow, err error) {
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	found = SentRow{File: s.Name, SHA256: s.SHA256, Provider: s.Provider, Feed: s.Feed, Sheet: s.SheetTold(ws)}
	found.Faults, err = table.Query(ctx, reader.DB, `SELECT column_name, value, severity, rule, message FROM fault
		WHERE sha256 = $1 AND coalesce(sheet, '') = $2 AND "row" = $3::BIGINT AND feed = $4 ORDER BY column_name, rule`, s.SHA256, found.Sheet, number, s.Feed)
	if err != nil {
		return found, err
	}
	faulty := map[string]bool{}
	for _, f := range found.Faults.Rows {
		faulty[table.AsText(f[0])] = true
	}
	taken, err := table.Query(ctx, reader.DB, fmt.Sprintf(`SELECT t.* FROM typed.%s t JOIN delivery d ON d.delivery = t.delivery AND d.feed = $1
		WHERE d.sha256 = $2 AND coalesce(d.sheet, '') = $3 AND t."row" = $4::BIGINT AND d.current`, s.Feed), s.Feed, s.SHA256, found.Sheet, number)
	if err != nil {
		return found, err
	}
	as := map[string]string{}
	for i, c := range taken.Columns {
		if len(taken.Rows) > 0 {
			as[c.Name] = table.AsText(taken.Rows[0][i])
		}
	}
	found.Standing = as["standing"]
	text, err := sentText(ctx, ws, s, number)
	if err != nil || text == nil {
		found.File = ""
		return found, err
	}
	for _, name := range []string{"sent_column", "sent", "column_name", "taken_as"} {
		found.Cells.Columns = append(found.Cells.Columns, table.Column{Name: name})
	}
	told := s.Teller(ws)
	for i, header := range s.Table.Header {
		sent := ""
		if i < len(text) {
			sent = told(i, table.AsText(text[i]))
		}
		made := s.Made(i)
		// a fault may withhold its text, whichever column it is of
		if sent != "" && slices.ContainsFunc(made, func(name string) bool { return faulty[name] }) {
			sent = typed.Withheld
		}
		name, took := "", ""
		if len(made) > 0 {
			name, took = made[0], as[made[0]]
			if c, _ := s.Contract.Column(name); c.Band != "" {
				took = as[c.Band]
			}
		}
		found.Cells.Rows = append(found.Cells.Rows, []any{ws.Safe.Name(strings.TrimSpace(header)), sent, name, took})
	}
	return found, nil
}

// sentText is a row's text as it is staged; nil where there is no such row.
func sentText(ctx context.Context, ws *workspace.Workspace, s typed.Staged, number string) (row []any, err error) {
	aside, err := ws.Temp("sent")
	if err != nil {
		return nil, err
	}
	defer aside.Close()
	db, err := warehouse.Create(ctx, filepath.Join(aside.Path, "sent.duckdb"), ws.Settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	sent, err := table.Query(ctx, db.Pool(), "SELECT * FROM read_parquet("+warehouse.Literal(filepath.ToSlash(s.Parquet))+") WHERE \"row\" = $1::BIGINT", number)
	if err != nil || len(sent.Rows) == 0 {
		return nil, err
	}
	return sent.Rows[0][3:], nil
}
