package landing_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/landing"
)

// The SHA-256 of "A\n", as sha256sum prints it.
const shaOfA = "06f961b802bc46ee168555f066d28f4f0e9afdf3f88174c1ee6f9de004fc30a0"

func TestLandKeepsBytesAndReceipt(t *testing.T) {
	w := newWorkspace(t)
	out := w.land("slt_referrals_2023-24_v1.csv", "A\n", landing.Given{})
	if out.Status != landing.StatusLanded || out.Message != "" {
		t.Fatalf("got %q, %q", out.Status, out.Message)
	}
	kept, err := os.ReadFile(w.Path(shaOfA))
	if err != nil || string(kept) != "A\n" {
		t.Errorf("kept %q, %v", kept, err)
	}
	receipt, err := os.ReadFile(filepath.Join(w.store, "deliveries", "000001-06f961b8.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "number": 1,
  "name": "slt_referrals_2023-24_v1.csv",
  "size": 2,
  "sha256": "` + shaOfA + `",
  "received": "2024-01-10T09:00:00Z",
  "recorded": "2024-01-10T09:00:00Z",
  "provider": "",
  "feed": ""
}
`
	if diff := cmp.Diff(want, string(receipt)); diff != "" {
		t.Error(diff)
	}
	wantFiles := []string{"deliveries/000001-06f961b8.json", "landing/06/" + shaOfA}
	if diff := cmp.Diff(wantFiles, files(t, w.store)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"slt_referrals_2023-24_v1.csv"}, files(t, w.inbox)); diff != "" {
		t.Error("the inbox is only read:", diff)
	}
}

// Each story is a row of sendings; current is the contents of what counts in the end.
func TestStoriesOfSending(t *testing.T) {
	type sending struct {
		name, content string
		given         landing.Given
		want          landing.Status
	}
	const v1, v2 = "slt_referrals_2023-24_v1.csv", "slt_referrals_2023-24_v2.csv"
	byHand := func(provider, feed string) landing.Given { return landing.Given{Provider: provider, Feed: feed} }
	backTo := func(s string) landing.Given { return landing.Given{Received: at(s)} }
	none := landing.Given{}
	stories := []struct {
		name     string
		sendings []sending
		receipts int
		current  string
	}{
		{"the same again is nothing new", []sending{
			{v1, "A", none, landing.StatusLanded}, {v1, "A", none, landing.StatusAlready}}, 1, "A"},
		{"A, B, A makes A current again, with the clock standing still", []sending{
			{v1, "A", none, landing.StatusLanded}, {v1, "B", none, landing.StatusLanded}, {v1, "A", none, landing.StatusLanded}}, 3, "A"},
		{"A, B, A, B makes B current", []sending{
			{v1, "A", none, landing.StatusLanded}, {v1, "B", none, landing.StatusLanded}, {v1, "A", none, landing.StatusLanded}, {v1, "B", none, landing.StatusLanded}}, 4, "B"},
		{"a higher version counts though it came first", []sending{
			{v2, "B", none, landing.StatusLanded}, {v1, "A", none, landing.StatusLanded}}, 2, "B"},
		{"equal bytes under two names are two deliveries of one landing", []sending{
			{v1, "A", none, landing.StatusLanded}, {v2, "A", none, landing.StatusLanded}}, 2, "A"},
		{"names differ by more than capitals", []sending{
			{v1, "A", none, landing.StatusLanded}, {strings.ToUpper(v1), "A", none, landing.StatusAlready}}, 1, "A"},
		{"stated by hand, and left in the inbox for the next run", []sending{
			{"odd name.csv", "A", byHand("SLT", "referrals"), landing.StatusLanded}, {"odd name.csv", "A", none, landing.StatusAlready}}, 1, "A"},
		{"stated for another provider than the name says", []sending{
			{v1, "A", byHand("HUB", "referrals"), landing.StatusLanded}, {v1, "A", none, landing.StatusAlready}}, 1, "A"},
		{"landed unclaimed, then stated", []sending{
			{"odd name.csv", "A", none, landing.StatusLanded}, {"odd name.csv", "A", byHand("SLT", "referrals"), landing.StatusLanded}, {"odd name.csv", "A", none, landing.StatusAlready}}, 2, "A"},
		{"one name from two providers", []sending{
			{"return.csv", "A", byHand("SLT", "referrals"), landing.StatusLanded}, {"return.csv", "A", byHand("HUB", "referrals"), landing.StatusLanded},
			{"return.csv", "A", byHand("SLT", "referrals"), landing.StatusAlready}}, 2, "AA"},
		{"one workbook stated for one feed after another", []sending{
			{"book.xlsx", "A", byHand("SLT", "training_sessions"), landing.StatusLanded}, {"book.xlsx", "A", byHand("SLT", "training_delegates"), landing.StatusLanded},
			{"book.xlsx", "A", byHand("SLT", "training_sessions"), landing.StatusAlready}}, 2, "AA"},
		{"a feed stated, the provider from the name", []sending{
			{"slt_training_2023-24_v1.xlsx", "A", byHand("", "training_sessions"), landing.StatusLanded}, {"slt_training_2023-24_v1.xlsx", "A", none, landing.StatusAlready}}, 1, "A"},
		{"history laid in behind what is there", []sending{
			{v1, "B", none, landing.StatusLanded}, {v1, "A", backTo("2023-10-05 09:00"), landing.StatusLanded},
			{v1, "B", none, landing.StatusAlready}, {v1, "A", backTo("2023-10-05 09:00"), landing.StatusAlready}}, 2, "B"},
		{"a file and its correction laid in under one day of history", []sending{
			{v1, "A", backTo("2023-10-05 00:00"), landing.StatusLanded}, {v1, "B", backTo("2023-10-05 00:00"), landing.StatusLanded},
			{v1, "B", backTo("2023-10-05 00:00"), landing.StatusAlready}}, 2, "B"},
	}
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			w := newWorkspace(t)
			for i, s := range story.sendings {
				if out := w.land(s.name, s.content, s.given); out.Status != s.want {
					t.Errorf("sending %d: got %q (%s), want %q", i+1, out.Status, out.Message, s.want)
				}
			}
			if got := len(w.receipts()); got != story.receipts {
				t.Errorf("%d receipts, want %d", got, story.receipts)
			}
			current := ""
			for _, d := range w.current() {
				kept, err := os.ReadFile(w.Path(d.SHA256))
				if err != nil {
					t.Fatal(err)
				}
				current += string(kept)
			}
			if current != story.current {
				t.Errorf("current is %q, want %q", current, story.current)
			}
		})
	}
}

func TestNotLanded(t *testing.T) {
	w := newWorkspace(t)
	w.providers[1].Feeds[0].Files = "shared_{year}*.csv"
	w.providers[2].Feeds[0].Files = "*_2023-24.csv"
	folder := filepath.Join(w.inbox, "folder.csv")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		path    string
		status  landing.Status
		message string
	}{
		{w.put("empty.csv", ""), landing.StatusRefused, `"empty.csv" is empty`},
		{folder, landing.StatusRefused, "is not a file"},
		{filepath.Join(w.inbox, "absent.csv"), landing.StatusRefused, `"absent.csv" cannot be read`},
		{w.put("shared_2023-24.csv", "A"), landing.StatusRefused, `"*_2023-24.csv" of HUB and "shared_{year}*.csv" of SLT`},
		{w.put("~$slt_training_2023-24_v1.xlsx", "A"), landing.StatusSkipped, "open in Excel"},
		{w.put("THUMBS.DB", "A"), landing.StatusSkipped, "made by Windows"},
		{w.put("desktop.ini", "A"), landing.StatusSkipped, "made by Windows"},
		{w.put(".DS_Store", "A"), landing.StatusSkipped, "hidden"},
		{w.put("slt_referrals_2023-24_v1.csv.tmp", "A"), landing.StatusSkipped, "temporary"},
		{w.put("slt_referrals_2023-24_v1.csv.crdownload", "A"), landing.StatusSkipped, "unfinished"},
		{w.put("slt_referrals_2023-24_v1.csv.PART", "A"), landing.StatusSkipped, "unfinished"},
	}
	for _, c := range cases {
		out, err := landOne(w.Store, c.path, landing.Given{}, w.providers)
		if err != nil || out.Status != c.status || !strings.Contains(out.Message, c.message) {
			t.Errorf("%s: got %q, %q, %v; want %q with %q", c.path, out.Status, out.Message, err, c.status, c.message)
		}
	}
	if diff := cmp.Diff([]string{}, files(t, w.store)); diff != "" {
		t.Error("the store is not empty:", diff)
	}
	out := w.land("shared_2023-24.csv", "A", landing.Given{Provider: "SLT"})
	if out.Status != landing.StatusLanded {
		t.Errorf("with the provider stated: %q, %q", out.Status, out.Message)
	}
	if out = w.land("shared_2023-24.csv", "A", landing.Given{}); out.Status != landing.StatusAlready {
		t.Errorf("at the next run: %q, %q", out.Status, out.Message)
	}
}

func TestGivenThatCannotBe(t *testing.T) {
	w := newWorkspace(t)
	path := w.put("slt_referrals_2023-24_v1.csv", "A")
	for want, given := range map[string]landing.Given{
		`provider "XYZ" is not in the configuration; there are FIN, SLT, HUB`: {Provider: "XYZ"},
		`provider "FIN" has no feed "referrals" in the configuration`:         {Provider: "FIN", Feed: "referrals"},
		"is in the future": {Received: w.time.Add(time.Minute)},
	} {
		if _, err := landOne(w.Store, path, given, w.providers); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", given, err, want)
		}
	}
}

func TestAMendedConfigurationNeedsNoNewLanding(t *testing.T) {
	w := newWorkspace(t)
	w.providers[1].Feeds[0].Files = "slt_refs_{year}_v{version}.csv"
	out := w.land("slt_referrals_2023-24_v1.csv", "A", landing.Given{})
	if out.Status != landing.StatusLanded || !strings.Contains(out.Message, "does not count yet: no pattern fits") {
		t.Errorf("got %q, %q", out.Status, out.Message)
	}
	if n := len(w.current()); n != 0 {
		t.Errorf("%d current before the mending", n)
	}
	w.providers = providers()
	if current := w.current(); len(current) != 1 || current[0].Feed != "referrals" || current[0].Provider != "SLT" {
		t.Errorf("after the mending: %+v", current)
	}
	if out = w.land("slt_referrals_2023-24_v1.csv", "A", landing.Given{}); out.Status != landing.StatusAlready {
		t.Errorf("after the mending: %q", out.Status)
	}
}

func TestInbox(t *testing.T) {
	w := newWorkspace(t)
	for _, name := range []string{"b.csv", "a/z.csv", "a/.git/config", "a.csv", "~$b.xlsx", "Thumbs.db", "c.csv.part", "Café £.csv"} {
		w.put(name, "A")
	}
	paths, err := landing.Inbox(w.inbox)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range paths {
		rel, _ := filepath.Rel(w.inbox, p)
		got = append(got, filepath.ToSlash(rel))
	}
	if diff := cmp.Diff([]string{"Café £.csv", "a.csv", "a/z.csv", "b.csv"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := landing.Inbox(paths[0]); err == nil || !strings.Contains(err.Error(), "is not a folder") {
		t.Errorf("a file for an inbox: %v", err)
	}
	if _, err := landing.Inbox(filepath.Join(w.inbox, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an inbox that is not there: %v", err)
	}
}

func TestLandRefusesOneNameWithTwoContents(t *testing.T) {
	w := newWorkspace(t)
	const name = "slt_referrals_2023-24_v1.csv"
	w.land("old/"+name, "A", landing.Given{})
	paths := []string{w.put("new/"+name, "B"), filepath.Join(w.inbox, "old", name), w.put("x/same.csv", "C"), w.put("y/same.csv", "C")}
	for range 2 {
		all, err := w.Land(context.Background(), landing.Request{Files: paths, Providers: w.providers})
		if err != nil {
			t.Fatal(err)
		}
		if all[0].Status != landing.StatusRefused || !strings.Contains(all[0].Message, "different contents") || all[1].Status != landing.StatusAlready {
			t.Errorf("got %q (%s), %q", all[0].Status, all[0].Message, all[1].Status)
		}
		if all[3].Status != landing.StatusAlready {
			t.Errorf("two copies of one file: got %q", all[3].Status)
		}
	}
	if n := len(w.receipts()); n != 2 {
		t.Errorf("%d receipts, want 2", n)
	}
}

func TestPreviewWritesNothing(t *testing.T) {
	w := newWorkspace(t)
	w.land("slt_referrals_2023-24_v1.csv", "A\n", landing.Given{})
	before := files(t, w.store)
	all, err := w.Land(context.Background(), landing.Request{Dry: true, Providers: w.providers, Files: []string{
		w.put("slt_referrals_2023-24_v1.csv", "A\n"), w.put("slt_referrals_2023-24_v2.csv", "B\n"), w.put("unknown.csv", "C\n"), w.put("empty.csv", "")}})
	if err != nil {
		t.Fatal(err)
	}
	var got []landing.Status
	for _, one := range all {
		got = append(got, one.Status)
	}
	if diff := cmp.Diff([]landing.Status{landing.StatusAlready, landing.StatusWould, landing.StatusWould, landing.StatusRefused}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, files(t, w.store)); diff != "" {
		t.Error(diff)
	}
}

func TestAFileStillBeingWrittenIsInUse(t *testing.T) {
	w := newWorkspace(t)
	path := w.put("slt_referrals_2023-24_v1.csv", strings.Repeat("row\n", 1<<20))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	started, stop, stopped := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			_, _ = f.WriteString("row\n")
			if n == 0 {
				close(started)
			}
			select {
			case <-stop:
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	<-started
	out, err := landOne(w.Store, path, landing.Given{}, w.providers)
	close(stop)
	<-stopped
	if err != nil || out.Status != landing.StatusInUse || !strings.Contains(out.Message, "next time") {
		t.Errorf("got %q, %q, %v", out.Status, out.Message, err)
	}
	if diff := cmp.Diff([]string{}, files(t, w.store)); diff != "" {
		t.Error(diff)
	}
}

func TestInUse(t *testing.T) {
	cases := []struct {
		err  error
		want bool
	}{
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, true},
		{&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, true},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.Errno(32)}, runtime.GOOS == "windows"},
		{&fs.PathError{Op: "read", Path: "x", Err: syscall.Errno(33)}, runtime.GOOS == "windows"},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, false},
	}
	for _, c := range cases {
		if got := landing.InUse(c.err); got != c.want {
			t.Errorf("%v: got %v", c.err, got)
		}
	}
}

func TestCancelledLandLeavesNothing(t *testing.T) {
	w := newWorkspace(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := w.Land(ctx, landing.Request{Files: []string{w.put("slt_referrals_2023-24_v1.csv", "A")}, Providers: w.providers})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{}, files(t, w.store)); diff != "" {
		t.Error(diff)
	}
}

// TestKilledMidCopy kills this test program, started anew, while it copies a
// large file in. What it leaves is no delivery, and the next landing clears it.
func TestKilledMidCopy(t *testing.T) {
	if store := os.Getenv("LANDING_TEST_STORE"); store != "" {
		s, err := landing.Open(store, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = landOne(s, os.Getenv("LANDING_TEST_FILE"), landing.Given{}, providers())
		t.Fatalf("was not killed in time: %v", err)
	}
	w := newWorkspace(t)
	big := w.put("slt_referrals_2023-24_v1.csv", "A")
	if err := os.Truncate(big, 1<<30); err != nil { // holes: takes no room in the inbox
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilledMidCopy$")
	child.Env = append(os.Environ(), "LANDING_TEST_STORE="+w.store, "LANDING_TEST_FILE="+big)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	left := ""
	for deadline := time.Now().Add(20 * time.Second); left == "" && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		found, _ := filepath.Glob(filepath.Join(w.store, "landing", "incoming", "*.tmp"))
		if len(found) == 1 {
			if info, err := os.Stat(found[0]); err == nil && info.Size() > 0 {
				left = found[0]
			}
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	if left == "" {
		t.Fatal("nothing was seen being copied")
	}
	if n := len(w.receipts()); n != 0 {
		t.Errorf("%d receipts", n)
	}
	if got := files(t, w.store); len(got) != 1 || !strings.HasPrefix(got[0], "landing/incoming/") {
		t.Errorf("left in the store: %v", got)
	}
	if n, err := w.Verify(context.Background()); n != 0 || err != nil {
		t.Errorf("verify: %d files, %v", n, err)
	}
	w.land("finance_spend_2023-24_v1.csv", "A\n", landing.Given{})
	want := []string{"deliveries/000001-06f961b8.json", "landing/06/" + shaOfA}
	if diff := cmp.Diff(want, files(t, w.store)); diff != "" {
		t.Error(diff)
	}
}
