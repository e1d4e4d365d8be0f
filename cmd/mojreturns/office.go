package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"mojreturns/pipeline/owed"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/web"
	"mojreturns/pipeline/workspace"
)

// front shows the pages of the office as it is configured now.
type front struct {
	pages atomic.Pointer[http.Handler]
	once  sync.Once
	shown chan struct{} // closed when there is something to show
}

func (f *front) show(pages http.Handler) {
	f.pages.Store(&pages)
	f.once.Do(func() { close(f.shown) })
}

// ServeHTTP shows them.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*f.pages.Load()).ServeHTTP(w, r) }

// offices runs an office until ctx ends, and again whenever its configuration was changed
// and is right.
func (a *app) offices(ctx context.Context, ws *workspace.Workspace, key string, front *front) error {
	first := ws
	for {
		next, err := a.office(ctx, ws, key, front)
		if ws != first { // the command closes the first one's
			err = errors.Join(err, ws.Desk.Close())
		}
		if err != nil || next == nil {
			return err
		}
		next.Log.Info("the configuration was changed, and is in force")
		ws = next
	}
}

// office runs one until ctx ends, or until there is one to go on with.
func (a *app) office(ctx context.Context, ws *workspace.Workspace, key string, front *front) (next *workspace.Workspace, err error) {
	ledger, err := ledgerOf(ws)
	if err != nil {
		return nil, err
	}
	plan, err := schedule.New(ws.Schedule, schedule.Options{Location: ws.Location, Office: owed.Dates(ws), Log: ws.Log, Jobs: scheduled(ws), Ledger: ledger})
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", workspace.ConfigFile, err)}
	}
	sealed := signoff.NewTracer(ws)
	defer sealed.Close()
	s := &site{ws: ws, plan: plan, ledger: ledger, now: a.now}
	pages, err := web.Handler(s, web.Options{
		Templates: ws.Templates, Location: ws.Location, Now: a.now, Log: ws.Log, Catalogue: cataloguePages(ws),
		Office: ws, Sealed: sealed, Key: key, Patience: patience, Metrics: s.metrics, Lacks: s.lacks})
	if err != nil {
		return nil, err
	}
	front.show(pages)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return plan.Run(ctx) })
	group.Go(func() error { sendsWaiting(ctx, ws); return nil })
	group.Go(func() error {
		next = a.watch(ctx, s)
		stop()
		return nil
	})
	err = group.Wait()
	return next, err
}

// lookEvery is how often the configuration is looked at.
const lookEvery = 10 * time.Second

// watch waits until the configuration was changed, is right and no job runs, and gives the
// office as it is then; nil when ctx ends. One that has mistakes is told of, and the one of
// before stays in force.
func (a *app) watch(ctx context.Context, s *site) *workspace.Workspace {
	every := lookEvery
	if a.lookEvery > 0 {
		every = a.lookEvery
	}
	look := time.NewTicker(every)
	defer look.Stop()
	inForce := fingerprint(s.ws.Dir)
	before, judged := inForce, inForce
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		now := fingerprint(s.ws.Dir)
		settled := now == before // else somebody is still saving
		before = now
		if !settled || now == judged || s.plan.Busy() {
			continue
		}
		judged = now
		if now == inForce {
			s.unsettled.Store(false)
			continue
		}
		next, err := workspace.Open(s.ws.Dir, workspace.Use{Now: s.ws.Now, Log: s.ws.Log, Progress: s.ws.Progress})
		if err == nil {
			next.Desk = published.NewDesk(next)
			return next
		}
		s.unsettled.Store(true)
		s.ws.Log.Error("the configuration was changed and has mistakes; the one of before is in force", "error", err)
	}
}

// fingerprint tells one state of the configuration's files from another, by their times
// and sizes; reading them is the work of who takes them up.
func fingerprint(dir string) string {
	sum := sha256.New()
	for _, name := range []string{workspace.ConfigFile, "providers", "queries", "templates"} {
		_ = filepath.WalkDir(filepath.Join(dir, name), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // what is not there, or cannot be read, is told by who opens it
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintln(sum, path, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
