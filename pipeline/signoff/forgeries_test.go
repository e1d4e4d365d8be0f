package signoff_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// What somebody who knows how seals are made would do, each with what is said of it.
func TestForgeriesAreNamed(t *testing.T) {
	t.Parallel()
	ws, sealed := signedOffice(t)
	head := head(t, ws)
	stranger := filepath.Join(t.TempDir(), "stranger")
	foreign, err := seal.NewKey(stranger, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	submission := filepath.Join(filepath.Dir(sealed.Dir), "submission-001.json")
	released := ws.Path("releases", "briefing", "001")
	about := filepath.Join(sealed.Dir, archive.AboutFile)
	signature := filepath.Join(sealed.Dir, seal.SignatureFile)
	rename := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	// remade is the folder sealed again with another workbook, as Write would have.
	remade := func(signed *seal.Signature) {
		files := seal.Files{}
		err := fs.WalkDir(os.DirFS(sealed.Dir), ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && name != seal.ManifestFile && name != seal.SignatureFile {
				files[name] = example.ReadFile(t, filepath.Join(sealed.Dir, name))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		files["return.xlsx"] = append(files["return.xlsx"], 0)
		if signed != nil {
			if signed, err = seal.Sign(files.Digest(), "chief-finance-officer", foreign, stranger); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(os.RemoveAll(sealed.Dir), seal.Write(sealed.Dir, files, signed, nil)); err != nil {
			t.Fatal(err)
		}
	}
	// rewritten is the journal made again whole, its lines as change leaves them.
	rewritten := func(change func([]journal.Entry) []journal.Entry) {
		j, err := ws.Journal()
		if err != nil {
			t.Fatal(err)
		}
		entries := change(slices.Clone(j.Entries))
		noJournal(t, ws)
		again, err := ws.Journal()
		if err == nil {
			err = again.Witness()
		}
		if err == nil {
			err = again.Append(entries...)
		}
		if err == nil {
			err = again.Witness()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	digested := func(entries []journal.Entry) []journal.Entry { // lines that tell of what is there now
		for i, e := range entries {
			if e.Keeps() {
				if is, err := workspace.Digested(ws.Path(filepath.FromSlash(e.Place))); err == nil {
					entries[i].Digest, entries[i].Signature = is.Digest, is.Signature
				}
			}
		}
		return entries
	}
	for _, c := range []struct {
		name string
		do   func()
		says string
	}{
		{"a seal deleted", func() { os.RemoveAll(sealed.Dir) }, "v001 is gone, of which line"},
		{"a seal renumbered", func() { rename(sealed.Dir, sealed.Dir[:len(sealed.Dir)-1]+"2") }, "v002 stands in no line"},
		{"a seal copied", func() {
			if err := os.CopyFS(sealed.Dir[:len(sealed.Dir)-1]+"2", os.DirFS(sealed.Dir)); err != nil {
				t.Fatal(err)
			}
		}, "v002 stands in no line"},
		{"a seal moved to another quarter", func() {
			os.MkdirAll(ws.Path("returns", "moj-quarterly", "2023-24-Q3"), 0o770)
			rename(sealed.Dir, ws.Path("returns", "moj-quarterly", "2023-24-Q3", "v001"))
		}, "2023-24-Q3/v001 stands in no line"},
		{"a return and a release exchanged", func() { rename(sealed.Dir, ws.Path("x")); rename(released, sealed.Dir); rename(ws.Path("x"), released) }, "v001 is not what line"},
		{"the signature taken away", func() { put(t, signature, nil) }, "v001 is not signed, although \"chief-finance-officer\" has a key"},
		{"sealed again without a signature", func() { remade(nil) }, "v001 is not what line"},
		{"sealed again with a stranger's key", func() { remade(&seal.Signature{}) }, "is signed with another key than that of"},
		{"who approved changed", func() {
			put(t, about, bytes.Replace(example.ReadFile(t, about), []byte(`"by": "chief-finance-officer"`), []byte(`"by": "performance-analyst"`), 1))
		}, `"about.json" was changed`},
		{"who submitted changed", func() {
			put(t, submission, bytes.Replace(example.ReadFile(t, submission), []byte(`"by": "performance-analyst"`), []byte(`"by": "somebody"`), 1))
		}, "submission-001.json is not what line"},
		{"the journal taken away", func() { put(t, ws.Path("journal.jsonl"), nil) }, "there is no journal, although"},
		{"the journal's last line taken away", func() { rewritten(func(e []journal.Entry) []journal.Entry { return e[:len(e)-2] }) }, "no line of the journal has the head"},
		{"seal and journal made again without the user's key", func() { remade(nil); rewritten(digested) }, "is not signed, although"},
		{"seal and journal made again with a stranger's key", func() { remade(&seal.Signature{}); rewritten(digested) }, "is signed with another key"},
		{"keys taken out of the journal, and the seal made again", func() {
			remade(nil)
			rewritten(func(e []journal.Entry) []journal.Entry {
				return digested(slices.DeleteFunc(e, func(e journal.Entry) bool { return e.Kind == journal.Keys }))
			})
		}, "no line of the journal has the head"},
	} {
		before := filepath.Join(t.TempDir(), "store")
		if err := os.CopyFS(before, os.DirFS(ws.Path())); err != nil {
			t.Fatal(err)
		}
		c.do()
		if found := strings.Join(problems(t, ws, head), "\n"); !strings.Contains(found, c.says) {
			t.Errorf("%s: it is said\n%s\nand must be %q", c.name, found, c.says)
		}
		if err := errors.Join(os.RemoveAll(ws.Path()), os.CopyFS(ws.Path(), os.DirFS(before))); err != nil {
			t.Fatal(err)
		}
	}
	if found := problems(t, ws, head); len(found) > 0 {
		t.Errorf("put back as it was: %q", found)
	}
}
