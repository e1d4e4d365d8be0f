package builds

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Identity names a build by everything that decides its contents: the current
// deliveries, the rules, the register, the engine and DuckDB.
func Identity(ws *workspace.Workspace, sources []typed.Staged) (string, error) {
	id := warehouse.NewIdentity()
	id.Add("engine", fmt.Appendf(nil, "%d", workspace.Engine))
	id.Add("reader", fmt.Appendf(nil, "%d", typed.Reader))
	id.Add("duckdb", []byte(warehouse.Version))
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
