package landing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// The locks of a store: one changing command at a time, one daemon.
const (
	WriteLock = "write"
	ServeLock = "serve"
)

// ErrBusy is what Acquire's error is (errors.Is) when another program holds the
// lock; the error itself is a *BusyError.
var ErrBusy = errors.New("the store is busy")

// BusyError says who holds a lock. Holder is zero where that is not known.
type BusyError struct {
	Name   string
	Holder Holder
}

// Holder is who holds a lock, as the file beside it says.
type Holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"` // UTC
}

// String is the holder as a person would say it.
func (h Holder) String() string {
	if h.PID == 0 {
		return "another program"
	}
	return fmt.Sprintf("%q (process %d on %s, since %s UTC)", h.Command, h.PID, h.Host, h.Since.Format("15:04 on 2 January 2006"))
}

func (e *BusyError) Error() string {
	if e.Name == ServeLock {
		return fmt.Sprintf("%v: the daemon is already running: %s; only one may serve a workspace", ErrBusy, e.Holder)
	}
	return fmt.Sprintf("%v: %s is changing it; try again when it has ended, or wait longer with --wait", ErrBusy, e.Holder)
}

// Unwrap gives ErrBusy.
func (e *BusyError) Unwrap() error { return ErrBusy }

// Lock is a lock held. The system frees it if the program dies, so a lock file
// or a holder file found lying about means nothing.
type Lock struct {
	file   *flock.Flock
	holder string
}

// Acquire takes the lock store/NAME.lock for a command, trying for as long as
// wait (zero tries once). Release it. The error is ErrBusy when another has it,
// and ctx's own when ctx ends first.
func (s *Store) Acquire(ctx context.Context, name, command string, wait time.Duration) (*Lock, error) {
	if err := os.MkdirAll(s.dir, folderMode); err != nil {
		return nil, fmt.Errorf("cannot make the folder of the store: %w", err)
	}
	l := &Lock{file: flock.New(filepath.Join(s.dir, name+".lock"), flock.SetPermissions(0o660)), holder: s.holderFile(name)}
	got, err := l.file.TryLock()
	if err == nil && !got && wait > 0 {
		waiting, stop := context.WithTimeout(ctx, wait)
		defer stop()
		if got, err = l.file.TryLockContext(waiting, 50*time.Millisecond); errors.Is(err, context.DeadlineExceeded) {
			err = nil // the wait is over, which is not a fault
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, errors.Join(ctx.Err(), l.file.Close())
	case err != nil:
		return nil, fmt.Errorf("cannot lock the store with %q: %w", l.file.Path(), err)
	case !got:
		return nil, &BusyError{Name: name, Holder: s.Holder(name)}
	}
	if err := l.sign(command, s.clock()); err != nil {
		return nil, errors.Join(err, l.Release())
	}
	return l, nil
}

// Holder reads who holds a lock, or held it when the machine went down; zero
// where the file is not there. It is for messages only.
func (s *Store) Holder(name string) Holder {
	var h Holder
	text, err := os.ReadFile(s.holderFile(name))
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}

// Release gives the lock up. The lock file stays: deleting it would let two
// programs each lock a file of their own.
func (l *Lock) Release() error {
	unsigned := os.Remove(l.holder) // first, or it could be the next holder's
	if errors.Is(unsigned, os.ErrNotExist) {
		unsigned = nil
	}
	if err := errors.Join(unsigned, l.file.Unlock()); err != nil {
		return fmt.Errorf("cannot release %q: %w", l.file.Path(), err)
	}
	return nil
}

func (l *Lock) sign(command string, since time.Time) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this computer"
	}
	text, err := json.MarshalIndent(Holder{PID: os.Getpid(), Command: command, Host: host, Since: since}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.holder, append(text, '\n'), 0o660); err != nil {
		return fmt.Errorf("cannot say beside the lock who holds it: %w", err)
	}
	return nil
}

func (s *Store) holderFile(name string) string {
	return filepath.Join(s.dir, name+".holder.json")
}
