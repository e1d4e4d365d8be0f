package signoff_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
)

// What a killed command left half made is no seal and no release: everything goes on,
// and the next who takes the write lock clears it. The office's folder has brackets in
// its name, which once hid what was sealed.
func TestHalfMadeSealsAreNone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	made := example.Small(t)
	dir := filepath.Join(t.TempDir(), "[office] 2023")
	if err := os.CopyFS(dir, os.DirFS(made.Dir)); err != nil {
		t.Fatal(err)
	}
	ws := example.OpenSmall(t, dir)
	at := example.Quarter(t, "2023-24-Q4")
	sealed := seals(t, ws, at)
	waived, _ := reasons(t, ws, at)
	released, err := draft.Release(ctx, example.View(t, ws, at), disclosure.Briefing, "performance analyst", waived)
	if err != nil {
		t.Fatal(err)
	}
	half := []string{sealed.Dir[:len(sealed.Dir)-1] + "2.partial", filepath.Join(filepath.Dir(filepath.Dir(released.Path)), "002.partial")}
	for i, from := range []string{sealed.Dir, filepath.Dir(released.Path)} {
		content := example.ReadFile(t, filepath.Join(from, archive.AboutFile))
		if err := errors.Join(os.MkdirAll(half[i], 0o770), os.WriteFile(filepath.Join(half[i], archive.AboutFile), content, 0o660)); err != nil {
			t.Fatal(err)
		}
	}
	v := example.View(t, ws, at)
	if all, releases := v.Given.Sealed(at.Year), v.Given.Briefings(at.Year); len(all) != 1 || len(releases) != 1 {
		t.Errorf("%d seals and %d releases were read, not 1 and 1", len(all), len(releases))
	}
	if _, err := draft.Return(ctx, v, "", filepath.Join(t.TempDir(), "draft.xlsx")); err != nil {
		t.Errorf("a draft beside it: %v", err)
	}
	release, err := ws.Lock(ctx, "briefing --release", 0)
	if err != nil {
		t.Fatal(err)
	}
	release()
	for _, left := range half {
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there (%v)", left, err)
		}
	}
	second, err := draft.Release(ctx, example.View(t, ws, at), disclosure.Public, "performance analyst", waived)
	if err != nil || filepath.Base(filepath.Dir(second.Path)) != "002" {
		t.Errorf("the next release is %q (%v)", second.Path, err)
	}
}

// A sealed folder is read in its own place only: copied, renumbered or moved to another
// period it is named, and so is one without its manifest.
func TestASealInAnotherPlace(t *testing.T) {
	t.Parallel()
	ws, sealed := sealedFourth(t)
	at := example.Quarter(t, "2023-24-Q4")
	released, err := draft.Release(t.Context(), example.View(t, ws, at), disclosure.Briefing, "performance analyst", first(reasons(t, ws, at)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, to, want string }{
		{"a copy under the next number", sealed.Dir, filepath.Join(filepath.Dir(sealed.Dir), "v002"), "v002"},
		{"moved to another period", sealed.Dir, ws.Path("returns", "moj-quarterly", "2023-24-Q3", "v001"), "2023-24-Q3"},
		{"a release under another number", filepath.Dir(released.Path), ws.Path("releases", "briefing", "007"), "007"},
	} {
		if err := os.CopyFS(c.to, os.DirFS(c.from)); err != nil {
			t.Fatal(err)
		}
		_, err := published.Open(t.Context(), ws, at)
		if !errors.Is(err, seal.ErrBroken) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := os.RemoveAll(c.to); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(ws.Path("returns", "moj-quarterly", "2023-24-Q3")); err != nil { // empty, it would be told
		t.Fatal(err)
	}
	if verified, err := signoff.Verify(t.Context(), ws, signoff.Asked{Period: at}); err != nil || !verified.OK() {
		t.Errorf("with nothing out of its place: %+v, %v", verified, err)
	}
	manifest := filepath.Join(sealed.Dir, seal.ManifestFile)
	if err := errors.Join(os.Chmod(manifest, 0o660), os.Remove(manifest)); err != nil {
		t.Fatal(err)
	}
	if _, err := published.Open(t.Context(), ws, at); !errors.Is(err, seal.ErrBroken) || !strings.Contains(err.Error(), "v001") {
		t.Errorf("without a manifest: %v", err)
	}
}

func first(waived, _ []archive.Waiver) []archive.Waiver { return waived }
