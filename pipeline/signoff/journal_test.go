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
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/workspace"
)

var changes = flag.Int("changes", 2, "how many single bytes of each kept file are changed, one at a time")

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

// noJournal takes the journal away, and the file of heads beside it.
func noJournal(t *testing.T, ws *workspace.Workspace) {
	t.Helper()
	put(t, ws.Path("journal.jsonl"), nil)
	put(t, ws.Path("journal.heads"), nil)
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
	files = append(files, ws.Path("journal.jsonl"), ws.Path("journal.heads"))
	for _, file := range files {
		was := example.ReadFile(t, file)
		named := func(what string, is []byte) {
			put(t, file, is)
			if found := problems(t, ws, ""); len(found) == 0 {
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
		if !strings.HasPrefix(filepath.Base(file), "journal.") {
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
	ws := ran(t)
	at := example.Quarter(t, "2023-24-Q4")
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
	noJournal(t, ws)
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
	noJournal(t, ws)
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
