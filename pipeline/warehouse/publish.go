package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Published is a complete warehouse that readers may open. It never changes.
type Published struct {
	Number int    // counts up with every build
	Build  string // the identity it was built for
	Path   string
}

// kept is how many published files stay: the newest, and the one before for
// readers that have it open.
const kept = 2

// unfinished starts the name of a file that is still being built.
const unfinished = "building-"

var publishedName = regexp.MustCompile(`^(\d{6,9})-([0-9a-z]+)\.duckdb$`)

// List gives the published warehouses of a folder, oldest first. A folder that
// does not exist has none.
func List(dir string) ([]Published, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list the published warehouses: %w", err)
	}
	var all []Published
	for _, e := range entries {
		m := publishedName.FindStringSubmatch(e.Name())
		if m == nil || e.IsDir() {
			continue
		}
		number, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, fmt.Errorf("%q has no number: %w", e.Name(), err)
		}
		all = append(all, Published{Number: number, Build: m[2], Path: filepath.Join(dir, e.Name())})
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].Number < all[j].Number || all[i].Number == all[j].Number && all[i].Build < all[j].Build
	})
	return all, nil
}

// Latest gives the newest published warehouse of a folder, and whether there is one.
func Latest(dir string) (Published, bool, error) {
	all, err := List(dir)
	if err != nil || len(all) == 0 {
		return Published{}, false, err
	}
	return all[len(all)-1], true, nil
}

// Publish gives a built and closed file the next number, which makes it the one
// that readers take. The caller holds the write lock. The file must be in dir, so
// that it appears whole or not at all.
func Publish(ctx context.Context, dir, built, build string) (Published, error) {
	if err := ctx.Err(); err != nil {
		return Published{}, err
	}
	if _, err := os.Stat(built + ".wal"); err == nil {
		return Published{}, fmt.Errorf("cannot publish %q: it was not closed properly, %q is still there", built, built+".wal")
	}
	all, err := List(dir)
	if err != nil {
		return Published{}, err
	}
	p := Published{Number: 1, Build: build}
	if len(all) > 0 {
		p.Number = all[len(all)-1].Number + 1
	}
	name := fmt.Sprintf("%06d-%s.duckdb", p.Number, build)
	if !publishedName.MatchString(name) {
		return Published{}, fmt.Errorf("cannot publish a build named %q: only small letters and digits are allowed", build)
	}
	p.Path = filepath.Join(dir, name)
	sum, err := sumOf(built)
	if err == nil {
		err = os.WriteFile(p.Path+sumEnding, []byte(sum), 0o660)
	}
	if err != nil {
		return Published{}, fmt.Errorf("cannot publish the warehouse: %w", err)
	}
	if err := os.Rename(built, p.Path); err != nil {
		return Published{}, fmt.Errorf("cannot publish the warehouse: %w", err)
	}
	return p, nil
}

// Prune removes all but the last two published files of a folder. The error is of
// those that stay all the same, which on Windows are those that a reader has open;
// the next time they go. The caller holds the write lock.
func Prune(dir string) error {
	all, err := List(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, old := range all[:max(0, len(all)-kept)] {
		errs = append(errs, os.Remove(old.Path), remove(old.Path+sumEnding))
	}
	return errors.Join(errs...)
}

// Clear removes what builds that did not finish have left in a folder. The
// caller holds the write lock, so that none is under way.
func Clear(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), unfinished) {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("cannot remove a build that did not finish: %w", err)
	}
	return nil
}
