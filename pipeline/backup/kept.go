package backup

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/workspace"
)

// Beside the store these are kept; what else people put into a workspace is theirs. The
// inbox is not: what was taken in is in the store, screened.
var besideStore = []string{workspace.ConfigFile, "providers", "commentary", "queries", "templates"}

// Of the store everything is kept but what can be made again, what is put aside for a
// while, and what tells of backups.
var notKept = []string{"staged", "published", "drafts", "as-at", "annotated", "tmp", "landing/incoming", "erasing", RecordFile}

// isKept tells whether a file of the store is copied, by its path in the store.
func isKept(name string) bool {
	for _, not := range notKept {
		if name == not || strings.HasPrefix(name, not+"/") {
			return false
		}
	}
	base := path.Base(name)
	return !strings.HasSuffix(base, ".lock") && !strings.HasSuffix(base, ".holder.json") && !strings.HasSuffix(base, ".partial")
}

// kept lists the files of a workspace that are copied, by their paths in it, in order;
// its secrets where they may be.
func kept(dir string, secret bool) (out []string, err error) {
	roots := append([]string{"store"}, besideStore...)
	if secret {
		roots = append(roots, secrets.File)
	}
	for _, root := range roots {
		err := filepath.WalkDir(filepath.Join(dir, root), func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			relative, err := filepath.Rel(dir, file)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(relative)
			within, inStore := strings.CutPrefix(name, "store/")
			switch {
			case inStore && d.IsDir() && !isKept(within):
				return fs.SkipDir
			case d.IsDir(), inStore && !isKept(within), !inStore && strings.HasPrefix(d.Name(), "~$"): // Excel's, while it has a file open
				return nil
			}
			out = append(out, name)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return out, nil
}

// forGood tells whether a file stays as it is as long as the office does, but that it may
// be erased.
func forGood(name string) bool {
	for _, dir := range []string{"landing", "deliveries", "returns", "releases", "letters"} {
		if strings.HasPrefix(name, "store/"+dir+"/") {
			return true
		}
	}
	return false
}

// leavesCopies tells whether a file goes from the copies when it goes from the store: the
// text of a question may tell whom somebody looked for, and is removed with every erasure.
func leavesCopies(name string) bool { return strings.HasPrefix(name, "store/questions/") }
