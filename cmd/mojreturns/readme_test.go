package main

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestReadmeNamesEverything fails when a command or a flag is missing from the
// README, or a command has no example.
func TestReadmeNamesEverything(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.HasSubCommands() {
			for _, sub := range c.Commands() {
				walk(sub)
			}
			return
		}
		path := c.CommandPath()
		if !strings.Contains(readme, "`"+path) {
			t.Errorf("README.md has no row for the command `%s`", path)
		}
		if !strings.Contains(readme, "\n"+path) {
			t.Errorf("README.md has no example of `%s`", path)
		}
		if c.Short == "" || c.Example == "" {
			t.Errorf("the command `%s` says too little: it needs a sentence and an example", path)
		}
		row := readme[strings.Index(readme, "`"+path):]
		row, _, _ = strings.Cut(row, "\n")
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			shared := f.Name == "format" || f.Name == "output" || f.Name == "help"
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
}
