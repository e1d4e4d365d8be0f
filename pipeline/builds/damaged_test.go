package builds_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// figuresOf are the figures of a period as they are sealed.
func figuresOf(t *testing.T, ws *workspace.Workspace) string {
	t.Helper()
	v, err := published.Open(t.Context(), ws, example.Quarter(t, "2023-24-Q4"))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	text, err := v.FiguresText(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What was made and cannot be read any more is told in words, put aside and made again,
// with the same figures: a published file, and what was read of a file that was sent.
func TestDamagedFilesAreMadeAgain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.OpenSmall(t, example.Small(t).Dir)
	var log bytes.Buffer
	ws.Log = slog.New(slog.NewTextHandler(&log, nil))
	if _, err := intake.Land(ctx, ws, nil, landing.Given{}); err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	want := figuresOf(t, ws)
	for name, damage := range map[string]func([]byte) []byte{
		"empty":           func([]byte) []byte { return nil },
		"cut short":       func(b []byte) []byte { return b[:len(b)/3] },
		"of another kind": func(b []byte) []byte { return []byte("this is no database") },
		"one bit changed": func(b []byte) []byte { b[len(b)-len(b)/5] ^= 4; return b },
		"its head zeroed": func(b []byte) []byte { clear(b[:4096]); return b },
	} {
		latest, _, err := warehouse.Latest(ws.BuildDir())
		if err != nil {
			t.Fatal(err)
		}
		content := damage(example.ReadFile(t, latest.Path))
		if err := os.WriteFile(latest.Path, content, 0o660); err != nil {
			t.Fatal(err)
		}
		if name != "one bit changed" { // which opening does not see
			_, err := published.Open(ctx, ws, example.Quarter(t, "2023-24-Q4"))
			if !errors.Is(err, warehouse.ErrDamaged) || !strings.Contains(err.Error(), "`mojreturns build` puts it aside") || strings.Contains(err.Error(), "ATTACH") {
				t.Errorf("%s: readers are told %v", name, err)
			}
		}
		log.Reset()
		if report, err := builds.Build(ctx, ws); err != nil || report.Unchanged {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
		if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "put aside, and made again") {
			t.Errorf("%s: it is said %q", name, said)
		}
		if figuresOf(t, ws) != want {
			t.Errorf("%s: other figures", name)
		}
		if aside := filepath.Join(ws.BuildDir(), "damaged-"+filepath.Base(latest.Path)); !bytes.Equal(example.ReadFile(t, aside), content) {
			t.Errorf("%s: what is put aside is not what was there", name)
		}
	}
	staged, err := filepath.Glob(ws.Path("staged", "*.parquet"))
	if err != nil || len(staged) == 0 {
		t.Fatal(staged, err)
	}
	for i, file := range staged {
		content := example.ReadFile(t, file)
		if err := os.WriteFile(file, content[:len(content)*i/len(staged)], 0o660); err != nil {
			t.Fatal(err)
		}
	}
	latest, _, _ := warehouse.Latest(ws.BuildDir())
	if err := os.Remove(latest.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatalf("with what was read cut short: %v", err)
	}
	if figuresOf(t, ws) != want {
		t.Error("with what was read cut short: other figures")
	}
}
