// Package temp keeps what is put aside for a while in one folder of the office's, never
// in the system's: it holds rows about people. Each folder has a lock beside it that its
// process holds; what a killed process left is cleared by the next that looks.
//
// The locks are gofrs/flock's, as those of the store.
package temp

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const lockEnding = ".lock"

// Dir is a folder that only this process uses.
type Dir struct {
	Path string
	lock *flock.Flock
	root string
}

// Make makes a folder of its own in root, which is made too; what says what it is for.
// What dead processes left there is cleared first. An empty root is the system's.
func Make(root, what string) (*Dir, error) {
	in := root
	if root == "" {
		in = os.TempDir()
	} else if err := Clear(root); err != nil {
		return nil, fmt.Errorf("cannot put anything aside in %q: %w", root, err)
	}
	for try := 1; ; try++ {
		d, err := makeIn(in, what)
		if err == nil {
			d.root = root
			return d, nil
		}
		if try == 20 {
			return nil, fmt.Errorf("cannot put anything aside in %q: %w", root, err)
		}
		time.Sleep(time.Duration(try) * time.Millisecond) // another process is taking the root away
	}
}

// makeIn makes a folder behind its lock. It fails where another process cleared the
// lock's file before it was locked, or took the root away as it went.
func makeIn(root, what string) (*Dir, error) {
	if err := os.MkdirAll(root, 0o770); err != nil {
		return nil, err
	}
	d := &Dir{Path: filepath.Join(root, what+"-"+rand.Text())}
	d.lock = flock.New(d.Path+lockEnding, flock.SetPermissions(0o660))
	held, err := d.lock.TryLock()
	if err == nil && !held {
		err = errors.New("another process has locked it")
	}
	if err == nil {
		_, err = os.Stat(d.Path + lockEnding)
	}
	if err == nil {
		err = os.Mkdir(d.Path, 0o700)
	}
	if err != nil {
		return nil, errors.Join(err, d.lock.Close())
	}
	return d, nil
}

// Close removes the folder and all in it; the last one removes what is around it, where
// nothing else is in there.
func (d *Dir) Close() error {
	err := errors.Join(os.RemoveAll(d.Path), d.lock.Close(), removeIfThere(d.Path+lockEnding))
	if d.root != "" && os.Remove(d.root) == nil {
		_ = os.Remove(filepath.Dir(d.root)) // refused where anything is in it
	}
	return err
}

func removeIfThere(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Clear removes the folders whose process is dead.
func Clear(root string) error {
	entries, err := os.ReadDir(root)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	locked := map[string]bool{} // whether each has a process
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), lockEnding); ok {
			alive, clearErr := clearOne(filepath.Join(root, name))
			locked[name], err = alive, errors.Join(err, clearErr)
		}
	}
	for _, e := range entries { // a folder is made after its lock: without one it is dead
		path := filepath.Join(root, e.Name())
		if _, has := locked[e.Name()]; !e.IsDir() || has {
			continue
		}
		if _, made := os.Stat(path + lockEnding); errors.Is(made, os.ErrNotExist) { // and not just now
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

// clearOne removes a folder and its lock, unless a process holds it. The computer's clock
// is asked, and not the workspace's: a file's time is its own.
func clearOne(path string) (alive bool, err error) {
	info, err := os.Stat(path + lockEnding)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil // its process has just ended
	}
	if _, missing := os.Stat(path); err == nil && missing != nil && time.Since(info.ModTime()) < time.Minute {
		return true, nil // its process is just making it
	}
	lock := flock.New(path+lockEnding, flock.SetPermissions(0o660))
	held, err := lock.TryLock()
	if err != nil || !held {
		return err == nil, errors.Join(err, lock.Close())
	}
	return false, errors.Join(os.RemoveAll(path), lock.Close(), removeIfThere(path+lockEnding))
}
