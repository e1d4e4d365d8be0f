package pipeline

import (
	"context"
	"fmt"
	"io/fs"
	"math/big"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/returns"
)

// request gathers all that a return shows for a period: figures, the terms of
// its funds, how the extracts were filled, what people wrote, and which figures
// of earlier quarters were printed otherwise before.
func (p *Pipeline) request(ctx context.Context, v *view, r Return, at period.Period) (returns.Request, error) {
	files, err := p.template(r)
	if err != nil {
		return returns.Request{}, err
	}
	template, err := returns.Open(files)
	if err != nil {
		return returns.Request{}, err
	}
	if err := p.checkCodes(template); err != nil {
		return returns.Request{}, err
	}
	if err := v.hasYear(ctx, at); err != nil {
		return returns.Request{}, err
	}
	frozen, err := p.frozen(ctx, v)
	if err != nil {
		return returns.Request{}, err
	}
	figures, err := p.figuresShown(ctx, v, at)
	if err != nil {
		return returns.Request{}, err
	}
	comments, err := p.comments(r, at, template)
	if err != nil {
		return returns.Request{}, err
	}
	cells, err := template.Cells(r.Scopes, at)
	if err != nil {
		return returns.Request{}, err
	}
	var printed []returns.Printed
	for _, c := range cells {
		if !c.Condition || c.Field == "value" || c.Field == "evidence" {
			printed = append(printed, returns.Printed{Place: c.Place, Field: c.Field})
		}
	}
	guarded, err := p.protect(disclosure.Ministry, at, printed, figures.values)
	if err != nil {
		return returns.Request{}, err
	}
	revised, err := p.revised(r, at, template, figures.values, guarded.hidden)
	if err != nil {
		return returns.Request{}, err
	}
	quality, err := p.quality(ctx, v, r, at)
	if err != nil {
		return returns.Request{}, err
	}
	quality["late_changes"] = returns.FieldQuality{Rows: int64(len(revised))}
	funds, err := p.funds(at)
	if err != nil {
		return returns.Request{}, err
	}
	return returns.Request{Template: template, Scopes: r.Scopes, Fields: r.Fields, Period: at, Figures: figures, Funds: funds, Quality: quality,
		Comments: comments, Revised: revised, Hidden: guarded.hidden, Fewest: p.fewest(), Freeze: frozen.In(p.Location), Build: v.Build}, nil
}

// checkCodes holds a cell map against the metrics and conditions in force.
func (p *Pipeline) checkCodes(template returns.Template) error {
	files, err := fs.Glob(p.Queries, "conditions/*.sql")
	if err != nil {
		return err
	}
	err = template.CheckCodes(func(code, dimension string) bool {
		m, ok := p.metrics.Metric(code)
		return ok && (dimension == "" || slices.ContainsFunc(m.By, func(b metrics.Breakdown) bool { return b.String() == dimension }))
	}, func(code string) bool {
		return slices.ContainsFunc(files, func(file string) bool { return strings.HasPrefix(path.Base(file), code+"_") })
	})
	if err != nil {
		return fmt.Errorf("%w: the cell map is not one of these rules:\n%w", ErrRefused, err)
	}
	return nil
}

// hasYear refuses a period of a financial year for which nothing was delivered.
func (v *view) hasYear(ctx context.Context, at period.Period) error {
	found := false
	err := each(ctx, v.conn, "SELECT file FROM warehouse.main.delivery WHERE current AND financial_year = $1 LIMIT 1", at.Year.String(), func([]string) { found = true })
	if err == nil && !found {
		err = fmt.Errorf("nothing has been delivered for the financial year %s, so there is nothing to report for %s", at.Year, at.Label)
	}
	return err
}

// funds are the terms of every fund at the end of a period, by scope.
func (p *Pipeline) funds(at period.Period) (map[string]returns.Fund, error) {
	out := map[string]returns.Fund{}
	for _, f := range p.Register.Funds {
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

// quality is the build's account of each column of the feeds in the period's
// financial year, by feed and column, and the suspected duplicates. Of providers
// of services only those of the return's count; the ledger always does.
func (p *Pipeline) quality(ctx context.Context, v *view, r Return, at period.Period) (map[string]returns.FieldQuality, error) {
	out := map[string]returns.FieldQuality{}
	number := func(text string) int64 { n, _ := strconv.ParseInt(text, 10, 64); return n }
	err := each(ctx, v.conn, `SELECT feed || '.' || column_name, provider, "rows"::VARCHAR, blank::VARCHAR, coalesce(not_known, -1)::VARCHAR, faulty::VARCHAR
		FROM warehouse.main.field_account WHERE financial_year = $1 ORDER BY ALL`, at.Year.String(), func(row []string) {
		if !p.reportsOn(r, row[1]) {
			return
		}
		q := out[row[0]]
		q.People = row[0][:strings.IndexByte(row[0], '.')] == "referrals" || strings.HasPrefix(row[0], "referral_") || p.Disclosure.Delegates && strings.HasPrefix(row[0], "training_delegates")
		q.Rows, q.Blank, q.Faulty = q.Rows+number(row[2]), q.Blank+number(row[3]), q.Faulty+number(row[5])
		if unknown := number(row[4]); unknown < 0 {
			q.NotKnown = unknown
		} else {
			q.NotKnown += unknown
		}
		out[row[0]] = q
	})
	if err != nil {
		return nil, err
	}
	duplicates := returns.FieldQuality{People: true}
	err = each(ctx, v.conn, "SELECT DISTINCT subject, found::VARCHAR FROM warehouse.main.finding WHERE code = $1", "K14", func(row []string) {
		if provider, _, _ := strings.Cut(row[0], " "); p.reportsOn(r, provider) {
			duplicates.Rows += number(row[1])
		}
	})
	out["duplicates"] = duplicates
	return out, err
}

// fewest is the smallest count of people that the return shows; 0 where disclosure
// control is off.
func (p *Pipeline) fewest() int64 {
	if p.Disclosure.Ministry.Off {
		return 0
	}
	return int64(p.Disclosure.threshold())
}

// reportsOn tells whether a return is about what a provider sends.
func (p *Pipeline) reportsOn(r Return, provider string) bool {
	services := false
	for _, s := range p.Register.Services {
		if s.Provider != provider {
			continue
		}
		services = true
		for _, scope := range r.Scopes {
			if slices.Contains([]string{"all", "service:" + s.Code, "provider:" + provider, "fund:" + s.Fund}, scope) {
				return true
			}
		}
	}
	return !services
}
