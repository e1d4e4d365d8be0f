package pipeline

import (
	"context"
	"fmt"
	"time"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
)

// write puts an output where it was asked for, or keeps it in the drafts.
func (p *Pipeline) write(v *view, at period.Period, o Output, name string, content func() ([]byte, error)) (Output, error) {
	if o.Path != "" {
		text, err := content()
		if err != nil {
			return Output{}, err
		}
		return o, writeFile(o.Path, text)
	}
	from, err := p.draftIdentity(at, v.Build)
	if err != nil {
		return Output{}, err
	}
	o.Path = p.Store("drafts", name)
	return o, p.keep(o.Path, from, content)
}

// frozen is when the newest delivery that counts was received: the figures
// rest on nothing later.
func (p *Pipeline) frozen(ctx context.Context, v *view) (time.Time, error) {
	var at *time.Time
	if err := v.conn.QueryRowContext(ctx, "SELECT max(received) FROM delivery WHERE current").Scan(&at); err != nil {
		return time.Time{}, err
	}
	if at == nil {
		return time.Time{}, fmt.Errorf("nothing has been delivered yet, so there is nothing to report: put the providers' files in the inbox and run again")
	}
	return *at, nil
}

// scopeName says a scope in words.
func (p *Pipeline) scopeName(scope string) string {
	for _, f := range p.Register.Funds {
		if scope == "fund:"+f.Code {
			return f.Name
		}
	}
	for _, s := range p.Register.Services {
		if scope == "service:"+s.Code {
			return s.Name
		}
	}
	for _, v := range p.Register.Providers {
		if scope == "provider:"+v.Code {
			return v.Name
		}
	}
	return "all services"
}

// Expected lists what providers should have sent for a period, and whether it
// has come.
func (p *Pipeline) Expected(ctx context.Context, at period.Period) ([]landing.Expectation, error) {
	sources, err := p.stage(ctx)
	if err != nil {
		return nil, err
	}
	var deliveries []landing.Delivery
	for _, s := range sources {
		deliveries = append(deliveries, s.Delivery)
	}
	return landing.Expect(p.Register.Providers, deliveries, at, p.calendar, p.today()), nil
}
