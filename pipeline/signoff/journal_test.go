package signoff_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline"
	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/workspace"
)

var changes = flag.Int("changes", 2, "how many single bytes of each kept file are changed, one at a time")

// signedOffice is a small office whose two users have keys, with a return that is
// submitted, approved and sealed, and a briefing that is released.
func signedOffice(t *testing.T) (ws *workspace.Workspace, sealed archive.Sealed) {
	t.Helper()
	ws = example.Small(t)
	at := example.Quarter(t, "2023-24-Q4")
	if _, err := pipeline.Run(t.Context(), ws, at); err != nil {
		t.Fatal(err)
	}
	keys := t.TempDir()
	signs := map[string]signoff.Signing{"performance-analyst": analyst(at), "chief-finance-officer": officer(at)}
	for i, u := range ws.Users {
		s := signs[u.Name]
		s.KeyFile = filepath.Join(keys, u.Name)
		public, err := seal.NewKey(s.KeyFile, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		ws.Users[i].Key, signs[u.Name] = public, s
	}
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(t.Context(), ws, signs["performance-analyst"], waived); err != nil {
		t.Fatal(err)
	}
	sealed, err := signoff.Approve(t.Context(), ws, signs["chief-finance-officer"], declared, answers)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Release(t.Context(), example.View(t, ws, at), disclosure.Briefing, "performance analyst", waived); err != nil {
		t.Fatal(err)
	}
	return ws, sealed
}

// problems are what looking at everything that is kept finds.
func problems(t *testing.T, ws *workspace.Workspace, head string) []string {
	t.Helper()
	audit, err := archive.Look(ws, head)
	if err != nil {
		t.Fatal(err)
	}
	return audit.Problems
}

// put replaces what a file says, as somebody with the rights to would; nil removes it.
func put(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if content == nil {
		return
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o770), os.WriteFile(file, content, 0o660)); err != nil {
		t.Fatal(err)
	}
}

