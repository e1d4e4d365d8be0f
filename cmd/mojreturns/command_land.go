package main

import (
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline"
	"mojreturns/pipeline/landing"
)

func (a *app) landCommand() *cobra.Command {
	var given landing.Given
	var received string
	var dry bool
	var wait time.Duration
	c := &cobra.Command{
		Use:     "land [FILE...]",
		Short:   "Takes files in (default: the inbox) and says what each is",
		Example: "  mojreturns land --workspace testdata/cleveland --dry-run",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			flow, _, release, err := a.change(c.Context(), "land", wait)
			if err != nil {
				return err
			}
			defer release()
			if received != "" {
				if given.Received, err = parseAsAt(received, flow.Location); err != nil {
					return err
				}
			}
			var landed []pipeline.LandedFile
			if landed, err = flow.LandAndJudge(c.Context(), args, given, dry); err != nil {
				return err
			}
			names := []string{"file", "sha256", "provider", "feed", "sheet", "status", "rows", "accepted", "rejected", "message"}
			var list [][]any
			for _, l := range landed {
				list = append(list, []any{l.File, l.SHA256, l.Provider, l.Feed, l.Sheet, l.Status, l.Rows, l.Accepted, l.Rejected, l.Message})
			}
			return a.print(rows(names, list...))
		},
	}
	c.Flags().StringVar(&given.Provider, "provider", "", "whose file it is, where the name does not say")
	c.Flags().StringVar(&given.Feed, "feed", "", "which feed it is, where the name does not say")
	c.Flags().StringVar(&received, "received", "", "back-date a first load of history: a date or a time")
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would happen, and write nothing")
	waitFlag(c, &wait)
	a.printFlags(c)
	return c
}

func (a *app) withdrawCommand() *cobra.Command {
	var reason, by string
	var wait time.Duration
	c := &cobra.Command{
		Use:     "withdraw SHA256",
		Short:   "Stops a delivery counting; its bytes stay",
		Example: `  mojreturns withdraw 3f8a01bc --reason "sent in error" --by "performance analyst"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			flow, _, release, err := a.change(c.Context(), "withdraw", wait)
			if err != nil {
				return err
			}
			defer release()
			w, err := flow.Withdraw(args[0], reason, by)
			if err != nil {
				return usageError{err}
			}
			names := []string{"sha256", "reason", "by", "at"}
			var list [][]any
			list = append(list, []any{w.SHA256, w.Reason, w.By, w.At.UTC().Format(time.RFC3339)})
			return a.print(rows(names, list...))
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why it no longer counts")
	c.Flags().StringVar(&by, "by", "", "who withdraws it, as a role")
	waitFlag(c, &wait)
	a.printFlags(c)
	return c
}
