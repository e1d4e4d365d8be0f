package draft

import (
	"fmt"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// PrintedOf is what a return printed, with the figures behind it.
func PrintedOf(result returns.Result, figures published.Figures) []archive.Released {
	var out []archive.Released
	for _, f := range result.Printed {
		out = append(out, archive.Released{Printed: f.Printed, Shows: f.Shows, Value: figures.Values[f.Place]})
	}
	return out
}

// write puts an output where it was asked for, or keeps it in the drafts.
func write(v *published.View, o Output, name string, content func() ([]byte, error)) (Output, error) {
	if o.Path != "" {
		text, err := content()
		if err != nil {
			return Output{}, err
		}
		return o, workspace.WriteFile(o.Path, text)
	}
	from, err := identity(v)
	if err != nil {
		return Output{}, err
	}
	o.Path = v.Workspace.Path("drafts", name)
	if err := keep(o.Path, from, content); err != nil {
		return Output{}, err
	}
	return o, nil
}

// Output is a file the run wrote.
type Output struct{ Title, Path string }

// Path is where a return's draft for a period is kept.
func Path(ws *workspace.Workspace, r workspace.Return, at period.Period) string {
	return ws.Path("drafts", fmt.Sprintf("%s-%s%s", r.Name, at.Label, ws.Ending(r)))
}
