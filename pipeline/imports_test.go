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

// mayImport is the direction of the program, cmd -> pipeline -> rooms -> stages ->
// warehouse: what each package imports of ours, no more and no less. A room imports
// the rooms below it, a stage another sideways, only where this table says so.
var mayImport = map[string][]string{
	"cmd/mojreturns": {"pipeline", "pipeline/archive", "pipeline/backup", "pipeline/builds", "pipeline/catalogue", "pipeline/contract", "pipeline/disclosure", "pipeline/draft",
		"pipeline/figure", "pipeline/gate", "pipeline/intake", "pipeline/landing", "pipeline/notice", "pipeline/owed", "pipeline/pdf", "pipeline/period", "pipeline/pseudonym", "pipeline/published", "pipeline/question",
		"pipeline/returns", "pipeline/schedule", "pipeline/seal", "pipeline/secrets", "pipeline/share", "pipeline/signoff", "pipeline/synth", "pipeline/table", "pipeline/typed",
		"pipeline/warehouse", "pipeline/web",
		"pipeline/workspace"},
	"cmd/release": {}, // what people install: it builds the command, and knows nothing of what that does

	// the story, and its rooms from the top down
	"pipeline": {"pipeline/archive", "pipeline/builds", "pipeline/draft", "pipeline/gate", "pipeline/intake", "pipeline/landing",
		"pipeline/period", "pipeline/published", "pipeline/workspace"},
	// what is owed, and what stands in the way: each of the rooms that know a part of it is asked
	"pipeline/owed": {"pipeline/archive", "pipeline/backup", "pipeline/builds", "pipeline/calendar", "pipeline/draft", "pipeline/gate", "pipeline/landing",
		"pipeline/notice", "pipeline/period", "pipeline/published", "pipeline/readiness", "pipeline/register", "pipeline/schedule", "pipeline/typed", "pipeline/workspace"}, // the register says what a year lacks
	// what is kept, copied and proved: it opens a copy, and asks of it what the office's own is asked
	"pipeline/backup": {"pipeline/archive", "pipeline/builds", "pipeline/intake", "pipeline/landing", "pipeline/period", "pipeline/published",
		"pipeline/secrets", "pipeline/signoff", "pipeline/temp", "pipeline/typed", "pipeline/workspace"},
	// what is published, for other tools; what was released is all that its guarded form writes
	"pipeline/share": {"pipeline/archive", "pipeline/builds", "pipeline/disclosure", "pipeline/lists", "pipeline/table", "pipeline/typed",
		"pipeline/warehouse", "pipeline/workspace"},
	"pipeline/signoff": {"pipeline/archive", "pipeline/builds", "pipeline/draft", "pipeline/figure", "pipeline/gate",
		"pipeline/guard", "pipeline/journal", "pipeline/lists", "pipeline/period", "pipeline/published", "pipeline/returns",
		"pipeline/seal", "pipeline/table", "pipeline/typed", "pipeline/warehouse", "pipeline/workspace"},
	"pipeline/draft": {"pipeline/archive", "pipeline/briefing", "pipeline/builds", "pipeline/disclosure", "pipeline/docx", "pipeline/figure",
		"pipeline/gate", "pipeline/guard", "pipeline/journal", "pipeline/lists", "pipeline/metrics", "pipeline/narrative", "pipeline/pdf", "pipeline/period",
		"pipeline/personal", "pipeline/published", "pipeline/register", "pipeline/returns", "pipeline/seal", "pipeline/table", "pipeline/warehouse",
		"pipeline/workspace"},
	"pipeline/intake": {"pipeline/annotate", "pipeline/builds", "pipeline/contract", "pipeline/extract", "pipeline/landing", "pipeline/mapping",
		"pipeline/period", "pipeline/personal", "pipeline/pseudonym", "pipeline/published", "pipeline/register", "pipeline/secrets",
		"pipeline/strict", "pipeline/table", "pipeline/temp", "pipeline/typed", "pipeline/warehouse", "pipeline/workspace"},
	"pipeline/gate": {"pipeline/archive", "pipeline/figure", "pipeline/published", "pipeline/returns", "pipeline/warehouse", "pipeline/workspace"},
	"pipeline/guard": {"pipeline/archive", "pipeline/contract", "pipeline/disclosure", "pipeline/figure", "pipeline/metrics", "pipeline/period",
		"pipeline/published", "pipeline/register", "pipeline/returns", "pipeline/typed", "pipeline/workspace"},
	"pipeline/published": {"pipeline/archive", "pipeline/builds", "pipeline/figure", "pipeline/landing", "pipeline/metrics",
		"pipeline/period", "pipeline/question", "pipeline/returns", "pipeline/table", "pipeline/typed", "pipeline/warehouse", "pipeline/workspace"},
	"pipeline/builds": {"pipeline/metrics", "pipeline/period", "pipeline/typed", "pipeline/warehouse", "pipeline/workspace"},
	"pipeline/archive": {"pipeline/disclosure", "pipeline/figure", "pipeline/journal", "pipeline/lists", "pipeline/period",
		"pipeline/register", "pipeline/returns", "pipeline/seal", "pipeline/workspace"},
	"pipeline/typed": {"pipeline/contract", "pipeline/extract", "pipeline/landing", "pipeline/metrics", "pipeline/period",
		"pipeline/personal", "pipeline/register", "pipeline/table", "pipeline/warehouse", "pipeline/workspace"},
	"pipeline/workspace": {"pipeline/contract", "pipeline/extract", "pipeline/journal", "pipeline/landing", "pipeline/lists",
		"pipeline/metrics", "pipeline/period", "pipeline/personal", "pipeline/register", "pipeline/returns", "pipeline/schedule",
		"pipeline/seal", "pipeline/strict", "pipeline/temp", "pipeline/warehouse", "queries", "templates"},
	"pipeline/personal": {},

	// the stages
	"pipeline/annotate":   {"pipeline/paper", "pipeline/workbook"},
	"pipeline/briefing":   {"pipeline/chart", "pipeline/docx", "pipeline/narrative"}, // charts are drawn as those of the pages; the text is read apart from how it looks; a word processor's file knows no pack
	"pipeline/chart":      {},
	"pipeline/catalogue":  {"pipeline/contract", "pipeline/lists", "pipeline/metrics", "pipeline/strict"},
	"pipeline/contract":   {"pipeline/paper", "pipeline/register", "pipeline/strict"},
	"pipeline/disclosure": {},
	"pipeline/docx":       {},
	"pipeline/figure":     {},
	"pipeline/extract":    {},
	"pipeline/journal":    {},
	"pipeline/lists":      {},
	"pipeline/landing":    {"pipeline/period", "pipeline/register"},
	"pipeline/mapping":    {"pipeline/contract", "pipeline/paper", "pipeline/register"},
	"pipeline/metrics":    {"pipeline/figure", "pipeline/lists", "pipeline/period", "pipeline/warehouse"},
	"pipeline/narrative":  {"pipeline/strict"}, // the word that was meant
	"pipeline/notice":     {},                  // it sends codes and dates, and knows nothing that could be more
	"pipeline/pdf":        {},                  // knows a page and a browser, not what the page says
	"pipeline/paper":      {},
	"pipeline/period":     {"pipeline/lists"},
	"pipeline/pseudonym":  {},
	"pipeline/readiness":  {}, // it is told what the others found
	"pipeline/register":   {"pipeline/strict"},
	"pipeline/question":   {"pipeline/period"},
	"pipeline/returns":    {"pipeline/figure", "pipeline/lists", "pipeline/paper", "pipeline/period", "pipeline/strict", "pipeline/workbook"},
	"pipeline/schedule":   {"pipeline/calendar"},
	"pipeline/calendar":   {"pipeline/period"},
	"pipeline/seal":       {},
	"pipeline/secrets":    {"pipeline/pseudonym", "pipeline/strict"},
	"pipeline/strict":     {},
	"pipeline/synth":      {"pipeline/contract", "pipeline/lists", "pipeline/period", "pipeline/register", "pipeline/strict", "queries", "templates"},
	"pipeline/temp":       {},
	"pipeline/table":      {"pipeline/paper", "pipeline/warehouse"},
	"pipeline/warehouse":  {"pipeline/lists", "pipeline/temp"},
	"pipeline/web": {"pipeline/archive", "pipeline/draft", "pipeline/figure", "pipeline/journal", "pipeline/period", "pipeline/published", "pipeline/question",
		"pipeline/readiness", "pipeline/returns", "pipeline/table", "pipeline/typed", "pipeline/warehouse", "pipeline/workspace"},
	"pipeline/workbook": {},
	"queries":           {},
	"templates":         {},

	// what tests start from; nothing else may import it
	"pipeline/example": {"pipeline/builds", "pipeline/intake", "pipeline/landing", "pipeline/period", "pipeline/published",
		"pipeline/register", "pipeline/returns", "pipeline/typed", "pipeline/warehouse", "pipeline/workspace"},
}

