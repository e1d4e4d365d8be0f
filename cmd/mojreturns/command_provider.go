package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/workspace"
)

func (a *app) providerCommand() *cobra.Command {
	c := &cobra.Command{Use: "provider", Short: "How providers' files are read"}
	c.AddCommand(a.providerSuggestCommand(), a.providerShowCommand())
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
