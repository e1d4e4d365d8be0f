package gate

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

// Declared lists where a declaration says otherwise than the funding conditions of the
// return's funds, by reference/declaration.csv. Each is answered with a reason, which
// is sealed with the return, or the declaration is changed.
func Declared(ctx context.Context, v *published.View, r workspace.Return, d archive.Declaration) ([]Objection, error) {
	answers, err := v.Conditions(ctx)
	if err != nil {
		return nil, err
	}
	said := map[string]string{"in_line": d.InLine, "notified": d.Notified}
	var out []Objection
	for _, a := range answers {
		if !slices.Contains(scopesOf(r), "fund:"+a.Fund) {
			continue
		}
		for _, rule := range v.Workspace.Lists["declaration"] {
			if said[rule["answer"]] != rule["says"] || rule["status"] != a.Status || rule["condition"] != "*" && rule["condition"] != a.Code {
				continue
			}
			out = append(out, Objection{Finding: published.Finding{Code: a.Code, Title: a.Title, Severity: "error", Period: v.Period.Label, Found: 1,
				Subject: a.Fund + " is " + a.Status, Detail: fmt.Sprintf("%s Yet %s.", a.Evidence, rule["contradiction"]),
				Remedy: "Mend it, or declare otherwise"}})
		}
	}
	slices.SortStableFunc(out, func(a, b Objection) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}
