package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

func (a *app) landCommand() *cobra.Command {
	var given landing.Given
	var received, show string
	var dry bool
	c := &cobra.Command{
		Use:     "land [FILE...]",
		Short:   "Takes files in (default: the inbox) and says what each is",
		Example: "  mojreturns land --workspace testdata/cleveland --dry-run",
		Args:    cobra.ArbitraryArgs,
	}
	land := func(ctx context.Context, ws *workspace.Workspace, files []string) (err error) {
		if err := knows(ws, workspace.Asked{Feed: given.Feed, Provider: given.Provider}); err != nil {
			return err
		}
		if received != "" {
			if given.Received, err = parseTime(received, ws.Location); err != nil {
				return err
			}
		}
		landed, err := intake.LandAndJudge(ctx, ws, files, given, dry)
		if err != nil {
			return err
		}
		return a.printLanded(landed, show, dry && len(files) > 0)
	}
	c.RunE = func(c *cobra.Command, files []string) error {
		if dry && a.asAt == "" {
			return a.look(land)(c, files) // it writes nothing, so it need not wait for those who do
		}
		return a.change(land)(c, files)
	}
	c.Flags().StringVar(&given.Provider, "provider", "", "whose file it is, where the name does not say")
	c.Flags().StringVar(&given.Feed, "feed", "", "which feed it is, where the name does not say")
	c.Flags().StringVar(&received, "received", "", "back-date a first load of history: a date or a time")
	c.Flags().StringVar(&given.NewKey, "new-key", "", "why client numbers are hashed by another key than before; the files that are at hand land again")
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would happen, and write nothing; of files named, column by column and value by value")
	c.Flags().StringVar(&show, "show", "",
		"of a dry run, print only this: files, faults (the rules broken), columns (where each comes from) or values (what is not translated)")
	a.waitFlag(c)
	a.printFlags(c)
	before(c, func([]string) error {
		if _, known := showing(nil)[show]; show != "" && (!dry || !known) {
			return usage("--show goes with --dry-run and is files, faults, columns or values, not %q", show)
		}
		return nil
	})
	return c
}

func (a *app) withdrawCommand() *cobra.Command {
	var reason, by string
	c := &cobra.Command{
		Use:     "withdraw SHA256",
		Short:   "Stops a delivery counting; its bytes stay",
		Example: `  mojreturns withdraw 3f8a01bc --reason "sent in error" --by "performance analyst"`,
		Args:    cobra.ExactArgs(1),
		RunE: a.change(func(_ context.Context, ws *workspace.Workspace, args []string) error {
			w, err := ws.Withdraw(args[0], reason, by)
			if err != nil {
				return err
			}
			return a.print(rows([]string{"sha256", "reason", "by", "at"}, []any{w.SHA256, w.Reason, w.By, w.At.UTC().Format(time.RFC3339)}))
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why it no longer counts")
	c.Flags().StringVar(&by, "by", "", "who withdraws it, as a role")
	a.waitFlag(c)
	a.printFlags(c)
	return c
}

func (a *app) eraseCommand() *cobra.Command {
	var reason, by string
	var expired, dry bool
	c := &cobra.Command{
		Use:   "erase SHA256",
		Short: "Removes a received file and all that was made of its rows; a tombstone stays",
		Example: `  mojreturns erase 3f8a01bc --reason "the person asked for it" --by "data protection officer"
  mojreturns erase --expired --dry-run`,
		Args: cobra.MaximumNArgs(1),
	}
	list := a.look(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
		return a.printExpired(intake.ExpiredFiles(ws))
	})
	erase := a.change(func(ctx context.Context, ws *workspace.Workspace, files []string) error {
		if expired {
			return a.printExpired(intake.EraseExpired(ctx, ws, by))
		}
		w, err := intake.Erase(ctx, ws, files[0], reason, by)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s is erased, with what was staged, built and drafted of it. Its receipt stays.\n", w.SHA256)
		return nil
	})
	c.RunE = func(c *cobra.Command, files []string) error {
		if err := errors.Join(goesWith(c, expired, "--expired", "dry-run"), doesNotGoWith(c, expired, "--expired", "reason"),
			doesNotGoWith(c, dry, "--dry-run", "by", "wait")); err != nil {
			return err
		}
		switch {
		case expired == (len(files) == 1):
			return usage("give the file's SHA-256, or --expired for all whose retention period is over")
		case dry:
			return list(c, files)
		case expired && by == "":
			return usage("--by is needed: the role of who erases")
		}
		return erase(c, files)
	}
	c.Flags().StringVar(&reason, "reason", "", "why it is erased")
	c.Flags().StringVar(&by, "by", "", "who asks for it, as a role")
	c.Flags().BoolVar(&expired, "expired", false, "erase every file whose feed's keep_months are over")
	c.Flags().BoolVar(&dry, "dry-run", false, "with --expired, only list them")
	a.waitFlag(c)
	a.printFlags(c)
	return c
}

func (a *app) printExpired(list []intake.Expired, err error) error {
	if err != nil {
		return err
	}
	var out [][]any
	for _, e := range list {
		out = append(out, []any{e.Name, e.SHA256, e.Provider, e.Feed, e.Year, e.Since.Format(time.DateOnly)})
	}
	return a.print(rows([]string{"file", "sha256", "provider", "feed", "financial_year", "expired_on"}, out...))
}
