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

// Plain is a decimal without the noughts that say nothing.
func Plain(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// revised lists the figures of earlier quarters that a return prints otherwise
// than the seal that last printed them, in the order of its cells. What is hidden
// on either side is left out: that it changed says something of it.
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
	printed := map[string]map[returns.Printed]string{}
	var out []returns.Revision
	for _, c := range cells {
		last := lasts[c.Place.Period]
		this := returns.Printed{Place: c.Place, Field: c.Field}
		if c.Condition || last == nil || hidden[this] {
			continue
		}
		if printed[last.Dir] == nil {
			list, err := archive.ReadReleased(filepath.Join(last.Dir, archive.ReleasedFile))
			if err != nil {
				return nil, err
			}
			printed[last.Dir] = map[returns.Printed]string{}
			for _, f := range list {
				printed[last.Dir][f.Printed] = f.Shows
			}
		}
		was, ok := printed[last.Dir][this]
		is := Plain(now[c.Place].Part(c.Field))
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
