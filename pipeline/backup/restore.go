package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/workspace"
)

// Opener opens a workspace that was brought back.
type Opener func(dir string) (*workspace.Workspace, error)

// Restored tells what was brought back.
type Restored struct {
	Manifest
	// Erased are the contents that a later backup says are erased: they stay away, and the
	// workspace says so.
	Again   []Erased
	Secrets bool // they were in it
}

// Restore brings a backup (0: the last) back into a folder that is not there yet or empty.
// What was erased after it does not come back. The configuration comes last: a folder
// without is none that anything was restored into whole.
func Restore(ctx context.Context, place, to string, number int, keys []age.Identity, open Opener) (r Restored, err error) {
	w, all, err := newest(place, number)
	if err != nil {
		return r, err
	}
	r.Manifest = w.Manifest
	if len(w.Keys) > 0 && len(keys) == 0 {
		return r, fmt.Errorf("the backups in %q are encrypted: give the file of the key that opens them with --identity", place)
	}
	entries, err := os.ReadDir(to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	if len(entries) > 0 {
		return r, workspace.Refused("%q is not empty, and nothing is written over: give a new folder", to)
	}
	gone, o := erased(all), objects{place: place}
	files := slices.Clone(w.Files)
	slices.SortStableFunc(files, func(a, b File) int { return last(a) - last(b) })
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if _, isErased := gone[f.SHA256]; isErased {
			continue
		}
		if err := o.bring(f, to, keys); err != nil {
			return r, err
		}
		r.Secrets = r.Secrets || f.Path == secrets.File
	}
	if err := os.MkdirAll(filepath.Join(to, "inbox"), 0o770); err != nil {
		return r, err
	}
	return r, r.forget(ctx, to, gone, open)
}

func last(f File) int {
	if f.Path == workspace.ConfigFile {
		return 1
	}
	return 0
}

// forget erases in what was brought back what was erased after the backup was made.
func (r *Restored) forget(ctx context.Context, to string, gone map[string]Erased, open Opener) error {
	for _, e := range r.Erased {
		delete(gone, e.SHA256)
	}
	for _, f := range r.Files {
		if e, later := gone[f.SHA256]; later && e.By != "" && !slices.Contains(r.Again, e) {
			r.Again = append(r.Again, e)
		}
	}
	if len(r.Again) == 0 {
		return nil
	}
	ws, err := open(to)
	if err != nil {
		return err
	}
	release, err := ws.Lock(ctx, "restore", time.Minute)
	if err != nil {
		return err
	}
	defer release()
	for _, e := range r.Again {
		reason := fmt.Sprintf("%s; erased on %s, after the backup that was brought back", e.Reason, e.On.In(ws.Location).Format("2 January 2006"))
		if _, err := intake.Erase(ctx, ws, e.SHA256, reason, e.By); err != nil && !errors.As(err, &landing.AskedError{}) {
			return err
		}
	}
	return nil
}
