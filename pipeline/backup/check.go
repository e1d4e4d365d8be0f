package backup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
)

// Checked is what was found when every copy of a place was read.
type Checked struct {
	Backups  int
	Last     Manifest // the newest
	Head     string   // of the newest: its number and digest
	Contents int
	Bytes    int64 // as they lie there
	Erased   int   // contents of which no copy is left
	// Unread says that the copies are encrypted and no key was given: they are as they
	// were written, and what is in them nobody looked at.
	Unread bool
	// Problems are sentences, each of something that was changed, taken away or put in.
	Problems []string
}

// Check reads everything in a place and holds it against its manifests. An error means
// that there is no backup, or that it could not be read.
func Check(place string, keys []age.Identity) (c Checked, err error) {
	all, problems, err := manifests(place)
	if err != nil {
		return c, err
	}
	if len(all) == 0 && len(problems) == 0 {
		return c, fmt.Errorf("there is no backup in %q", place)
	}
	c.Problems, c.Backups = problems, len(all)
	if len(all) == 0 {
		return c, nil
	}
	last := all[len(all)-1]
	c.Last, c.Head = last.Manifest, last.head()
	c.Unread = len(last.Keys) > 0 && len(keys) == 0
	gone, seen, o := erased(all), map[string]bool{}, objects{place: place}
	for _, w := range all {
		for _, f := range w.Files {
			name := filepath.Base(o.path(f.SHA256, f.Stored != nil))
			if seen[name] {
				continue
			}
			seen[name] = true
			if _, isErased := gone[f.SHA256]; isErased {
				c.erased(o, f)
				continue
			}
			c.Contents++
			c.Bytes += f.lies().Size
			if says := o.whole(f, keys); says != "" {
				c.Problems = append(c.Problems, fmt.Sprintf("the copy of %s in backup %d %s", f.Path, w.Number, says))
			}
		}
	}
	return c, errors.Join(c.foreign(place, seen))
}

// erased names a copy of what was erased that is there still.
func (c *Checked) erased(o objects, f File) {
	if _, err := os.Lstat(o.path(f.SHA256, f.Stored != nil)); err == nil {
		c.Problems = append(c.Problems, fmt.Sprintf("%s was erased, and a copy is left: back up again, which removes it", f.Path))
		return
	}
	c.Erased++
}

// foreign names what lies among the copies and is in no backup.
func (c *Checked) foreign(place string, named map[string]bool) error {
	root := filepath.Join(place, "objects")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !named[d.Name()] {
			relative, _ := filepath.Rel(place, file)
			what := "a killed one left it, or it was put there; the next backup removes it"
			if o := (objects{place: place}); !o.isCopy(file) {
				what = "it is none of this program's, which leaves it as it is; move it elsewhere"
			}
			c.Problems = append(c.Problems, fmt.Sprintf("%s is in no backup: %s", filepath.ToSlash(relative), what))
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// whole says what is wrong with a copy; empty where it is as it was written.
func (o objects) whole(f File, keys []age.Identity) string {
	lies := f.lies()
	copied, err := os.Open(o.path(f.SHA256, f.Stored != nil))
	if errors.Is(err, fs.ErrNotExist) {
		return "is missing"
	}
	if err != nil {
		return fmt.Sprintf("cannot be read: %v", err)
	}
	defer copied.Close()
	digest, err := sum(copied)
	switch {
	case err != nil:
		return fmt.Sprintf("cannot be read: %v", err)
	case digest != lies.SHA256:
		return "was changed since it was written"
	case f.Stored == nil || len(keys) == 0:
		return ""
	}
	plain, err := o.open(f, keys)
	if err != nil {
		return fmt.Sprintf("cannot be opened with the key given: %v", err)
	}
	defer plain.Close()
	if digest, err = sum(plain); err != nil || digest != f.SHA256 {
		return "does not hold what its name says"
	}
	return ""
}

// newest is the backup of a number, or the last one for 0, and all of them.
func newest(place string, number int) (w written, all []written, err error) {
	all, problems, err := manifests(place)
	if err != nil {
		return w, nil, err
	}
	if len(all) == 0 {
		return w, nil, fmt.Errorf("there is no backup in %q that can be read%s", place, strings.Join(append([]string{""}, problems...), "; "))
	}
	if number == 0 {
		return all[len(all)-1], all, nil
	}
	i := slices.IndexFunc(all, func(w written) bool { return w.Number == number })
	if i < 0 {
		return w, nil, fmt.Errorf("there is no backup %d in %q; the last one is %d", number, place, all[len(all)-1].Number)
	}
	return all[i], all, nil
}

// bring writes a file of a backup, which must be what the manifest says.
func (o objects) bring(f File, to string, keys []age.Identity) (err error) {
	from, err := o.open(f, keys)
	if err != nil {
		return fmt.Errorf("the copy of %s cannot be opened: %w", f.Path, err)
	}
	defer from.Close()
	file := filepath.Join(to, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(file), 0o770); err != nil {
		return err
	}
	into, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode())
	if err != nil {
		return err
	}
	digest, err := sum(io.TeeReader(from, into))
	if err := errors.Join(err, into.Sync(), into.Close()); err != nil {
		return fmt.Errorf("%s cannot be brought back: %w", f.Path, err)
	}
	if digest != f.SHA256 {
		return fmt.Errorf("the copy of %s was changed since it was written: `mojreturns backup verify` says what else was", f.Path)
	}
	return nil
}
