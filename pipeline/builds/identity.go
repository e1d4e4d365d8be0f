package builds

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Identity names a build by everything that decides its contents: the current
// deliveries, the rules, the register, the engine and DuckDB.
func Identity(ws *workspace.Workspace, sources []typed.Staged) (string, error) {
	id := warehouse.NewIdentity()
	versions := Versions()
	for _, what := range []string{"engine", "reader", "views", "duckdb"} {
		id.Add(what, []byte(versions[what]))
	}
	for _, part := range []struct {
		fsys fs.FS
		dirs []string
	}{
		{ws.Templates, []string{"extracts"}},
		{ws.Queries, []string{"reference", "model", "checks", "metrics", "conditions"}},
	} {
		for _, dir := range part.dirs {
			if err := AddFiles(id, part.fsys, dir); err != nil {
				return "", err
			}
		}
	}
	register, err := json.Marshal(ws.Register)
	if err != nil {
		return "", err
	}
	id.Add("register", register)
	for i, s := range sources {
		what := fmt.Sprintf("%d %s %s %s %s %s %q %q %q %t", s.Order, s.Provider, s.Feed, s.Year, s.Table.Sheet, s.SHA256, s.Name, s.Why, s.Refused, s.Current)
		id.Add(fmt.Sprintf("delivery %06d", i), []byte(what+s.Received.UTC().String()))
	}
	return id.String(), nil
}

// AddFiles adds every file of a folder to an identity, by its path.
func AddFiles(id *warehouse.Identity, fsys fs.FS, dir string) error {
	return fs.WalkDir(fsys, dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		// the same rules on Windows, where a checkout may end lines otherwise
		id.Add(file, []byte(strings.ReplaceAll(string(text), "\r\n", "\n")))
		return nil
	})
}

// Versions are those of the program that decide what is built, by name.
func Versions() map[string]string {
	return map[string]string{"engine": strconv.Itoa(workspace.Engine), "reader": strconv.Itoa(typed.Reader), "views": strconv.Itoa(typed.Views), "duckdb": warehouse.Version}
}
