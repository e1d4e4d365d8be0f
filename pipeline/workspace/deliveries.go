package workspace

import (
	"time"

	"mojreturns/pipeline/landing"
)

// Today is the date in the workspace's time zone.
func (ws *Workspace) Today() time.Time {
	now := ws.Now().In(ws.Location)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
}

// Tell tells whoever listens of long work.
func (ws *Workspace) Tell(work string, done, total int) {
	if ws.Progress != nil {
		ws.Progress(work, done, total)
	}
}

// Withdraw stops a delivery counting, from now on; its bytes stay.
func (ws *Workspace) Withdraw(sha, reason, by string) (landing.Withdrawal, error) {
	w, err := ws.Landing.Withdraw(sha, reason, by)
	if err != nil {
		return w, err
	}
	return w, ws.Record() // the journal's line, as for any that has none yet
}
