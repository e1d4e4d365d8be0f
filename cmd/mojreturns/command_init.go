package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

// nameForm is a name that stands in YAML as it is.
var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} .,&'()-]*$`)

// areaFor is the area to start with: one of England and Wales, or one whose councils a
// person lists.
func areaFor(called, councils string) (area workspace.Area, err error) {
	rules, _ := workspace.Rules("")
	area = workspace.Area{Code: "AREA", Name: "the police force area"}
	if councils != "" {
		text, err := os.ReadFile(councils)
		if err != nil {
			return area, usage("cannot read the list of councils: %v", err)
		}
		if area.Councils, err = workspace.ReadCouncils(councils, text); err != nil {
			return area, usageError{err}
		}
		if called == "" {
			return area, nil
		}
		if !nameForm.MatchString(called) {
			return area, usage("the area %q: write its name with letters, digits, blanks and .,&'()- alone; it can be changed in %s", called, workspace.ConfigFile)
		}
		area.Name = called
		return area, nil
	}
	if called == "" {
		return area, nil
	}
	if area, err = workspace.AreaCalled(rules, called); err != nil {
		return area, usageError{err}
	}
	return area, nil
}

func (a *app) initCommand() *cobra.Command {
	var called, councils string
	c := &cobra.Command{
		Use:     "init DIR",
		Short:   "Writes a workspace to start from",
		Example: "  mojreturns init returns-2024-25 --area Northumbria",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			file := filepath.Join(dir, workspace.ConfigFile)
			if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
				return usage("%q is there already and is left as it is; choose another folder", file)
			}
			area, err := areaFor(called, councils)
			if err != nil {
				return err
			}
			for _, folder := range []string{"inbox", "store", "commentary"} {
				if err := os.MkdirAll(filepath.Join(dir, folder), 0o770); err != nil {
					return err
				}
			}
			last := period.LastQuarter(a.now().UTC())
			if err := os.WriteFile(file, workspace.Starter(last.Year, area), 0o660); err != nil {
				return err
			}
			if err := writeCouncils(dir, area.Councils); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s is ready. Write your funds, services and providers into %s, put the providers' files into %s, then run\n"+
				"  mojreturns check --workspace %[4]s --config\n  mojreturns run --workspace %[4]s --period %[5]s\n",
				dir, file, filepath.Join(dir, "inbox"), typedPath(dir), last.Label)
			if n := len(area.Councils); n > 0 {
				fmt.Fprintf(a.stdout, "%s has the %s of %s.\n", filepath.Join(dir, "queries", filepath.FromSlash(workspace.Councils)), plural(n, "council"), area.Name)
			}
			return nil
		},
	}
	c.Flags().StringVar(&called, "area", "", "a police force area of England and Wales, by name or code: its councils are written too")
	c.Flags().StringVar(&councils, "councils", "", "instead, a CSV of the area's councils: code, name, residents")
	return c
}

// typedPath is a path as it is typed in a command.
func typedPath(path string) string {
	if strings.ContainsAny(path, " \t&()'") {
		return `"` + path + `"`
	}
	return path
}

// writeCouncils lays the office's own list of councils over the program's.
func writeCouncils(dir string, councils []workspace.Council) error {
	if len(councils) == 0 {
		return nil
	}
	rules, _ := workspace.Rules("")
	list, err := workspace.CouncilList(rules, councils)
	if err != nil {
		return err
	}
	return workspace.WriteFile(filepath.Join(dir, "queries", filepath.FromSlash(workspace.Councils)), list)
}
