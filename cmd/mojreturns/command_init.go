package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

// starter is the configuration a new workspace begins with, without the dates.
//
//go:embed starter.yaml
var starter []byte

// startingIn is the starter with the dates of a financial year.
func startingIn(year period.Year) []byte {
	dates := strings.NewReplacer("{start}", year.Start().Format(time.DateOnly), "{end}", year.End().Format(time.DateOnly),
		"{label}", year.String())
	return []byte(dates.Replace(string(starter)))
}

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "init DIR",
		Short:   "Writes a workspace to start from",
		Example: "  mojreturns init returns-2024-25",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			file := filepath.Join(dir, workspace.ConfigFile)
			if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
				return usage("%q is there already and is left as it is; choose another folder", file)
			}
			for _, folder := range []string{"inbox", "store", "commentary"} {
				if err := os.MkdirAll(filepath.Join(dir, folder), 0o770); err != nil {
					return err
				}
			}
			last := period.LastQuarter(a.now().UTC())
			if err := os.WriteFile(file, startingIn(last.Year), 0o660); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s is ready. Write your funds, services and providers into %s, put the providers' files into %s, then run\n"+
				"  mojreturns check --workspace %[4]s --config\n  mojreturns run --workspace %[4]s --period %[5]s\n",
				dir, file, filepath.Join(dir, "inbox"), dir, last.Label)
			return nil
		},
	}
}
