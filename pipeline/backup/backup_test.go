package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/backup"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/workspace"
)

func TestMain(m *testing.M) { example.Main(m) }

// sealed is the small office with a sealed return.
func sealed(t *testing.T) *workspace.Workspace {
	t.Helper()
	ws, at, declared := example.Small(t), example.Quarter(t, "2023-24-Q4"), archive.Declaration{Name: "The chief finance officer", Role: "CFO", InLine: "Y", Notified: "NA", Date: "2024-04-22"}
	v := example.View(t, ws, at)
	var waived, answers []archive.Waiver
	objections, err1 := gate.Return(t.Context(), v, ws.Returns[0])
	contradictions, err2 := gate.Declared(t.Context(), v, ws.Returns[0], declared)
	for _, o := range objections {
		waived = append(waived, archive.Waiver{Check: o.Code, Reason: "it is the example's", By: "performance-analyst"})
	}
	for _, o := range contradictions {
		answers = append(answers, archive.Waiver{Check: o.Code, Reason: "it is the example's", By: "chief-finance-officer"})
	}
	_, err3 := signoff.Submit(t.Context(), ws, signoff.Signing{Period: at, By: "performance-analyst"}, waived)
	_, err4 := signoff.Approve(t.Context(), ws, signoff.Signing{Period: at, By: "chief-finance-officer"}, declared, answers)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	return ws
}

func opens(t *testing.T) backup.Opener {
	return func(dir string) (*workspace.Workspace, error) { return example.OpenSmall(t, dir), nil }
}

