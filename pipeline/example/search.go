package example

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Everything is all that a workspace holds apart from what is named, as texts by where they
// are: the bytes of every file, the parts of what is zipped, and every row of what
// DuckDB can read.
func Everything(t *testing.T, ws *workspace.Workspace, apart ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	scratch := &warehouse.Scratch{}
	conn, err := scratch.Open(t.Context(), ws.Settings)
	if err != nil {
		t.Fatal(err)
	}
	defer scratch.Close()
	rows := func(q warehouse.Queryer, from, where string) error {
		type one struct{ Row string }
		found, err := warehouse.Select[one](t.Context(), q, "SELECT coalesce(t::VARCHAR, '') AS row FROM "+from+" t")
		var text strings.Builder
		for _, r := range found {
			text.WriteString(r.Row + "\n")
		}
		all[where] = text.String()
		return err
	}
	err = filepath.WalkDir(ws.Dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(ws.Dir, path)
		if err != nil || slices.Contains(apart, name) {
			if err == nil && d.IsDir() {
				return filepath.SkipDir
			}
			return err
		}
		if d.IsDir() {
			return nil
		}
		content, err := os.ReadFile(path)
		all[name] = string(content)
		if strings.HasSuffix(name, ".parquet") {
			err = errors.Join(err, rows(conn, "read_parquet('"+strings.ReplaceAll(filepath.ToSlash(path), "'", "''")+"')", name+", its rows"))
		}
		return errors.Join(err, unzipped(path, name, all))
	})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := warehouse.OpenPublished(t.Context(), ws.BuildDir(), ws.Settings)
	if errors.Is(err, warehouse.ErrNothingPublished) {
		return all
	}
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	type named struct{ Name string }
	tables, err := warehouse.Select[named](t.Context(), reader.DB, `SELECT format('"{}"."{}"."{}"', table_catalog, table_schema, table_name) AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE'`)
	if err != nil || len(tables) < 10 {
		t.Fatal(len(tables), err)
	}
	for _, table := range tables {
		if err := rows(reader.DB, table.Name, "the warehouse's "+table.Name); err != nil {
			t.Fatal(table.Name, err)
		}
	}
	return all
}

// unzipped adds the parts of a file that is an archive.
func unzipped(path, name string, all map[string]string) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil // it is none
	}
	defer archive.Close()
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return err
		}
		all[fmt.Sprintf("%s, its %s", name, part.Name)] = string(content)
	}
	return nil
}
