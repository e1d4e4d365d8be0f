package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/table"
)

// Unanswerable is an error of what was asked, such as a file that never came.
type Unanswerable struct{ error }

func unanswerable(format string, args ...any) error { return Unanswerable{fmt.Errorf(format, args...)} }

// find gives the deliveries of one received file, one for each feed it serves: by
// its SHA-256 (or the first 8 or more digits), or the one received last under a name.
func (p *Pipeline) find(which string, deliveries []landing.Delivery) ([]landing.Delivery, error) {
	name := filepath.Base(filepath.ToSlash(which))
	newest := 0
	for _, d := range deliveries {
		if strings.EqualFold(d.Name, name) {
			newest = max(newest, d.Number)
		}
	}
	if newest == 0 {
		sha, err := p.store.Find(which)
		if err != nil {
			return nil, p.unknown(which, err)
		}
		for _, d := range deliveries {
			if d.SHA256 == sha {
				newest = max(newest, d.Number)
			}
		}
	}
	found := slices.DeleteFunc(slices.Clone(deliveries), func(d landing.Delivery) bool { return d.Number != newest })
	if len(found) == 0 {
		return nil, unanswerable("%q had not been received by then", which)
	}
	return found, nil
}

// unknown says why a file is not there: it was refused, or never came.
func (p *Pipeline) unknown(which string, never error) error {
	refusals, err := p.store.Refusals()
	if err != nil {
		return err
	}
	name := filepath.Base(filepath.ToSlash(which))
	for _, r := range slices.Backward(refusals) {
		if strings.EqualFold(r.Name, name) || len(which) >= 8 && strings.HasPrefix(r.SHA256, strings.ToLower(which)) {
			return unanswerable("%s was refused on %s and is not kept: %s", r.Name, r.At.In(p.Location).Format("2 January 2006"), r.Reason)
		}
	}
	if strings.Contains(name, ".") {
		return unanswerable("no file called %q has been received; `mojreturns build` lists those that count, and a file can be named by its SHA-256 too", name)
	}
	return Unanswerable{never}
}

// RejectsOf lists the faults of one file that counts, by its name or SHA-256.
func (p *Pipeline) RejectsOf(ctx context.Context, file, feed, provider string) (table.Table, error) {
	deliveries, err := p.deliveries()
	if err != nil {
		return table.Table{}, err
	}
	found, err := p.find(file, deliveries)
	if err != nil {
		return table.Table{}, err
	}
	for _, d := range found {
		if d.Current {
			return p.rejects(ctx, d.SHA256, feed, provider)
		}
	}
	return table.Table{}, unanswerable("%s does not count (%s), so its faults are not listed; --annotate marks them all the same", found[0].Name, found[0].Why)
}

// readable reads deliveries as their feeds, each to be judged whether it counts or
// not. What cannot be read stays in, with the sentence that says so.
func (p *Pipeline) readable(ctx context.Context, deliveries []landing.Delivery) ([]staged, error) {
	var out []staged
	for i, d := range deliveries {
		s := staged{Delivery: d}
		switch {
		case d.Withdrawal != nil && d.Withdrawal.Erased:
			s.Refused = fmt.Sprintf("it was erased on %s: %s", d.Withdrawal.At.In(p.Location).Format("2 January 2006"), d.Withdrawal.Reason)
		case d.Feed == "":
			s.Refused = "it is no feed's: " + d.Why
		default:
			var err error
			if s, err = p.stageOne(ctx, d, p.inStore(d)); err != nil {
				return nil, fmt.Errorf("cannot read %q: %w", d.Name, err)
			}
		}
		s.Current, s.Order = s.Refused == "", i+1
		out = append(out, s)
	}
	return out, nil
}
