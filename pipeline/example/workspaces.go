// Package example is the workspaces that tests start from, synthetic like all
// others here: the office of testdata/cleveland, and what may be done to its files.
package example

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// OneThread is enough for small data, and leaves the other processors to other tests.
var OneThread = warehouse.Settings{Threads: 1}

// Cleveland is the pipeline of a copy of the example workspace.
func Cleveland(t testing.TB) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(File(t, "testdata", "cleveland"))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "store")); err != nil {
		t.Fatal(err)
	}
	return Open(t, dir)
}

// made are the workspaces that are made once for all tests of a package;
// each works on a copy, or only reads.
var made struct{ built, small Once }

// Once is a workspace that is made when it is first asked for, for all tests of a package.
type Once struct {
	once sync.Once
	dir  string
}

// keep gives the folder of the one workspace, which make makes anywhere.
func (o *Once) keep(t testing.TB, make func() string) string {
	t.Helper()
	o.once.Do(func() {
		from := make()
		dir, err := os.MkdirTemp("", "mojreturns-example-")
		if err := errors.Join(err, os.CopyFS(dir, os.DirFS(from))); err != nil {
			t.Fatal(err)
		}
		o.dir = dir
	})
	if o.dir == "" {
		t.Fatal("the workspace could not be made; the test that tried says why")
	}
	return o.dir
}

// Copy gives the folder of a copy of the one workspace, which make makes anywhere.
func (o *Once) Copy(t testing.TB, make func() string) string {
	t.Helper()
	from, dir := o.keep(t, make), t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Main runs a package's tests and removes the workspaces that were made for them: those of
// here, and those that the package names.
func Main(m *testing.M, more ...*Once) {
	code := m.Run()
	for _, o := range append(more, &made.built, &made.small) {
		if o.dir != "" {
			os.RemoveAll(o.dir)
		}
	}
	os.Exit(code)
}

// File is the path of a file or folder of the repository.
func File(t testing.TB, parts ...string) string {
	t.Helper()
	root := "."
	for range 5 {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			return filepath.Join(append([]string{root}, parts...)...)
		}
		root = filepath.Join(root, "..")
	}
	t.Fatal("this test does not stand in the repository")
	return ""
}

// Built is the example with every file landed and its warehouse published.
func Built(t testing.TB) *workspace.Workspace {
	t.Helper()
	return Open(t, made.built.Copy(t, func() string { return landedAndBuilt(t, Cleveland(t)) }))
}

// Shared is what Built gives, the same for all tests of a package: only to be read.
func Shared(t testing.TB) *workspace.Workspace {
	t.Helper()
	return Open(t, made.built.keep(t, func() string { return landedAndBuilt(t, Cleveland(t)) }))
}

// landedAndBuilt lands a workspace's inbox, builds, and gives its folder.
func landedAndBuilt(t testing.TB, ws *workspace.Workspace) string {
	t.Helper()
	if _, err := intake.Land(context.Background(), ws, nil, landing.Given{}); err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(context.Background(), ws); err != nil {
		t.Fatal(err)
	}
	return ws.Dir
}

// Office is a new workspace of a configuration, with nothing in its inbox.
func Office(t testing.TB, config string) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, workspace.ConfigFile), []byte(config), 0o660); err != nil {
		t.Fatal(err)
	}
	return Open(t, dir)
}

// Open opens a workspace as it is told of on 22 April 2024.
func Open(t testing.TB, dir string) *workspace.Workspace {
	t.Helper()
	received := time.Date(2024, 4, 22, 9, 0, 0, 0, time.UTC)
	ws, err := workspace.Open(dir, workspace.Use{Now: func() time.Time { return received }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ws.Settings = OneThread
	return ws
}

// Quarter reads a period's label.
func Quarter(t testing.TB, label string) period.Period {
	t.Helper()
	at, err := period.Parse(label)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// FiguresOf are the figures of a period's financial year, in every scope.
func FiguresOf(t testing.TB, ws *workspace.Workspace, label string) published.Figures {
	t.Helper()
	f, err := View(t, ws, Quarter(t, label)).Figures(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// View opens what is published for a period, until the test ends.
func View(t testing.TB, ws *workspace.Workspace, at period.Period) *published.View {
	t.Helper()
	v, err := published.Open(context.Background(), ws, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}
