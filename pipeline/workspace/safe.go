package workspace

import (
	"maps"
	"slices"

	"mojreturns/pipeline/personal"
)

// Masked is a file's name, or a sentence that has one, as people are told of it.
func (ws *Workspace) Masked(text string) string { return personal.Masked(ws.Personal, text) }

// words are the codes and labels of the code lists that contracts name, and those of
// registers: a value of a file that is one of them is safe to repeat. Of other lists they
// are not: many a council of another area is called as people are.
func (ws *Workspace) words() (out []string) {
	lists := map[string]bool{}
	for _, c := range ws.Contracts {
		for _, col := range c.Columns {
			lists[col.List], lists[col.Band] = true, true
		}
	}
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		for _, row := range ws.Lists[list] {
			out = append(out, row["code"], row["label"])
		}
	}
	for _, f := range ws.Register.Funds {
		out = append(out, f.Code, f.Name)
	}
	for _, s := range ws.Register.Services {
		out = append(out, s.Code, s.Name)
	}
	for _, p := range ws.Register.Providers {
		out = append(out, p.Code, p.Name)
		for _, f := range p.Feeds {
			for _, translated := range f.Codes {
				out = slices.AppendSeq(out, maps.Keys(translated))
			}
			out = slices.Concat(out, f.Blanks, slices.Concat(slices.Collect(maps.Values(f.YesNo))...))
		}
	}
	for _, c := range ws.Contracts {
		for _, col := range c.Columns {
			out = append(out, col.Constraints.Enum...)
		}
	}
	return out
}

// names are what columns and sheets of extracts are called: their words are safe to
// repeat in the name of another column, sheet or file.
func (ws *Workspace) names() (out []string) {
	for _, c := range ws.Contracts {
		out = append(out, c.Feed, c.Title)
		for _, col := range c.Columns {
			out = append(out, col.Name, col.Title)
		}
	}
	for _, p := range ws.Register.Providers {
		for _, f := range p.Feeds {
			out = slices.Concat(out, f.Drop, slices.Concat(slices.Collect(maps.Values(f.Columns))...))
			out = append(out, f.Files, f.Sheet)
		}
	}
	for _, row := range ws.Lists["header_word"] {
		out = append(out, row["header_word"], row["column_word"])
	}
	for _, row := range ws.Lists["name_word"] {
		out = append(out, row["name_word"])
	}
	return out
}
