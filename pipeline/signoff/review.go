package signoff

import (
	"context"
	"slices"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// Review is what whoever approves a return puts their name to, on one page.
type Review struct {
	Return     string
	Submission archive.Submission
	Version    int      // that approving makes
	Keys       []string // what is to be known of keys that went: who accepted it and why, or nobody
	Money      []Money
	Unmet      []published.Answer // conditions of the return's funds that are not met, at risk or not available
	// Contradicted are the codes of the conditions that an answer of the declaration
	// would contradict, by the flag that gives it.
	Contradicted map[string][]string
	// Moved are the figures that are printed otherwise than they last were.
	Moved []returns.Revision
}

// Money is what the return says of one fund for the year to date, in pounds as exact
// text, or a marker in brackets.
type Money struct{ Fund, Award, Spent, Forecast, Underspend string }

// Reviewed gathers what the submission that awaits approval would sign.
func Reviewed(ctx context.Context, v *published.View, name string) (Review, error) {
	r, err := v.Workspace.Return(name)
	if err != nil {
		return Review{}, err
	}
	sub, err := awaiting(v, r)
	if err != nil {
		return Review{}, err
	}
	request, err := draft.Request(ctx, v, r)
	if err != nil {
		return Review{}, err
	}
	keys, err := archive.KeysGone(v.Workspace)
	if err != nil {
		return Review{}, err
	}
	out := Review{Keys: keys, Return: r.Name, Submission: sub, Version: len(v.Given.Versions(r, v.Period)) + 1}
	if out.Moved, err = moved(v, r, request); err != nil {
		return Review{}, err
	}
	answers, err := v.Conditions(ctx)
	if err != nil {
		return Review{}, err
	}
	for _, f := range v.Workspace.Register.Funds {
		if !covers(archive.About{Settings: r}, "fund:"+f.Code) {
			continue
		}
		out.Money = append(out.Money, money(request.Figures, "fund:"+f.Code, v.Period.ToDate().Label, f.Code+" "+f.Name))
		for _, a := range answers {
			if a.Fund == f.Code && a.Status != "met" && a.Status != "not applicable" && a.Code != declarationCondition {
				out.Unmet = append(out.Unmet, a)
			}
		}
	}
	out.Contradicted, err = contradicted(ctx, v, r)
	return out, err
}

// contradicted holds every answer that a declaration can give against the conditions.
func contradicted(ctx context.Context, v *published.View, r workspace.Return) (map[string][]string, error) {
	out := map[string][]string{}
	for flag, d := range map[string]archive.Declaration{"--in-line Y": {InLine: "Y"}, "--in-line N": {InLine: "N"},
		"--notified Y": {Notified: "Y"}, "--notified N": {Notified: "N"}, "--notified NA": {Notified: "NA"}} {
		objections, err := gate.Declared(ctx, v, r, d)
		if err != nil {
			return nil, err
		}
		for _, o := range objections {
			if !slices.Contains(out[flag], o.Code) {
				out[flag] = append(out[flag], o.Code)
			}
		}
	}
	return out, nil
}

func money(figures returns.Figures, scope, label, name string) Money {
	shows := func(code string) string {
		f, ok := figures.Figure(figure.Place{Code: code, Scope: scope, Period: label})
		if !ok {
			return "[x]"
		}
		return f.Part("value")
	}
	return Money{Fund: name, Award: shows("S01"), Spent: shows("S02"), Forecast: shows("S04"), Underspend: shows("S05")}
}

// moved are the figures that are printed otherwise than the sealed version before, of
// the same period, printed them; of a first version, than returns of earlier quarters did.
func moved(v *published.View, r workspace.Return, request returns.Request) ([]returns.Revision, error) {
	versions := v.Given.Versions(r, v.Period)
	if len(versions) == 0 {
		return request.Revised, nil
	}
	cells, err := request.Template.Cells(r.Scopes, v.Period)
	if err != nil {
		return nil, err
	}
	last := &versions[len(versions)-1]
	return draft.Since(cells, func(returns.Shown) *archive.Sealed { return last }, request.Figures.(published.Figures).Values, request.Hidden)
}
