package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

func (a *app) rejectsCommand() *cobra.Command {
	var feed, provider string
	var annotate, compare, values bool
	c := &cobra.Command{
		Use:   "rejects [FILE or SHA256...]",
		Short: "Every fault found in the files that count, and what to do about it; or a file sent back with its faults marked, or compared with the one before",
		Example: `  mojreturns rejects --workspace testdata/cleveland --feed spend
  mojreturns rejects slt_training_2023-24_v2.xlsx --annotate --workspace testdata/cleveland -o marked.xlsx
  mojreturns rejects --compare --workspace testdata/cleveland --provider SLT`,
		Args: cobra.MaximumNArgs(2),
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, files []string) error {
			if err := knows(ws, workspace.Asked{Feed: feed, Provider: provider}); err != nil {
				return err
			}
			switch {
			case annotate:
				return a.annotate(ctx, ws, intake.Annotation{File: strings.Join(files, ""), Feed: feed, Provider: provider, To: a.output})
			case compare:
				return a.compare(ctx, ws, files, feed, provider)
			case values:
				return a.printed(published.FaultyValues(ctx, ws, feed, provider))
			case len(files) > 0:
				return a.printed(intake.RejectsOf(ctx, ws, files[0], feed, provider))
			}
			return a.printed(published.Rejects(ctx, ws, feed, provider))
		}),
	}
	c.Flags().StringVar(&feed, "feed", "", "only this feed")
	c.Flags().StringVar(&provider, "provider", "", "only this provider")
	c.Flags().BoolVar(&annotate, "annotate", false, "write the file (of none named: every file with faults) as the provider's own workbook with the faulty cells marked, to -o FILE.xlsx or a folder")
	c.Flags().BoolVar(&compare, "compare", false, "hold a file against the one before it, or OLD against NEW: what is mended, still wrong, newly wrong, withdrawn and new")
	c.Flags().BoolVar(&values, "values", false, "count the faulty values instead, the most frequent first: what to translate in the mapping")
	a.printFlags(c, func() writing {
		if annotate {
			return writing{endings: []string{".xlsx", ".xlsm"}, folder: true}
		}
		return only(table.Endings()...)()
	})
	before(c, func(files []string) error {
		switch {
		case annotate && compare, annotate && values, compare && values:
			return usage("--annotate, --compare and --values are different things; ask for one of them")
		case values && len(files) > 0:
			return usage("--values counts over all files that count; leave the file out, or narrow it with --provider and --feed")
		case !compare && len(files) > 1:
			return usage("two files are given to be compared, so add --compare; one file is listed or marked at a time")
		}
		return nil
	})
	return c
}

// annotate writes marked workbooks and says where they are.
func (a *app) annotate(ctx context.Context, ws *workspace.Workspace, asked intake.Annotation) error {
	done, err := intake.Annotate(ctx, ws, asked)
	if err != nil {
		return err
	}
	var list [][]any
	for _, d := range done {
		list = append(list, []any{d.File, d.SHA256, d.Provider, strings.Join(d.Feeds, ", "), d.Faults, d.Rows, d.Path, d.Message})
	}
	if len(list) == 0 && !a.quiet {
		fmt.Fprintln(a.stderr, "No file that counts has a fault, so there is nothing to mark.")
	}
	return a.show(rows([]string{"file", "sha256", "provider", "feeds", "faults", "faulty_rows", "annotated", "message"}, list...))
}

// compare prints what changed between two versions, and counts it on stderr.
func (a *app) compare(ctx context.Context, ws *workspace.Workspace, files []string, feed, provider string) error {
	found, all, err := intake.Compare(ctx, ws, files, feed, provider)
	if err != nil {
		return err
	}
	for _, c := range all {
		if a.quiet {
			break
		}
		fmt.Fprintf(a.stderr, "%s %s %s, %s against %s: %d mended, %d still wrong, %d newly wrong; %s withdrawn, %d new, %d in both\n", c.Provider, c.Feed, c.Year, c.New, c.Old,
			c.Counts["mended"], c.Counts["still wrong"], c.Counts["newly wrong"], plural(c.Counts["row withdrawn"], "row"), c.Counts["row new"], c.Both)
	}
	if len(all) == 0 && !a.quiet {
		fmt.Fprintln(a.stderr, "Nothing has been sent a second time, so there is nothing to compare.")
	}
	return a.print(found)
}
