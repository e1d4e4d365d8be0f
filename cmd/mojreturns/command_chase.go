package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/workspace"
)

func (a *app) chaseCommand() *cobra.Command {
	var provider string
	c := &cobra.Command{
		Use:     "chase [--period P] [--provider P]",
		Short:   "Writes the message to each provider whose files are late, or could not be used",
		Example: "  mojreturns chase --workspace testdata/cleveland --period 2023-24-Q4 --provider SLT",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			if err := knows(ws, workspace.Asked{Provider: provider}); err != nil {
				return err
			}
			of, err := a.periodOrLatest(ctx, ws)
			if err != nil {
				return err
			}
			chases, err := intake.Chases(ctx, ws, of)
			if err != nil {
				return err
			}
			var messages []string
			for _, one := range chases {
				if provider != "" && one.Provider.Code != provider {
					continue
				}
				message, err := intake.ChaseMessage(ws, one)
				if err != nil {
					return err
				}
				messages = append(messages, message)
				if len(one.Faulty) > 0 && !a.quiet {
					fmt.Fprintf(a.stderr, "To attach for %[1]s: `mojreturns rejects --annotate --provider %[1]s -o FOLDER` writes the marked files.\n", one.Provider.Code)
				}
			}
			if len(messages) == 0 {
				fmt.Fprintf(a.stderr, "Nothing is late for %s, and every file that came can be used.\n", of.Human())
				return nil
			}
			text := strings.Join(messages, "\n"+strings.Repeat("-", 72)+"\n\n")
			if a.output != "" {
				return os.WriteFile(a.output, []byte(text), 0o660)
			}
			_, err = fmt.Fprint(a.stdout, text)
			return err
		}),
	}
	a.periodOption(c, nil)
	c.Flags().StringVar(&provider, "provider", "", "only this provider")
	a.outputFlag(c, "write to a file instead: .txt", only(".txt"))
	return c
}
