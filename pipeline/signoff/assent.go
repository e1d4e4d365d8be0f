package signoff

import (
	"context"
	"fmt"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

// TraceVersion lists the rows behind a cell of a sealed version of a return (0:
// the newest), under the rules and with the files of that seal.
func TraceVersion(ctx context.Context, ws *workspace.Workspace, name, cell string, at period.Period, version int, sent bool) ([]published.Traced, error) {
	sealed, err := archive.Version(ws, name, at, version)
	if err != nil {
		return nil, err
	}
	lost, err := archive.Gone(ws, sealed)
	if err == nil && lost != "" {
		err = fmt.Errorf("version %d cannot be traced: %s", sealed.About.Version, lost)
	}
	if err != nil {
		return nil, err
	}
	then, release, err := asSealed(ws, sealed)
	if err != nil {
		return nil, err
	}
	defer release()
	held, err := published.Mapped(then, "", cell, at)
	if err != nil {
		return nil, err
	}
	v, err := published.Open(ctx, then, at)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	return v.TraceSent(ctx, "", held, sent)
}
