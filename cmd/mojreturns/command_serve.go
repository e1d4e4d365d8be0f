package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cli/browser" // kept; it knows how each system opens a page
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/catalogue"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/owed"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/web"
	"mojreturns/pipeline/workspace"
)

func (a *app) serveCommand() *cobra.Command {
	var address string
	var open bool
	c := &cobra.Command{
		Use:     "serve",
		Short:   "The daemon: runs the schedule and shows a status page on this computer",
		Example: "  mojreturns serve --workspace testdata/cleveland --address 127.0.0.1:8080",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			ws.Log = slog.New(slog.NewTextHandler(a.stderr, nil))
			release, err := ws.Serve(ctx)
			if err != nil {
				return err
			}
			defer release()
			return a.serve(ctx, ws, address, open)
		}),
	}
	before(c, func([]string) error { return a.onlyNow(c) })
	c.Flags().StringVar(&address, "address", "127.0.0.1:8080", "where the status page is shown; a loopback address")
	c.Flags().BoolVar(&open, "open", false, "open the page in this computer's browser")
	return c
}

// serve runs the schedule and the page under one context: when either ends, or
// the program is told to stop, both do.
func (a *app) serve(ctx context.Context, ws *workspace.Workspace, address string, open bool) error {
	listener, err := web.Listen(ctx, address)
	if err != nil {
		return err
	}
	key := rand.Text()
	mine := fmt.Sprintf("http://%s/open/%s", listener.Addr(), key)
	front := &front{shown: make(chan struct{})}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.offices(ctx, ws, key, front) })
	group.Go(func() error {
		select {
		case <-front.shown:
		case <-ctx.Done():
			return listener.Close()
		}
		fmt.Fprintf(a.stderr, "mojreturns: the status page is at http://%s; Ctrl-C stops\n", listener.Addr())
		fmt.Fprintf(a.stderr, "mojreturns: figures, rows and questions, for you alone: %s\n", mine)
		if open {
			if err := browser.OpenURL(mine); err != nil {
				fmt.Fprintf(a.stderr, "mojreturns: no browser could be opened (%v); open that address in yours\n", err)
			}
		}
		return web.Serve(ctx, listener, front)
	})
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// patience is the longest that a question asked in a browser may take.
const patience = 30 * time.Second

// cataloguePages makes the catalogue of the rules in force.
func cataloguePages(ws *workspace.Workspace) func() ([]byte, string, error) {
	return func() ([]byte, string, error) {
		all, err := catalogue.Load(ws.Queries, ws.Templates)
		if err != nil {
			return nil, "", err
		}
		page, err := all.Page(ws.Templates)
		return page.HTML, page.Policy, err
	}
}

// site tells the status page how things stand.
type site struct {
	ws     *workspace.Workspace
	plan   *schedule.Schedule
	ledger *schedule.Ledger
	now    func() time.Time
	// unsettled is set while the configuration on the disk has mistakes.
	unsettled atomic.Bool

	mu    sync.Mutex
	mark  string // of what known was read from; empty: nothing is known
	known web.Status
}

// lastRuns is how many runs the page shows.
const lastRuns = 20

// Status is read again when the store has changed or another day has begun: reading it
// costs thirty times what showing it does.
func (s *site) Status(ctx context.Context) (web.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mark, settled, err := s.stands()
	if err != nil {
		return web.Status{}, err
	}
	if mark != s.mark || s.mark == "" {
		s.mark = ""
		if s.known, err = s.read(ctx); err != nil {
			return web.Status{}, err
		}
		if settled {
			s.mark = mark
		}
	}
	status := s.known
	status.Unsettled = s.unsettled.Load()
	for _, p := range s.plan.Next(s.now()) {
		status.Planned = append(status.Planned, web.Planned{Name: p.Name, Job: p.Job, Due: p.Due})
	}
	return status, nil
}

// settling is how long after a change another may bear the same time.
const settling = 2 * time.Second

// stands says of what day and of which folders what is known is: whatever is received,
// built or done adds a file to one of them. Until that has settled it is read again.
func (s *site) stands() (mark string, settled bool, err error) {
	mark, settled = s.now().In(s.ws.Location).Format(time.DateOnly), true
	for _, name := range []string{"deliveries", "runs", "runs/occurrences.jsonl", "published", "returns"} {
		info, err := os.Stat(s.ws.Path(filepath.FromSlash(name)))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", false, err
		}
		mark += " " + info.ModTime().Format(time.RFC3339Nano)
		settled = settled && time.Since(info.ModTime()) > settling
	}
	return mark, settled, nil
}

func (s *site) read(ctx context.Context) (web.Status, error) {
	status := web.Status{Office: s.ws.Register.Area.Office}
	runs, err := archive.Runs(s.ws, lastRuns)
	if err != nil {
		return status, err
	}
	for _, r := range runs {
		status.Runs = append(status.Runs, web.Run{Job: r.Job + " " + r.Period, Started: r.Started, Seconds: r.Seconds, Outcome: r.Outcome, Message: r.Message})
	}
	status.Runs = append(status.Runs, scheduledRuns(s.ws, s.ledger)...)
	slices.SortStableFunc(status.Runs, func(a, b web.Run) int { return b.Started.Compare(a.Started) })
	status.Runs = status.Runs[:min(len(status.Runs), lastRuns)]
	if status.Published, err = s.published(ctx); err != nil {
		return status, err
	}
	at, err := typed.LatestPeriod(ctx, s.ws)
	if err != nil {
		return status, err
	}
	if status.Boards, err = owed.Boards(ctx, s.ws, at); err != nil {
		return status, err
	}
	expected, err := published.Expected(ctx, s.ws, at)
	if err != nil {
		return status, err
	}
	for _, e := range expected {
		status.Expected = append(status.Expected, expectation(e))
	}
	return status, nil
}

func expectation(e landing.Expectation) web.Expected {
	return web.Expected{Provider: e.Provider, Feed: e.Feed, Period: e.Period, Due: e.Due, State: e.Status, Received: e.Received}
}

func (s *site) published(ctx context.Context) (*web.Build, error) {
	b, found, err := builds.Latest(ctx, s.ws)
	if err != nil || !found {
		return nil, err
	}
	return &web.Build{Number: b.Number, ID: b.Build, BuiltAt: b.At, Rows: b.Rows, Deliveries: b.Deliveries}, nil
}
