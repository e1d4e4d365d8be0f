package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
func Erase(ctx context.Context, ws *workspace.Workspace, sha, reason, by string) (landing.Withdrawal, error) {
	w, err := ws.Landing.Erase(sha, reason, by)
	if err != nil {
		return w, err
	}
	return w, errors.Join(ws.Record(), forget(ctx, ws)) // the journal tells of what it has no line for
}

// forget removes what was made from files that are not kept any more. What can
// be made again is made again from those that are.
func forget(ctx context.Context, ws *workspace.Workspace) error {
	for _, dir := range []string{"staged", "drafts", "as-at", "annotated"} {
		if err := os.RemoveAll(ws.Path(dir)); err != nil {
			return fmt.Errorf("cannot remove what was made of it: is a file open in another program? Close it and erase again: %w", err)
		}
	}
	if left, err := filepath.Glob(ws.Path("verifying-*")); err != nil {
		return err
	} else if err := workspace.RemoveAll(left); err != nil {
		return err
	}
	if _, found, err := warehouse.Latest(ws.BuildDir()); err != nil || !found {
		return err
	}
	// a file that no feed claims is in no build, and the published one stays
	report, err := builds.Build(ctx, ws)
	if err != nil {
		return err
	}
	builds, err := warehouse.List(ws.BuildDir())
	if err != nil {
		return err
	}
	var old []string
	for _, b := range builds {
		if b.Path != report.Published.Path {
			old = append(old, b.Path)
		}
	}
	return workspace.RemoveAll(old)
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
	for _, e := range expired {
		reason := fmt.Sprintf("kept for %d months after the end of %s", e.Spec.KeepMonths, e.Year)
		if _, err := ws.Landing.Erase(e.SHA256, reason, by); err != nil {
			return nil, err
		}
	}
	return expired, errors.Join(ws.Record(), forget(ctx, ws))
}
