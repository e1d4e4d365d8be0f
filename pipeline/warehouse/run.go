package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// Execer runs statements: a *sql.DB or a *sql.Conn.
type Execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// RunFile runs the statements of an SQL file one after the other, until one
// fails. The error names the file and the line, and keeps DuckDB's message with
// its caret.
func RunFile(ctx context.Context, conn Execer, fsys fs.FS, name string) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("cannot read an SQL file: %w", err)
	}
	statements, err := split(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s.text); err != nil {
			return placed(name, s.line, err)
		}
	}
	return nil
}

// placedError is an error of DuckDB with its lines counted from the top of the file.
type placedError struct {
	text string
	err  error
}

func (e *placedError) Error() string { return e.text }
func (e *placedError) Unwrap() error { return e.err }

// placed tells where in a file a statement failed. start is its first line.
func placed(file string, start int, err error) error {
	message, line := moveLine(err.Error(), start-1)
	return &placedError{fmt.Sprintf("%s:%d: %s", file, line, message), err}
}

// DuckDB: LINE 2: FROM nowhere, and a caret under the word in the line below.
var lineOfMessage = regexp.MustCompile(`(?m)^LINE (\d+): .*\n( *)\^`)

// moveLine renumbers the line that a message of DuckDB shows, and gives its new
// number; by+1, the first line, when it shows none.
func moveLine(message string, by int) (moved string, line int) {
	m := lineOfMessage.FindStringSubmatchIndex(message)
	if m == nil {
		return message, by + 1
	}
	old := message[m[2]:m[3]]
	n, err := strconv.Atoi(old)
	if err != nil {
		return message, by + 1
	}
	now := strconv.Itoa(n + by)
	// the caret stays under its word when the number takes more room
	gap := strings.Repeat(" ", max(0, m[5]-m[4]+len(now)-len(old)))
	return message[:m[2]] + now + message[m[3]:m[4]] + gap + message[m[5]:], n + by
}
