package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
			if err := writeNewly(a.output, content); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s is written. Fill in what is to decide, then run\n  mojreturns provider take %s\n", a.output, a.output)
			return nil
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
		return writeNewly(a.output, []byte(proposal))
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

// writeNewly writes a file that must not be there: it may have been filled in.
func writeNewly(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o660)
	if errors.Is(err, os.ErrExist) {
		return usage("%q is there already and is not written over; move it away, or give another name with -o", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// keepBefore keeps a mapping that is about to be replaced beside it, under a name that no
// other has, and names it; empty where there was none, or the same.
func keepBefore(path string, next []byte) (kept string, err error) {
	before, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && bytes.Equal(before, next) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		kept = fmt.Sprintf("%s.before-%d", path, n)
		if _, err := os.Stat(kept); errors.Is(err, os.ErrNotExist) {
			return kept, writeNewly(kept, before)
		}
	}
}

// gone are the feeds that a provider has and a mapping has not.
func gone(ws *workspace.Workspace, code string, feeds []string) (out []string) {
	p, _ := ws.Register.Provider(code)
	for _, f := range p.Feeds {
		if !slices.Contains(feeds, f.Feed) && !slices.Contains(out, f.Feed) {
			out = append(out, f.Feed)
		}
	}
	return out
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
		kept, err := keepBefore(path, taken.YAML)
		if err != nil {
			return fmt.Errorf("the mapping of before cannot be kept, so it is not replaced: %w", err)
		}
		if err := os.WriteFile(path, taken.YAML, 0o666); err != nil {
			return fmt.Errorf("cannot write %q: %w", path, err)
		}
		fmt.Fprintln(a.stdout, filepath.ToSlash(path))
		if kept != "" {
			a.line("What stood there before is in %s.", filepath.ToSlash(kept))
		}
		if lost := gone(ws, taken.Code, taken.Feeds); len(lost) > 0 && kept != "" {
			a.line("The workbook does not have these feeds of %s, which are not read any more: %s. Run `provider suggest` with their files too to have them in one workbook.",
				taken.Code, strings.Join(lost, ", "))
		}
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
