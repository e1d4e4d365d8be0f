package contract

import (
	"cmp"
	"fmt"
	"strings"
)

// translatedIn are the columns whose text a source may have translated.
func (j judge) translatedIn(sources []Source) map[string]bool {
	out := map[string]bool{}
	for _, s := range sources {
		j.Source = s
		for _, col := range j.Contract.Columns {
			if j.sourceText(col) != "" {
				out[col.Name] = true
			}
		}
	}
	return out
}

func (j judge) texts() string {
	var out []string
	for _, col := range j.Contract.Columns {
		out = append(out, fmt.Sprintf("%s AS %s", j.text(col), ident("t_"+col.Name)))
		if j.renamed[col.Name] {
			out = append(out, fmt.Sprintf("%s AS %s", cmp.Or(j.sourceText(col), ident("t_"+col.Name)), ident("s_"+col.Name)))
		}
	}
	return strings.Join(out, ",\n    ")
}

func (j judge) parsed() string {
	var out []string
	for _, col := range j.Contract.Columns {
		out = append(out, fmt.Sprintf("%s AS %s", j.parse(col, ident("t_"+col.Name)), ident("p_"+col.Name)))
	}
	return strings.Join(out, ",\n    ")
}
