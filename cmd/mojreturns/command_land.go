package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
)

func (a *app) landCommand() *cobra.Command {
	var given landing.Given
	var received, show string
	var dry bool
	var wait time.Duration
	c := &cobra.Command{
		Use:     "land [FILE...]",
		Short:   "Takes files in (default: the inbox) and says what each is",
		Example: "  mojreturns land --workspace testdata/cleveland --dry-run",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if show != "" && (!dry || showing(nil)[show] == nil) {
				return usage("--show goes with --dry-run and is files, columns or values, not %q", show)
			}
			flow, release, err := a.change(c.Context(), "land", wait)
			if err != nil {
				return err
			}
			defer release()
			if received != "" {
				if given.Received, err = parseAsAt(received, flow.Location); err != nil {
					return err
				}
			}
			var landed []intake.LandedFile
			if landed, err = intake.LandAndJudge(c.Context(), flow, args, given, dry); err != nil {
				return err
			}
			return a.printLanded(landed, show, dry && len(args) > 0)
		},
	}
	c.Flags().StringVar(&given.Provider, "provider", "", "whose file it is, where the name does not say")
	c.Flags().StringVar(&given.Feed, "feed", "", "which feed it is, where the name does not say")
	c.Flags().StringVar(&received, "received", "", "back-date a first load of history: a date or a time")
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would happen, and write nothing; of files named, column by column and value by value")
	c.Flags().StringVar(&show, "show", "", "of a dry run, print only this: files, columns (where each comes from) or values (what is not translated)")
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
			flow, release, err := a.change(c.Context(), "withdraw", wait)
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

func (a *app) eraseCommand() *cobra.Command {
	var reason, by string
	var expired, dry bool
	var wait time.Duration
	c := &cobra.Command{
		Use:   "erase SHA256",
		Short: "Removes a received file and all that was made of its rows; a tombstone stays",
		Example: `  mojreturns erase 3f8a01bc --reason "the person asked for it" --by "data protection officer"
  mojreturns erase --expired --dry-run`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if expired == (len(args) == 1) {
				return usage("give the file's SHA-256, or --expired for all whose retention period is over")
			}
			if dry && !expired {
				return usage("--dry-run goes with --expired")
			}
			if dry {
				flow, err := a.open()
				if err != nil {
					return err
				}
				list, err := intake.ExpiredFiles(flow)
				if err != nil {
					return err
				}
				return a.printExpired(list)
			}
			flow, release, err := a.change(c.Context(), "erase", wait)
			if err != nil {
				return err
			}
			defer release()
			if expired {
				if by == "" {
					return usage("--by is needed: the role of who erases")
				}
				list, err := intake.EraseExpired(c.Context(), flow, by)
				if err != nil {
					return err
				}
				return a.printExpired(list)
			}
			w, err := intake.Erase(c.Context(), flow, args[0], reason, by)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s is erased, with what was staged, built and drafted of it. Its receipt stays.\n", w.SHA256)
			return nil
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why it is erased")
	c.Flags().StringVar(&by, "by", "", "who asks for it, as a role")
	c.Flags().BoolVar(&expired, "expired", false, "erase every file whose feed's keep_months are over")
	c.Flags().BoolVar(&dry, "dry-run", false, "with --expired, only list them")
	waitFlag(c, &wait)
	a.printFlags(c)
	return c
}

func (a *app) printExpired(list []intake.Expired) error {
	var out [][]any
	for _, e := range list {
		out = append(out, []any{e.Name, e.SHA256, e.Provider, e.Feed, e.Year, e.Since.Format(time.DateOnly)})
	}
	return a.print(rows([]string{"file", "sha256", "provider", "feed", "financial_year", "expired_on"}, out...))
}
