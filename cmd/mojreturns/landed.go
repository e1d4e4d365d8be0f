package main

import (
	"fmt"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/table"
)

// showing are the tables that say what became of files: the files, and of a dry run
// the rules that are broken, where each column comes from and which values are not
// translated.
func showing(landed []intake.LandedFile) map[string]table.Table {
	var files, faults, columns, values [][]any
	for _, l := range landed {
		files = append(files, []any{l.File, l.SHA256, l.Provider, l.Feed, l.Sheet, l.Status, l.Rows, l.Accepted, l.Rejected, l.Message})
		for _, f := range l.Faults {
			faults = append(faults, []any{l.File, l.Feed, l.Sheet, f.Column, f.Rule, f.Severity, f.Rows, f.FirstRow, f.Message})
		}
		for _, c := range l.Columns {
			required := ""
			if c.Required {
				required = "required"
			}
			columns = append(columns, []any{l.File, l.Feed, l.Sheet, c.Column, required, c.Header, c.How, c.Faults})
		}
		for _, v := range l.Values {
			what := "translate it in the provider's mapping, or have it sent as one of our codes"
			if v.TakenAs != "" {
				what = "taken as " + v.TakenAs
			}
			values = append(values, []any{l.File, l.Feed, l.Sheet, v.Column, v.Value, v.Rows, v.FirstRow, what})
		}
	}
	return map[string]table.Table{
		"files":   rows([]string{"file", "sha256", "provider", "feed", "sheet", "status", "rows", "accepted", "rejected", "message"}, files...),
		"faults":  rows([]string{"file", "feed", "sheet", "column_name", "rule", "severity", "rows", "first_row", "message"}, faults...),
		"columns": rows([]string{"file", "feed", "sheet", "column_name", "required", "header", "comes_from", "faults"}, columns...),
		"values":  rows([]string{"file", "feed", "sheet", "column_name", "value", "rows", "first_row", "what_to_do"}, values...),
	}
}

// printLanded prints the table asked for. Without one it is that of the files, and on
// the screen the others that there is anything in: columns and values, which are long,
// of files that were named.
func (a *app) printLanded(landed []intake.LandedFile, show string, named bool) error {
	tables := showing(landed)
	if show != "" {
		return a.print(tables[show])
	}
	if err := a.print(tables["files"]); err != nil || a.output != "" || a.format != "table" {
		return err
	}
	for _, part := range []struct {
		name, title string
		wanted      bool
	}{
		{"columns", "Where each column comes from:", named},
		{"values", "Values that are no codes of ours and that the mapping does not translate:", named},
		{"faults", "Faults, rule by rule, with the sentence of the first:", true},
	} {
		if !part.wanted || len(tables[part.name].Rows) == 0 {
			continue
		}
		fmt.Fprintf(a.stdout, "\n%s\n", part.title)
		if err := a.print(tables[part.name]); err != nil {
			return err
		}
	}
	return nil
}
