package landing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Inbox lists the files under a folder that may be landed, sorted by path. Where
// part of the folder cannot be read, the rest is listed and the error says which.
func Inbox(dir string) ([]string, error) {
	var paths []string
	var errs []error
	// A walk does not follow a link, even where it begins.
	if info, err := os.Lstat(dir); err == nil && !info.IsDir() {
		to, err := filepath.EvalSymlinks(dir)
		if info, statErr := os.Stat(dir); err != nil || statErr != nil || !info.IsDir() {
			return nil, fmt.Errorf("the inbox %q is not a folder", dir)
		}
		dir = to
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && path == dir:
			return err
		case err != nil:
			errs = append(errs, fmt.Errorf("cannot look into %q: %w", path, err))
			return nil
		case path == dir:
			return nil
		case entry.IsDir() && leftover(entry.Name()) != "":
			return filepath.SkipDir
		case !entry.IsDir() && leftover(entry.Name()) == "" && isFile(path, entry):
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the inbox %q: %w", dir, err)
	}
	sort.Slice(paths, func(i, j int) bool { return filepath.ToSlash(paths[i]) < filepath.ToSlash(paths[j]) })
	return paths, errors.Join(errs...)
}

// isFile also follows a link, which is how some offices share an inbox.
func isFile(path string, entry fs.DirEntry) bool {
	if entry.Type().IsRegular() {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// leftover says why a name is never a delivery, or nothing.
func leftover(name string) string {
	lower := strings.ToLower(name)
	switch {
	case strings.HasPrefix(lower, "~$"):
		return "is the mark of a file open in Excel"
	case lower == "thumbs.db", lower == "desktop.ini":
		return "is made by Windows, not by a provider"
	case strings.HasPrefix(lower, "."):
		return "is a hidden file"
	case strings.HasSuffix(lower, ".tmp"), strings.HasSuffix(lower, ".crdownload"),
		strings.HasSuffix(lower, ".part"), strings.HasSuffix(lower, ".partial"):
		return "is unfinished or temporary"
	}
	return ""
}

// sameNames finds paths that share a file name but not their contents, and says
// so for each of them.
func sameNames(ctx context.Context, paths []string) (map[string]string, error) {
	byName := map[string][]string{}
	for _, path := range paths {
		key := strings.ToLower(filepath.Base(path))
		byName[key] = append(byName[key], path)
	}
	clashes := map[string]string{}
	for _, same := range byName {
		if len(same) == 1 {
			continue
		}
		contents := map[string]bool{}
		for _, path := range same {
			sha, err := hashFile(ctx, path)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err == nil { // what cannot be read is reported when its turn comes
				contents[sha] = true
			}
		}
		if len(contents) > 1 {
			for _, path := range same {
				clashes[path] = fmt.Sprintf("files of one name have different contents: %s; keep only the one that counts", quoted(same))
			}
		}
	}
	return clashes, nil
}

func quoted(paths []string) string {
	var words []string
	for _, p := range paths {
		words = append(words, fmt.Sprintf("%q", p))
	}
	return strings.Join(words, ", ")
}
