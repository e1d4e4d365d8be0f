package example

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// TypedWarehouse is a new warehouse with the rules in it and the rows of some
// sources typed and judged.
func TypedWarehouse(t *testing.T, ws *workspace.Workspace, sources []typed.Staged) *sql.Conn {
	t.Helper()
	ctx := context.Background()
	settings := ws.Settings
	settings.SmallBlocks = typed.Few(sources)
	db, err := warehouse.Create(ctx, filepath.Join(t.TempDir(), "typed.duckdb"), settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := typed.LoadRules(ctx, ws, conn, "typed"); err != nil {
		t.Fatal(err)
	}
	if err := typed.Load(ctx, ws, conn, sources); err != nil {
		t.Fatal(err)
	}
	return conn
}