func makes(t *testing.T, ws *workspace.Workspace, place string, keys ...string) backup.Report {
	t.Helper()
	r, err := backup.Make(t.Context(), ws, place, keys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func proves(t *testing.T, place, key string) backup.Proof {
	t.Helper()
	keys, err := backup.Identities(key)
	if err != nil {
		t.Fatal(err)
	}
	aside := t.TempDir()
	p, err := backup.Prove(t.Context(), place, aside, keys, opens(t))
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(aside); len(left) > 0 {
		t.Errorf("proving left %v", left)
	}
	return p
}

// filesOf are the files of a folder and what is in them.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(file, ".lock") {
			return err
		}
		relative, _ := filepath.Rel(dir, file)
		out[filepath.ToSlash(relative)] = string(example.ReadFile(t, file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is kept is brought back on another path, gives the same build and figures, and its
// seal verifies; where nothing changed not a byte is written. Some seconds for its builds.
func TestABackupIsProved(t *testing.T) {
	t.Parallel()
	ws, place := sealed(t), filepath.Join(t.TempDir(), "copies")
	first := makes(t, ws, place)
	if first.Number != 1 || first.New == 0 || first.Nothing || first.Secrets {
		t.Errorf("the first backup: %+v", first)
	}
	before := filesOf(t, place)
	if again := makes(t, ws, place); !again.Nothing || again.Bytes != 0 || again.Head != first.Head {
		t.Errorf("nothing had changed: %+v", again)
	}
	if after := filesOf(t, place); len(after) != len(before) {
		t.Errorf("nothing had changed, and %d files became %d", len(before), len(after))
	}
	p := proves(t, place, "")
	if !p.OK() || p.Built != "the same" || p.Figures != "the same" || p.Again != 1 || p.Seals != 2 || p.Landed != 3 || len(p.NotAgain) > 0 || p.Head != first.Head {
		t.Errorf("the proof is %+v", p)
	}
	to := filepath.Join(t.TempDir(), "elsewhere")
	if _, err := backup.Restore(t.Context(), place, to, 0, nil, opens(t)); err != nil {
		t.Fatal(err)
	}
	back := filesOf(t, to)
	for name, was := range filesOf(t, ws.Dir) {
		top, rest, _ := strings.Cut(name, "/")
		part, _, _ := strings.Cut(rest, "/")
		again := top == "inbox" || top == "store" && (part == "staged" || part == "published" || part == "drafts" || part == "tmp")
		if back[name] != was && !again {
			t.Errorf("%s is not as it was", name)
		}
		if _, there := back[name]; there && again {
			t.Errorf("%s can be had again, and was copied", name)
		}
	}
	if _, err := backup.Restore(t.Context(), place, to, 0, nil, opens(t)); !errors.Is(err, workspace.ErrRefused) {
		t.Errorf("something was restored into a folder with files in it: %v", err)
	}
}

// One flipped bit in any file of a place is found, and the file named.
func TestEveryChangedCopyIsNamed(t *testing.T) {
	t.Parallel()
	ws, place := example.Small(t), filepath.Join(t.TempDir(), "copies")
	makes(t, ws, place)
	change(t, ws, "one")
	makes(t, ws, place)
	dice := rand.New(rand.NewPCG(1, 2))
	for name, was := range filesOf(t, place) {
		if was == "" {
			continue
		}
		file, content := filepath.Join(place, filepath.FromSlash(name)), []byte(was)
		content[dice.IntN(len(content))] ^= 1 << dice.IntN(8)
		replace(t, file, content)
		c, err := backup.Check(place, nil)
		told := strings.Join(c.Problems, "\n")
		if err != nil || !strings.Contains(told, "was changed since it was written") {
			t.Errorf("a bit of %s was flipped: %v, %v", name, told, err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if c, err := backup.Check(place, nil); err == nil && len(c.Problems) == 0 && !strings.HasPrefix(name, "manifests/000002") { // the last one taken away is known to the workspace alone
			t.Errorf("%s was taken away and nobody noticed", name)
		}
		replace(t, file, []byte(was))
	}
	if c, err := backup.Check(place, nil); err != nil || len(c.Problems) > 0 || c.Backups != 2 {
		t.Errorf("put back: %+v, %v", c, err)
	}
}

func replace(t *testing.T, file string, content []byte) {
	t.Helper()
	_ = os.Remove(file)
	if err := os.WriteFile(file, content, 0o660); err != nil {
		t.Fatal(err)
	}
}

// change changes what is kept of an office.
func change(t *testing.T, ws *workspace.Workspace, what string) {
	t.Helper()
	if err := workspace.WriteFile(filepath.Join(ws.Dir, "commentary", what+".csv"), []byte(what)); err != nil {
		t.Fatal(err)
	}
}

// The newest backup that is taken away, or exchanged, is missed by who made it.
func TestABackupTakenAwayIsMissed(t *testing.T) {
	t.Parallel()
	ws, place := example.Small(t), filepath.Join(t.TempDir(), "copies")
	for _, what := range []string{"one", "two"} {
		change(t, ws, what)
		r := makes(t, ws, place)
		if err := backup.Note(ws, backup.Record{Place: place, Number: r.Number, Head: r.Head, OK: true}); err != nil {
			t.Fatal(err)
		}
	}
	noted, err := backup.Noted(ws)
	if err != nil || len(noted) != 2 {
		t.Fatal(noted, err)
	}
	c, err := backup.Check(place, nil)
	if says := backup.Taken(noted, place, c); err != nil || says != "" {
		t.Errorf("nothing was taken away: %q, %v", says, err)
	}
	newest, _ := filepath.Glob(filepath.Join(place, "manifests", "000002-*"))
	if err := os.Remove(newest[0]); err != nil {
		t.Fatal(err)
	}
	if c, err = backup.Check(place, nil); err != nil || !strings.Contains(backup.Taken(noted, place, c), "taken away") {
		t.Errorf("the last backup was taken away: %+v, %v", c, err)
	}
}

// stopping ends when it has been asked so many times.
type stopping struct {
	context.Context
	left *int
}

func (s stopping) Err() error {
	if *s.left--; *s.left < 0 {
		return context.Canceled
	}
	return s.Context.Err()
}

// A backup that ends before any of its files leaves the earlier ones good, and the next
// one completes. (A process is killed at random in the stories of the command line.)
func TestStoppedAtEveryFile(t *testing.T) {
	t.Parallel()
	ws, place := example.Small(t), filepath.Join(t.TempDir(), "copies")
	first := makes(t, ws, place)
	for i := range first.Files + 2 {
		if i%7 == 0 {
			change(t, ws, "new")
		}
		left := i
		_, err := backup.Make(stopping{t.Context(), &left}, ws, place, nil)
		if err == nil && i < first.Files {
			t.Fatalf("stopped at file %d, and yet whole", i)
		}
		replace(t, filepath.Join(place, "copy.tmp"), []byte("half")) // as a kill leaves it
		c, err := backup.Check(place, nil)
		for _, p := range c.Problems {
			if !strings.Contains(p, "is in no backup") {
				t.Errorf("stopped at file %d: %s", i, p)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	makes(t, ws, place)
	if c, err := backup.Check(place, nil); err != nil || len(c.Problems) > 0 {
		t.Errorf("after all that: %+v, %v", c.Problems, err)
	}
}

// A folder in which people keep other things, under names that backups use too, keeps them.
func TestWhatOthersKeepInThePlaceStays(t *testing.T) {
	t.Parallel()
	ws, place := example.Small(t), t.TempDir()
	theirs := []string{"incoming/letter.docx", "objects/chair.jpg", "objects/desks/desk.jpg", "objects/ab/" + strings.Repeat("cd", 32)}
	for _, name := range theirs {
		if err := workspace.WriteFile(filepath.Join(place, filepath.FromSlash(name)), []byte("ours alone")); err != nil {
			t.Fatal(err)
		}
	}
	for _, what := range []string{"", "new"} {
		if what != "" {
			change(t, ws, what)
		}
		makes(t, ws, place)
		for _, name := range theirs {
			if string(example.ReadFile(t, filepath.Join(place, filepath.FromSlash(name)))) != "ours alone" {
				t.Errorf("%s is another now", name)
			}
		}
	}
	if c, err := backup.Check(place, nil); err != nil || len(c.Problems) != 3 || !strings.Contains(c.Problems[0], "move it elsewhere") {
		t.Errorf("the check says %q, %v", c.Problems, err)
	}
}

// What is erased goes from the copies with the next backup, and does not come back with
// an older one, in which it was.
func TestErasuresReachTheCopies(t *testing.T) {
	t.Parallel()
	ws, place := example.Small(t), filepath.Join(t.TempDir(), "copies")
	question := ws.Path("questions", "one.sql")
	if err := workspace.WriteFile(question, []byte("SELECT 'whom somebody looked for'")); err != nil {
		t.Fatal(err)
	}
	makes(t, ws, place)
	receipts, err := ws.Landing.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	sha := receipts[0].SHA256
	row := string(bytes.Split(example.ReadFile(t, ws.Landing.Path(sha)), []byte("\n"))[1])
	if !holds(t, place, row) || !holds(t, place, "whom somebody looked for") {
		t.Fatal("the copies do not have the row at all, so the test proves nothing")
	}
	if _, err := intake.Erase(t.Context(), ws, sha, "the person asked for it", "data protection officer"); err != nil {
		t.Fatal(err)
	}
	if r := makes(t, ws, place); r.Removed != 2 {
		t.Errorf("%d contents were removed from the copies", r.Removed)
	}
	if holds(t, place, row) || holds(t, place, "whom somebody looked for") {
		t.Error("what was erased is among the copies")
	}
	if p := proves(t, place, ""); !p.OK() || p.Erased != 2 {
		t.Errorf("the proof is %+v", p)
	}
	to := filepath.Join(t.TempDir(), "older")
	r, err := backup.Restore(t.Context(), place, to, 1, nil, opens(t))
	if err != nil || len(r.Again) != 1 || holds(t, to, row) {
		t.Fatalf("brought back: %+v, %v", r.Again, err)
	}
	old := example.OpenSmall(t, to)
	withdrawals, err := old.Landing.Withdrawals()
	if err != nil || len(withdrawals) != 1 || !withdrawals[0].Erased || !strings.Contains(withdrawals[0].Reason, "the person asked for it; erased on 22 April 2024") {
		t.Errorf("its tombstones are %+v, %v", withdrawals, err)
	}
	if _, err := old.Landing.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// holds tells whether any file of a folder has a text in it.
func holds(t *testing.T, dir, text string) bool {
	t.Helper()
	for _, content := range filesOf(t, dir) {
		if strings.Contains(content, text) {
			return true
		}
	}
	return false
}

// Encrypted copies hold the secrets, open with the key alone, and show nothing else.
func TestEncryptedCopies(t *testing.T) {
	t.Parallel()
	ws, place := example.Small(t), filepath.Join(t.TempDir(), "copies")
	replace(t, filepath.Join(ws.Dir, "secrets.yaml"), []byte("# kept apart\n"))
	if err := os.Chmod(filepath.Join(ws.Dir, "secrets.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "safe.key")
	key, err := backup.NewKey(file)
	if err != nil {
		t.Fatal(err)
	}
	first := makes(t, ws, place, key)
	if !first.Secrets {
		t.Error("the secrets are not in it")
	}
	if again := makes(t, ws, place, key); !again.Nothing || again.Bytes != 0 {
		t.Errorf("nothing had changed: %+v", again)
	}
	for _, text := range []string{"kept apart", "referral_id", "STK-ADV"} {
		if holds(t, place, text) {
			t.Errorf("%q can be read in the copies", text)
		}
	}
	if p := proves(t, place, ""); p.OK() || !p.Unread || len(p.Problems) > 0 {
		t.Errorf("without the key: %+v", p)
	}
	if p := proves(t, place, file); !p.OK() {
		t.Errorf("with the key: %+v", p)
	}
	other := filepath.Join(t.TempDir(), "other.key")
	if _, err := backup.NewKey(other); err != nil {
		t.Fatal(err)
	}
	if p := proves(t, place, other); p.OK() || !strings.Contains(strings.Join(p.Problems, " "), "cannot be opened with the key given") {
		t.Errorf("with another key: %+v", p)
	}
	to := filepath.Join(t.TempDir(), "elsewhere")
	keys, err := backup.Identities(file)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := backup.Restore(t.Context(), place, to, 0, keys, opens(t)); err != nil || !r.Secrets || !holds(t, to, "kept apart") {
		t.Errorf("the secrets did not come back: %+v, %v", r.Secrets, err)
	}
	if _, err := backup.Make(t.Context(), ws, place, nil); !errors.Is(err, workspace.ErrRefused) {
		t.Errorf("a backup that is not encrypted went among those that are: %v", err)
	}
}

// A store that lacks what the last backup has is never copied over it, and neither is
// another workspace's.
func TestWhatWasLostIsNotCopied(t *testing.T) {
	t.Parallel()
	refused := func(want string, ws *workspace.Workspace, place string) {
		t.Helper()
		_, err := backup.Make(t.Context(), ws, place, nil)
		if !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), want) {
			t.Errorf("the sentence is %v, and must hold %q", err, want)
		}
	}
	ws, place := example.Small(t), filepath.Join(t.TempDir(), "copies")
	makes(t, ws, place)
	receipts, err := ws.Landing.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	landed := ws.Landing.Path(receipts[0].SHA256)
	was := example.ReadFile(t, landed)
	replace(t, landed, append([]byte("x"), was[1:]...))
	refused("is not what was received", ws, place)
	if err := os.Remove(landed); err != nil {
		t.Fatal(err)
	}
	refused("is gone", ws, place)
	replace(t, landed, was)
	other := example.SmallUnbuilt(t)
	if _, err := intake.Land(t.Context(), other, []string{filepath.Join(other.Dir, "inbox", receipts[1].Name)}, landing.Given{}); err != nil {
		t.Fatal(err)
	}
	refused("is not the one that the last backup there was made of", other, place)
	refused("is in the workspace", ws, filepath.Join(ws.Dir, "copies"))
	if r := makes(t, ws, place); !r.Nothing {
		t.Errorf("all is as it was: %+v", r)
	}
}
