package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/published"
	"mojreturns/pipeline/question"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

func (a *app) queryCommand() *cobra.Command {
	var file, name string
	var set []string
	var list bool
	var limit int
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "query SQL | --file F | --name N",
		Short: "Ad-hoc SQL on the published warehouse: one statement, read-only, sandboxed",
		Example: `  mojreturns query --workspace testdata/cleveland "SELECT source, count(*) FROM referral GROUP BY source ORDER BY source"
  mojreturns query --workspace testdata/cleveland --name spend_by_month --set fund=CORE-UPL-2324 -o spend.xlsx`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
			if list {
				return a.printed(listQuestions(ws))
			}
			q, err := asked(ws, args, file, name, set)
			if err != nil {
				return err
			}
			q.MaxRows, q.Timeout = limit, timeout
			found, more, err := published.Query(ctx, ws, q)
			if err != nil {
				return err
			}
			if more {
				fmt.Fprintf(a.stderr, "mojreturns: only the first %s rows are given; --limit gives more\n", thousands(int64(limit)))
			}
			return a.print(found)
		}),
	}
	c.Flags().StringVar(&file, "file", "", "a file with the SQL")
	c.Flags().StringVar(&name, "name", "", "a saved question of queries/adhoc")
	c.Flags().StringArrayVar(&set, "set", nil, "a value of a saved question, such as since=2023-04-01")
	c.Flags().BoolVar(&list, "list", false, "lists the saved questions and the values that they take")
	c.Flags().IntVar(&limit, "limit", 100_000, "the most rows to give")
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "the longest a question may take")
	a.printFlags(c)
	before(c, func([]string) error {
		return errors.Join(atLeast("limit", limit, 1), atLeast("timeout", timeout, time.Millisecond))
	})
	return c
}

// asked is the question asked, in one of the three ways of asking it; values go with a
// saved one.
func asked(ws *workspace.Workspace, args []string, file, name string, set []string) (warehouse.Question, error) {
	if len(set) > 0 && name == "" {
		return warehouse.Question{}, usage("--set gives a saved question its values: name it with --name")
	}
	switch {
	case len(args) == 1 && file == "" && name == "":
		return warehouse.Question{SQL: args[0]}, nil
	case len(args) == 0 && file != "" && name == "":
		text, err := os.ReadFile(file)
		if err != nil {
			return warehouse.Question{}, usage("cannot read the question: %v", err)
		}
		return warehouse.Question{SQL: string(text)}, nil
	case len(args) == 0 && file == "" && name != "":
		return savedQuestion(ws, name, set)
	}
	return warehouse.Question{}, usage("give one question: SQL in quotation marks, --file or --name; `mojreturns query --list` lists the saved ones")
}

func savedQuestion(ws *workspace.Workspace, name string, set []string) (warehouse.Question, error) {
	all, lists, err := published.Questions(ws)
	if err != nil {
		return warehouse.Question{}, usageError{err}
	}
	q, err := question.Named(all, name)
	if err != nil {
		return warehouse.Question{}, usageError{err}
	}
	given := map[string]string{}
	for _, one := range set {
		key, value, ok := strings.Cut(one, "=")
		if !ok {
			return warehouse.Question{}, usage("--set %q: write such as --set since=2023-04-01", one)
		}
		given[strings.TrimSpace(key)] = value
	}
	values, err := q.Values(given, lists)
	if err != nil {
		return warehouse.Question{}, usageError{err}
	}
	return warehouse.Question{SQL: q.SQL, Values: values}, nil
}

// listQuestions are the saved questions with what they are asked with.
func listQuestions(ws *workspace.Workspace) (table.Table, error) {
	all, _, err := published.Questions(ws)
	if err != nil {
		return table.Table{}, usageError{err}
	}
	var out [][]any
	for _, q := range all {
		var params []string
		for _, p := range q.Params {
			said := p.Name + " " + string(p.Kind)
			switch {
			case p.Default != "":
				said += " = " + p.Default
			case p.Optional:
				said += ", may be left out"
			}
			params = append(params, said)
		}
		out = append(out, []any{q.Name, q.Title, strings.Join(params, "; ")})
	}
	return rows([]string{"name", "title", "set"}, out...), nil
}
