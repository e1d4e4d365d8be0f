package extract_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/extract"
)

const examples = "../../testdata/extracts"

// TestSentences stages each file that sentences.csv lists and holds the refusal
// against the sentence there, word for word. A bad file that is not listed must be
// readable: the contract judges it.
func TestSentences(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range readCSV(t, filepath.Join(examples, "sentences.csv")) {
		name, sentence := row["file"], row["sentence"]
		listed[name] = true
		t.Run(name, func(t *testing.T) {
			dst := filepath.Join(t.TempDir(), "staged.parquet")
			_, err := extract.Stage(context.Background(), unnamed(t, name), name, dst, extract.Options{})
			var refused *extract.Refusal
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if diff := cmp.Diff(sentence, refused.Sentence); diff != "" {
				t.Errorf("the sentence differs (-want +got):\n%s", diff)
			}
			if refused.Name != name {
				t.Errorf("the refusal names %q", refused.Name)
			}
			if left, err := os.ReadDir(filepath.Dir(dst)); err != nil || len(left) > 0 {
				t.Errorf("a refused file left %v behind (%v)", left, err)
			}
		})
	}
	bad, err := filepath.Glob(filepath.Join(examples, "*.bad.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range bad {
		if name := filepath.Base(path); !listed[name] {
			stage(t, path, name, extract.Options{})
			delete(listed, name)
		}
	}
	if len(listed) == 0 {
		t.Error("sentences.csv lists nothing")
	}
}

// TestReadings stages each file of readings.csv and compares what was found and
// read with the .read.csv beside it.
func TestReadings(t *testing.T) {
	for _, row := range readCSV(t, filepath.Join(examples, "readings.csv")) {
		name := row["file"]
		t.Run(name, func(t *testing.T) {
			asked, _ := strconv.Atoi(row["ask_header_row"])
			table, got := stage(t, unnamed(t, name), name, extract.Options{Sheet: row["ask_sheet"], HeaderRow: asked, Encoding: row["ask_encoding"], Delimiter: row["ask_delimiter"]})
			found := map[string]string{"sheet": table.Sheet, "header_row": strconv.Itoa(table.HeaderRow), "encoding": table.Encoding,
				"delimiter": table.Delimiter, "notes": strings.Join(table.Notes, "; ")}
			for k, v := range found {
				if v != row[k] {
					t.Errorf("%s is %q, want %q", k, v, row[k])
				}
			}
			want := readRecords(t, filepath.Join(examples, strings.TrimSuffix(name, filepath.Ext(name))+".read.csv"))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("what was read differs (-want +got):\n%s", diff)
			}
			if table.Rows != int64(len(got)-1) {
				t.Errorf("the table says %d rows and holds %d", table.Rows, len(got)-1)
			}
		})
	}
}

