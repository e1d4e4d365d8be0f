package intake_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mojreturns/pipeline"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// holds tells whether any published file has rows of a received one.
func holds(t *testing.T, ws *workspace.Workspace, sha string) bool {
	t.Helper()
	reader, err := builds.Reader(t.Context(), ws)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	type found struct{ Rows int64 }
	rows, err := warehouse.Select[found](t.Context(), reader.DB, `SELECT count(*) AS rows FROM warehouse.main.delivery WHERE sha256 = $1 AND current`, sha)
	if err != nil {
		t.Fatal(err)
	}
	all, err := warehouse.List(ws.BuildDir())
	return err != nil || rows[0].Rows > 0 || len(all) > 1
}

// An erasure that is stopped between the tombstone and its end is ended by whoever
// changes the store next: rows of what was erased stay nowhere.
func TestAnErasureIsFinished(t *testing.T) {
	t.Parallel()
	ws := example.Small(t)
	if _, err := pipeline.Run(t.Context(), ws, example.Quarter(t, "2023-24-Q4")); err != nil {
		t.Fatal(err)
	}
	deliveries, err := ws.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	sha := deliveries[len(deliveries)-1].SHA256
	bytesOf := example.ReadFile(t, ws.Landing.Path(sha))
	if intake.Unfinished(ws) || !holds(t, ws, sha) {
		t.Fatal("before anything is erased")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := intake.Erase(stopped, ws, sha, "the person asked for it", "data protection officer"); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(ws.Landing.Path(sha)), 0o770), os.WriteFile(ws.Landing.Path(sha), bytesOf, 0o660)); err != nil { // as a kill before the removal leaves them
		t.Fatal(err)
	}
	if !intake.Unfinished(ws) || !holds(t, ws, sha) {
		t.Fatal("stopped, and nothing says that it is unfinished")
	}
	if err := intake.Finish(t.Context(), ws); err != nil {
		t.Fatal(err)
	}
	if intake.Unfinished(ws) || holds(t, ws, sha) || workspace.Exists(ws.Landing.Path(sha)) {
		t.Error("finished, and something of it is still there")
	}
	if _, err := intake.Erase(t.Context(), ws, "ffffffff", "a reason", "data protection officer"); err == nil || intake.Unfinished(ws) {
		t.Errorf("a file that nobody has: %v", err)
	}
}
