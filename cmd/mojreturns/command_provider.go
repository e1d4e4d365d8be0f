package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

func (a *app) providerCommand() *cobra.Command {
	c := &cobra.Command{Use: "provider", Short: "How providers' files are read"}
	c.AddCommand(a.providerSuggestCommand(), a.providerTakeCommand(), a.providerShowCommand())
	return c
}

func (a *app) providerShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "show CODE",
		Short:   "What passed between a provider and the office: each delivery, how late, its faults mended and new, and what was written to whom",
		Example: "  mojreturns provider show SLT --workspace testdata/cleveland",
		Args:    cobra.ExactArgs(1),
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
			if err := knows(ws, workspace.Asked{Provider: args[0]}); err != nil {
				return err
			}
			events, err := intake.History(ctx, ws, args[0])
			if err != nil {
				return err
			}
			var list [][]any
			for _, e := range events {
				list = append(list, eventRow(e, ws.Location))
			}
			return a.print(rows([]string{"what", "on", "feed", "period", "file", "sha256", "due", "days_late", "rows", "rejected", "rejected_share",
				"mended", "still_wrong", "newly_wrong", "status", "written"}, list...))
		}),
	}
	a.printFlags(c)
	return c
}

// eventRow is an event as a row; what is not known stays blank.
func eventRow(e intake.Event, location *time.Location) []any {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	known := func(is bool, n int64) any {
		if !is {
			return nil
		}
		return n
	}
	var share any
	if e.Judged && e.Rows > 0 {
		share = fmt.Sprintf("%.1f%%", 100*float64(e.Rejected)/float64(e.Rows))
	}
	change := func(kind string) any { return known(e.Changes != nil, int64(e.Changes[kind])) }
	var written []string
	for _, t := range e.Written {
		written = append(written, day(t.In(location)))
	}
	on := moment(e.At, location)
	if e.What == "missing" {
		on = ""
	}
	return []any{e.What, on, e.Feed, e.Year, e.File, e.SHA256, day(e.Due), known(!e.Due.IsZero(), int64(e.Late)), known(e.Judged, e.Rows), known(e.Judged, e.Rejected), share,
		change("mended"), change("still wrong"), change("newly wrong"), e.Status, strings.Join(written, ", ")}
}

func (a *app) providerSuggestCommand() *cobra.Command {
	var feed, provider string
	c := &cobra.Command{
		Use:   "suggest FILE...",
		Short: "Proposes the mapping of files to feeds, from their headers and values, as a workbook to fill in or as YAML",
		Example: `  mojreturns provider suggest hub.csv --feed referrals --provider HUB
  mojreturns provider suggest q1.xlsx q2.xlsx --provider HUB -o mapping.xlsx`,
		Args: cobra.MinimumNArgs(1),
	}
	book := func() bool { return strings.EqualFold(filepath.Ext(a.output), ".xlsx") }
	c.RunE = a.taking(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
		if book() {
			if err := knows(ws, workspace.Asked{Feed: feed}); err != nil {
				return err
			}
			content, err := intake.SuggestBook(ctx, ws, args, feed, provider)
			if err != nil {
				return err
			}
			return os.WriteFile(a.output, content, 0o660)
		}
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
	})
	c.Flags().StringVar(&feed, "feed", "", "the feed it is; without it, the one that the file is most like")
	c.Flags().StringVar(&provider, "provider", "", "whose file it is, so that its services are known")
	a.outputFlag(c, "write to a file instead: .xlsx, a workbook to fill in, or .yaml", only(".xlsx", ".yaml", ".yml"))
	before(c, func(args []string) error {
		switch {
		case book() && provider == "":
			return usage("whose files are they? Give --provider CODE, a code of your own for a provider that is new")
		case !book() && len(args) > 1:
			return usage("several files are proposed for in a workbook: give -o mapping.xlsx")
		}
		return nil
	})
	return c
}

func (a *app) providerTakeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "take MAPPING.xlsx [FILE...]",
		Short:   "Writes the mapping of a workbook that was filled in, says what is still open, and what it does with the files",
		Example: "  mojreturns provider take mapping.xlsx",
		Args:    cobra.MinimumNArgs(1),
	}
	c.RunE = a.taking(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
		taken, err := intake.Take(ws, args[0])
		if err != nil {
			return usageError{err}
		}
		path := a.output
		if path == "" {
			path = filepath.Join(ws.Dir, workspace.ProvidersDir, taken.Code+".yaml")
		}
		if ws.Apart(taken.Code) == "" && ws.Describes(taken.Code) {
			return usage("provider %q stands in %s: take it out there first, since it may stand in one place only", taken.Code, workspace.ConfigFile)
		}
		// held against the rules before it is written
		tried, err := a.openAs(workspace.Use{Taking: true, Instead: map[string][]byte{taken.Code: taken.YAML}})
		if err != nil {
			return fmt.Errorf("the mapping is not written: %w", err)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, taken.YAML, 0o666); err != nil {
			return fmt.Errorf("cannot write %q: %w", path, err)
		}
		fmt.Fprintln(a.stdout, filepath.ToSlash(path))
		if len(taken.Open) > 0 {
			fmt.Fprintf(a.stdout, "\nStill open, %d:\n  %s\n", len(taken.Open), strings.Join(taken.Open, "\n  "))
		}
		files := args[1:]
		if len(files) == 0 {
			files = taken.Files
		}
		if len(files) == 0 {
			return nil
		}
		landed, err := intake.LandAndJudge(ctx, tried, files, landing.Given{}, true)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, "\nWhat it does with the files (nothing is landed):")
		a.output = ""
		return a.printLanded(landed, "", true)
	})
	a.outputFlag(c, "the file to write (default: providers/CODE.yaml of the workspace)", only(".yaml"))
	return c
}

// taking is a command that takes on a provider: one that services name already need not
// be described yet.
func (a *app) taking(do func(ctx context.Context, ws *workspace.Workspace, args []string) error) runs {
	return func(c *cobra.Command, args []string) error {
		if err := a.onlyNow(c); err != nil {
			return err
		}
		ws, err := a.openAs(workspace.Use{Taking: true})
		if err != nil {
			return err
		}
		return do(c.Context(), ws, args)
	}
}
