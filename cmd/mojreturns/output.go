package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// writing is what a command can write to -o: files by their endings, or into a
// folder under a name of its own.
type writing struct {
	endings []string
	folder  bool
}

// outputFlag adds -o. What a name's ending asks for and the command does not write is
// refused before anything is done.
func (a *app) outputFlag(c *cobra.Command, says string, what func() writing) {
	c.Flags().StringVarP(&a.output, "output", "o", "", says)
	before(c, func([]string) error {
		if a.output != "" {
			return what().check(a.output)
		}
		return nil
	})
}

// only is a command that writes files of these endings.
func only(endings ...string) func() writing {
	return func() writing { return writing{endings: endings} }
}

func (w writing) check(path string) error {
	switch ending := strings.ToLower(filepath.Ext(path)); {
	case w.folder && isFolder(path), slices.Contains(w.endings, ending):
		return nil
	case w.folder:
		return usage("cannot write %q: the name must end in %s, or be a folder", path, either(w.endings))
	}
	return usage("cannot write %q: the name must end in %s", path, either(w.endings))
}

// isFolder tells whether -o means a folder: one that is there, or a name without ending.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) ||
		filepath.Ext(path) == ""
}

func either(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
