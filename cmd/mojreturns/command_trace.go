package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

func (a *app) traceCommand() *cobra.Command {
	var scope, by, category string
	var version int
	var sealed, sent bool
	c := &cobra.Command{
		Use:   "trace CELL-or-CODE --period P",
		Short: "The rows behind a figure, back to file, sheet and row",
		Example: `  mojreturns trace 'T04_Source!D7' --workspace testdata/cleveland --period 2023-24-Q4
  mojreturns trace R08 --workspace testdata/cleveland --period 2023-24-Q3 --scope service:STK-ADV
  mojreturns trace 'T04_Source!D7' --workspace testdata/cleveland --period 2023-24-Q4 --sealed --as-sent -o rows.xlsx`,
		Args: cobra.ExactArgs(1),
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
			cell, isCell := args[0], strings.Contains(args[0], "!")
			switch {
			case (sealed || version > 0) && !isCell:
				return usage("a sealed return is traced by its cells, such as T04_Source!D7")
			case sealed || version > 0:
				return a.printTrace(signoff.TraceVersion(ctx, ws, a.ofReturn, cell, a.period, version, sent))
			case isCell:
				return a.traceCell(ctx, ws, cell, sent)
			}
			if err := knows(ws, workspace.Asked{Scope: scope, Codes: args, By: by}); err != nil {
				return err
			}
			if by == "total" {
				by = ""
			}
			place := figure.Place{Code: args[0], Scope: scope, Period: a.period.Label, Dimension: by, Category: category}
			parts, err := published.Trace(ctx, ws, place)
			if err == nil && sent {
				err = published.AsSent(ctx, ws, parts)
			}
			return a.printTrace(parts, err)
		}),
	}
	a.periodFlag(c)
	c.Flags().StringVar(&scope, "scope", "all", "all, fund:CODE, service:CODE or provider:CODE")
	c.Flags().StringVar(&by, "by", "", "the breakdown of the figure, such as source")
	c.Flags().StringVar(&category, "category", "", "its category, such as POL")
	c.Flags().StringVar(&a.ofReturn, "return", "", "the return a cell belongs to (default: the first)")
	c.Flags().BoolVar(&sealed, "sealed", false, "trace the newest sealed version, not what is published")
	c.Flags().IntVar(&version, "version", 0, "trace this sealed version")
	c.Flags().BoolVar(&sent, "as-sent", false, "show the provider's own text of each row beside what was counted")
	a.printFlags(c)
	before(c, func(args []string) error {
		cell := strings.Contains(args[0], "!")
		return errors.Join(doesNotGoWith(c, cell, "a cell, which says it all", "scope", "by", "category"), goesWith(c, cell, "a cell", "return"),
			goesWith(c, by != "" && by != "total", "--by BREAKDOWN", "category"), needs(c, by != "" && by != "total", "--by "+by, "category"))
	})
	return c
}

// traceCell traces a cell of a return as it would be printed now.
func (a *app) traceCell(ctx context.Context, ws *workspace.Workspace, cell string, sent bool) error {
	held, err := published.Mapped(ws, a.ofReturn, cell, a.period)
	if err != nil {
		return usageError{err}
	}
	return a.see(ctx, ws, func(v *published.View) error {
		return a.printTrace(v.TraceSent(ctx, a.ofReturn, held, sent))
	})
}

// printTrace prints each part with its value, its SQL and its rows; in a file
// or as CSV the parts stand below each other with the part in a column.
func (a *app) printTrace(parts []published.Traced, err error) error {
	if err != nil {
		return err
	}
	if a.format == "json" && a.output == "" {
		return a.traceJSON(parts)
	}
	if a.format != "table" || a.output != "" {
		return a.print(together(parts))
	}
	for _, p := range parts {
		a.line("%s (%s), %s, %s: %s, from %s", p.Of, p.Part, p.Scope, p.Period, p.Said, plural(len(p.Rows.Rows), "row"))
		if err := a.show(p.Rows); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "\n%s\n\n", p.SQL)
	}
	return nil
}

// together is every part in one table: the columns they share, then the rest.
func together(parts []published.Traced) table.Table {
	t := table.Table{Columns: []table.Column{{Name: "part"}}}
	place := map[string]int{"part": 0}
	for _, p := range parts {
		for _, c := range p.Rows.Columns {
			if _, known := place[c.Name]; !known {
				place[c.Name] = len(t.Columns)
				t.Columns = append(t.Columns, c)
			}
		}
	}
	for _, p := range parts {
		for _, row := range p.Rows.Rows {
			all := make([]any, len(t.Columns))
			all[0] = p.Part
			for i, c := range p.Rows.Columns {
				all[place[c.Name]] = row[i]
			}
			t.Rows = append(t.Rows, all)
		}
	}
	return t
}

// tracedJSON is a traced part as other programs read it.
type tracedJSON struct {
	Code      string          `json:"code"`
	Part      string          `json:"part"`
	Scope     string          `json:"scope"`
	Period    string          `json:"period"`
	Dimension string          `json:"dimension"`
	Category  string          `json:"category"`
	Value     json.RawMessage `json:"value"`
	SQL       string          `json:"sql"`
	RowCount  int             `json:"row_count"`
	Rows      json.RawMessage `json:"rows"`
}

func (a *app) traceJSON(parts []published.Traced) error {
	out := []tracedJSON{}
	for _, p := range parts {
		var rows strings.Builder
		if err := p.Rows.Write(&rows, "json"); err != nil {
			return err
		}
		value, err := valueJSON(p.Value)
		if err != nil {
			return err
		}
		out = append(out, tracedJSON{Code: p.Code, Part: p.Part, Scope: p.Scope, Period: p.Period, Dimension: p.Dimension,
			Category: p.Category, Value: value, SQL: p.SQL, RowCount: len(p.Rows.Rows), Rows: json.RawMessage(rows.String())})
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, string(text))
	return err
}

// valueJSON is a figure's number, null where a marker such as [x] stands for it, or
// what a condition says.
func valueJSON(value string) (json.RawMessage, error) {
	switch {
	case strings.HasPrefix(value, "["):
		return json.RawMessage("null"), nil
	case json.Valid([]byte(value)):
		return json.RawMessage(value), nil
	}
	return json.Marshal(value)
}
