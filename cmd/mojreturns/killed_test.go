package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/workspace"
)

var (
	kills     = flag.Int("kills", 16, "how many changing commands are killed, each at a random moment")
	killsFrom = flag.Uint64("kills-seed", 0, "the seed that an earlier run printed, to draw the same commands and moments; 0 draws one")
)

// inARow is how often one command is killed, and given again, before anything else is.
const inARow = 8

// killedStory is a changing command that is killed, and what somebody does next.
type killedStory struct {
	name  string
	state string // of the office before it
	args  []string
	next  [][]string // each may say that it was done already
}

const signs = " --period 2023-24-Q4 --by "

// killedStories are of every command that changes the store. SHA is the newest file's.
func killedStories() []killedStory {
	words := strings.Fields
	submit := append(words("return submit"+signs+"analyst"), "--waive", "G1=nobody sends it here")
	approve := words("return approve" + signs + "officer --name Name --role Role --in-line Y --notified NA")
	run := words("run --period 2023-24-Q4")
	release := append(words("briefing --period 2023-24-Q4 --release --by analyst"), "--audience", "public")
	return []killedStory{
		{"run", "new file", run, [][]string{run}},
		{"land", "new file", words("land"), [][]string{run}},
		{"build", "landed", words("build"), [][]string{words("build")}},
		{"withdraw", "ran", words("withdraw SHA --reason sent --by analyst"), [][]string{words("withdraw SHA --reason sent --by analyst"), words("build")}},
		{"erase", "ran", words("erase SHA --reason asked --by officer"), [][]string{words("erase SHA --reason asked --by officer"), words("build")}},
		{"return make", "ran", words("return make"), [][]string{words("return make"), run}},
		{"return submit", "ran", submit, [][]string{submit, approve, words("return verify --period 2023-24-Q4")}},
		{"return keys", "ran", append(words("return keys --by analyst"), "--accept", "the old key is lost"), [][]string{append(words("return keys --by analyst"), "--accept", "the old key is lost")}},
		{"return approve", "submitted", approve, [][]string{approve, words("return verify --period 2023-24-Q4")}},
		{"chase", "faulty", words("chase --period 2023-24-Q4 -o DIR/drafts"), [][]string{words("chase --period 2023-24-Q4 -o DIR/drafts")}},
		{"backup", "ran", words("backup --to DIR-copies"), [][]string{words("backup --to DIR-copies"), words("backup verify DIR-copies")}},
		{"briefing", "ran", release, [][]string{words("build"), words("briefing --period 2023-24-Q4 --release --by analyst")}},
	}
}

// said calls the program as a function and gives all it said.
func said(args ...string) (int, string) {
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, time.Now)
	return code, stdout.String() + stderr.String()
}

// officeIn is a workspace in a state that stories begin in.
func officeIn(t *testing.T, state string) string {
	t.Helper()
	dir := ranOffice(t)
	switch state {
	case "new file":
		deliver(t, dir, 2, 400)
	case "landed":
		deliver(t, dir, 2, 400)
		call(t, "land", "--workspace", dir)
	case "faulty":
		deliver(t, dir, 2, 100)
		file := filepath.Join(dir, "inbox", "p_referrals_2023-24_v2.csv")
		text, err := os.ReadFile(file)
		if err := errors.Join(err, os.WriteFile(file, bytes.Replace(text, []byte("POL"), []byte("ZZZ"), 5), 0o660)); err != nil {
			t.Fatal(err)
		}
		call(t, "land", "--workspace", dir)
		call(t, "build", "--workspace", dir)
	case "submitted":
		for _, s := range killedStories() {
			if s.name == "return submit" {
				call(t, slices.Concat(s.args, []string{"--workspace", dir})...)
			}
		}
	}
	return dir
}

// placed is a command in a workspace, whose folder stands for DIR.
func placed(args []string, dir string) []string {
	out := slices.Clone(args)
	for i, word := range out {
		out[i] = strings.ReplaceAll(word, "DIR", dir)
	}
	return append(out, "--workspace", dir)
}

// newest is the SHA-256 of the file that was landed last.
func newest(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "store", "landing", "??", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return filepath.Base(files[len(files)-1])
}

