package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Half is the ending of a folder or file that is being made to be kept. What a killed
// command left under such a name is none, and is cleared by the next that changes anything.
const Half = ".partial"

// Folder is a sealed folder in its place.
type Folder struct {
	Dir    string
	Number int // of its name: 1 of v001
	Digest string
}

// Name is what the sealed folder of a number is called, after a prefix such as v.
func Name(prefix string, number int) string { return fmt.Sprintf("%s%03d", prefix, number) }

// Folders lists the sealed folders prefix001, prefix002 ... of a folder, in order of
// number; a folder that is not there has none. What is half made or goes by another
// name is no seal. One without a manifest is broken.
func Folders(parent, prefix string) ([]Folder, error) {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []Folder
	for _, e := range entries {
		number, numErr := strconv.Atoi(strings.TrimPrefix(e.Name(), prefix))
		if !e.IsDir() || numErr != nil || number < 1 || e.Name() != Name(prefix, number) {
			continue
		}
		f := Folder{Dir: filepath.Join(parent, e.Name()), Number: number}
		if f.Digest, err = DigestOf(f.Dir); err != nil {
			return nil, fmt.Errorf("%w: %q has no manifest, so it is not known what was sealed there; restore it from a backup: %w", ErrBroken, f.Dir, err)
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Folder) int { return a.Number - b.Number })
	return out, err
}

// Next is the folder that is sealed next.
func Next(parent, prefix string) (Folder, error) {
	all, err := Folders(parent, prefix)
	if err != nil {
		return Folder{}, err
	}
	number := 1
	if len(all) > 0 {
		number = all[len(all)-1].Number + 1
	}
	return Folder{Dir: filepath.Join(parent, Name(prefix, number)), Number: number}, nil
}

// Clear removes what killed commands left half made anywhere below a folder, but for what
// is told of elsewhere: that was sealed. Only who holds the write lock may: another's
// seal may be under way.
func Clear(root string, told func(path string) bool) error {
	var left []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case strings.HasSuffix(d.Name(), Half):
			if !told(strings.TrimSuffix(path, Half)) {
				left = append(left, path)
			}
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && fileIn(path, ManifestFile):
			return fs.SkipDir // a seal: nothing is made inside it
		}
		return nil
	})
	for _, path := range left {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

func fileIn(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
