package draft

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// Request gathers all that a return shows for a period: figures, the terms of
// its funds, how the extracts were filled, what people wrote, and which figures
// of earlier quarters were printed otherwise before.
func Request(ctx context.Context, v *published.View, r workspace.Return) (returns.Request, error) {
	ws, at := v.Workspace, v.Period
	template, err := v.Form(r)
	if err != nil {
		return returns.Request{}, err
	}
	if err := v.HasYear(ctx); err != nil {
		return returns.Request{}, err
	}
	frozen, err := v.Frozen(ctx)
	if err != nil {
		return returns.Request{}, err
	}
	figures, err := guard.FiguresShown(ctx, v)
	if err != nil {
		return returns.Request{}, err
	}
	comments, err := comments(ws, r, at, template)
	if err != nil {
		return returns.Request{}, err
	}
	cells, err := template.Cells(r.Scopes, at)
	if err != nil {
		return returns.Request{}, err
	}
	quality, err := v.Quality(ctx, r)
	if err != nil {
		return returns.Request{}, err
	}
	printed := printedBy(template, cells, quality)
	guarded, err := guard.Protect(v, disclosure.Ministry, printed, figures.Values)
	if err != nil {
		return returns.Request{}, where(err, template, cells)
	}
	revised, err := revised(v, r, template, figures.Values, guarded.Hidden)
	if err != nil {
		return returns.Request{}, err
	}
	quality[returns.LateChanges] = returns.FieldQuality{Rows: int64(len(revised))}
	funds, err := Funds(ws, at)
	if err != nil {
		return returns.Request{}, err
	}
	return returns.Request{Template: template, Scopes: r.Scopes, Fields: r.Fields, Period: at, Figures: figures, Funds: funds, Quality: quality,
		Comments: comments, Revised: revised, Hidden: guarded.Hidden, Freeze: frozen.In(ws.Location), Build: v.Build}, nil
}

// printedBy are the figures that a form prints.
func printedBy(template returns.Template, cells []returns.Shown, quality map[string]returns.FieldQuality) []returns.Printed {
	var out []returns.Printed
	for _, c := range cells {
		if !c.Condition || c.Field == "value" || c.Field == "evidence" {
			out = append(out, returns.Printed{Place: c.Place, Field: c.Field})
		}
	}
	return append(out, template.Quality(quality)...)
}

// where adds to a refusal the cells of the figures that it names, as people find them.
func where(refused error, template returns.Template, cells []returns.Shown) error {
	var unprotected *disclosure.Unprotected
	if !errors.As(refused, &unprotected) {
		return refused
	}
	var words []string
	for _, e := range unprotected.Counts {
		for _, c := range cells {
			if guard.IDOf(c.Place) == e.ID.Of("") {
				words = append(words, fmt.Sprintf("%s (%s)", template.Words(c.Cell), c.Cell))
			}
		}
	}
	if len(words) == 0 {
		return refused
	}
	return fmt.Errorf("%w; it stands in %s", refused, strings.Join(words, "; "))
}

// Funds are the terms of every fund at the end of a period, by scope.
func Funds(ws *workspace.Workspace, at period.Period) (map[string]returns.Fund, error) {
	out := map[string]returns.Fund{}
	for _, f := range ws.Register.Funds {
		received, err := sum(f.CashReceived, at.End)
		if err != nil {
			return nil, fmt.Errorf("fund %q: cash_received: %w", f.Code, err)
		}
		carried, err := sum(f.CarryForward, at.End)
		if err != nil {
			return nil, fmt.Errorf("fund %q: carry_forward: %w", f.Code, err)
		}
		out["fund:"+f.Code] = returns.Fund{Name: f.Code + " " + f.Name, Received: received, CarryForward: carried,
			SpendBy: f.SpendBy.Time, DeliveryFrom: f.DeliveryFrom.Time, DeliveryTo: f.DeliveryTo.Time}
	}
	return out, nil
}

// sum adds the amounts dated to a day; empty where none are registered at all.
func sum(awards []register.Award, to time.Time) (string, error) {
	if len(awards) == 0 {
		return "", nil
	}
	total := new(big.Rat)
	for _, a := range awards {
		amount, ok := new(big.Rat).SetString(string(a.Amount))
		if !ok {
			return "", fmt.Errorf("%q is not an amount", a.Amount)
		}
		if !a.Date.After(to) {
			total.Add(total, amount)
		}
	}
	return total.FloatString(2), nil
}
