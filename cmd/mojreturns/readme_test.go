package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const repository = "../.."

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// holdsOthers tells whether a command does nothing by itself.
func holdsOthers(c *cobra.Command) bool { return c.HasSubCommands() && c.Example == "" }

// TestReadmeNamesEverything fails when a command or a flag is missing from the
// README, or a command has no example.
func TestReadmeNamesEverything(t *testing.T) {
	readme := read(t, "README.md")
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.HasSubCommands() {
			for _, sub := range c.Commands() {
				walk(sub)
			}
		}
		if holdsOthers(c) {
			return
		}
		path := c.CommandPath()
		_, row, found := strings.Cut(readme, "\n| `"+path)
		row, _, _ = strings.Cut(row, "\n")
		if !found {
			t.Errorf("README.md has no row for the command `%s`", path)
		}
		if c.Short == "" || !strings.HasPrefix(strings.TrimSpace(c.Example), path) {
			t.Errorf("the command `%s` says too little: it needs a sentence and an example", path)
		}
		for _, line := range strings.Split(c.Example, "\n") {
			if err := understood(line); err != nil {
				t.Errorf("%s --help: %v: %s", path, err, line)
			}
		}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			shared := f.Name == "format" || f.Name == "output" || f.Name == "wide" || f.Name == "help"
			if shared && strings.Contains(readme, "--"+f.Name) || f.Name == "help" {
				return
			}
			if !strings.Contains(row, "`--"+f.Name+"`") {
				t.Errorf("README.md does not name the flag --%s in the row of `%s`", f.Name, path)
			}
		})
	}
	a := &app{}
	root := a.root()
	walk(root)
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if !strings.Contains(readme, "`--"+f.Name) {
			t.Errorf("README.md does not name the flag --%s, which every command takes", f.Name)
		}
	})
	for _, code := range []int{exitDone, exitFailed, exitUsage, exitBusy, exitRefused, exitInterrupted} {
		if _, codes, _ := strings.Cut(readme, "Exit codes:"); !strings.Contains(codes, fmt.Sprintf("`%d` ", code)) {
			t.Errorf("README.md does not say what the exit code %d means", code)
		}
	}
}

// TestReadmeCommandsAreUnderstood fails when a command that the README prints,
// alone on its line, is not one, or has a flag that is not one of its own.
func TestReadmeCommandsAreUnderstood(t *testing.T) {
	for i, line := range strings.Split(read(t, "README.md"), "\n") {
		if err := understood(line); err != nil {
			t.Errorf("README.md:%d: %v: %s", i+1, err, line)
		}
	}
}

// understood says why a line that runs the program would be refused; other lines are none.
func understood(line string) error {
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "mojreturns" {
		return nil
	}
	c, rest, err := (&app{}).root().Find(words[1:])
	switch {
	case err != nil:
		return err
	case holdsOthers(c):
		return fmt.Errorf("%q is no command by itself", c.CommandPath())
	}
	return c.ParseFlags(rest)
}

// TestReadmeNamesEveryFolder fails when a package of the pipeline has no place
// in the table of folders.
func TestReadmeNamesEveryFolder(t *testing.T) {
	readme := read(t, "README.md")
	_, table, _ := strings.Cut(readme, "| Folder |")
	table, _, _ = strings.Cut(table, "\n\n")
	packages, err := filepath.Glob(filepath.Join(repository, "pipeline", "*", "*.go"))
	if err != nil || len(packages) == 0 {
		t.Fatal("no packages are found: ", err)
	}
	for _, file := range packages {
		name := filepath.Base(filepath.Dir(file))
		if !strings.Contains(table, "`"+name+"`") && !strings.Contains(table, "`pipeline/"+name+"`") {
			t.Errorf("README.md has no row for the folder pipeline/%s", name)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#]+)\)`)

// TestReadmesAreReadable holds the READMEs to their size: a user's fits in 250
// lines, no line outside a table is wider than a screen, every link leads somewhere.
func TestReadmesAreReadable(t *testing.T) {
	for _, name := range []string{"README.md", "queries/README.md", "templates/README.md"} {
		text := read(t, name)
		if lines := strings.Count(text, "\n"); name == "README.md" && lines >= 250 {
			t.Errorf("%s has %d lines; what a user does not need belongs beside what it is about", name, lines)
		}
		for i, line := range strings.Split(text, "\n") {
			if width := utf8.RuneCountInString(line); width > 140 && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d is %d characters wide; 140 fit a screen", name, i+1, width)
			}
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if _, err := os.Stat(filepath.Join(repository, filepath.Dir(name), m[1])); err != nil {
					t.Errorf("%s:%d: the link leads nowhere: %v", name, i+1, err)
				}
			}
		}
	}
}
