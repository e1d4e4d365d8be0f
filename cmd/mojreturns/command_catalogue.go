package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/catalogue"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

func (a *app) catalogueCommand() *cobra.Command {
	var kind string
	c := &cobra.Command{
		Use:   "catalogue [CODE-or-WORDS...]",
		Short: "What every metric, condition, check, feed, column and code means, where the return shows it, and its SQL",
		Example: `  mojreturns catalogue R01
  mojreturns catalogue high risk --kind metric
  mojreturns catalogue --workspace testdata/cleveland -o catalogue.html`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			return a.catalogue(catalogue.Kind(kind), strings.Join(args, " "), c.Flags().Changed("workspace"))
		},
	}
	c.Flags().StringVar(&kind, "kind", "", "only metric, condition, check, view, feed, column, list or code")
	a.printFlags(c, only(append(table.Endings(), ".html")...))
	rows := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if kind != "" && !slices.Contains(catalogue.Kinds(), catalogue.Kind(kind)) {
			return usage("kind %q is not known; it is metric, condition, check, view, feed, column, list or code", kind)
		}
		if asPage(a.output) {
			if kind != "" || len(args) > 0 {
				return usage("the page holds the whole catalogue: leave out words and --kind, or write .csv, .xlsx, .ods, .json, .parquet or .arrows")
			}
		}
		return rows(c, args)
	}
	return c
}

func asPage(path string) bool { return strings.EqualFold(filepath.Ext(path), ".html") }

// catalogue answers the command. Outside a workspace the program's own files
// are shown, unless a workspace was asked for.
func (a *app) catalogue(kind catalogue.Kind, text string, asked bool) error {
	rules, forms, err := a.rules(asked)
	if err != nil {
		return err
	}
	all, err := catalogue.Load(rules, forms)
	if err != nil {
		return usageError{err}
	}
	if asPage(a.output) {
		return a.cataloguePage(all, forms)
	}
	found := all.Find(kind, text)
	if len(found) == 0 {
		return notFound(all, kind, text)
	}
	if a.output != "" || a.format != "table" {
		return a.print(catalogueTable(found))
	}
	if text != "" && len(found) == 1 {
		return writeEntry(a.stdout, found[0])
	}
	return a.listEntries(found)
}

// rules are the queries and templates in force.
func (a *app) rules(asked bool) (rules, forms fs.FS, err error) {
	if _, err := os.Stat(filepath.Join(a.workspace, workspace.ConfigFile)); errors.Is(err, fs.ErrNotExist) && !asked {
		rules, forms = workspace.Rules("")
		return rules, forms, nil
	}
	ws, err := workspace.Configured(a.workspace)
	if err != nil {
		return nil, nil, err
	}
	return ws.Queries, ws.Templates, nil
}

func (a *app) cataloguePage(all *catalogue.Catalogue, forms fs.FS) error {
	page, err := all.Page(forms)
	if err != nil {
		return err
	}
	if err := os.WriteFile(a.output, page.HTML, 0o666); err != nil {
		return fmt.Errorf("cannot write %q: %w", a.output, err)
	}
	if !a.quiet {
		fmt.Fprintf(a.stderr, "%s written to %s\n", entries(len(all.Entries)), a.output)
	}
	return nil
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

func notFound(all *catalogue.Catalogue, kind catalogue.Kind, text string) error {
	what := "catalogue"
	if kind != "" {
		what += " of kind " + string(kind)
	}
	hint := "`mojreturns catalogue` lists everything"
	if like := all.Near(kind, text); len(like) > 0 {
		hint = "did you mean " + strings.Join(like, " or ") + "?"
	}
	return fmt.Errorf("nothing in the %s has the code or the words %q; %s", what, text, hint)
}

// listEntries prints kind, code and title in columns, a blank line between kinds.
func (a *app) listEntries(found []catalogue.Entry) error {
	kinds, codes := 0, 0
	for _, e := range found {
		kinds, codes = max(kinds, len(e.Kind)), max(codes, min(len(e.Code), 48))
	}
	var out strings.Builder
	for i, e := range found {
		if i > 0 && e.Kind != found[i-1].Kind {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "%-*s  %-*s  %s\n", kinds, e.Kind, codes, e.Code, e.Title)
	}
	if _, err := io.WriteString(a.stdout, out.String()); err != nil {
		return err
	}
	if !a.quiet && terminal(a.stderr) {
		fmt.Fprintf(a.stderr, "%s; `mojreturns catalogue CODE` explains one\n", entries(len(found)))
	}
	return nil
}

// writeEntry prints all that is known of one entry.
func writeEntry(w io.Writer, e catalogue.Entry) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s: %s\n\n", e.Kind, e.Code, e.Title)
	if more := e.Beyond(); more != "" {
		fmt.Fprintf(&out, "%s\n\n", more)
	}
	line := func(name, text string) { fmt.Fprintf(&out, "%-20s  %s\n", name, text) }
	if e.Name != e.Code {
		line("Name", e.Name)
	}
	for _, f := range e.Facts {
		line(f.Name, f.Text())
	}
	for i, u := range e.Uses {
		name := ""
		if i == 0 {
			name = "In the return"
		}
		line(name, u.Text())
	}
	line("File", e.File)
	if e.SQL != "" {
		fmt.Fprintf(&out, "\n%s\n", e.SQL)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// catalogueTable is the entries as rows, for spreadsheets and programs.
func catalogueTable(found []catalogue.Entry) table.Table {
	facts := []string{"Unit", "Count", "When", "Scopes", "Breakdowns", "Protects", "Statuses", "Severity", "What to do", "Feeds", "Type", "Required", "Code list", "Rules", "Named in"}
	names := []string{"kind", "code", "name", "title", "meaning"}
	for _, f := range facts {
		names = append(names, strings.ReplaceAll(strings.ToLower(f), " ", "_"))
	}
	names = append(names, "in_the_return", "file", "sql")
	var list [][]any
	for _, e := range found {
		row := []any{string(e.Kind), e.Code, e.Name, e.Title, e.Meaning}
		for _, f := range facts {
			row = append(row, e.Fact(f))
		}
		var uses []string
		for _, u := range e.Uses {
			uses = append(uses, u.Text())
		}
		list = append(list, append(row, strings.Join(uses, "; "), e.File, e.SQL))
	}
	return rows(names, list...)
}
