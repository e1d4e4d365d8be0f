package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mojreturns/pipeline/workspace"

	"github.com/spf13/cobra"
)

// starter is the configuration a new workspace begins with.
//
//go:embed starter.yaml
var starter []byte

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
			if err := os.WriteFile(file, starter, 0o660); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s is ready. Write your funds, services and providers into %s, put the providers' files into %s, then run\n  mojreturns run --workspace %s --period 2023-24-Q4\n",
				dir, file, filepath.Join(dir, "inbox"), dir)
			return nil
		},
	}
}
