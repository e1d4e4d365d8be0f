package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"mojreturns/pipeline"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// scheduled are the jobs of the schedule, each what the command of its name does. Those
// of a period are of the quarter that ended last among those that something came for,
// which the log says.
func scheduled(ws *workspace.Workspace) map[string]func(context.Context) error {
	land := func(ctx context.Context, ws *workspace.Workspace) error {
		_, err := intake.Land(ctx, ws, nil, landing.Given{})
		return err
	}
	return map[string]func(context.Context) error{
		"land": alone(ws, "land", land),
		"build": alone(ws, "build", func(ctx context.Context, ws *workspace.Workspace) error {
			_, err := builds.Build(ctx, ws)
			return err
		}),
		"run": alone(ws, "run", func(ctx context.Context, ws *workspace.Workspace) error {
			// first, since what has just come in may be of a newer year
			if err := land(ctx, ws); err != nil {
				return err
			}
			at, err := latest(ctx, ws, "run")
			if err != nil {
				return err
			}
			_, err = pipeline.Run(ctx, ws, at)
			return err
		}),
		"chase": alone(ws, "chase", func(ctx context.Context, ws *workspace.Workspace) error {
			at, err := latest(ctx, ws, "chase")
			if err != nil {
				return err
			}
			found, err := intake.Chases(ctx, ws, at)
			if err != nil || len(found) == 0 {
				return err
			}
			folder := filepath.Join(ws.Dir, "letters", at.Label)
			letters, err := intake.WriteLetters(ctx, ws, at, found, folder)
			if len(letters) > 0 {
				ws.Log.Info("messages to providers are written, to be looked over and sent", "folder", folder, "messages", len(letters))
			}
			return err
		}),
		"erase expired": alone(ws, "erase expired", func(ctx context.Context, ws *workspace.Workspace) error {
			erased, err := intake.EraseExpired(ctx, ws, "the schedule")
			if len(erased) > 0 {
				ws.Log.Info("files past their keep_months are erased", "files", len(erased))
			}
			return err
		}),
		workspace.BackupJob: alone(ws, workspace.BackupJob, func(ctx context.Context, ws *workspace.Workspace) error {
			place, err := backupPlace(ws, "")
			if err != nil {
				return err
			}
			r, err := backUp(ctx, ws, place, ws.Backup.Keys)
			if err == nil {
				ws.Log.Info("backed up", "backup", r.Number, "files", r.Files, "new", r.New, "bytes", r.Bytes)
			}
			return err
		}),
		workspace.NoticesJob: func(ctx context.Context) error {
			sent, err := tellAndSend(ctx, ws, true)
			if sent > 0 {
				ws.Log.Info("notices are sent", "messages", sent)
			}
			return err
		},
		workspace.ProofJob: func(ctx context.Context) error {
			place, err := backupPlace(ws, "")
			if err != nil {
				return err
			}
			proof, err := prove(ctx, ws, place, ws.Beside(ws.Backup.Identity))
			if err == nil && !proof.OK() {
				err = fmt.Errorf("the backup is not proved: %s", notProved(proof))
			}
			return err
		},
	}
}

// alone is a job that changes the store, beside any command that may be changing it.
func alone(ws *workspace.Workspace, name string, job func(context.Context, *workspace.Workspace) error) func(context.Context) error {
	return func(ctx context.Context) error {
		release, err := ws.Lock(ctx, "serve: "+name, 10*time.Minute)
		if err != nil {
			return err
		}
		defer release()
		if err := intake.Finish(ctx, ws); err != nil {
			return err
		}
		apart := *ws // what changes the store holds nothing of it open
		apart.Desk = nil
		return job(ctx, &apart)
	}
}

// latest is the period that a job is of, which is logged.
func latest(ctx context.Context, ws *workspace.Workspace, job string) (period.Period, error) {
	at, err := typed.LatestPeriod(ctx, ws)
	if err != nil {
		return at, fmt.Errorf("which period it is of: %w", err)
	}
	ws.Log.Info("the period", "job", job, "period", at.Label)
	return at, nil
}