// onlyIn says which library belongs to one package alone.
var onlyIn = map[string]string{
	"filippo.io/age":              "pipeline/backup",
	"github.com/CycloneDX":        "cmd/release",
	"github.com/cli/browser":      "cmd/mojreturns",
	"github.com/duckdb/duckdb-go": "pipeline/warehouse",
	"github.com/go-co-op/gocron":  "pipeline/schedule",
	"github.com/spf13/cobra":      "cmd/mojreturns",
	"github.com/yuin/goldmark":    "pipeline/narrative",
}

// topLevel is all that the root of the repository may hold besides dot-files.
var topLevel = []string{"cmd", "pipeline", "queries", "templates", "testdata", "go.mod", "go.sum", "README.md"}

func TestImports(t *testing.T) {
	root := ".."
	used := map[string][]string{}
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
		checkFile(t, root, path, used)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for from, allowed := range mayImport {
		for _, to := range allowed {
			if !slices.Contains(used[from], to) {
				t.Errorf("the table of imports allows %s to import %s, which it does not; take it out", from, to)
			}
		}
		if used[from] == nil {
			t.Errorf("the table of imports names %s, which is not there", from)
		}
	}
}

// checkFile holds a file's imports against the table, and adds them to those used.
func checkFile(t *testing.T, root, path string, used map[string][]string) {
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
	used[from] = append(used[from], "")
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		ours, ok := strings.CutPrefix(name, "mojreturns/")
		if ok {
			used[from] = append(used[from], ours)
		}
		if ok && !slices.Contains(allowed, ours) {
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
