package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/workspace"
)

// signFlags adds the flags of those who sign, and reads them into s.
func (a *app) signFlags(c *cobra.Command, s *signoff.Signing) {
	a.periodFlag(c)
	a.returnFlag(c)
	c.Flags().StringVar(&s.By, "by", "", "who signs: a user of the configuration")
	c.Flags().StringVar(&s.KeyFile, "key", "", "the file with their private key, where the configuration has their public one")
	a.waitFlag(c)
	before(c, func([]string) error {
		if s.By == "" {
			return usage("--by is needed: the user who signs")
		}
		s.Return, s.Period = a.ofReturn, a.period
		return nil
	})
}

func (a *app) returnSubmitCommand() *cobra.Command {
	var s signoff.Signing
	var waived []archive.Waiver
	c := &cobra.Command{
		Use:     "submit --period P --by USER",
		Short:   "Pins the published figures and puts the return before the one who approves",
		Example: "  mojreturns return submit --workspace testdata/cleveland --period 2023-24-Q4 --by performance-analyst",
		RunE: a.change(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			sub, err := signoff.Submit(ctx, ws, s, waived)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s for %s is submitted by %s (%s), on build %s.\nFigures: %s\nNext: `mojreturns return review --period %s`, and `return approve`, by somebody else.\n",
				sub.Return, sub.Period, sub.By, authenticated(sub.Signature != nil), sub.Build, sub.Figures, sub.Period)
			return nil
		}),
	}
	a.signFlags(c, &s)
	reasonFlag(c, "waive", "let a failing check pass: CODE=REASON; sealed with the return", &s.By, &waived)
	return c
}

func authenticated(signed bool) string {
	if signed {
		return "signed with their key"
	}
	return "recorded, not authenticated"
}

func (a *app) returnApproveCommand() *cobra.Command {
	var s signoff.Signing
	var d archive.Declaration
	var answers []archive.Waiver
	c := &cobra.Command{
		Use:   "approve --period P --by USER --name NAME --role ROLE --in-line Y|N --notified Y|N|NA",
		Short: "Takes the chief finance officer's declaration and seals the return",
		Example: `  mojreturns return approve --workspace testdata/cleveland --period 2023-24-Q4 --by chief-finance-officer \
    --name "The chief finance officer" --role "Chief finance officer" --in-line Y --notified N \
    --answer "C09=the invoice is with the auditor" --answer "C10=it was known on 31 March only"`,
		RunE: a.change(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			if d.Date == "" {
				d.Date = a.now().In(ws.Location).Format(time.DateOnly)
			}
			if err := a.see(ctx, ws, func(v *published.View) error {
				r, err := signoff.Reviewed(ctx, v, s.Return)
				if err == nil {
					printReview(a.line, r, ws)
					printDeclared(a.line, d, answers)
					fmt.Fprintln(a.stdout)
				}
				return err
			}); err != nil {
				return err
			}
			sealed, err := signoff.Approve(ctx, ws, s, d, answers)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s for %s is sealed as version %d (%s), approved by %s: %s.\n%s\nDigest: %s\n", sealed.About.Return, sealed.About.Period,
				sealed.About.Version, sealed.About.Status, sealed.About.By, authenticated(sealed.Signed), sealed.Dir, sealed.Digest)
			return nil
		}),
	}
	a.signFlags(c, &s)
	before(c, func([]string) error { return checkDeclaration(d) })
	c.Flags().StringVar(&d.Name, "name", "", "the name that stands on the declaration")
	c.Flags().StringVar(&d.Role, "role", "", "their role")
	c.Flags().StringVar(&d.InLine, "in-line", "", "spend is in line with the conditions: Y or N")
	c.Flags().StringVar(&d.Notified, "notified", "", "an underspend was notified: Y, N or NA")
	c.Flags().StringVar(&d.NotifiedOn, "notified-on", "", "the date it was, as 2024-03-31")
	c.Flags().StringVar(&d.Date, "date", "", "the date of the declaration (default: today)")
	reasonFlag(c, "answer", "why the declaration stands although a condition says otherwise: CODE=REASON; sealed with the return", &s.By, &answers)
	return c
}

// checkDeclaration says everything that a declaration lacks.
func checkDeclaration(d archive.Declaration) error {
	var wrong []string
	if d.Name == "" {
		wrong = append(wrong, "--name is needed")
	}
	if d.Role == "" {
		wrong = append(wrong, "--role is needed")
	}
	if !slices.Contains([]string{"Y", "N"}, d.InLine) {
		wrong = append(wrong, "--in-line must be Y or N")
	}
	if !slices.Contains([]string{"Y", "N", "NA"}, d.Notified) {
		wrong = append(wrong, "--notified must be Y, N or NA")
	}
	if (d.Notified == "Y") != (d.NotifiedOn != "") {
		wrong = append(wrong, "--notified-on gives the date where --notified is Y, and only there")
	}
	for flag, text := range map[string]string{"--notified-on": d.NotifiedOn, "--date": d.Date} {
		if _, err := time.Parse(time.DateOnly, text); err != nil && text != "" {
			wrong = append(wrong, fmt.Sprintf("%s %q is not a date such as 2024-03-31", flag, text))
		}
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return usage("the declaration is not complete: %s", strings.Join(wrong, "; "))
	}
	return nil
}

