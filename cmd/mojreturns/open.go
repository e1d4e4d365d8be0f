package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// What commands have in common stands here: the workspace is opened, its lock taken
// where it is changed, a period of what is published seen. A command says what it does
// between, by look, change or view.

// runs is what cobra calls.
type runs = func(*cobra.Command, []string) error

// look is a command that only reads; of what had been received by --as-at.
func (a *app) look(do func(ctx context.Context, ws *workspace.Workspace, args []string) error) runs {
	return func(c *cobra.Command, args []string) error {
		ws, err := a.open()
		if err != nil {
			return err
		}
		ws.Desk = published.NewDesk(ws)
		return errors.Join(do(c.Context(), ws, args), ws.Desk.Close())
	}
}

// change is a command that changes what is kept: it holds the write lock.
func (a *app) change(do func(ctx context.Context, ws *workspace.Workspace, args []string) error) runs {
	return func(c *cobra.Command, args []string) error {
		if err := a.onlyNow(c); err != nil {
			return err
		}
		ws, err := a.open()
		if err != nil {
			return err
		}
		if by := c.Flags().Lookup("by"); by != nil && slices.ContainsFunc(ws.Users, func(u workspace.User) bool { return u.Name == by.Value.String() }) {
			ws.By = by.Value.String()
		}
		release, err := ws.Lock(c.Context(), called(c), a.wait)
		if err != nil {
			return err
		}
		defer release()
		if err := intake.Finish(c.Context(), ws); err != nil {
			return err
		}
		return do(c.Context(), ws, args)
	}
}

// called is a command's name without the program's.
func called(c *cobra.Command) string { return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ") }

// onlyNow refuses --as-at to a command that changes what is kept.
func (a *app) onlyNow(c *cobra.Command) error {
	if a.asAt != "" {
		return usage("--as-at only looks back: `%s` changes what is kept, so leave the flag out", called(c))
	}
	return nil
}

// view is a command that asks what is published of --period.
func (a *app) view(do func(ctx context.Context, v *published.View, args []string) error) runs {
	return a.look(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
		return a.see(ctx, ws, func(v *published.View) error { return do(ctx, v, args) })
	})
}

// see opens what is published, seen for --period, for as long as do takes.
func (a *app) see(ctx context.Context, ws *workspace.Workspace, do func(*published.View) error) (err error) {
	v, err := published.Open(ctx, ws, a.period)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	return do(v)
}

// open opens the workspace, as of the time given with --as-at.
func (a *app) open() (*workspace.Workspace, error) { return a.openAs(workspace.Use{}) }

// openAs opens it with more to be said of its configuration.
func (a *app) openAs(use workspace.Use) (*workspace.Workspace, error) {
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
	use.Now, use.Progress, use.Log = a.now, a.progress(), log
	ws, err := workspace.Open(a.workspace, use)
	a.opened = ws
	if err != nil || a.asAt == "" {
		return ws, err
	}
	at, err := parseTime(a.asAt, ws.Location)
	if err != nil {
		return nil, err
	}
	return ws.AsAt(at), nil
}

// parseTime reads a time, or a date as its end.
func parseTime(text string, location *time.Location) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, location); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, location); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Time{}, usage("%q is not a time; write a date as 2024-04-30 or a time as 2024-04-30T17:00", text)
}

// periodFlag adds --period, without which the command cannot do.
func (a *app) periodFlag(c *cobra.Command) {
	a.periodOption(c, func(text string) error {
		if text == "" {
			return usage("--period is needed: a quarter such as 2023-24-Q4, a year such as 2023-24 or a month such as 2023-10")
		}
		return nil
	})
}

// periodOption adds --period; where it is left out, check says whether that will do
// (nil: it will), and a.period is zero.
func (a *app) periodOption(c *cobra.Command, check func(text string) error) {
	text := c.Flags().String("period", "", "2023-24-Q4, 2023-24-Q4-YTD, 2023-24-H2, 2023-24 or 2023-10")
	before(c, func([]string) (err error) {
		given := strings.TrimSpace(*text)
		if check != nil {
			err = check(given)
		}
		if err != nil || given == "" {
			return err
		}
		if a.period, err = period.Parse(given); err != nil {
			return usageError{err}
		}
		return nil
	})
}

// periodOrLatest is --period, or the quarter that the newest data are for.
func (a *app) periodOrLatest(ctx context.Context, ws *workspace.Workspace) (period.Period, error) {
	if a.period.Label != "" {
		return a.period, nil
	}
	return typed.LatestPeriod(ctx, ws)
}

func (a *app) returnFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.ofReturn, "return", "", "which return (default: the first configured)")
}

func (a *app) waitFlag(c *cobra.Command) {
	c.Flags().DurationVar(&a.wait, "wait", time.Minute, "how long to wait for another changing command to end")
}

// before adds a check of what was asked, made before anything is opened.
func before(c *cobra.Command, check func(args []string) error) {
	earlier := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if earlier != nil {
			if err := earlier(c, args); err != nil {
				return err
			}
		}
		return check(args)
	}
}