// TestErrors are troubles that are not the sender's.
func TestErrors(t *testing.T) {
	good := filepath.Join(examples, "tab.csv")
	tests := []struct {
		name     string
		src, dst string
		options  extract.Options
		want     string
	}{
		{"NoSuchFile", "no-such-file", "staged.parquet", extract.Options{}, "no-such-file"},
		{"NoSuchFolder", good, "no-such-folder/staged.parquet", extract.Options{}, "no-such-folder"},
		{"Options", good, "staged.parquet", extract.Options{HeaderRow: -1, Encoding: "latin-1", Delimiter: "colon", HeaderRows: 4, SkipRows: -1, Sheet: "a", SheetNumber: 2, SheetPattern: "(", Skip: []extract.RowRule{{Pattern: "["}, {}}},
			strings.Join([]string{`cannot read "tab.csv": the header row -1 is not a row`,
				"a header of 4 rows is not known; it is 1 to 3",
				"-1 rows cannot be skipped",
				"the sheet is asked for in 3 ways: give its name, a pattern or its number",
				"the pattern \"(\" for a sheet is not a regular expression: error parsing regexp: missing closing ): `(?i)(`",
				"the pattern \"[\" for rows is not a regular expression: error parsing regexp: missing closing ]: `[`",
				"a rule for rows has no pattern; ^$ is a blank cell",
				`the encoding "latin-1" is not known; it is utf-8, windows-1252 or detect`,
				`the delimiter "colon" is not known; it is comma, semicolon, tab or pipe`}, "\n")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := extract.Stage(context.Background(), test.src, filepath.Base(test.src), filepath.Join(t.TempDir(), filepath.FromSlash(test.dst)), test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			var refused *extract.Refusal
			if errors.As(err, &refused) {
				t.Errorf("%v is blamed on the sender", err)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, name := range []string{"tab.csv", "sessions.xlsx"} {
		dst := filepath.Join(t.TempDir(), "staged.parquet")
		if _, err := extract.Stage(ctx, filepath.Join(examples, name), name, dst, extract.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
		if left, err := os.ReadDir(filepath.Dir(dst)); err != nil || len(left) > 0 {
			t.Errorf("%s left %v behind (%v)", name, left, err)
		}
	}
}

func TestSheets(t *testing.T) {
	for name, want := range map[string][]string{"sessions.xlsx": {"Sessions", "Lookups"}, "renamed-workbook.csv": {"Referrals"}, "tab.csv": nil} {
		got, err := extract.Sheets(filepath.Join(examples, name), name, extract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var refused *extract.Refusal
	if _, err := extract.Sheets(filepath.Join(examples, "encrypted.bad.xlsx"), "encrypted.bad.xlsx", extract.Options{}); !errors.As(err, &refused) {
		t.Errorf("got %v, want a refusal", err)
	}
}

// unnamed copies an example to a name without ending, as landed bytes are kept.
func unnamed(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	return written(t, content)
}

func written(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "0a1b2c")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stage stages a file that can be read and gives what the Parquet holds: the
// names row, line, fields and the header's, then the rows. NULL is "".
func stage(t testing.TB, src, name string, o extract.Options) (extract.Table, [][]string) {
	t.Helper()
	dst := filepath.Join(t.TempDir(), "staged.parquet")
	table, err := extract.Stage(context.Background(), src, name, dst, o)
	if err != nil {
		t.Fatalf("cannot stage %s: %v", name, err)
	}
	return table, append([][]string{append([]string{"row", "line", "fields"}, table.Header...)}, staged(t, dst)...)
}

// staged reads a Parquet file back, and fails where its columns are not what a
// staged file has.
func staged(t testing.TB, path string) [][]string {
	t.Helper()
	p, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	reader, err := pqarrow.NewFileReader(p, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := reader.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	rows := make([][]string, table.NumRows())
	for i, field := range table.Schema().Fields() {
		name, kind := fmt.Sprintf("c%d", i-2), arrow.DataType(arrow.BinaryTypes.String)
		if i < 3 {
			name = []string{"row", "line", "fields"}[i]
			kind = []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int32}[i]
		}
		if field.Name != name || !arrow.TypeEqual(field.Type, kind) {
			t.Fatalf("column %d is %s of type %s, want %s of type %s", i, field.Name, field.Type, name, kind)
		}
		at := 0
		for _, chunk := range table.Column(i).Data().Chunks() {
			for j := range chunk.Len() {
				rows[at] = append(rows[at], value(t, chunk, j))
				at++
			}
		}
	}
	return rows
}

func value(t testing.TB, a arrow.Array, i int) string {
	t.Helper()
	if a.IsNull(i) {
		return ""
	}
	v := a.ValueStr(i)
	if _, ok := a.(*array.String); ok && v == "" {
		t.Fatal("an empty text is staged; it must be NULL")
	}
	return v
}

func readRecords(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return records
}

func readCSV(t testing.TB, path string) []map[string]string {
	t.Helper()
	records := readRecords(t, path)
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}
