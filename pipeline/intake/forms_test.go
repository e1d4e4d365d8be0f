package intake_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// Each line of testdata/extracts/forms.csv is a value as a provider writes it,
// what the mapping says of it, and what it is taken as: "fault" where it is not
// taken, blank where it is nothing. Every mapping is that of a provider of its own.
func TestFormsOfValues(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := judgePipeline(t)
	ws.Register.Providers = ws.Register.Providers[:1]
	var groups []string
	wanted := map[string][]map[string]string{}
	for _, c := range example.ReadRows(t, filepath.Join(extracts, "forms.csv")) {
		group := c["feed"] + "|" + c["column"] + "|" + c["mapping"]
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		wanted[group] = append(wanted[group], c)
	}
	var paths []string
	for i, group := range groups {
		first := wanted[group][0]
		var spec register.Feed
		if err := strict.Read("mapping", []byte(first["mapping"]), &spec).Err(); err != nil {
			t.Fatalf("%s: %v", first["mapping"], err)
		}
		name := fmt.Sprintf("forms-%d.csv", i)
		spec.Feed, spec.Files, spec.Delivered = first["feed"], name, "increment"
		ws.Register.Providers = append(ws.Register.Providers, register.Provider{Code: "P" + fmt.Sprint(i), Feeds: []register.Feed{spec}})
		paths = append(paths, filepath.Join(ws.Dir, name))
		if err := os.WriteFile(paths[i], []byte(oneColumn(t, ws, first, wanted[group])), 0o660); err != nil {
			t.Fatal(err)
		}
	}
	conn := judged(t, ws, paths)
	for i, group := range groups {
		first := wanted[group][0]
		found, err := table.Query(ctx, conn, fmt.Sprintf(`SELECT CASE WHEN len(list_filter(faults, lambda f: f.rule IN ('form', 'calendar') AND f.column_name = '%[1]s')) > 0 THEN 'fault' ELSE coalesce(%[1]s::VARCHAR, '') END
			FROM typed.%[2]s WHERE sender = $1 ORDER BY "row"`, first["column"], first["feed"]), "P"+fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Rows) != len(wanted[group]) {
			t.Fatalf("%s: %d rows of %d", group, len(found.Rows), len(wanted[group]))
		}
		for n, c := range wanted[group] {
			if got := table.AsText(found.Rows[n][0]); got != c["taken_as"] {
				t.Errorf("%s of %s with %q: %q is taken as %q, not %q", c["column"], c["feed"], c["mapping"], c["value"], got, c["taken_as"])
			}
		}
	}
}

// oneColumn is an extract in which only one column and a number for the row are filled.
func oneColumn(t *testing.T, ws *workspace.Workspace, of map[string]string, rows []map[string]string) string {
	t.Helper()
	c, ok := ws.Contract(of["feed"])
	if !ok {
		t.Fatalf("there is no feed %q", of["feed"])
	}
	header, at := []string{"number of the row"}, -1
	for i, col := range c.Columns {
		if header = append(header, col.Name); col.Name == of["column"] {
			at = i + 1
		}
	}
	if at < 0 {
		t.Fatalf("%s has no column %q", of["feed"], of["column"])
	}
	text := strings.Join(header, ",") + "\n"
	for i, r := range rows {
		record := make([]string, len(header))
		record[0], record[at] = fmt.Sprint(i+1), `"`+strings.ReplaceAll(r["value"], `"`, `""`)+`"`
		text += strings.Join(record, ",") + "\n"
	}
	return text
}

// judged lands files and builds their typed tables alone.
func judged(t *testing.T, ws *workspace.Workspace, paths []string) *sql.Conn {
	t.Helper()
	ctx := context.Background()
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	landed, err := intake.Land(ctx, ws, paths, landing.Given{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range landed {
		if l.Status != landing.StatusLanded {
			t.Fatalf("%s is not landed: %s", l.Name, l.Message)
		}
	}
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		if s.Refused != "" {
			t.Fatalf("%s is refused: %s", s.Name, s.Refused)
		}
	}
	return example.TypedWarehouse(t, ws, sources)
}
