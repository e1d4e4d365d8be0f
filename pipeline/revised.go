package pipeline

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
)

// revised lists the figures of earlier quarters that a return prints otherwise
// than the seal that last printed them, in the order of its cells.
func (p *Pipeline) revised(r Return, at period.Period, template returns.Template, now figures) ([]returns.Revision, error) {
	sealed, err := p.sealedBefore(r, at)
	if err != nil || len(sealed) == 0 {
		return nil, err
	}
	cells, err := template.Cells(r.Scopes, at)
	if err != nil {
		return nil, err
	}
	printed := map[string]map[returns.Printed]string{}
	var out []returns.Revision
	for _, c := range cells {
		when, err := period.Parse(c.Place.Period)
		if err != nil {
			return nil, err
		}
		last := newest(sealed, when)
		if c.Condition || when.Kind != period.Quarter || last == nil {
			continue
		}
		if printed[last.Dir] == nil {
			if printed[last.Dir], err = readReleased(filepath.Join(last.Dir, releasedFile)); err != nil {
				return nil, err
			}
		}
		was, ok := printed[last.Dir][returns.Printed{Place: c.Place, Field: c.Field}]
		value, _ := now.Figure(c.Place)
		is := plain(value.Part(c.Field))
		if !ok || was == is || was == "[c]" || is == "[c]" || is == "" {
			continue
		}
		out = append(out, returns.Revision{Cell: c.Cell, Was: was, Now: is, Return: fmt.Sprintf("%s, version %d", last.About.Period, last.About.Version)})
	}
	return out, nil
}

// sealedBefore lists what was sealed of a return for earlier periods of the
// financial year; for a seal made again, those that were there then.
func (p *Pipeline) sealedBefore(r Return, at period.Period) ([]Sealed, error) {
	if !p.AsAt.IsZero() {
		return nil, nil
	}
	entries, err := os.ReadDir(p.Store("returns", r.Name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Sealed
	for _, e := range entries {
		then, err := period.Parse(e.Name())
		if err != nil || then.Year != at.Year || then.Quarter() >= at.Quarter() {
			continue
		}
		versions, err := seal.Versions(p.returnDir(r, then))
		if err != nil {
			return nil, err
		}
		for _, version := range versions {
			s, err := readSealed(filepath.Join(p.returnDir(r, then), version))
			if err != nil {
				return nil, err
			}
			if p.again == nil || slices.Contains(p.again.earlier, s.name()) {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b Sealed) int {
		return cmp.Or(a.About.At.Compare(b.About.At), cmp.Compare(a.About.Period, b.About.Period), cmp.Compare(a.About.Version, b.About.Version))
	})
	return out, nil
}

// newest is the last of the seals that printed a quarter, or nil.
func newest(sealed []Sealed, quarter period.Period) *Sealed {
	for i := range slices.Backward(sealed) {
		then, err := period.Parse(sealed[i].About.Period)
		if err == nil && then.Quarter() >= quarter.Quarter() {
			return &sealed[i]
		}
	}
	return nil
}

var releasedColumns = []string{"code", "scope", "period", "dimension", "category", "field", "shows"}

// readReleased reads what a seal printed: values as they are kept, or markers.
func readReleased(path string) (map[returns.Printed]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], releasedColumns) {
		return nil, fmt.Errorf("%q is not a list of released figures", path)
	}
	out := map[returns.Printed]string{}
	for _, r := range records[1:] {
		out[returns.Printed{Place: returns.Place{Code: r[0], Scope: r[1], Period: r[2], Dimension: r[3], Category: r[4]}, Field: r[5]}] = r[6]
	}
	return out, nil
}
