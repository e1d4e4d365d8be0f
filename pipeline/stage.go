package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
)

// staged is one delivery read as text: where its Parquet is, what its header
// says, and how that meets the contract; or the sentence that refuses it.
type staged struct {
	landing.Delivery
	Table    extract.Table
	Parquet  string
	Contract contract.Contract
	Mapping  contract.Mapping
	Personal []personal // what its values seem to hold of people
}

// stage reads every delivery that a feed claims, once for each file and way of
// reading it, and says which deliveries are current. A file that cannot be read
// is refused and replaces nothing.
func (p *Pipeline) stage(ctx context.Context) ([]staged, error) {
	deliveries, err := p.deliveries()
	if err != nil {
		return nil, err
	}
	read := map[stageKey]staged{}
	for i := range deliveries {
		d := &deliveries[i]
		if d.Feed == "" || d.Withdrawal != nil && d.Withdrawal.Erased {
			continue
		}
		if p.again != nil && !exists(p.store.Path(d.SHA256)) {
			d.Refused = "erased since" // those that counted are all there, so this one did not
			continue
		}
		p.progress("reading "+d.Name, i, len(deliveries))
		s, err := p.stageOne(ctx, *d, p.inStore(*d))
		if err != nil {
			return nil, fmt.Errorf("cannot read %q: %w", d.Name, err)
		}
		d.Refused = s.Refused
		read[keyOf(*d)] = s
	}
	p.progress("", 0, 0)
	var all []staged
	for _, d := range landing.Current(deliveries, p.AsAt) {
		s := read[keyOf(d)]
		s.Delivery = d
		all = append(all, s)
	}
	return all, nil
}

func (p *Pipeline) deliveries() ([]landing.Delivery, error) {
	if p.again != nil {
		return p.store.DeliveriesUpTo(p.again.records, p.Register.Providers, p.Location)
	}
	return p.store.Deliveries(p.Register.Providers, p.Location, p.AsAt)
}

type stageKey struct {
	number      int
	feed, sheet string
}

func keyOf(d landing.Delivery) stageKey {
	return stageKey{number: d.Number, feed: d.Feed, sheet: d.Spec.Sheet}
}

// place is where a delivery's bytes are and where their staged file is kept:
// both in the store, or, before the file is landed, neither.
type place struct{ bytes, staged string }

func (p *Pipeline) inStore(d landing.Delivery) place {
	return place{bytes: p.store.Path(d.SHA256), staged: p.Store("staged")}
}

func (p *Pipeline) stageOne(ctx context.Context, d landing.Delivery, at place) (staged, error) {
	s := staged{Delivery: d}
	var refusal string
	kept, parquet, err := p.read(ctx, d, at)
	s.Parquet, s.Table, s.Personal, refusal = parquet, kept.Table, kept.Personal, kept.Refusal
	if err != nil || refusal != "" {
		s.Refused = refusal
		return s, err
	}
	s.Contract, _ = p.contractFor(d.Feed)
	if s.Mapping, err = s.Contract.MatchFeed(s.Table.Header, d.Spec); err != nil {
		s.Refused = err.Error()
	}
	return s, nil
}

// reading is what is kept beside a staged file, so that it is read once only.
type reading struct {
	Table    extract.Table `json:"table"`
	Refusal  string        `json:"refusal,omitempty"`
	Personal []personal    `json:"personal,omitempty"`
}

// read gives the staged file of a delivery, from the cache where it is there.
// Its key is what decides its contents: the bytes, how they are read, the
// reader's number, and what is screened.
func (p *Pipeline) read(ctx context.Context, d landing.Delivery, at place) (kept reading, parquet string, err error) {
	options := p.options(d)
	key := sha256.Sum256([]byte(strings.Join([]string{d.SHA256, options.Key(), d.Feed, p.screenedBy}, "\n")))
	base := filepath.Join(at.staged, fmt.Sprintf("%x", key[:16]))
	parquet = base + ".parquet"
	if text, err := os.ReadFile(base + ".json"); err == nil && json.Unmarshal(text, &kept) == nil {
		if _, err := os.Stat(parquet); err == nil || kept.Refusal != "" {
			return kept, parquet, nil
		}
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o770); err != nil {
		return reading{}, "", err
	}
	kept = reading{}
	kept.Table, err = extract.Stage(ctx, at.bytes, d.Name, parquet, options)
	var refused *extract.Refusal
	if errors.As(err, &refused) {
		kept.Refusal, err = refused.Error(), nil
	} else if err == nil {
		kept.Personal, err = p.look(ctx, d, at.bytes, parquet, kept.Table)
	}
	if err != nil {
		return reading{}, "", err
	}
	text, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return reading{}, "", err
	}
	return kept, parquet, os.WriteFile(base+".json", append(text, '\n'), 0o660)
}

// options say how a delivery is read. The header is found by the names that its
// feed's columns go by.
func (p *Pipeline) options(d landing.Delivery) extract.Options {
	spec := d.Spec
	rules := func(list []register.RowRule) (out []extract.RowRule) {
		for _, r := range list {
			out = append(out, extract.RowRule{Columns: r.Columns, Pattern: r.Pattern})
		}
		return out
	}
	o := extract.Options{Sheet: spec.Sheet, SheetPattern: spec.SheetPattern, SheetNumber: spec.SheetNumber, HeaderRow: spec.HeaderRow, HeaderRows: spec.HeaderRows,
		SkipRows: spec.SkipRows, Skip: rules(spec.Skip), Totals: rules(spec.Totals), End: rules(spec.End), Encoding: spec.Encoding, Delimiter: spec.Delimiter, Kept: d.Sent != nil}
	if c, ok := p.contractFor(spec.Feed); ok && spec.HeaderRow == 0 {
		for _, col := range c.Columns {
			o.Names = append(append(o.Names, col.Name, col.Title), append(spec.Columns[col.Name], spec.Derive[col.Name].From...)...)
		}
	}
	return o
}

// checkReading reports what the configuration says of how files are read that cannot be.
func (p *Pipeline) checkReading() error {
	var errs []error
	for _, provider := range p.Register.Providers {
		for _, f := range provider.Feeds {
			if err := p.options(landing.Delivery{Spec: f}).Check(); err != nil {
				errs = append(errs, fmt.Errorf("provider %q, feed %q: %w", provider.Code, f.Feed, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (p *Pipeline) progress(work string, done, total int) {
	if p.Progress != nil {
		p.Progress(work, done, total)
	}
}