// A changing command may be killed at any moment: those that come after complete, with
// the figures they would have had, everything that is kept stands in the journal, and
// nothing that was put aside is left. It takes a second for each kill; the gate kills more.
func TestKilledCommands(t *testing.T) {
	states := map[string]string{} // each made when a story first begins in it
	stories := killedStories()
	want, lasts := make([]string, len(stories)), make([]time.Duration, len(stories))
	at := func(i int) string { // the office of a story, before it, in a folder of its own
		state := stories[i].state
		if states[state] == "" {
			states[state] = officeIn(t, state)
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(states[state])); err != nil {
			t.Fatal(err)
		}
		for _, args := range append(stories[i].next, stories[i].args) {
			for k, word := range args {
				if word == "SHA" {
					args[k] = newest(t, dir)
				}
			}
		}
		return dir
	}
	after := func(i int, dir string) string {
		for _, next := range stories[i].next {
			code, text := said(placed(next, dir)...)
			again := strings.Contains(text, "already") || strings.Contains(text, "was withdrawn")
			if code != exitDone && !again {
				t.Fatalf("%s was killed, and %q ends with %d: %s", stories[i].name, next, code, text)
			}
		}
		if code, text := said("seal", "verify", "--workspace", dir); code != exitDone {
			t.Fatalf("%s was killed: %s", stories[i].name, text)
		}
		left, _ := os.ReadDir(filepath.Join(dir, "store", "tmp"))
		for _, l := range left { // a lock without its folder holds nothing: for a minute it may be that of a process just starting
			if l.IsDir() {
				t.Errorf("%s was killed, and %s is left aside", stories[i].name, l.Name())
			}
		}
		if workspace.Exists(filepath.Join(dir, "store", "erasing")) {
			t.Errorf("%s was killed, and an erasure is unfinished", stories[i].name)
		}
		err := filepath.WalkDir(filepath.Join(dir, "store"), func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".partial") {
				t.Errorf("%s was killed, and %s is left", stories[i].name, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		code, figures := said("metrics", "--period", "2023-24-Q4", "--format", "csv", "--workspace", dir)
		if code != exitDone {
			t.Fatalf("%s was killed: %s", stories[i].name, figures)
		}
		return figures
	}
	seed := *killsFrom
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("drawn with -kills-seed %d", seed)
	dice, killed := rand.New(rand.NewPCG(seed, 0)), 0
	for n, i := 0, dice.IntN(len(stories)); n < *kills; i = (i + 1) % len(stories) {
		if want[i] == "" { // what comes of it when nobody kills it, and how long it takes
			dir, start := at(i), time.Now()
			if out, err := program(placed(stories[i].args, dir)...).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", stories[i].name, err, out)
			}
			lasts[i], want[i] = time.Since(start), after(i, dir)
		}
		dir := at(i)
		var moments []time.Duration
		for range inARow {
			n++
			moments = append(moments, time.Duration(dice.Float64()*float64(lasts[i])))
			p := program(placed(stories[i].args, dir)...)
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(moments[len(moments)-1])
			if p.Process.Kill() == nil {
				killed++
			}
			_ = p.Wait()
		}
		if got := after(i, dir); got != want[i] {
			t.Errorf("%s was killed after %v, and the figures are others than without", stories[i].name, moments)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if killed < *kills/2 {
		t.Errorf("only %d of %d were killed before they ended", killed, *kills)
	}
}

// Every command that waits for the write lock is killed in a story, but those that
// change nothing of the store themselves.
func TestEveryChangingCommandIsKilled(t *testing.T) {
	a := &app{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, now: time.Now}
	var missing []string
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		name := called(c)
		if c.Flags().Lookup("wait") != nil && !slices.ContainsFunc(killedStories(), func(s killedStory) bool { return s.name == name }) {
			missing = append(missing, name)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(a.root())
	if len(missing) > 0 {
		t.Errorf("no story kills %s", strings.Join(missing, ", "))
	}
}

// A file that a mapping is proposed for is put aside as it was sent: below store/tmp and
// nowhere else, also where the command is killed while it lies there, and the next command
// clears it. Some seconds: the file is large enough to be met.
func TestAProposalPutsRowsAsideInTheStore(t *testing.T) {
	dir, system := ranOffice(t), t.TempDir()
	deliver(t, dir, 2, 30_000)
	aside := filepath.Join(dir, "store", "tmp")
	p := program(placed([]string{"provider", "suggest", "DIR/inbox/p_referrals_2023-24_v2.csv", "--provider", "P"}, dir)...)
	p.Env = append(os.Environ(), "TMPDIR="+system, "TMP="+system, "TEMP="+system)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	lies := func() (found []string) {
		found, err := filepath.Glob(filepath.Join(aside, "suggest-*", "*.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for end := time.Now().Add(time.Minute); len(lies()) == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	killed := p.Process.Kill()
	_ = p.Wait()
	if killed != nil || len(lies()) == 0 {
		t.Fatalf("nothing was put aside, or it was gone before the kill: %v", killed)
	}
	if left, err := os.ReadDir(system); err != nil || len(left) > 0 {
		t.Errorf("in the system's folder lie %v, %v", left, err)
	}
	call(t, "build", "--workspace", dir)
	if left := lies(); len(left) > 0 {
		t.Errorf("left aside are %q", left)
	}
}

// A disk without room is said in words, whoever noticed it.
func TestDiskFull(t *testing.T) {
	for _, err := range []error{
		&fs.PathError{Op: "write", Path: "x", Err: errors.New("no space left on device")},
		errors.New(`IO Error: Could not write file "x": No space left on device`),
		errors.New("write x: There is not enough space on the disk."),
	} {
		if words := (&app{}).inWords(err); !strings.HasPrefix(words, "the disk is full: make room") || strings.Contains(words, "IO Error") {
			t.Errorf("%v is said as %q", err, words)
		}
	}
	if words := (&app{}).inWords(errors.New("something else")); words != "something else" {
		t.Errorf("another error is said as %q", words)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	out, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var stderr bytes.Buffer
	if code := run(context.Background(), []string{"catalogue", "R01"}, strings.NewReader(""), out, &stderr, time.Now); code != exitFailed || !strings.Contains(stderr.String(), "the disk is full") {
		t.Errorf("a full disk ends with %d and %q", code, stderr.String())
	}
}
