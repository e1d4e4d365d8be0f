package metrics

import (
	"context"
	"fmt"
)

// Hold copies the rows of every view of the model into memory, under the view's
// own name, for as long as the connection lives. Seventy metrics read some twenty
// views that join and filter the typed rows: where the rows are few, planning those
// joins again for each metric costs far more than keeping what they give. Names,
// columns, types and rows are the view's, so the rules read as they are written.
func (e *Engine) Hold(ctx context.Context) error {
	views, err := e.views(ctx)
	if err != nil {
		return err
	}
	e.held = map[string][]string{}
	for _, view := range views {
		// asked before it is held: the table's name hides the view's, in main too
		if e.held[view], err = e.feeds(ctx, "FROM main."+ident(view)); err != nil {
			return fmt.Errorf("view %s: %w", view, err)
		}
		if _, err := e.Conn.ExecContext(ctx, fmt.Sprintf("CREATE TEMP TABLE %[1]s AS FROM main.%[1]s", ident(view))); err != nil {
			return fmt.Errorf("view %s cannot be held: %w", view, err)
		}
	}
	return nil
}

// views lists the views of the model in the order they were made, so that each reads
// what is held already.
func (e *Engine) views(ctx context.Context) ([]string, error) {
	rows, err := e.Conn.QueryContext(ctx, `SELECT view_name FROM duckdb_views()
		WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal ORDER BY view_oid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var views []string
	for rows.Next() {
		var view string
		if err := rows.Scan(&view); err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, rows.Err()
}
