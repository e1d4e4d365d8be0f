package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// readsOnly are the table functions that a query in the sandbox may call. The
// locked configuration keeps others from files, but some switch logging or
// profiling on, run a text as a query, or take an address in memory.
var readsOnly = []string{
	"duckdb_columns", "duckdb_constraints", "duckdb_databases", "duckdb_functions", "duckdb_indexes", "duckdb_keywords",
	"duckdb_schemas", "duckdb_tables", "duckdb_types", "duckdb_views",
	"generate_series", "json_each", "json_tree", "pragma_show", "pragma_table_info", "pragma_version",
	"range", "repeat", "repeat_row", "summary", "unnest",
}

// neverCalled are the functions of a single value that do more than work it out, or tell
// of the machine.
var neverCalled = []string{"write_log", "current_setting", "getenv"}

var explain = regexp.MustCompile(`(?is)^explain\s+(analyze\s+)?`)

// permit lets a statement pass that only reads the warehouse's own tables, and
// says whether it is a SELECT or an EXPLAIN of one. DuckDB's own parser reads
// it, so that no spelling gets around the rules.
func permit(ctx context.Context, conn *sql.Conn, query string, macros func() ([]string, error)) (kind string, err error) {
	kind, inner := "SELECT", query
	if head := explain.FindString(query); head != "" {
		kind, inner = "EXPLAIN", query[len(head):]
	}
	var text string
	if err := conn.QueryRowContext(ctx, "SELECT json_serialize_sql("+Literal(inner)+")::VARCHAR").Scan(&text); err != nil {
		return "", err
	}
	var parsed struct {
		Error      bool   `json:"error"`
		Type       string `json:"error_type"`
		Statements []any  `json:"statements"`
	}
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		return "", fmt.Errorf("cannot check the query: %w", err)
	}
	if parsed.Error && parsed.Type == "parser" {
		// preparing it says what is wrong, with a caret; what can be prepared all the same,
		// such as EXPLAIN (ANALYZE) of anything, was not looked into
		if _, err := columnNames(conn, query, nil); err != nil {
			return "", err
		}
	}
	if parsed.Error || len(parsed.Statements) != 1 {
		return "", fmt.Errorf("%w: only one SELECT is (or WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN; PIVOT with an IN list)", ErrRefused)
	}
	if walk(parsed.Statements[0], readsOnly) == nil {
		return kind, nil
	}
	// it may be a macro of the model: listing them takes longer than most questions
	ours, err := macros()
	if err != nil {
		return "", err
	}
	return kind, walk(parsed.Statements[0], slices.Concat(ours, readsOnly))
}

// tableMacros lists the warehouse's own: they are the model's, and were written by us.
func tableMacros(ctx context.Context, conn Queryer) ([]string, error) {
	rows, err := Query(ctx, conn, "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal")
	if err != nil {
		return nil, err
	}
	all, _, err := rows.Collect(0)
	var names []string
	for _, row := range all {
		names = append(names, strings.ToLower(fmt.Sprint(row[0])))
	}
	return names, err
}

// walk goes through a parsed query and refuses what reads anything but tables.
func walk(node any, functions []string) error {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			if err := walk(child, functions); err != nil {
				return err
			}
		}
	case map[string]any:
		if err := refuse(node, functions); err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(node)) {
			if err := walk(node[key], functions); err != nil {
				return err
			}
		}
	}
	return nil
}

func refuse(node map[string]any, functions []string) error {
	switch node["type"] {
	case "FUNCTION":
		if name, _ := node["function_name"].(string); slices.Contains(neverCalled, strings.ToLower(name)) {
			return fmt.Errorf("%w: %s() cannot be used here", ErrRefused, name)
		}
	case "TABLE_FUNCTION":
		function, _ := node["function"].(map[string]any)
		name, _ := function["function_name"].(string)
		if !slices.Contains(functions, strings.ToLower(name)) {
			return fmt.Errorf("%w: %s() cannot be used here; a query reads the warehouse's own tables only", ErrRefused, name)
		}
	case "BASE_TABLE":
		if name, _ := node["table_name"].(string); strings.ContainsAny(name, `/\`) {
			return fmt.Errorf("%w: %q is a file; a query reads the warehouse's own tables only", ErrRefused, name)
		}
	}
	return nil
}
