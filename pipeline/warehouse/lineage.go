package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Lineage lists the base tables that a query reads, through every view and
// macro, as schema.table without quotes, sorted. They must exist.
func Lineage(ctx context.Context, conn *sql.Conn, query string) ([]string, error) {
	// the driver answers a query that does not bind with an empty list, so that
	// mistakes must be found first
	prepared, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if err := prepared.Close(); err != nil {
		return nil, err
	}
	return LineageOfBound(conn, query)
}

// LineageOfBound is Lineage of a query that is known to have no mistakes, since it
// has run; it gives no table of one that has.
func LineageOfBound(conn *sql.Conn, query string) ([]string, error) {
	names, err := duckdb.GetTableNames(conn, query, true)
	if err != nil {
		return nil, fmt.Errorf("cannot tell which tables are read: %w", err)
	}
	var tables []string
	for _, name := range names {
		parts := nameParts(name)
		if len(parts) == 1 {
			parts = []string{"main", parts[0]}
		}
		tables = append(tables, strings.Join(parts[len(parts)-2:], "."))
	}
	slices.Sort(tables)
	return slices.Compact(tables), nil
}

// nameParts takes apart catalog.schema."a table" AS alias, as the driver
// writes a name.
func nameParts(name string) []string {
	var parts []string
	for {
		part, rest := name, ""
		if strings.HasPrefix(name, `"`) {
			n := 1
			for n < len(name) && (name[n] != '"' || strings.HasPrefix(name[n:], `""`)) {
				if name[n] == '"' {
					n++
				}
				n++
			}
			part, rest = strings.ReplaceAll(name[1:min(n, len(name))], `""`, `"`), name[min(n+1, len(name)):]
		} else if n := strings.IndexAny(name, ". "); n >= 0 {
			part, rest = name[:n], name[n:]
		}
		parts = append(parts, part)
		after, more := strings.CutPrefix(rest, ".")
		if !more {
			return parts
		}
		name = after
	}
}
