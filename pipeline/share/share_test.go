package share_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/share"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

func TestMain(m *testing.M) { example.Main(m) }

// reader asks files by DuckDB's own reader of Parquet, which wrote none of them.
func reader(t *testing.T) func(sql string) string {
	t.Helper()
	db, err := warehouse.Create(t.Context(), filepath.Join(t.TempDir(), "reader.duckdb"), example.OneThread)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return func(sql string) string {
		t.Helper()
		found, err := table.Query(t.Context(), db.Pool(), sql)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, row := range found.Rows {
			var cells []string
			for _, v := range row {
				cells = append(cells, table.AsText(v))
			}
			lines = append(lines, strings.Join(cells, " "))
		}
		return strings.Join(lines, "\n")
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	if err := json.Unmarshal(example.ReadFile(t, path), into); err != nil {
		t.Fatal(err)
	}
}

// What is shared has the rows and the values of the build, says what they mean, and is
// found by the file that is written last. Building the example takes its seconds.
func TestSharedIsWhatIsPublished(t *testing.T) {
	t.Parallel()
	ws := example.Shared(t)
	dir := t.TempDir()
	shared, err := share.To(t.Context(), ws, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	var latest share.Shared
	readJSON(t, filepath.Join(dir, share.Latest), &latest)
	if latest.Folder != shared.Folder || latest.Build == "" || len(latest.Files) < 50 {
		t.Fatalf("%s names %q of build %q with %d files", share.Latest, latest.Folder, latest.Build, len(latest.Files))
	}
	ask := reader(t)
	file := func(name string) string {
		return "read_parquet(" + warehouse.Literal(filepath.ToSlash(filepath.Join(dir, latest.Folder, name+".parquet"))) + ")"
	}
	if got := ask("SELECT count(*), count(DISTINCT source), sum(source_label = 'Police')::INT = sum(source = 'POL')::INT, count(*) FILTER (source IS NOT NULL AND source_label IS NULL) FROM " + file("valid_referral")); !strings.HasSuffix(got, " true 0") {
		t.Errorf("labels are not those of the codes: %s", got)
	}
	if got := ask("SELECT sum(net_amount), typeof(any_value(net_amount)) FROM " + file("eligible_line")); !strings.Contains(got, "DECIMAL(") || !strings.Contains(got, ".") {
		t.Errorf("money is no exact decimal: %s", got)
	}
	if got := ask("SELECT typeof(any_value(received_date)) FROM " + file("referral")); got != "DATE" {
		t.Errorf("a date is a %s", got)
	}
	v := example.View(t, ws, example.Quarter(t, "2023-24-Q4"))
	for _, c := range [][2]string{
		{"SELECT count(*), sum(hash(code, scope, period, dimension, category, value::VARCHAR, numerator::VARCHAR))::VARCHAR FROM ", "figure"},
		{"SELECT count(*), sum(hash(person, source::VARCHAR, received_date, age_band::VARCHAR))::VARCHAR FROM ", "valid_referral"},
		{"SELECT count(*), sum(hash(net_amount::VARCHAR, budget_line::VARCHAR))::VARCHAR FROM ", "eligible_line"},
	} {
		want, err := table.Query(t.Context(), v.Conn, c[0]+"warehouse.main."+c[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(c[0] + file(c[1])); got != table.AsText(want.Rows[0][0])+" "+table.AsText(want.Rows[0][1]) {
			t.Errorf("%s holds %s, and the build %v", c[1], got, want.Rows[0])
		}
	}
	kept := strings.Replace(file("figure"), "read_parquet", "parquet_kv_metadata", 1)
	if got := ask("SELECT decode(value) FROM " + kept + " WHERE decode(key) = 'build'"); got != latest.Build {
		t.Errorf("the file says build %q", got)
	}
	var pack struct {
		Resources []struct {
			Name, Path string
			Schema     struct {
				Fields []struct{ Name, Type, Description string }
			}
		}
	}
	readJSON(t, filepath.Join(dir, latest.Folder, "datapackage.json"), &pack)
	for _, r := range pack.Resources {
		if r.Name != "figure" && r.Name != "valid_referral" && r.Name != "eligible_line" {
			continue
		}
		for _, f := range r.Schema.Fields {
			if f.Description == "" {
				t.Errorf("%s: nobody says what %s means", r.Name, f.Name)
			}
		}
	}
}

// The guarded form has what was released to the public and nothing else: before a release
// there is none, and a count that was hidden stays so. A release takes its seconds.
func TestGuardedIsWhatWasReleased(t *testing.T) {
	t.Parallel()
	ws := example.Small(t)
	dir := t.TempDir()
	if _, err := share.To(t.Context(), ws, dir, true); err == nil || !strings.Contains(err.Error(), "nothing has been released to the public") {
		t.Fatalf("before any release: %v", err)
	}
	v := example.View(t, ws, example.Quarter(t, "2023-24-Q4"))
	objections, err := gate.Return(t.Context(), v, ws.Returns[0])
	if err != nil {
		t.Fatal(err)
	}
	var waived []archive.Waiver
	for _, o := range objections {
		waived = append(waived, archive.Waiver{Check: o.Code, Reason: "it is the example's", By: "performance-analyst"})
	}
	released, err := draft.Release(t.Context(), v, disclosure.Public, "performance analyst", waived)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := share.To(t.Context(), ws, dir, true)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, shared.Folder))
	if err != nil || len(entries) != 2 || entries[0].Name() != "datapackage.json" || entries[1].Name() != "figure.parquet" {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	printed, err := archive.ReadReleased(filepath.Join(filepath.Dir(released.Path), archive.ReleasedFile))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range printed {
		if f.IsPrinted() && f.Field == "value" {
			n++
		}
	}
	ask := reader(t)
	file := "read_parquet(" + warehouse.Literal(filepath.ToSlash(filepath.Join(dir, shared.Folder, "figure.parquet"))) + ")"
	if got := ask("SELECT count(*) FROM " + file); got != table.AsText(int64(n)) || n == 0 {
		t.Errorf("%s figures, of %d released", got, n)
	}
	if got := ask("SELECT string_agg(column_name, ' ') FROM (DESCRIBE FROM " + file + ")"); got != "release code scope period dimension category shows" {
		t.Errorf("it has the columns %s", got)
	}
}

func TestTheWorkspacesOwnFoldersAreNotWrittenInto(t *testing.T) {
	t.Parallel()
	ws := example.Built(t)
	for _, dir := range []string{".", "inbox", "store", filepath.Join("store", "published", "new"), filepath.Join("new", "..", "inbox")} {
		if _, err := share.To(t.Context(), ws, filepath.Join(ws.Dir, dir), false); err == nil || !strings.Contains(err.Error(), "workspace's own") {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for range 2 { // anew, and again where it has been
		if _, err := share.To(t.Context(), ws, filepath.Join(ws.Dir, "shared"), false); err != nil {
			t.Error(err)
		}
	}
}
