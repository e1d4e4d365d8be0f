// Package draft makes a return or a briefing from figures that are guarded.
package draft

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// Returns fills every configured return and keeps it in the store's drafts. One that
// cannot be drafted does not keep the others from it; the errors are told together.
func Returns(ctx context.Context, v *published.View) ([]Output, error) {
	var out []Output
	var errs []error
	for _, r := range v.Workspace.Returns {
		o, err := Return(ctx, v, r.Name, "")
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, o)
	}
	return out, errors.Join(errs...)
}

// Return fills one return (empty: the first configured), to file or, where
// that is empty, into the store's drafts.
func Return(ctx context.Context, v *published.View, name, file string) (Output, error) {
	r, err := v.Workspace.Return(name)
	if err != nil {
		return Output{}, err
	}
	workbook := func() ([]byte, error) { return workbook(ctx, v, r) }
	return write(v, Output{Title: r.Name, Path: file}, filepath.Base(Path(v.Workspace, r, v.Period)), workbook)
}

func workbook(ctx context.Context, v *published.View, r workspace.Return) ([]byte, error) {
	request, err := Request(ctx, v, r)
	if err != nil {
		return nil, fmt.Errorf("the return %s cannot be drafted: %w", r.Name, err)
	}
	objections, err := gate.Form(v, r, request.Template, request.Figures.(published.Figures).Values)
	if err == nil {
		err = gate.Refuse(objections, nil, "")
	}
	if err != nil {
		return nil, fmt.Errorf("the return %s cannot be drafted: %w", r.Name, err)
	}
	content, result, err := returns.Draft(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("the return %s cannot be drafted: %w", r.Name, err)
	}
	for _, w := range result.Warnings {
		v.Workspace.Log.Warn(w, "return", r.Name)
	}
	return content, nil
}
