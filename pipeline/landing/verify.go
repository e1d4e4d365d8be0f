package landing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Verify re-reads everything kept and compares it with its hash and its
// receipt. It returns how many files it hashed, and one error that names each
// file changed, missing or foreign.
func (s *Store) Verify(ctx context.Context) (files int, err error) {
	l, err := s.ledger()
	if err != nil {
		return 0, err
	}
	errs := s.verifyRecords(l)
	names, sizes := map[string][]string{}, map[string]int64{}
	for _, r := range l.receipts {
		if !slices.Contains(names[r.SHA256], r.Name) {
			names[r.SHA256] = append(names[r.SHA256], r.Name)
		}
		sizes[r.SHA256] = r.Size
	}
	kept, err := s.kept()
	if err != nil {
		return 0, err
	}
	for _, path := range kept {
		want := filepath.Base(path)
		got, err := hashFile(ctx, path)
		switch {
		case ctx.Err() != nil:
			return files, ctx.Err()
		case err != nil:
			errs = append(errs, fmt.Errorf("cannot read %q, which holds %s: %w", path, strings.Join(names[want], ", "), err))
		case got != want && names[want] == nil:
			errs = append(errs, fmt.Errorf("%q was not put in the store by a delivery", path))
		case got != want:
			errs = append(errs, fmt.Errorf("%q, which holds %s, has changed since it was received: its hash is now %s; restore it from a backup", path, strings.Join(names[want], ", "), got))
		}
		delete(sizes, want)
		files++
	}
	for _, r := range firstOfEach(l.receipts) {
		if _, missing := sizes[r.SHA256]; missing && l.erased(r.SHA256) == nil {
			errs = append(errs, fmt.Errorf("the bytes of %s (delivery %d) are missing: %q is not there; restore it from a backup", r.Name, r.Number, s.Path(r.SHA256)))
		}
	}
	return files, errors.Join(errs...)
}

// kept lists every file in landing/ except those half copied, sorted.
func (s *Store) kept() ([]string, error) {
	var paths []string
	err := filepath.WalkDir(s.landing(), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == s.incoming():
			return filepath.SkipDir
		case !entry.IsDir() && leftover(entry.Name()) == "":
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // nothing has been kept yet
		return nil, fmt.Errorf("cannot read the store: %w", err)
	}
	return paths, nil
}

// verifyRecords finds gaps in the numbers, which mean that a record was deleted,
// and files that are not records.
func (s *Store) verifyRecords(l ledger) []error {
	var errs []error
	have := map[int]bool{}
	for _, r := range l.receipts {
		have[r.Number] = true
	}
	for _, w := range l.withdrawals {
		have[w.Number] = true
	}
	for _, r := range l.refusals {
		have[r.Number] = true
	}
	for n := 1; n < l.next; n++ {
		if !have[n] {
			errs = append(errs, fmt.Errorf("record %06d is missing from %q; restore it from a backup", n, s.deliveries()))
		}
	}
	entries, err := os.ReadDir(s.deliveries())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return append(errs, err)
	}
	for _, e := range entries {
		if leftover(e.Name()) == "" && !recordName.MatchString(e.Name()) {
			errs = append(errs, fmt.Errorf("%q is not a record of this program", filepath.Join(s.deliveries(), e.Name())))
		}
	}
	return errs
}
