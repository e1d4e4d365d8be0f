package example

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
)

// Holds tells whether any file of the store has a text in it.
func Holds(t *testing.T, ws *workspace.Workspace, text string) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(ws.Path(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), text) {
			found = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// WithFeed gives the providers with one feed changed.
func WithFeed(providers []register.Provider, provider, feed string, change func(*register.Feed)) []register.Provider {
	providers = slices.Clone(providers)
	for i := range providers {
		providers[i].Feeds = slices.Clone(providers[i].Feeds)
		for j := range providers[i].Feeds {
			if f := &providers[i].Feeds[j]; f.Feed == feed && (provider == "" || providers[i].Code == provider) {
				change(f)
			}
		}
	}
	return providers
}

// WithMetric is the rules with one file changed.
func WithMetric(t *testing.T, rules fs.FS, name, old, new string) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(rules, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(rules, file)
		if file == name {
			text = []byte(strings.Replace(string(text), old, new, 1))
		}
		all[file] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
