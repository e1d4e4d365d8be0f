// Package landing is the append-only store of what was received. Bytes are kept
// once under their SHA-256 in landing/; each delivery is one receipt in
// deliveries/, each withdrawal one record beside it. Nothing in either folder is
// changed or overwritten. Which provider, feed and year a delivery belongs to,
// and whether it is current, is worked out anew from the configuration (Resolve,
// Current), so a mended configuration needs no re-landing.
//
// Methods that write expect the caller to hold the store's write lock (Acquire);
// readers take no lock.
//
// Locks are gofrs/flock's: one lock on Linux and Windows alike.
package landing

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"mojreturns/pipeline/register"
)

// Store is the landing/ and deliveries/ folders of one workspace's store.
type Store struct {
	dir string
	now func() time.Time

	write sync.Mutex // one change at a time within this process
	clean sync.Once
	left  error // what could not be cleaned away
}

// folderMode is of every folder: rows about victims are not for every account on the
// machine.
const folderMode = 0o770

// AskedError is of what was asked, which cannot be: a hash that no file has, a reason
// that is missing.
type AskedError struct{ error }

func asked(format string, args ...any) error { return AskedError{fmt.Errorf(format, args...)} }

// Open opens the store of a workspace, which need not be there yet: looking makes no
// folder, what is written makes its own. store is the workspace's store/ folder; now
// gives the time that receipts and withdrawals carry.
func Open(store string, now func() time.Time) (*Store, error) {
	if info, err := os.Stat(store); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%q is a file, and should be the folder of the store", store)
	}
	return &Store{dir: store, now: now}, nil
}

// Path is where the bytes with this SHA-256 (64 hex digits) are kept. Anything
// else gives a path at which no file is ever kept.
func (s *Store) Path(sha string) string {
	if !fullSHA.MatchString(sha) {
		return filepath.Join(s.landing(), "not-a-sha256")
	}
	return filepath.Join(s.landing(), sha[:2], sha)
}

// Deliveries reads every record and resolves it under the given configuration,
// marked as current or not at the time asAt (zero means now). The deliveries are
// whole even where the error names file names that two providers claim.
func (s *Store) Deliveries(providers []register.Provider, loc *time.Location, asAt time.Time) ([]Delivery, error) {
	receipts, err := s.Receipts()
	if err != nil {
		return nil, err
	}
	withdrawals, err := s.Withdrawals()
	if err != nil {
		return nil, err
	}
	deliveries, err := Resolve(receipts, withdrawals, providers, loc)
	return Current(deliveries, asAt), err
}

// DeliveriesUpTo reads the records with numbers up to last only: what was known
// when that record was the newest.
func (s *Store) DeliveriesUpTo(last int, providers []register.Provider, loc *time.Location) ([]Delivery, error) {
	l, err := s.ledger()
	if err != nil {
		return nil, err
	}
	receipts := slices.DeleteFunc(l.receipts, func(r Receipt) bool { return r.Number > last })
	withdrawals := slices.DeleteFunc(l.withdrawals, func(w Withdrawal) bool { return w.Number > last })
	deliveries, err := Resolve(receipts, withdrawals, providers, loc)
	return Current(deliveries, time.Time{}), err
}

// Records is the number of the newest record; 0 while there is none.
func (s *Store) Records() (int, error) {
	l, err := s.ledger()
	return l.next - 1, err
}

func (s *Store) landing() string    { return filepath.Join(s.dir, "landing") }
func (s *Store) deliveries() string { return filepath.Join(s.dir, "deliveries") }
func (s *Store) incoming() string   { return filepath.Join(s.landing(), "incoming") }

// createTemp opens a new file that a finished one is renamed from. It clears,
// once, what a killed run left: only the holder of the write lock comes here, so
// nothing found is still being written.
func (s *Store) createTemp() (*os.File, error) {
	s.clean.Do(func() { s.left = os.RemoveAll(s.incoming()) })
	if s.left != nil {
		return nil, fmt.Errorf("cannot remove what an interrupted run left; close the program that has it open: %w", s.left)
	}
	if err := os.MkdirAll(s.incoming(), folderMode); err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		path := filepath.Join(s.incoming(), fmt.Sprintf("%d-%d.tmp", os.Getpid(), n))
		// Not os.CreateTemp, whose files only their owner may read: a colleague must be able to build.
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o660)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
}

// Settle makes a written file durable and gives it its name, which must be new; the
// folder it goes into is made.
func Settle(temp *os.File, name string) error {
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	if _, err := os.Lstat(name); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%q is already there and is never overwritten", name)
	}
	if err := os.MkdirAll(filepath.Dir(name), folderMode); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}

// syncFolder makes a rename survive a power cut where the system can: Windows does
// it by itself and refuses to be asked, and some file servers know no such request.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if runtime.GOOS == "windows" || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
