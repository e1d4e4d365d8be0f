package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// revised lists the figures of earlier quarters that a return prints otherwise
// than the seal that last printed them, in the order of its cells. What is hidden
// on either side is left out: that it changed says something of it.
func (p *Pipeline) revised(r Return, at period.Period, template returns.Template, now map[returns.Place]returns.Value, hidden map[returns.Printed]bool) ([]returns.Revision, error) {
	sealed, err := p.sealedBefore(r, at)
	if err != nil || len(sealed) == 0 {
		return nil, err
	}
	cells, err := template.Cells(r.Scopes, at)
	if err != nil {
		return nil, err
	}
	lasts := map[string]*Sealed{} // by quarter
	for _, quarter := range at.Year.Quarters() {
		if lasts[quarter.Label], err = newest(sealed, quarter); err != nil {
			return nil, err
		}
	}
	printed := map[string]map[returns.Printed]string{}
	var out []returns.Revision
	for _, c := range cells {
		last := lasts[c.Place.Period]
		this := returns.Printed{Place: c.Place, Field: c.Field}
		if c.Condition || last == nil || hidden[this] {
			continue
		}
		if printed[last.Dir] == nil {
			list, err := readReleased(filepath.Join(last.Dir, releasedFile))
			if err != nil {
				return nil, err
			}
			printed[last.Dir] = map[returns.Printed]string{}
			for _, f := range list {
				printed[last.Dir][f.Printed] = f.Shows
			}
		}
		was, ok := printed[last.Dir][this]
		is := plain(now[c.Place].Part(c.Field))
		if !ok || was == is || was == "[c]" || is == "" {
			continue
		}
		if before, after := returns.Reads(c.Format, was), returns.Reads(c.Format, is); before != after {
			was, is = before, after // otherwise only the exact figures tell them apart
		}
		out = append(out, returns.Revision{Cell: c.Cell, Was: was, Now: is, Return: fmt.Sprintf("%s, version %d", last.About.Period, last.About.Version)})
	}
	return out, nil
}

// sealedBefore lists what was sealed of a return for earlier periods of the
// financial year.
func (p *Pipeline) sealedBefore(r Return, at period.Period) ([]Sealed, error) {
	if !p.AsAt.IsZero() {
		return nil, nil
	}
	all, err := p.sealedReturns(at.Year)
	return slices.DeleteFunc(all, func(s Sealed) bool {
		then, err := period.Parse(s.About.Period)
		return err != nil || s.About.Return != r.Name || then.Quarter() >= at.Quarter()
	}), err
}

// newest is the last of the seals that printed a quarter, or nil.
func newest(sealed []Sealed, quarter period.Period) (*Sealed, error) {
	for i := range slices.Backward(sealed) {
		then, err := period.Parse(sealed[i].About.Period)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", sealed[i].Dir, err)
		}
		if then.Quarter() >= quarter.Quarter() {
			return &sealed[i], nil
		}
	}
	return nil, nil
}
