package published

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Mapped says what stands in a cell of a return, such as T04_Source!D7.
func Mapped(ws *workspace.Workspace, name, cell string, at period.Period) (returns.Held, error) {
	r, err := ws.Return(name)
	if err != nil {
		return returns.Held{}, err
	}
	template, err := ws.Form(r)
	if err != nil {
		return returns.Held{}, err
	}
	return template.Mapped(cell, r.Scopes, at)
}

// TraceSent is TraceHeld of the return called name (empty: the first configured);
// sent adds the provider's own text of each row.
func (v *View) TraceSent(ctx context.Context, name string, held returns.Held, sent bool) (parts []Traced, err error) {
	if sent && held.Column != "" {
		return nil, fmt.Errorf("the rows behind %s may be faulty, and their text withheld: trace without --as-sent, and see `mojreturns rejects`", held.Column)
	}
	r, err := v.Workspace.Return(name)
	if err != nil {
		return nil, err
	}
	if parts, err = v.TraceHeld(ctx, r, held); err != nil || !sent {
		return parts, err
	}
	return parts, AsSent(ctx, v.Workspace, parts)
}

// TraceHeld lists the rows behind what a cell of a return holds: those of a figure,
// those that breach a funding condition, or those that a cell about the quality of
// the data counts.
func (v *View) TraceHeld(ctx context.Context, r workspace.Return, held returns.Held) ([]Traced, error) {
	switch {
	case held.Condition:
		return v.traceCondition(ctx, held.Place)
	case held.Column != "":
		return v.traceQuality(ctx, r, held)
	case held.Place.Category == returns.Other:
		return v.traceOther(ctx, r, held.Place)
	}
	return v.trace(ctx, held.Place)
}

// traceOther lists the rows behind an other row of a form, category by category.
func (v *View) traceOther(ctx context.Context, r workspace.Return, place figure.Place) ([]Traced, error) {
	form, err := v.Form(r)
	if err != nil {
		return nil, err
	}
	figures, err := v.Figures(ctx, place.Scope)
	if err == nil {
		err = form.AddOthers(r.Scopes, v.Period, figures.Values)
	}
	var out []Traced
	for _, category := range figures.Values[place].Of {
		place.Category = category
		parts, traceErr := v.trace(ctx, place)
		out, err = append(out, parts...), errors.Join(err, traceErr)
	}
	return out, err
}

// traceCondition lists the rows that breach a funding condition; its value is the
// condition's status.
func (v *View) traceCondition(ctx context.Context, place figure.Place) ([]Traced, error) {
	fund := strings.TrimPrefix(place.Scope, "fund:")
	status, err := table.Query(ctx, v.Conn, "SELECT status FROM "+v.schema+".condition WHERE code = $1 AND fund = $2 AND period = $3", place.Code, fund, place.Period)
	if err != nil {
		return nil, err
	}
	t := Traced{TracePart: metrics.TracePart{Place: figure.Place{Code: place.Code, Scope: place.Scope, Period: v.Period.Label}, Part: "breach"}, Value: "[x]"}
	if len(status.Rows) > 0 {
		t.Value = table.AsText(status.Rows[0][0])
	}
	t.SQL = fmt.Sprintf(`SELECT d.file, d.sha256, d.sheet, b."row", b.key, b.effect, b.amount
FROM breach b LEFT JOIN delivery d ON d.delivery = b.delivery AND d.current
WHERE b.code = %s AND b.fund = %s AND b.period = %s
ORDER BY b.effect, d.file, d.sheet, b."row", b.key`, warehouse.Literal(place.Code), warehouse.Literal(fund), warehouse.Literal(place.Period))
	t.Rows, err = table.Query(ctx, v.Conn, t.SQL)
	t.say(v.Workspace)
	return []Traced{t}, err
}

// Elsewhere says of a cell that counts no rows where what it counts is listed.
func Elsewhere(held returns.Held) (error, bool) {
	switch held.Column {
	case returns.Duplicates:
		return errors.New("suspected duplicates are what check K14 finds: `mojreturns check` lists them"), true
	case returns.LateChanges:
		return errors.New("late changes are figures, not rows: `mojreturns return diff` lists them with their rows"), true
	}
	return nil, false
}

// traceQuality lists the rows that a cell about a column counts; of its per cent
// complete, those that are not.
func (v *View) traceQuality(ctx context.Context, r workspace.Return, held returns.Held) ([]Traced, error) {
	feed, field, _ := strings.Cut(held.Column, ".")
	ws := v.Workspace
	if found, elsewhere := Elsewhere(held); elsewhere {
		return nil, found
	}
	c, ok := ws.Contract(feed)
	column, known := c.Column(field)
	switch {
	case !ok || !known:
		return nil, fmt.Errorf("no contract has the column %q", held.Column)
	}
	value := `t."` + column.Name + `"`
	if column.Band != "" {
		value = `t."` + column.Band + `"`
	}
	faulty := "list_contains(coalesce(list_transform(t.faults, lambda f: f.column_name), []), " + warehouse.Literal(field) + ")"
	unknown := fmt.Sprintf(`%s::VARCHAR IN ('NK', 'NS') AND EXISTS (FROM field_account a
    WHERE a.feed = %s AND a.column_name = %s AND a.not_known IS NOT NULL)`, value, warehouse.Literal(feed), warehouse.Literal(field))
	blank := value + " IS NULL AND NOT " + faulty
	counted := map[string]string{"rows": "TRUE", "blank": blank, "not known": unknown, "faulty": faulty}[held.Field]
	if counted == "" {
		counted = "(" + strings.Join([]string{blank, unknown, faulty}, " OR ") + ")"
	}
	var providers []string
	for _, provider := range ws.Register.Providers {
		if ws.ReportsOn(r, provider.Code) {
			providers = append(providers, warehouse.Literal(provider.Code))
		}
	}
	t := Traced{TracePart: metrics.TracePart{Place: figure.Place{Code: held.Column, Scope: "all", Period: v.Period.Label}, Part: held.Field}}
	t.SQL = fmt.Sprintf(`SELECT d.file, d.sha256, d.sheet, t."row", concat_ws(' | ', t."%s") AS key, d.provider, t.standing
FROM typed.%s t JOIN delivery d ON d.delivery = t.delivery AND d.feed = %s AND d.current
WHERE t.standing <> 'superseded' AND t.delivery_year = %s AND t.sender IN (%s)
  AND %s
ORDER BY d.file, d.sha256, d.sheet, t."row"`, strings.Join(c.Key, `", t."`), feed, warehouse.Literal(feed), warehouse.Literal(v.Period.Year.String()), strings.Join(providers, ", "), counted)
	var err error
	if t.Rows, err = table.Query(ctx, v.Conn, t.SQL); err != nil {
		return nil, fmt.Errorf("cannot trace %s: %w", held.Column, err)
	}
	t.Value = fmt.Sprint(len(t.Rows.Rows))
	t.say(ws)
	return []Traced{t}, nil
}
