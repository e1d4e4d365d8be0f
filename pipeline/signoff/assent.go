package signoff

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

// Then is a sealed version of a return as it was: its figures and the rows behind them,
// under the rules and with the files of that seal. Closing it removes what was made.
type Then struct {
	*published.View
	sealed  archive.Sealed
	release func()
}

// OpenVersion opens a sealed version of a return (0: the newest). It takes seconds: the
// warehouse of the seal is made again. A version whose files were erased is refused.
func OpenVersion(ctx context.Context, ws *workspace.Workspace, name string, at period.Period, version int) (*Then, error) {
	sealed, err := traceable(ws, name, at, version)
	if err != nil {
		return nil, err
	}
	then, release, err := asSealed(ws, sealed)
	if err != nil {
		return nil, err
	}
	v, err := published.Open(ctx, then, at)
	if err != nil {
		release()
		return nil, err
	}
	return &Then{v, sealed, release}, nil
}

// traceable finds a sealed version whose files are all still kept.
func traceable(ws *workspace.Workspace, name string, at period.Period, version int) (archive.Sealed, error) {
	sealed, err := archive.Version(ws, name, at, version)
	if err != nil {
		return sealed, err
	}
	lost, err := archive.Gone(ws, sealed)
	if err == nil && lost != "" {
		err = fmt.Errorf("version %d cannot be traced: %s", sealed.About.Version, lost)
	}
	return sealed, err
}

// Trace lists the rows behind a cell; sent adds the provider's own text of each.
func (t *Then) Trace(ctx context.Context, cell string, sent bool) ([]published.Traced, error) {
	held, err := published.Mapped(t.Workspace, "", cell, t.Period)
	if err != nil {
		return nil, err
	}
	parts, err := t.TraceSent(ctx, "", held, sent)
	if held.Condition && held.Place.Code == declarationCondition && covers(t.sealed.About, held.Place.Scope) {
		for i := range parts { // the declaration was made by sealing, of which the records before it know nothing
			parts[i].Value, parts[i].Said = "met", "met"
		}
	}
	return parts, err
}

// Close closes the version and removes what was made to see it.
func (t *Then) Close() error {
	defer t.release()
	return t.View.Close()
}

// TraceVersion lists the rows behind a cell of a sealed version of a return (0:
// the newest), under the rules and with the files of that seal.
func TraceVersion(ctx context.Context, ws *workspace.Workspace, name, cell string, at period.Period, version int, sent bool) (parts []published.Traced, err error) {
	then, err := OpenVersion(ctx, ws, name, at, version)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, then.Close()) }()
	return then.Trace(ctx, cell, sent)
}

// Tracer traces cells of sealed versions for those who look in a browser. The version
// asked last stays open for a while: who follows one of its cells follows more.
type Tracer struct {
	ws *workspace.Workspace

	mu   sync.Mutex
	of   string // the return, period and version of what is open
	then *Then  // nil: nothing is open
	idle *time.Timer
}

// stays is how long a version that nobody asks stays open: what was erased is to be gone.
const stays = time.Minute

// NewTracer is a Tracer of the office's seals, to be closed.
func NewTracer(ws *workspace.Workspace) *Tracer { return &Tracer{ws: ws} }

// Trace lists the rows behind a cell of a sealed version.
func (t *Tracer) Trace(ctx context.Context, name, cell string, at period.Period, version int) ([]published.Traced, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle != nil {
		t.idle.Stop()
	}
	of := fmt.Sprint(name, " ", at.Label, " ", version)
	if _, err := traceable(t.ws, name, at, version); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if t.of != of || t.then == nil {
		if err := t.close(); err != nil {
			return nil, err
		}
		then, err := OpenVersion(ctx, t.ws, name, at, version)
		if err != nil {
			return nil, err
		}
		t.of, t.then = of, then
	}
	t.idle = time.AfterFunc(stays, func() { _ = t.Close() }) // what cannot be removed is cleared by the next who holds the lock
	return t.then.Trace(ctx, cell, false)
}

// Close closes what is open.
func (t *Tracer) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.close()
}

// close is Close; t.mu is held.
func (t *Tracer) close() error {
	if t.then == nil {
		return nil
	}
	then := t.then
	t.then = nil
	return then.Close()
}
