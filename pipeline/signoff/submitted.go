package signoff

import (
	"context"
	"fmt"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// AsSubmitted is the return as it would be sealed, but for the declaration.
func AsSubmitted(ctx context.Context, v *published.View, about archive.About) ([]byte, error) {
	about.Declaration = archive.Declaration{}
	workbook, _, err := SealedWorkbook(ctx, v, about)
	return workbook, err
}

// pinnedWorkbook is the digest of the return as submitted. A template, a setting or
// a release can change what it shows although no figure has moved.
func pinnedWorkbook(ctx context.Context, v *published.View, r workspace.Return, sub archive.Submission) (string, error) {
	about, err := about(ctx, v, r, sub)
	if err != nil {
		return "", err
	}
	workbook, err := AsSubmitted(ctx, v, about)
	return workbookDigest(workbook), err
}

func workbookDigest(workbook []byte) string {
	return seal.Files{archive.WorkbookName: workbook}.Digest()
}

// OnlySigned refuses to seal a return that shows anything else than what was
// submitted, but for the cells that the declaration fills.
func OnlySigned(ctx context.Context, v *published.View, about archive.About, workbook []byte) error {
	ws := v.Workspace
	submitted, err := AsSubmitted(ctx, v, about)
	if err != nil {
		return err
	}
	if was := about.Submission.Workbook; was != "" && was != workbookDigest(submitted) {
		return workspace.Refused("the return would no longer show what was submitted on %s: its template, the configuration or what was released since has changed; look at the draft and submit it again",
			about.Submission.At.In(ws.Location).Format("2 January 2006 at 15:04"))
	}
	template, err := ws.Form(about.Settings)
	if err != nil {
		return err
	}
	if err := template.OnlySigned(submitted, workbook, declarationCondition); err != nil {
		return fmt.Errorf("the return is not sealed: %w", err)
	}
	return nil
}
