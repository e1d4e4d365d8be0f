package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/pdf"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func (a *app) briefingCommand() *cobra.Command {
	var audience, by string
	var release bool
	var as []string
	var waived []archive.Waiver
	c := &cobra.Command{
		Use:     "briefing --period P",
		Short:   "The Commissioner's pack: one page of HTML that needs nothing else, a PDF or a Word document",
		Example: "  mojreturns briefing --workspace testdata/cleveland --period 2023-24-Q4 -o briefing.pdf\n  mojreturns briefing --workspace testdata/cleveland --period 2023-24-Q4 --release --by \"Performance analyst\"",
	}
	show := a.view(func(ctx context.Context, v *published.View, _ []string) error {
		if a.output != "" {
			written, err := draft.Briefing(ctx, v, a.output)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, written.Path)
			return nil
		}
		made, err := draft.Briefings(ctx, v, as...)
		for _, written := range made {
			fmt.Fprintln(a.stdout, written.Path)
		}
		if errors.Is(err, pdf.ErrNoBrowser) && len(made) > 0 { // the others are there all the same
			fmt.Fprintf(a.stderr, "No PDF: %v\n", err)
			return nil
		}
		return err
	})
	keep := a.change(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
		return a.see(ctx, ws, func(v *published.View) error {
			kept, err := draft.Release(ctx, v, audience, by, waived, also(as)...)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, kept.Path)
			return nil
		})
	})
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := errors.Join(goesWith(c, release, "--release", "audience", "by", "waive", "wait"),
			doesNotGoWith(c, release, "--release, which keeps the page in the store", "output"),
			doesNotGoWith(c, a.output != "", "--output, whose ending says it", "as"), checkKinds(as)); err != nil {
			return err
		}
		switch {
		case release:
			return keep(c, args)
		case a.asAt != "" && a.output == "":
			return usage("a briefing --as-at is not kept in the store: say where it goes with -o FILE.html, FILE.pdf or FILE.docx")
		}
		return show(c, args)
	}
	a.periodFlag(c)
	c.Flags().BoolVar(&release, "release", false, "keep it as released: later outputs must not give away what it hides")
	c.Flags().StringVar(&audience, "audience", "briefing", "with --release, who it goes to: briefing or public")
	c.Flags().StringVar(&by, "by", "", "with --release, the role of who released it")
	reasonFlag(c, "waive", "with --release, let a failing check pass: CODE=REASON; kept with the release", &by, &waived)
	c.Flags().StringSliceVar(&as, "as", []string{"html"}, "what it is written as: html, pdf (by a Chromium, Chrome or Edge) and docx; a release is always html and docx")
	a.waitFlag(c)
	c.AddCommand(a.briefingCommentsCommand(), a.briefingDiffCommand())
	a.outputFlag(c, "where to write it, as .html, .docx, or .pdf where there is a Chromium, Chrome or Edge (default: the store's drafts)", only(".html", ".pdf", ".docx"))
	return c
}

// checkKinds tells of what the pack cannot be written as.
func checkKinds(kinds []string) error {
	for _, kind := range kinds {
		if !slices.Contains(draft.Kinds, kind) {
			return usage("--as %q is not what a briefing can be written as: %s", kind, strings.Join(draft.Kinds, ", "))
		}
	}
	return nil
}

// also are the kinds that a release is not always kept as.
func also(kinds []string) []string {
	if slices.Contains(kinds, "pdf") {
		return []string{"pdf"}
	}
	return nil
}

func (a *app) briefingDiffCommand() *cobra.Command {
	var audience string
	c := &cobra.Command{
		Use:     "diff --period P",
		Short:   "Which figures the pack gives otherwise than the one released before it",
		Example: "  mojreturns briefing diff --workspace testdata/cleveland --period 2023-24-Q4",
	}
	c.RunE = a.view(func(ctx context.Context, v *published.View, _ []string) error {
		if err := checkAudience(audience); err != nil {
			return err
		}
		changed, last, err := draft.Changed(ctx, v, audience)
		switch {
		case err != nil:
			return err
		case a.format != "table" || a.output != "":
			return a.print(changed)
		case last == "":
			fmt.Fprintf(a.stdout, "No briefing was released to %s before.\n", audience)
			return nil
		case len(changed.Rows) == 0:
			fmt.Fprintf(a.stdout, "Every total that %s also gave reads as it did then.\n", last)
			return nil
		}
		fmt.Fprintf(a.stdout, "Against %s. `mojreturns trace CODE` lists the rows behind a figure.\n", last)
		return a.print(changed)
	})
	a.periodFlag(c)
	c.Flags().StringVar(&audience, "audience", disclosure.Briefing, "whose last briefing it is held against: briefing or public")
	a.printFlags(c)
	return c
}

// checkAudience tells of an audience that no briefing is released to.
func checkAudience(audience string) error {
	if audience != disclosure.Briefing && audience != disclosure.Public {
		return usage("--audience %q is nobody that a briefing is released to: %s or %s", audience, disclosure.Briefing, disclosure.Public)
	}
	return nil
}

func (a *app) briefingCommentsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "comments --period P",
		Short:   "Writes the file in which people write the briefing's words",
		Example: "  mojreturns briefing comments --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: a.look(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			path, err := draft.StartWords(ws, a.period)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s\nWrite below each heading, and your role and the day behind \"by:\"; the next draft shows it.\n", path)
			return nil
		}),
	}
	a.periodFlag(c)
	return c
}
