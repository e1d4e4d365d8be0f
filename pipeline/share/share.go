// Package share writes what is published as files that other tools read: Parquet of every
// view, table and list, and of the figures, each with its build, its time and the meaning
// of its columns, beside a Table Schema (datapackage.json, frictionlessdata.io). It is a
// package of its own because it is neither a look at a build nor a part of making one
// (2026-11-28).
package share

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Latest is the file that names the newest complete folder; it is written last, so that
// who reads it first never meets half of one. That of guarded figures is LatestGuarded.
const (
	Latest        = "latest.json"
	LatestGuarded = "latest-guarded.json"
)

// Shared says what was written.
type Shared struct {
	Folder string `json:"folder"` // in which the files are, beside Latest
	Build  string `json:"build"`
	Number int    `json:"number"`
	// Built is when the build was published.
	Built    time.Time `json:"built"`
	Contents string    `json:"contents"` // all, or guarded figures
	Files    []File    `json:"files"`
}

// File is one file and how many rows it has.
type File struct {
	Name string `json:"name"`
	Rows int    `json:"rows"`
}

// To writes the newest build into a folder of its own below dir, which may be a network
// share, and then Latest. A build that is there already is not written again. Guarded
// writes only figures that were released to the public, as they were printed.
func To(ctx context.Context, ws *workspace.Workspace, dir string, guarded bool) (s Shared, err error) {
	latest, found, err := builds.Latest(ctx, ws)
	if err == nil && !found {
		err = warehouse.ErrNothingPublished
	}
	if err != nil {
		return s, err
	}
	s = Shared{Folder: fmt.Sprintf("%06d-%s", latest.Number, latest.Build[:min(12, len(latest.Build))]), Build: latest.Build, Number: latest.Number, Built: latest.At.UTC(), Contents: "all"}
	tables, name := all, Latest
	if guarded {
		name = LatestGuarded
		s.Folder, s.Contents, tables = s.Folder+"-guarded", "guarded figures", released
	}
	if err := apart(ws, dir); err != nil {
		return s, err
	}
	made, err := tables(ctx, ws)
	if err != nil {
		return s, err
	}
	folder := filepath.Join(dir, s.Folder)
	if err := os.MkdirAll(folder, 0o770); err != nil {
		return s, err
	}
	means, err := meanings(ws)
	if err != nil {
		return s, err
	}
	schema := pack{Name: "mojreturns", Title: ws.Register.Area.Office + ": " + s.Contents, Build: s.Build, Created: s.Built}
	for _, r := range made {
		r.describe(means)
		r.rows.About = [][2]string{{"build", s.Build}, {"built", s.Built.Format(time.RFC3339)}, {"description", r.means}}
		file := r.name + ".parquet"
		// a build never changes, and what was released of it may
		if path := filepath.Join(folder, file); guarded || !workspace.Exists(path) {
			if err := write(path, r.rows); err != nil {
				return s, fmt.Errorf("cannot write %s: %w", file, err)
			}
		}
		s.Files = append(s.Files, File{file, len(r.rows.Rows)})
		schema.Resources = append(schema.Resources, r.resource(file))
	}
	if err := writeJSON(filepath.Join(folder, "datapackage.json"), schema); err != nil {
		return s, err
	}
	return s, writeJSON(filepath.Join(dir, name), s)
}

// apart refuses the workspace and its own folders: what is written into the inbox is
// taken for a provider's file, and the store holds what the program keeps.
func apart(ws *workspace.Workspace, dir string) error {
	home, err := filepath.Abs(ws.Dir)
	if err != nil {
		return err
	}
	to, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	below, err := filepath.Rel(home, to)
	if err != nil || below == ".." || strings.HasPrefix(below, ".."+string(filepath.Separator)) {
		return nil // elsewhere, or on another drive
	}
	first, _, _ := strings.Cut(below, string(filepath.Separator))
	own := filepath.Join(home, first)
	if below != "." && (!workspace.Exists(own) || workspace.Exists(filepath.Join(own, Latest)) || workspace.Exists(filepath.Join(own, LatestGuarded))) {
		return nil
	}
	return fmt.Errorf("%q is a folder of the workspace's own: name a new one, or one outside it such as a network share", dir)
}

func write(path string, t table.Table) error {
	var content bytes.Buffer
	if err := t.Encode(&content, ".parquet"); err != nil {
		return err
	}
	return workspace.WriteFile(path, content.Bytes())
}

func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return workspace.WriteFile(path, append(text, '\n'))
}

// relation is a table to be written.
type relation struct {
	name, means string
	rows        table.Table
}

// all is every relation of the build but the typed rows of single deliveries.
func all(ctx context.Context, ws *workspace.Workspace) (out []relation, err error) {
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	type known struct{ Schema, Name, Comment string }
	found, err := warehouse.Select[known](ctx, reader.DB, `FROM (SELECT schema_name AS schema, table_name AS name, comment FROM duckdb_tables() WHERE database_name = 'warehouse' AND schema_name <> 'typed'
		UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE database_name = 'warehouse' AND schema_name <> 'typed' AND NOT internal)
		ORDER BY schema <> 'main', schema, name`)
	if err != nil {
		return nil, err
	}
	for _, k := range found {
		if k.Schema == typed.LabelledSchema {
			continue
		}
		r := relation{name: k.Name, means: k.Comment}
		from := k.Schema
		if k.Schema != "main" {
			r.name = k.Schema + "." + k.Name
		} else if slices.Contains(found, known{typed.LabelledSchema, k.Name, ""}) { // with all of its columns, and labels
			from = typed.LabelledSchema
		}
		r.rows, err = table.Query(ctx, reader.DB, fmt.Sprintf(`FROM warehouse."%s"."%s" ORDER BY ALL`, from, k.Name))
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", r.name, err)
		}
		r.label(ws)
		out = append(out, r)
	}
	return out, nil
}

// label adds to each column of codes one of what they mean, so that nobody needs the lists.
func (r *relation) label(ws *workspace.Workspace) {
	for i := len(r.rows.Columns) - 1; i >= 0; i-- {
		c := r.rows.Columns[i]
		list := ws.Lists[ws.Metrics.Coded(c.Name, "")]
		has := func(o table.Column) bool { return o.Name == c.Name+"_label" }
		if len(list) == 0 || slices.ContainsFunc(r.rows.Columns, has) {
			continue
		}
		labels := map[string]string{}
		for _, row := range list {
			labels[row["code"]] = row["label"]
		}
		r.rows.Columns = slices.Insert(slices.Clone(r.rows.Columns), i+1, table.Column{Name: c.Name + "_label"})
		for n, row := range r.rows.Rows {
			var label any
			if text, ok := labels[table.AsText(row[i])]; ok && row[i] != nil {
				label = text
			}
			r.rows.Rows[n] = slices.Insert(slices.Clone(row), i+1, label)
		}
	}
}
