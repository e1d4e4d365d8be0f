package workspace

import (
	"time"

	"mojreturns/pipeline/landing"
)

// Past is a moment a workspace is looked at as of. Nothing built under it is
// published, drafted or recorded.
type Past struct {
	At    time.Time // what was received later is left out; of a seal made again its records say so
	Dir   string    // where its builds stand, which nobody else reads
	Known *Known    // of a seal made again: what its makers knew; nil where today looks back
}

// Known is what was known when a seal was made.
type Known struct {
	Records    int      // the last record of landing
	Releases   []string // what had been given out, by name
	Commentary []byte   // what people had written
}

// AsAt is the workspace as of a moment: what had been received by then, under
// today's rules.
func (ws *Workspace) AsAt(at time.Time) *Workspace {
	then := *ws
	then.Desk = nil // it has another folder open
	then.Past = &Past{At: at, Dir: ws.Path("as-at", at.UTC().Format("20060102T150405"))}
	return &then
}

// again tells what was known where a seal is made again; nil otherwise.
func (ws *Workspace) again() *Known {
	if ws.Past == nil {
		return nil
	}
	return ws.Past.Known
}

// Moment is the time after which nothing counts; zero for no such time.
func (ws *Workspace) Moment() time.Time {
	if ws.Past == nil {
		return time.Time{}
	}
	return ws.Past.At
}

// BuildDir is the folder of the warehouses that readers of this workspace open.
func (ws *Workspace) BuildDir() string {
	if ws.Past != nil {
		return ws.Past.Dir
	}
	return ws.Path("published")
}

// Deliveries are all that is known to have been received, in order, with what a
// feed's pattern says of each.
func (ws *Workspace) Deliveries() ([]landing.Delivery, error) {
	if known := ws.again(); known != nil {
		return ws.Landing.DeliveriesUpTo(known.Records, ws.Register.Providers, ws.Location)
	}
	return ws.Landing.Deliveries(ws.Register.Providers, ws.Location, ws.Moment())
}