func (a *app) returnVerifyCommand() *cobra.Command {
	var version int
	var head string
	c := &cobra.Command{
		Use:     "verify --period P",
		Short:   "Checks a sealed return: nothing in it has changed, its figures come out again, the journal is whole",
		Example: "  mojreturns return verify --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			v, err := signoff.Verify(ctx, ws, signoff.Asked{Return: a.ofReturn, Period: a.period, Version: version, Head: head})
			if err != nil {
				return err
			}
			a.tellVerified(v, ws)
			told := a.tellAudit(v.Audit, head)
			if !v.OK() {
				return errFailed
			}
			return told
		}),
	}
	a.periodFlag(c)
	a.returnFlag(c)
	c.Flags().IntVar(&version, "version", 0, "which sealed version (default: the newest)")
	headFlag(c, &head)
	return c
}

// tellVerified prints what was found out about the seal itself.
func (a *app) tellVerified(v signoff.Verification, ws *workspace.Workspace) {
	if about := v.Sealed.About; about.Return != "" {
		fmt.Fprintf(a.stdout, "%s for %s, version %d, sealed on %s by %s (%s)\n", about.Return, about.Period, about.Version,
			about.At.In(ws.Location).Format("2 January 2006 at 15:04"), about.By, authenticated(v.Sealed.Signed && len(v.Audit.Problems) == 0))
	}
	switch {
	case v.Broken != "":
		fmt.Fprintln(a.stdout, "Seal:     BROKEN:", v.Broken)
	case !v.Rebuilt:
		fmt.Fprintln(a.stdout, "Seal:     intact; cannot be rebuilt:", v.CannotRebuild)
	default:
		fmt.Fprintln(a.stdout, "Seal:     intact")
		fmt.Fprintln(a.stdout, "Figures: ", figuresWords(v.Differences))
		for _, d := range v.Differences {
			fmt.Fprintln(a.stdout, "  ", d)
		}
		fmt.Fprintln(a.stdout, "Workbook:", v.Workbook)
	}
}

func figuresWords(differences []string) string {
	if len(differences) == 0 {
		return "made again from what had been received: the same"
	}
	return "made again from what had been received: NOT the same"
}

func (a *app) returnDiffCommand() *cobra.Command {
	var from, to int
	c := &cobra.Command{
		Use:     "diff --period P",
		Short:   "What a sealed return would print differently now: which cells moved, by how much, and which rows moved them",
		Example: "  mojreturns return diff --workspace testdata/cleveland --period 2023-24-Q3",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			moved, err := signoff.Diff(ctx, ws, a.ofReturn, a.period, from, to)
			if err != nil {
				return err
			}
			if a.format == "table" && a.output == "" {
				a.tellMoved(moved)
				return nil
			}
			names := []string{"cell", "code", "was", "now", "by", "part", "side", "why", "file", "sha256", "sheet", "row", "key"}
			var list [][]any
			for _, m := range moved {
				if len(m.Rows) == 0 {
					list = append(list, []any{m.Cell, m.Code, m.Was, m.Now, m.By, "", "", "", "", "", "", "", ""})
				}
				for _, r := range m.Rows {
					list = append(list, []any{m.Cell, m.Code, m.Was, m.Now, m.By, r.Part, r.Side, r.Why, r.File, r.SHA256, r.Sheet, r.Row, r.Key})
				}
			}
			return a.print(rows(names, list...))
		}),
	}
	a.periodFlag(c)
	a.returnFlag(c)
	c.Flags().IntVar(&from, "from", 0, "the sealed version to start from (default: the newest)")
	c.Flags().IntVar(&to, "to", 0, "another sealed version (default: what is published now)")
	a.printFlags(c)
	return c
}

// tellMoved prints each moved cell with its rows below it.
func (a *app) tellMoved(moved []signoff.Restated) {
	if len(moved) == 0 {
		fmt.Fprintln(a.stdout, "Nothing has moved.")
	}
	for _, m := range moved {
		a.line("%s  %s  %s", m.Cell, m.Code, m.Tells)
		for _, r := range m.Rows {
			where := fmt.Sprintf("%s (%.8s)", r.File, r.SHA256)
			if r.Sheet != "" {
				where += ", sheet " + r.Sheet
			}
			a.line("    %-4s  %-9s  %-11s  %s, row %s: %s", r.Side, r.Why, r.Part, where, r.Row, r.Key)
		}
	}
}

func (a *app) returnKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "key FILE",
		Short:   "Makes a key to sign with; prints the public half for the configuration",
		Example: "  mojreturns return key chief-finance-officer.key",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			public, err := seal.NewKey(args[0], rand.Reader)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "The private key is in %s: keep it to yourself.\nPut this under your user in mojreturns.yaml:\n    key: %s\n", args[0], public)
			return nil
		},
	}
}
