package warehouse_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/warehouse"
)

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"Nothing", " \n-- only a comment; really\n/* and ; another */ ;\n", []string{}},
		{"Two", "SELECT 1;\nSELECT 2", []string{"SELECT 1", "SELECT 2"}},
		{"Comments before go, comments within stay", "-- a;\n/* b; */ SELECT 1 -- c;\n, 2;", []string{"SELECT 1 -- c;\n, 2"}},
		{"Comment at the end", "SELECT 1; -- the end", []string{"SELECT 1"}},
		{"Nested comments", "SELECT /* a /* b; */ c; */ 1; SELECT 2", []string{"SELECT /* a /* b; */ c; */ 1", "SELECT 2"}},
		{"Quotes", "SELECT 'a;b', 'it''s;', \"c;d\", \"e\"\";f\"; SELECT 2", []string{"SELECT 'a;b', 'it''s;', \"c;d\", \"e\"\";f\"", "SELECT 2"}},
		{"A backslash is nothing in plain quotes", `SELECT 'a\'; SELECT 2`, []string{`SELECT 'a\'`, "SELECT 2"}},
		{"A backslash hides a quote in E quotes", `SELECT E'a\';b', e'\\'; SELECT 2`, []string{`SELECT E'a\';b', e'\\'`, "SELECT 2"}},
		{"A word that ends in e is no E quote", `SELECT date'\'; SELECT 2`, []string{`SELECT date'\'`, "SELECT 2"}},
		{"Dollar quotes", "SELECT $$a;'b$$, $t1$ $$;$t1$; SELECT 2", []string{"SELECT $$a;'b$$, $t1$ $$;$t1$", "SELECT 2"}},
		{"Parameters are no dollar quotes", "SELECT $1; SELECT $2", []string{"SELECT $1", "SELECT $2"}},
		{"A dollar within a name", "SELECT a$b$c; SELECT $x$;$x$", []string{"SELECT a$b$c", "SELECT $x$;$x$"}},
		{"Division and minus", "SELECT 4/2-1; SELECT 1 - -1", []string{"SELECT 4/2-1", "SELECT 1 - -1"}},
		{"Other letters", "SELECT 'é;' AS größe; SELECT 2", []string{"SELECT 'é;' AS größe", "SELECT 2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := warehouse.Split(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for text, want := range map[string]string{
		"SELECT 1;\nSELECT 'a\nb":     "line 2: the text in quotes that starts here is not closed",
		"SELECT 1,\n\n  E'a\\'":       "line 3: the text in quotes that starts here is not closed",
		"\"a":                         "line 1: the name in double quotes that starts here is not closed",
		"SELECT 1\n/* a /* b */":      "line 2: the comment that starts here is not closed",
		"SELECT 1;\n\nSELECT $x$ $y$": "line 3: the text in $x$ that starts here is not closed",
	} {
		if _, err := warehouse.Split(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestRunFile(t *testing.T) {
	ctx := context.Background()
	files := fstest.MapFS{
		"model/10_good.sql": {Data: []byte("-- two; statements\nCREATE TABLE a AS SELECT ';' AS x;\n\nCREATE VIEW b AS\n  SELECT x || '!' AS x FROM a;\n")},
		"model/20_bad.sql": {Data: []byte("-- it goes wrong\n-- in line 9\nCREATE TABLE kept AS SELECT 1 AS a;\n\n\n\n-- here\nCREATE VIEW c AS SELECT a,\n" +
			"  nosuch\nFROM kept;\nCREATE TABLE never AS SELECT 1 AS a;")},
		"model/30_open.sql":  {Data: []byte("SELECT 1;\nSELECT 'x")},
		"model/40_late.sql":  {Data: []byte(strings.Repeat("\n", 119) + "SELECT 1, 'x'::INTEGER;")},
		"model/50_empty.sql": {Data: nil},
	}
	c := conn(t)
	for _, name := range []string{"model/10_good.sql", "model/50_empty.sql"} {
		if err := warehouse.RunFile(ctx, c, files, name); err != nil {
			t.Fatal(err)
		}
	}
	if got := one(t, c, "SELECT x FROM b"); got != ";!" {
		t.Errorf("the file gave %s", got)
	}
	for name, want := range map[string]string{
		"model/20_bad.sql": "model/20_bad.sql:9: Binder Error: Referenced column \"nosuch\" not found in FROM clause!\nCandidate bindings: \"a\"\n\n" +
			"LINE 9:   nosuch\n          ^",
		"model/30_open.sql": "model/30_open.sql: line 2: the text in quotes that starts here is not closed",
		"model/40_late.sql": "model/40_late.sql:120: Conversion Error: Could not convert string 'x' to INT32\n\n" +
			"LINE 120: SELECT 1, 'x'::INTEGER\n                       ^",
	} {
		if err := warehouse.RunFile(ctx, c, files, name); err == nil || err.Error() != want {
			t.Errorf("%s:\n%v\nnot\n%s", name, err, want)
		}
	}
	if got := one(t, c, "SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM duckdb_tables()"); got != "a kept" {
		t.Errorf("the tables are %s", got)
	}
	if err := warehouse.RunFile(ctx, c, files, "model/nosuch.sql"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "model/nosuch.sql") {
		t.Errorf("got %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := warehouse.RunFile(stopped, c, files, "model/10_good.sql"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestLineage(t *testing.T) {
	ctx := context.Background()
	c := conn(t)
	if err := warehouse.RunFile(ctx, c, fstest.MapFS{"m.sql": {Data: []byte(`
		CREATE SCHEMA typed; CREATE SCHEMA reference; CREATE SCHEMA "odd schema";
		CREATE TABLE typed.referrals AS SELECT 1 AS id, 'N' AS sex;
		CREATE TABLE typed.training_sessions AS SELECT 1 AS id;
		CREATE TABLE reference.sex AS SELECT 'N' AS code;
		CREATE TABLE figure AS SELECT 1 AS id;
		CREATE TABLE "odd schema"."a ""b"" AS c" AS SELECT 1 AS id;
		CREATE VIEW referral AS SELECT r.id FROM typed.referrals r JOIN reference.sex s ON r.sex = s.code;
		CREATE VIEW valid_referral AS FROM referral WHERE id > 0;
		CREATE MACRO rank_of(x) AS (SELECT count(*) FROM reference.sex WHERE code < x);
		CREATE MACRO sessions() AS TABLE FROM typed.training_sessions;
	`)}}, "m.sql"); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"SELECT 1":                                                nil,
		"FROM typed.training_sessions":                            {"typed.training_sessions"},
		"FROM typed.training_sessions AS s":                       {"typed.training_sessions"},
		"FROM valid_referral":                                     {"reference.sex", "typed.referrals"},
		"FROM VALID_REFERRAL v, valid_referral w":                 {"reference.sex", "typed.referrals"},
		"WITH referral AS (SELECT 1 AS id) FROM referral":         nil,
		"FROM figure":                                             {"main.figure"},
		"FROM warehouse.main.figure f":                            {"main.figure"},
		"FROM warehouse.typed.referrals":                          {"typed.referrals"},
		`FROM "odd schema"."a ""b"" AS c" AS x`:                   {`odd schema.a "b" AS c`},
		"SELECT rank_of('M')":                                     {"reference.sex"},
		"FROM sessions()":                                         {"typed.training_sessions"},
		"SELECT (SELECT max(id) FROM valid_referral) FROM figure": {"main.figure", "reference.sex", "typed.referrals"},
		"FROM figure WHERE EXISTS (FROM typed.training_sessions s WHERE s.id = figure.id)": {"main.figure", "typed.training_sessions"},
		"FROM typed.training_sessions WHERE false":                                         {"typed.training_sessions"},
	} {
		got, err := warehouse.Lineage(ctx, c, query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	for _, query := range []string{"FROM nowhere", "SELECT nosuch FROM figure", "SELEC"} {
		if got, err := warehouse.Lineage(ctx, c, query); err == nil || !strings.Contains(err.Error(), "LINE 1:") {
			t.Errorf("%s reads %v, %v", query, got, err)
		}
	}
}

func TestIdentity(t *testing.T) {
	identity := func(parts ...string) string {
		id := warehouse.NewIdentity()
		for i := 0; i < len(parts); i += 2 {
			id.Add(parts[i], []byte(parts[i+1]))
		}
		return id.String()
	}
	same := identity("engine", "1", "model/10.sql", "SELECT 1", "duckdb", "1.5.6")
	if len(same) != 16 || strings.Trim(same, "0123456789abcdef") != "" {
		t.Errorf("an identity is %q", same)
	}
	if got := identity("duckdb", "1.5.6", "engine", "1", "model/10.sql", "SELECT 1"); got != same {
		t.Errorf("in another order it is %s, not %s", got, same)
	}
	// sha256 of nothing; the value must never change between versions of this program
	if got := identity(); got != "e3b0c44298fc1c14" {
		t.Errorf("of nothing it is %s", got)
	}
	seen := map[string]bool{same: true}
	for _, parts := range [][]string{
		{"engine", "2", "model/10.sql", "SELECT 1", "duckdb", "1.5.6"},
		{"engine", "1", "model/11.sql", "SELECT 1", "duckdb", "1.5.6"},
		{"engine", "1", "model/10.sql", "SELECT 1"},
		{"engine", "1", "model/10.sql", "SELECT 1", "duckdb", "1.5.6", "duckdb", "1.5.6"},
		{"a", "bc"}, {"ab", "c"}, {"a", "b", "c", ""}, {"a", "", "c", "b"},
	} {
		id := identity(parts...)
		if seen[id] {
			t.Errorf("%q has the identity of another", parts)
		}
		seen[id] = true
	}
}