// Everything that is kept, changed by a byte, taken away or put in, is named. It takes
// seconds: each file of a seal is changed and everything looked at again.
func TestEveryChangeOfWhatIsKeptIsNamed(t *testing.T) {
	t.Parallel()
	ws, _ := signedOffice(t)
	audit, err := archive.Look(ws, "")
	if err != nil || len(audit.Problems) > 0 || audit.Lines < 5 {
		t.Fatalf("untouched: %+v, %v", audit, err)
	}
	var files []string
	for _, kept := range []string{"returns", "releases"} {
		err := filepath.WalkDir(ws.Path(kept), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	sealed, err := filepath.Rel(ws.Path("returns"), filepath.Dir(files[0]))
	if err != nil {
		t.Fatal(err)
	}
	for what, dir := range map[string]string{
		"an empty folder": "nothing", "something half made": "v002" + seal.Half, "an empty folder in a seal": filepath.ToSlash(sealed) + "/nothing",
	} {
		stray := ws.Path("returns", dir)
		if err := os.Mkdir(stray, 0o770); err != nil {
			t.Fatal(err)
		}
		if found := problems(t, ws, ""); len(found) != 1 || !strings.Contains(found[0], "returns/"+dir) {
			t.Errorf("%s was put in, and what is said is %q", what, found)
		}
		put(t, stray, nil)
	}
	files = append(files, ws.Path("journal.jsonl"))
	for _, file := range files {
		was := example.ReadFile(t, file)
		named := func(what string, is []byte) {
			put(t, file, is)
			if found := problems(t, ws, audit.Head); len(found) == 0 {
				t.Errorf("%s: %s, and nothing is said", ws.Place(file), what)
			}
		}
		for range *changes {
			if len(was) > 0 {
				i, bit := mathrand.IntN(len(was)), mathrand.IntN(8)
				flipped := bytes.Clone(was)
				flipped[i] ^= 1 << bit
				named(fmt.Sprintf("bit %d of byte %d was changed", bit, i), flipped)
			}
		}
		named("it was deleted", nil)
		named("a byte was added", append(bytes.Clone(was), '\n'))
		put(t, file, was)
		other := filepath.Join(filepath.Dir(file), "copy of "+filepath.Base(file))
		if !strings.HasSuffix(file, "journal.jsonl") {
			put(t, other, was)
			if found := problems(t, ws, ""); len(found) == 0 {
				t.Errorf("%s: a copy beside it, and nothing is said", ws.Place(file))
			}
			put(t, other, nil)
		}
	}
	if found := problems(t, ws, audit.Head); len(found) > 0 {
		t.Errorf("put back as it was: %q", found)
	}
}

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
		put(t, ws.Path("journal.jsonl"), nil)
		again, err := ws.Journal()
		if err == nil {
			err = again.Append(entries...)
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

func head(t *testing.T, ws *workspace.Workspace) string {
	t.Helper()
	j, err := ws.Journal()
	if err != nil {
		t.Fatal(err)
	}
	return j.Head()
}

// Who submitted cannot be changed so that the same person approves, with keys or
// without; nor is a submission approved whose user has a key and did not sign.
func TestAnEditedSubmissionIsNotApproved(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.Small(t)
	at := example.Quarter(t, "2023-24-Q4")
	if _, err := pipeline.Run(ctx, ws, at); err != nil {
		t.Fatal(err)
	}
	ws.Users = append(ws.Users, workspace.User{Name: "both", May: []string{"submit", "approve"}})
	waived, answers := reasons(t, ws, at)
	sub, err := signoff.Submit(ctx, ws, signoff.Signing{Period: at, By: "both"}, waived)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(archive.ReturnDir(ws, ws.Returns[0], at), archive.SubmissionName(sub.Number))
	was := example.ReadFile(t, file)
	put(t, file, bytes.Replace(was, []byte(`"by": "both"`), []byte(`"by": "performance-analyst"`), 1))
	_, err = signoff.Approve(ctx, ws, signoff.Signing{Period: at, By: "both"}, declared, answers)
	if !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), "is not what line") {
		t.Fatalf("approved by who submitted: %v", err)
	}
	put(t, file, was)
	if _, err := signoff.Approve(ctx, ws, officer(at), declared, answers); err != nil {
		t.Fatalf("as it was submitted: %v", err)
	}
}

// A key signs the whole of a submission: nothing that it says can be another.
func TestTheWholeSubmissionIsSigned(t *testing.T) {
	t.Parallel()
	ws, sealed := signedOffice(t)
	sub := sealed.About.Submission
	var fields map[string]any
	text, err := json.Marshal(sub)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name := range fields {
		if name == "signature" {
			continue
		}
		changed := map[string]any{}
		for k, v := range fields {
			changed[k] = v
		}
		switch v := fields[name].(type) {
		case string:
			changed[name] = "2" + v[1:]
			if v[0] == '2' {
				changed[name] = "1" + v[1:]
			}
		case float64:
			changed[name] = v + 1
		default:
			delete(changed, name)
		}
		text, _ := json.Marshal(changed)
		var other archive.Submission
		if err := json.Unmarshal(text, &other); err != nil {
			t.Fatal(err)
		}
		if other.Digest() == sub.Digest() {
			t.Errorf("%s is not signed", name)
		}
	}
	if sub.Signature == nil || sub.Signature.Digest != sub.Digest() || !sub.Signature.Valid() || sub.Signature.PublicKey != ws.Users[0].Key {
		t.Errorf("the signature is %+v", sub.Signature)
	}
}

// A store without a journal is taken as it is found, once: what is changed afterwards is
// named. That its seals knew another journal is named too.
func TestAStoreWithoutAJournal(t *testing.T) {
	t.Parallel()
	ws, sealed := signedOffice(t)
	put(t, ws.Path("journal.jsonl"), nil)
	release, err := ws.Lock(t.Context(), "build", 0)
	if err != nil {
		t.Fatal(err)
	}
	release()
	audit, err := archive.Look(ws, "")
	if err != nil || len(audit.Problems) != 2 || len(audit.Older) != 3 {
		t.Fatalf("%+v, %v", audit, err)
	}
	put(t, filepath.Join(sealed.Dir, seal.SignatureFile), nil)
	if found := problems(t, ws, ""); len(found) != 3 {
		t.Error("a signature taken away is not noticed")
	}
}

// A command that was killed between the journal's line and the name of what it tells of
// is finished by the next one; one killed before the line has made nothing.
func TestAKilledSealIsFinished(t *testing.T) {
	t.Parallel()
	ws, sealed := signedOffice(t)
	submission := filepath.Join(filepath.Dir(sealed.Dir), "submission-001.json")
	released := ws.Path("releases", "briefing", "001")
	for _, path := range []string{released} { // the last that the journal tells of
		if err := os.Rename(path, path+seal.Half); err != nil {
			t.Fatal(err)
		}
	}
	put(t, submission[:len(submission)-6]+"2.json"+seal.Half, []byte("{}")) // no line tells of it
	release, err := ws.Lock(t.Context(), "build", 0)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if found := problems(t, ws, ""); len(found) > 0 {
		t.Errorf("after a kill: %q", found)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(submission), "*"+seal.Half)); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

// A journal that was changed is refused by whatever changes the store, and told by
// whatever looks; a torn last line is put aside.
func TestABrokenJournalStopsChanges(t *testing.T) {
	t.Parallel()
	ws, _ := signedOffice(t)
	file := ws.Path("journal.jsonl")
	was := example.ReadFile(t, file)
	put(t, file, bytes.Replace(was, []byte(`"kind":"sealed"`), []byte(`"kind":"waived"`), 1))
	if _, err := ws.Lock(t.Context(), "build", 0); !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), "restore store/journal.jsonl") {
		t.Errorf("a changed journal: %v", err)
	}
	put(t, file, append(bytes.Clone(was), `{"number":99,"bef`...))
	release, err := ws.Lock(t.Context(), "build", 0)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if found := problems(t, ws, ""); len(found) > 0 || !bytes.Equal(example.ReadFile(t, file), was) {
		t.Errorf("after mending: %q", found)
	}
}

