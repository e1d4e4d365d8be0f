package share

import (
	"errors"
	"strings"
	"time"

	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// pack is a Data Package (frictionlessdata.io, version 1): what the files are and what
// their columns mean.
type pack struct {
	Name      string     `json:"name"`
	Title     string     `json:"title"`
	Build     string     `json:"build"`
	Created   time.Time  `json:"created"`
	Resources []resource `json:"resources"`
}

type resource struct {
	Name        string `json:"name"`
	Path        string `json:"path"`
	Description string `json:"description,omitempty"`
	Format      string `json:"format"`
	Schema      schema `json:"schema"`
}

type schema struct {
	Fields []field `json:"fields"`
}

type field struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
}

// meanings are what columns mean, by name: those of templates/share/columns.csv, then those
// of the contracts, also without the _code and _flag that a model leaves off.
func meanings(ws *workspace.Workspace) (map[string]string, error) {
	list, err := lists.Open(ws.Templates, "share/columns.csv", "column", "description")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, row := range list.Rows {
		at := row.Map()
		out[at["column"]] = at["description"]
	}
	for _, c := range ws.Contracts {
		for _, column := range c.Columns {
			means := strings.TrimSpace(column.Title)
			if column.Note != "" {
				means += ". " + strings.TrimSpace(column.Note)
			}
			bare := strings.TrimSuffix(strings.TrimSuffix(column.Name, "_code"), "_flag")
			for _, name := range []string{column.Name, bare, column.Band} {
				if name != "" && out[name] == "" {
					out[name] = means
				}
			}
		}
	}
	return out, nil
}

// describe says of each column what it means, where that is known.
func (r *relation) describe(means map[string]string) {
	for i, c := range r.rows.Columns {
		r.rows.Columns[i].Means = means[c.Name]
		if of, is := strings.CutSuffix(c.Name, "_label"); is && means[c.Name] == "" {
			r.rows.Columns[i].Means = "What the code in " + of + " means"
		}
	}
}

func (r relation) resource(path string) resource {
	out := resource{Name: r.name, Path: path, Description: r.means, Format: "parquet"}
	for _, c := range r.rows.Columns {
		out.Schema.Fields = append(out.Schema.Fields, field{c.Name, typeOf(c.Kind), c.Means})
	}
	return out
}

// typeOf is what Table Schema calls a kind.
func typeOf(kind table.Kind) string {
	switch kind {
	case table.Integer:
		return "integer"
	case table.Decimal, table.Float:
		return "number"
	case table.Bool:
		return "boolean"
	case table.Date:
		return "date"
	case table.Timestamp:
		return "datetime"
	case table.Nested:
		return "any"
	}
	return "string"
}

var errNothingReleased = errors.New("nothing has been released to the public yet, so there are no guarded figures: `mojreturns briefing --release --audience public` does that")
