package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/workspace"
)

func (a *app) returnKeysCommand() *cobra.Command {
	var by, reason, keyFile string
	c := &cobra.Command{
		Use:     "keys --accept REASON --by USER",
		Short:   "Accepts that a user's key was taken out of the configuration or replaced; until then nobody submits or approves",
		Example: `  mojreturns return keys --workspace testdata/cleveland --by performance-analyst --accept "the officer's laptop was lost"`,
		RunE: a.change(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			lost, err := ws.AcceptKeys(by, reason, keyFile)
			if err != nil {
				return err
			}
			if len(lost) == 0 {
				a.line("Nothing is to be accepted: no key was taken away or replaced.")
				return nil
			}
			a.line("Accepted by %s (%s): the key of %s went or became another. The journal keeps who accepted it and why.", by, authenticated(keyFile != ""), strings.Join(lost, ", "))
			return nil
		}),
	}
	c.Flags().StringVar(&by, "by", "", "who accepts it: a user of the configuration")
	c.Flags().StringVar(&reason, "accept", "", "why the key went or is another; kept in the journal, and told whenever somebody verifies or reviews")
	c.Flags().StringVar(&keyFile, "key", "", "the file with their private key, where the journal has their public one: that of before the change")
	a.waitFlag(c)
	before(c, func([]string) error {
		switch {
		case by == "":
			return usage("--by is needed: the user who accepts it")
		case len(strings.Fields(reason)) < 2:
			return usage("--accept is needed: why, in words that somebody who asks in a year understands")
		}
		return nil
	})
	return c
}
