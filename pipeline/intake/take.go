package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/mapping"
	"mojreturns/pipeline/strict"
	"mojreturns/pipeline/workspace"
)

// Taken is what a mapping workbook says: the provider's YAML, and the files it is of.
type Taken struct {
	Code  string
	YAML  []byte
	Feeds []string
	Files []string // the files looked at that are still at hand, by path
	Open  []string // what nobody has decided yet, with sheet and cell
}

// Take reads a mapping workbook that was filled in. All that is wrong with it is told
// together, by sheet and cell. It writes nothing.
func Take(ws *workspace.Workspace, path string) (Taken, error) {
	in, err := os.Open(path)
	if err != nil {
		return Taken{}, fmt.Errorf("cannot read %q: %w", path, err)
	}
	defer in.Close()
	content, err := mapping.ReadAll(in)
	if err != nil {
		return Taken{}, fmt.Errorf("cannot read %q: %w", path, err)
	}
	first, _, err := mapping.Read(content, offers(ws, "")) // whose it is
	if err != nil {
		return Taken{}, fmt.Errorf("%q: %w", filepath.Base(path), err)
	}
	filled, problems, err := mapping.Read(content, offers(ws, first.Provider.Code))
	if err != nil {
		return Taken{}, fmt.Errorf("%q: %w", filepath.Base(path), err)
	}
	if len(problems) > 0 {
		var says []string
		for _, p := range problems {
			says = append(says, "  "+p.String())
		}
		return Taken{}, fmt.Errorf("%q cannot be taken; mend this, and take it again:\n%s", filepath.Base(path), strings.Join(says, "\n"))
	}
	t := Taken{Code: filled.Provider.Code, YAML: strict.Write(filled.Provider)}
	for _, f := range filled.Provider.Feeds {
		t.Feeds = append(t.Feeds, f.Feed)
	}
	for _, o := range filled.Open {
		t.Open = append(t.Open, o.String())
	}
	for _, name := range filled.Files {
		for _, dir := range []string{filepath.Join(ws.Dir, "inbox"), filepath.Dir(path)} {
			file := filepath.Join(dir, filepath.Base(name))
			if _, err := os.Stat(file); err == nil {
				t.Files = append(t.Files, file)
				break
			}
		}
	}
	return t, nil
}
