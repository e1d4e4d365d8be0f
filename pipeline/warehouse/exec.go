package warehouse

import (
	"context"
	"database/sql"
	"strings"
)

// Literal is a text as SQL has it.
func Literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Exec runs a statement that gives no rows.
func Exec(ctx context.Context, conn *sql.Conn, statement string) error {
	_, err := conn.ExecContext(ctx, statement)
	return err
}
