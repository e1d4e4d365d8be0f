package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/temp"
)

// RemoveAll removes files and folders, and says which is held open elsewhere.
func RemoveAll(paths []string) error {
	for _, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("cannot remove %q: is it open in another program? Close it and erase again: %w", path, err)
		}
	}
	return nil
}

// Path is the folder of everything the program keeps.
func (ws *Workspace) Path(parts ...string) string {
	return filepath.Join(append([]string{ws.Dir, "store"}, parts...)...)
}

// Temp makes a folder for what is put aside for a while; the caller closes it.
func (ws *Workspace) Temp(what string) (*temp.Dir, error) { return temp.Make(ws.Path("tmp"), what) }

// WriteFile writes a file whole: to a name of its own first, so that a reader
// or a power cut never meets half of it. A file held open elsewhere is left
// as it is, and the error says so.
func WriteFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o770); err != nil {
		return err
	}
	temp := path + ".partial"
	if err := os.WriteFile(temp, content, 0o660); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		os.Remove(temp)
		return fmt.Errorf("cannot replace %q: is it open in another program? Close it and run again: %w", path, err)
	}
	return os.Rename(temp, path)
}

// WriteOnce writes a record that is never written again.
func WriteOnce(path string, content []byte) error {
	if Exists(path) {
		return fmt.Errorf("%q is already there and is never written over", path)
	}
	return WriteFile(path, content)
}

// Lock takes the store's write lock for one changing command, and makes the store whole.
// It waits, then says who holds it.
func (ws *Workspace) Lock(ctx context.Context, command string, wait time.Duration) (release func(), err error) {
	release, err = ws.lock(ctx, landing.WriteLock, command, wait)
	if err != nil {
		return nil, err
	}
	if err := ws.Recover(); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// Serve takes the lock of the one daemon, for its life.
func (ws *Workspace) Serve(ctx context.Context) (release func(), err error) {
	return ws.lock(ctx, landing.ServeLock, "serve", 0)
}

func (ws *Workspace) lock(ctx context.Context, name, command string, wait time.Duration) (func(), error) {
	lock, err := ws.Landing.Acquire(ctx, name, command, wait)
	if err != nil {
		return nil, err
	}
	return func() {
		if err := lock.Release(); err != nil {
			ws.Log.Error("a lock was not given up as it should be", "lock", name, "error", err)
		}
	}, nil
}

// Exists tells whether there is a file or folder.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
