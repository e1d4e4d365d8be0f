// Package intake is what a sender of files meets: they are screened, landed and
// judged; marked and sent back; compared with what was sent before; suggested a
// mapping, chased and erased.
package intake

import (
	"context"
	"errors"
	"path/filepath"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Land takes in the files named, or everything in the inbox.
func Land(ctx context.Context, ws *workspace.Workspace, files []string, given landing.Given) ([]landing.Landed, error) {
	return take(ctx, ws, files, given, false)
}

// LandDry says what Land would do, and writes nothing.
func LandDry(ctx context.Context, ws *workspace.Workspace, files []string, given landing.Given) ([]landing.Landed, error) {
	return take(ctx, ws, files, given, true)
}

func take(ctx context.Context, ws *workspace.Workspace, files []string, given landing.Given, dry bool) ([]landing.Landed, error) {
	files, err := candidates(ws, files)
	if err != nil {
		return nil, err
	}
	with := *ws
	with.Scratch = &warehouse.Scratch{}
	q := &with
	screen := func(ctx context.Context, path string, r landing.Receipt) (landing.Screening, error) {
		if dry {
			return screenDry(ctx, q, path, r)
		}
		return screen(ctx, q, path, r)
	}
	landed, err := ws.Landing.Land(ctx, landing.Request{Files: files, Given: given, Providers: ws.Register.Providers, Screen: screen, Dry: dry})
	return landed, errors.Join(err, q.Scratch.Close())
}

func candidates(ws *workspace.Workspace, files []string) ([]string, error) {
	if len(files) > 0 {
		return files, nil
	}
	return landing.Inbox(filepath.Join(ws.Dir, "inbox"))
}
