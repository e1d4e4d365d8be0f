package draft

import (
	"fmt"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// revised lists the figures of earlier quarters that a return prints otherwise
// than the seal that last printed them, in the order of its cells.
func revised(v *published.View, r workspace.Return, template returns.Template, now map[figure.Place]returns.Value,
	hidden map[returns.Printed]bool) ([]returns.Revision, error) {
	at := v.Period
	sealed := v.Given.Before(r, at)
	if len(sealed) == 0 {
		return nil, nil
	}
	cells, err := template.Cells(r.Scopes, at)
	if err != nil {
		return nil, err
	}
	lasts := map[string]*archive.Sealed{} // by quarter
	for _, quarter := range at.Year.Quarters() {
		if lasts[quarter.Label], err = archive.Newest(sealed, quarter); err != nil {
			return nil, err
		}
	}
	return Since(cells, func(c returns.Shown) *archive.Sealed { return lasts[c.Place.Period] }, now, hidden)
}

// Since lists the cells that show a figure otherwise than the seal that last printed
// it, if any did. What is hidden on either side is left out: that it changed says
// something of it.
func Since(cells []returns.Shown, last func(returns.Shown) *archive.Sealed, now map[figure.Place]returns.Value,
	hidden map[returns.Printed]bool) ([]returns.Revision, error) {
	printed := map[string]map[returns.Printed]archive.Released{}
	var out []returns.Revision
	for _, c := range cells {
		seal := last(c)
		this := returns.Printed{Place: c.Place, Field: c.Field}
		if c.Condition || seal == nil || hidden[this] {
			continue
		}
		if printed[seal.Dir] == nil {
			list, err := archive.ReadReleased(filepath.Join(seal.Dir, archive.ReleasedFile))
			if err != nil {
				return nil, err
			}
			printed[seal.Dir] = map[returns.Printed]archive.Released{}
			for _, f := range list {
				printed[seal.Dir][f.Printed] = f
			}
		}
		then, ok := printed[seal.Dir][this]
		was, is := then.Shows, figure.Plain(now[c.Place].Part(c.Field))
		if exact := figure.Plain(then.Value.Part(c.Field)); exact != "" && !strings.HasPrefix(was, "[") {
			was = exact // what was shown may be rounded
		}
		if !ok || was == is || was == "[c]" || is == "" {
			continue
		}
		if before, after := returns.Reads(c.Format, was), returns.Reads(c.Format, is); before != after {
			was, is = before, after // otherwise only the exact figures tell them apart
		}
		out = append(out, returns.Revision{Cell: c.Cell, Was: was, Now: is, Return: fmt.Sprintf("%s, version %d", seal.About.Period, seal.About.Version)})
	}
	return out, nil
}
