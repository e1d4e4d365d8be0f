package intake

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// Unanswerable is an error of what was asked, such as a file that never came.
type Unanswerable struct{ error }

func unanswerable(format string, args ...any) error { return Unanswerable{fmt.Errorf(format, args...)} }

// find gives the deliveries of one received file, one for each feed it serves: by
// its SHA-256 (or the first 8 or more digits), or the one received last under a name.
func find(ws *workspace.Workspace, which string, deliveries []landing.Delivery) ([]landing.Delivery, error) {
	name := filepath.Base(filepath.ToSlash(which))
	newest := 0
	for _, d := range deliveries {
		if strings.EqualFold(d.Name, name) {
			newest = max(newest, d.Number)
		}
	}
	if newest == 0 {
		sha, err := ws.Landing.Find(which)
		if err != nil {
			return nil, unknown(ws, which, err)
		}
		for _, d := range deliveries {
			if d.SHA256 == sha {
				newest = max(newest, d.Number)
			}
		}
	}
	found := slices.DeleteFunc(slices.Clone(deliveries), func(d landing.Delivery) bool { return d.Number != newest })
	if len(found) == 0 {
		return nil, unanswerable("%q had not been received by then", which)
	}
	return found, nil
}

// unknown says why a file is not there: it was refused, or never came.
func unknown(ws *workspace.Workspace, which string, never error) error {
	refusals, err := ws.Landing.Refusals()
	if err != nil {
		return err
	}
	name := filepath.Base(filepath.ToSlash(which))
	for _, r := range slices.Backward(refusals) {
		if strings.EqualFold(r.Name, name) || len(which) >= 8 && strings.HasPrefix(r.SHA256, strings.ToLower(which)) {
			return unanswerable("%s was refused on %s and is not kept: %s", r.Name, r.At.In(ws.Location).Format("2 January 2006"), r.Reason)
		}
	}
	if strings.Contains(name, ".") {
		return unanswerable("no file called %q has been received; `mojreturns build` lists those that count, and a file can be named by its SHA-256 too", name)
	}
	return Unanswerable{never}
}

// RejectsOf lists the faults of one file that counts, by its name or SHA-256.
func RejectsOf(ctx context.Context, ws *workspace.Workspace, file, feed, provider string) (table.Table, error) {
	deliveries, err := ws.Deliveries()
	if err != nil {
		return table.Table{}, err
	}
	found, err := find(ws, file, deliveries)
	if err != nil {
		return table.Table{}, err
	}
	for _, d := range found {
		if d.Current {
			return published.RejectsIn(ctx, ws, d.SHA256, feed, provider)
		}
	}
	return table.Table{}, unanswerable("%s does not count (%s), so its faults are not listed; --annotate marks them all the same", found[0].Name, found[0].Why)
}
