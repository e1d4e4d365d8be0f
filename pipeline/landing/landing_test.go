package landing_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
)

// providers are those of the example workspace, cut short.
func providers() []register.Provider {
	return []register.Provider{
		{Code: "FIN", Feeds: []register.Feed{
			{Feed: "spend", Files: "finance_spend_{year}_v{version}.csv", Delivered: "refresh"},
		}},
		{Code: "SLT", Feeds: []register.Feed{
			{Feed: "referrals", Files: "slt_referrals_{year}_v{version}.csv", Delivered: "refresh"},
			{Feed: "training_sessions", Files: "slt_training_{year}_v{version}.xlsx", Sheet: "Sessions", Delivered: "refresh"},
			{Feed: "training_delegates", Files: "slt_training_{year}_v{version}.xlsx", Sheet: "Delegates", Delivered: "refresh"},
		}},
		{Code: "HUB", Feeds: []register.Feed{
			{Feed: "referrals", Files: "hub_referrals_{year}_*.csv", Delivered: "increment"},
			{Feed: "referral_support", Files: "hub_support_{date}.csv", Delivered: "refresh"},
		}},
	}
}

// workspace is a store and an inbox in a folder of their own, with a clock that
// stands still until it is set.
type workspace struct {
	*landing.Store
	t            testing.TB
	store, inbox string
	time         time.Time
	providers    []register.Provider
}

func newWorkspace(t testing.TB) *workspace {
	t.Helper()
	dir := t.TempDir()
	w := &workspace{t: t, store: filepath.Join(dir, "store"), inbox: filepath.Join(dir, "inbox"), time: at("2024-01-10 09:00"), providers: providers()}
	if err := os.MkdirAll(w.inbox, 0o777); err != nil {
		t.Fatal(err)
	}
	s, err := landing.Open(w.store, func() time.Time { return w.time })
	if err != nil {
		t.Fatal(err)
	}
	w.Store = s
	return w
}

// put writes a file into the inbox and returns its path.
func (w *workspace) put(name, content string) string {
	w.t.Helper()
	path := filepath.Join(w.inbox, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// landOne lands one file.
func landOne(s *landing.Store, path string, given landing.Given, providers []register.Provider) (landing.Landed, error) {
	all, err := s.Land(context.Background(), landing.Request{Files: []string{path}, Given: given, Providers: providers})
	if len(all) == 0 {
		return landing.Landed{}, err
	}
	return all[0], err
}

// land puts a file and lands it, which must not fail.
func (w *workspace) land(name, content string, given landing.Given) landing.Landed {
	w.t.Helper()
	out, err := landOne(w.Store, w.put(name, content), given, w.providers)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *workspace) current() []landing.Delivery {
	w.t.Helper()
	all, err := w.Deliveries(w.providers, time.UTC, time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	var current []landing.Delivery
	for _, d := range all {
		if d.Current {
			current = append(current, d)
		}
	}
	return current
}

func (w *workspace) receipts() []landing.Receipt {
	w.t.Helper()
	receipts, err := w.Receipts()
	if err != nil {
		w.t.Fatal(err)
	}
	return receipts
}

// files lists every file under a folder, by slash path.
func files(t testing.TB, dir string) []string {
	t.Helper()
	found := []string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return found
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) time.Time { return at(s + " 00:00") }
