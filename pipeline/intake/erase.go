package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Erase removes a received file and everything made from its rows: its bytes, the
// staged files, every build but a new one without it, the drafts and what was
// annotated. A tombstone stays. Sealed returns hold no rows and stay as they are.
// One that is killed is finished by Finish.
func Erase(ctx context.Context, ws *workspace.Workspace, sha, reason, by string) (w landing.Withdrawal, err error) {
	err = whole(ctx, ws, func() error {
		w, err = ws.Landing.Erase(sha, reason, by)
		return err
	})
	return w, err
}

// erasing is the file that is there while an erasure is under way.
func erasing(ws *workspace.Workspace) string { return ws.Path("erasing") }

// Unfinished tells whether an erasure was begun and not ended: rows of what was erased
// may still be in what was made of them.
func Unfinished(ws *workspace.Workspace) bool { return workspace.Exists(erasing(ws)) }

// Finish ends an erasure that was killed. The caller holds the write lock.
func Finish(ctx context.Context, ws *workspace.Workspace) error {
	if !Unfinished(ws) {
		return nil
	}
	ws.Log.Warn("an erasure was not finished: it is now")
	return whole(ctx, ws, func() error { return nil })
}

// whole erases by tombstone, and then whatever was made of what is erased. Until the end
// a file says that it is under way.
func whole(ctx context.Context, ws *workspace.Workspace, erase func() error) error {
	if err := workspace.WriteFile(erasing(ws), nil); err != nil {
		return err
	}
	if err := erase(); err != nil { // nothing more is erased than before
		return errors.Join(err, os.Remove(erasing(ws)))
	}
	if err := ws.Landing.Forget(); err != nil {
		return err
	}
	if err := errors.Join(ws.Record(), forget(ctx, ws)); err != nil { // the journal tells of what it has no line for
		return err
	}
	return os.Remove(erasing(ws))
}

// forget removes what was made from files that are not kept any more. What can
// be made again is made again from those that are.
func forget(ctx context.Context, ws *workspace.Workspace) error {
	// a question's text may name whom somebody looked for
	for _, dir := range []string{"staged", "drafts", "as-at", "annotated", "questions"} {
		if err := os.RemoveAll(ws.Path(dir)); err != nil {
			return fmt.Errorf("cannot remove what was made of it: is a file open in another program? Close it and erase again: %w", err)
		}
	}
	if _, found, err := warehouse.Latest(ws.BuildDir()); err != nil || !found {
		return err
	}
	// a file that no feed claims is in no build, and the published one stays
	report, err := builds.Build(ctx, ws)
	if err != nil {
		return err
	}
	if err := warehouse.Only(report.Published); err != nil {
		return fmt.Errorf("cannot remove an older build: is it open in another program? Close it and erase again: %w", err)
	}
	return nil
}

// Expired is a received file that its feed's retention period is over for.
type Expired struct {
	landing.Delivery
	Since time.Time // the first day on which it should not be kept
}

// ExpiredFiles lists the files that should not be kept any more: those of a feed that
// says how many months it is kept, counted from the end of their financial year.
func ExpiredFiles(ws *workspace.Workspace) ([]Expired, error) {
	deliveries, err := ws.Deliveries()
	if err != nil {
		return nil, err
	}
	today := ws.Today()
	var out []Expired
	for _, d := range deliveries {
		if d.Spec.KeepMonths == 0 || d.Withdrawal != nil && d.Withdrawal.Erased {
			continue
		}
		year, err := period.ParseYear(d.Year)
		if err != nil {
			return nil, err
		}
		if since := year.End().AddDate(0, 0, 1).AddDate(0, d.Spec.KeepMonths, 0); !today.Before(since) {
			out = append(out, Expired{Delivery: d, Since: since})
		}
	}
	return out, nil
}

// EraseExpired erases them.
func EraseExpired(ctx context.Context, ws *workspace.Workspace, by string) ([]Expired, error) {
	expired, err := ExpiredFiles(ws)
	if err != nil || len(expired) == 0 {
		return nil, err
	}
	return expired, whole(ctx, ws, func() error {
		for _, e := range expired {
			reason := fmt.Sprintf("kept for %d months after the end of %s", e.Spec.KeepMonths, e.Year)
			if _, err := ws.Landing.Erase(e.SHA256, reason, by); err != nil {
				return err
			}
		}
		return nil
	})
}