// A journal that is taken away and begun anew is named by every seal and release that
// stays, though each stands in it. What was found is held to no key of a later day: a key
// that is changed or given afterwards is no fault of theirs.
func TestAJournalBegunAnew(t *testing.T) {
	t.Parallel()
	ws, _ := signedOffice(t)
	put(t, ws.Path("journal.jsonl"), nil)
	public, err := seal.NewKey(filepath.Join(t.TempDir(), "another"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ws.Users {
		ws.Users[i].Key = public
	}
	release, err := ws.Lock(t.Context(), "build", 0)
	if err != nil {
		t.Fatal(err)
	}
	release()
	audit, err := archive.Look(ws, "")
	if err != nil || len(audit.Problems) != 2 || len(audit.Older) != 3 {
		t.Errorf("%+v, %v", audit, err)
	}
	for i, place := range []string{"v001", "releases/briefing/001"} {
		if p := audit.Problems[i]; !strings.Contains(p, place+" was sealed after the head ") || !strings.Contains(p, "this journal does not lead there") {
			t.Errorf("of %s is said %q", place, p)
		}
	}
	v, err := signoff.Verify(t.Context(), ws, signoff.Asked{Period: example.Quarter(t, "2023-24-Q4")})
	if err != nil || v.OK() || v.Broken != "" || v.Sealed.Signed {
		t.Errorf("whose key signed it is not known, and it is said: %+v, %v", v, err)
	}
}

// What a line of the journal tells of is never cleared as something half made, whichever
// line it is: it gets its name again, or stays as it is and is told of.
func TestWhatALineTellsOfIsNeverCleared(t *testing.T) {
	t.Parallel()
	ws, sealed := signedOffice(t)
	half := sealed.Dir + seal.Half
	lock := func() {
		release, err := ws.Lock(t.Context(), "build", 0)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	if err := os.Rename(sealed.Dir, half); err != nil { // not the last that the journal tells of
		t.Fatal(err)
	}
	lock()
	if found := problems(t, ws, ""); len(found) > 0 {
		t.Errorf("a seal under the name of a half made one: %q", found)
	}
	if err := os.Rename(sealed.Dir, half); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(half, seal.ManifestFile), []byte("{}"))
	lock()
	if !workspace.Exists(filepath.Join(half, "return.xlsx")) {
		t.Error("a changed seal that a line tells of was thrown away")
	}
	if found := strings.Join(problems(t, ws, ""), "\n"); !strings.Contains(found, "v001 is gone, of which line") {
		t.Errorf("it is said %q", found)
	}
}
