package draft

import (
	"context"
	"fmt"
	"path/filepath"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// Draft fills every configured return for a period and keeps it in the store.
func Draft(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]Output, error) {
	var out []Output
	for _, r := range ws.Returns {
		o, err := DraftOne(ctx, ws, r.Name, at, "")
		if err != nil {
			return out, err
		}
		out = append(out, o)
	}
	return out, nil
}

// DraftOne fills one return (empty: the first configured), to file or, where
// that is empty, into the store's drafts.
func DraftOne(ctx context.Context, ws *workspace.Workspace, name string, at period.Period, file string) (Output, error) {
	r, err := ws.Return(name)
	if err != nil {
		return Output{}, err
	}
	v, err := published.Open(ctx, ws, at)
	if err != nil {
		return Output{}, err
	}
	defer v.Close()
	workbook := func() ([]byte, error) { return workbook(ctx, ws, v, r, at) }
	return write(ws, v, at, Output{Title: r.Name, Path: file}, filepath.Base(DraftPath(ws, r, at)), workbook)
}

func workbook(ctx context.Context, ws *workspace.Workspace, v *published.View, r workspace.Return, at period.Period) ([]byte, error) {
	request, err := Request(ctx, ws, v, r, at)
	if err != nil {
		return nil, fmt.Errorf("the return %s cannot be drafted: %w", r.Name, err)
	}
	content, result, err := returns.Draft(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("the return %s cannot be drafted: %w", r.Name, err)
	}
	for _, w := range result.Warnings {
		ws.Log.Warn(w, "return", r.Name)
	}
	return content, nil
}
