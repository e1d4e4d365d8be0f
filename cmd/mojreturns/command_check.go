package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func (a *app) checkCommand() *cobra.Command {
	var config bool
	c := &cobra.Command{
		Use:   "check [--period P | --config]",
		Short: "Data checks, reconciliations and funding conditions; exit code 1 if any fails",
		Example: `  mojreturns check --workspace testdata/cleveland --period 2023-24-Q4
  mojreturns check --workspace testdata/cleveland --config`,
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			if config {
				return a.checkConfiguration(ws)
			}
			found, err := a.findings(ctx, ws)
			if err != nil {
				return err
			}
			if err := a.printFindings(found); err != nil {
				return err
			}
			for _, f := range found {
				if f.Severity == "error" {
					return errFailed
				}
			}
			return nil
		}),
	}
	a.periodOption(c, nil)
	before(c, func([]string) error {
		if config && (a.period.Label != "" || a.asAt != "" || a.output != "" || a.format != "table") {
			return usage("--config looks at the configuration alone and says so in a sentence: leave out the other flags")
		}
		return nil
	})
	c.Flags().BoolVar(&config, "config", false, "look only at mojreturns.yaml and the rules it names, without a build")
	a.printFlags(c)
	return c
}

// checkConfiguration says that the configuration is right; opening the workspace
// tells every mistake.
func (a *app) checkConfiguration(ws *workspace.Workspace) error {
	feeds := 0
	var undecided []string
	for _, p := range ws.Register.Providers {
		feeds += len(p.Feeds)
		for _, f := range p.Feeds {
			for _, column := range slices.Sorted(maps.Keys(f.Constants)) {
				if f.Constants[column] == contract.Undecided {
					undecided = append(undecided, fmt.Sprintf("provider %q, feed %q: the constant of %s", p.Code, f.Feed, column))
				}
			}
		}
	}
	fmt.Fprintf(a.stdout, "%s is right: %s, %s, %s with %s, %s, %s, %s.\n", filepath.Join(a.workspace, workspace.ConfigFile),
		plural(len(ws.Register.Funds), "fund"), plural(len(ws.Register.Services), "service"), plural(len(ws.Register.Providers), "provider"),
		plural(feeds, "feed"),
		plural(len(ws.Returns), "return"), plural(len(ws.Users), "user"), plural(len(ws.Schedule), "scheduled job"))
	for _, u := range undecided {
		fmt.Fprintf(a.stdout, "Still to be decided (every row is rejected until then): %s.\n", u)
	}
	for _, w := range ws.Awaited() {
		fmt.Fprintf(a.stdout, "Not yet there, and needed before a return can be signed: %s.\n", w)
	}
	return nil
}

// findings are what the checks found: for a period with the conditions that are
// not met, for none whatever was found at all.
func (a *app) findings(ctx context.Context, ws *workspace.Workspace) (found []published.Finding, err error) {
	if a.period.Label == "" {
		return published.Findings(ctx, ws)
	}
	err = a.see(ctx, ws, func(v *published.View) error {
		if found, err = gate.Findings(ctx, v); err != nil {
			return err
		}
		unmet, err := v.Unmet(ctx)
		found = append(found, unmet...)
		return err
	})
	return found, err
}

// printFindings writes findings as rows, or for people as one paragraph for each check.
func (a *app) printFindings(found []published.Finding) error {
	slices.SortStableFunc(found, func(a, b published.Finding) int { return strings.Compare(a.Severity, b.Severity) }) // errors first
	if a.format != "table" || a.output != "" {
		var list [][]any
		for _, f := range found {
			list = append(list, []any{f.Code, f.Title, f.Severity, f.Period, f.Subject, cmp.Or(f.Detail, f.Evidence), f.Found, f.Remedy})
		}
		return a.print(rows([]string{"code", "title", "severity", "period", "subject", "detail", "found", "remedy"}, list...))
	}
	if len(found) == 0 {
		a.line("Nothing found.")
		return nil
	}
	for len(found) > 0 {
		first := found[0]
		word := first.Severity
		if first.Evidence != "" {
			word = map[string]string{"error": "not met", "warning": "at risk"}[first.Severity]
		}
		a.line("%s  %s: %s", first.Code, strings.ToUpper(word), first.Title)
		for len(found) > 0 && found[0].Code == first.Code && found[0].Severity == first.Severity {
			about := whole(found, func(f published.Finding) bool {
				return f.Subject == found[0].Subject && f.Period == found[0].Period && f.Code == first.Code
			})
			a.printSubject(found[:about])
			found = found[about:]
		}
		a.line("  What to do: %s.", first.Remedy)
		a.line("")
	}
	return nil
}

// whole is how many findings from the first on are alike.
func whole(found []published.Finding, alike func(published.Finding) bool) int {
	if n := slices.IndexFunc(found, func(f published.Finding) bool { return !alike(f) }); n >= 0 {
		return n
	}
	return len(found)
}

// printSubject writes what was found about one subject: how many, or the
// condition's evidence, and examples.
func (a *app) printSubject(found []published.Finding) {
	f, all := found[0], "--format csv lists up to 100"
	if f.Evidence != "" {
		all = "`mojreturns conditions --breaches` lists them"
		a.line("  %s: %s", f.Subject, f.Evidence)
	} else {
		a.line("  %s: %s found", strings.TrimSpace(f.Subject+" "+f.Period), thousands(f.Found))
	}
	for _, example := range found[:min(len(found), mostExamples)] {
		if example.Detail != "" {
			a.line("    %s", example.Detail)
		}
	}
	if f.Found > mostExamples {
		a.line("    and %s more; %s", thousands(f.Found-mostExamples), all)
	}
}

// mostExamples is how many findings of a check about one subject are shown.
const mostExamples = 3
