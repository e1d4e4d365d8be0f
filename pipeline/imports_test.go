package pipeline

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the direction of the program, cmd -> pipeline -> stages ->
// warehouse: what each package may import of ours. A stage imports another
// sideways only where this table says so.
var mayImport = map[string][]string{
	"cmd/mojreturns": {"pipeline", "pipeline/catalogue", "pipeline/landing", "pipeline/metrics", "pipeline/period", "pipeline/register", "pipeline/returns",
		"pipeline/schedule", "pipeline/seal", "pipeline/synth", "pipeline/table", "pipeline/warehouse", "pipeline/web", "queries", "templates"},
	"pipeline": {"pipeline/annotate", "pipeline/briefing", "pipeline/contract", "pipeline/disclosure", "pipeline/extract", "pipeline/landing", "pipeline/metrics", "pipeline/period",
		"pipeline/register", "pipeline/returns", "pipeline/seal", "pipeline/table", "pipeline/warehouse"},
	"pipeline/annotate":   {"pipeline/workbook"},
	"pipeline/briefing":   {},
	"pipeline/catalogue":  {"pipeline/contract", "pipeline/metrics"},
	"pipeline/contract":   {"pipeline/register"},
	"pipeline/disclosure": {},
	"pipeline/extract":    {},
	"pipeline/landing":    {"pipeline/period", "pipeline/register"},
	"pipeline/metrics":    {"pipeline/period", "pipeline/warehouse"},
	"pipeline/period":     {},
	"pipeline/register":   {},
	"pipeline/returns":    {"pipeline/period", "pipeline/workbook"},
	"pipeline/schedule":   {},
	"pipeline/seal":       {},
	"pipeline/synth":      {"pipeline/contract", "pipeline/period", "pipeline/register", "queries", "templates"},
	"pipeline/table":      {"pipeline/warehouse"},
	"pipeline/warehouse":  {},
	"pipeline/web":        {},
	"pipeline/workbook":   {},
	"queries":             {},
	"templates":           {},
}

// onlyIn says which library belongs to one package alone.
var onlyIn = map[string]string{
	"github.com/duckdb/duckdb-go": "pipeline/warehouse",
	"github.com/go-co-op/gocron":  "pipeline/schedule",
	"github.com/spf13/cobra":      "cmd/mojreturns",
}

// topLevel is all that the root of the repository may hold besides dot-files.
var topLevel = []string{"cmd", "pipeline", "queries", "templates", "testdata", "go.mod", "go.sum", "README.md"}

func TestImports(t *testing.T) {
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		checkFile(t, root, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, root, path string) {
	t.Helper()
	relative, err := filepath.Rel(root, path)
	if err != nil {
		t.Fatal(err)
	}
	from := filepath.ToSlash(filepath.Dir(relative))
	allowed, known := mayImport[from]
	if !known {
		t.Errorf("%s: the package %s is not in the table of imports; say what it may import and why it exists", relative, from)
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if ours, ok := strings.CutPrefix(name, "mojreturns/"); ok && !slices.Contains(allowed, ours) {
			t.Errorf("%s imports %s, which the table of imports does not allow %s", relative, ours, from)
		}
		for library, owner := range onlyIn {
			if strings.HasPrefix(name, library) && from != owner {
				t.Errorf("%s imports %s, which belongs to %s alone", relative, library, owner)
			}
		}
	}
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(topLevel, e.Name()) {
			t.Errorf("%s is not part of the layout; the top level is %s", e.Name(), strings.Join(topLevel, ", "))
		}
	}
}
