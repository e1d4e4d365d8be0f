package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/workspace"
)

func (a *app) providerCommand() *cobra.Command {
	c := &cobra.Command{Use: "provider", Short: "How providers' files are read"}
	c.AddCommand(a.providerSuggestCommand())
	return c
}

func (a *app) providerSuggestCommand() *cobra.Command {
	var feed, provider string
	c := &cobra.Command{
		Use:     "suggest FILE",
		Short:   "Proposes the mapping of a file to a feed, from its header and its values, with what it is unsure of",
		Example: "  mojreturns provider suggest hub.csv --feed referrals --provider HUB",
		Args:    cobra.ExactArgs(1),
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
			if err := knows(ws, workspace.Asked{Feed: feed, Provider: provider}); err != nil {
				return err
			}
			proposal, err := intake.Suggest(ctx, ws, args[0], feed, provider)
			if err != nil {
				return err
			}
			if a.output == "" {
				_, err = fmt.Fprint(a.stdout, proposal)
				return err
			}
			return os.WriteFile(a.output, []byte(proposal), 0o660)
		}),
	}
	c.Flags().StringVar(&feed, "feed", "", "the feed it is; without it, the one that the file is most like")
	c.Flags().StringVar(&provider, "provider", "", "whose file it is, so that its services are known")
	a.outputFlag(c, "write to a file instead: .yaml", only(".yaml", ".yml"))
	return c
}
