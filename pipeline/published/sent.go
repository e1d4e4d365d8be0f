package published

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// AsSent adds to each traced row the provider's own text, as header and text of
// every cell of the row that was not blank.
func AsSent(ctx context.Context, ws *workspace.Workspace, parts []Traced) error {
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return err
	}
	aside, err := ws.Temp("sent")
	if err != nil {
		return err
	}
	defer aside.Close()
	db, err := warehouse.Create(ctx, filepath.Join(aside.Path, "sent.duckdb"), ws.Settings)
	if err != nil {
		return err
	}
	defer db.Close()
	wanted := map[string]map[string]string{} // by file and sheet, then row
	for _, part := range parts {
		for _, row := range part.Rows.Rows {
			at := table.AsText(row[1]) + " " + table.AsText(row[2])
			if wanted[at] == nil {
				wanted[at] = map[string]string{}
			}
			wanted[at][table.AsText(row[3])] = ""
		}
	}
	for _, s := range sources {
		rows := wanted[s.SHA256+" "+s.SheetTold(ws)]
		if rows == nil || s.Refused != "" {
			continue
		}
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		sent, err := table.Query(ctx, conn, "SELECT * FROM read_parquet('"+strings.ReplaceAll(filepath.ToSlash(s.Parquet), "'", "''")+"')")
		if err = errors.Join(err, conn.Close()); err != nil {
			return fmt.Errorf("cannot read %q again: %w", s.Name, err)
		}
		for _, row := range sent.Rows {
			if _, ok := rows[table.AsText(row[0])]; ok {
				rows[table.AsText(row[0])] = s.Record(ws, row[3:])
			}
		}
	}
	for i := range parts {
		t := &parts[i].Rows
		t.Columns = append(t.Columns, table.Column{Name: "as_sent"})
		for j, row := range t.Rows {
			t.Rows[j] = append(row, wanted[table.AsText(row[1])+" "+table.AsText(row[2])][table.AsText(row[3])])
		}
	}
	return nil
}
