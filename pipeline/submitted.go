package pipeline

import (
	"context"
	"fmt"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
)

// asSubmitted is the return as it would be sealed, but for the declaration.
func (p *Pipeline) asSubmitted(ctx context.Context, v *view, about About) ([]byte, error) {
	about.Declaration = Declaration{}
	workbook, _, err := p.sealedWorkbook(ctx, v, about)
	return workbook, err
}

// pinnedWorkbook is the digest of the return as submitted. A template, a setting or
// a release can change what it shows although no figure has moved.
func (p *Pipeline) pinnedWorkbook(ctx context.Context, r Return, at period.Period, sub Submission) (string, error) {
	about, err := p.about(ctx, r, at, sub)
	if err != nil {
		return "", err
	}
	v, err := p.at(ctx, at)
	if err != nil {
		return "", err
	}
	defer v.Close()
	workbook, err := p.asSubmitted(ctx, v, about)
	return workbookDigest(workbook), err
}

func workbookDigest(workbook []byte) string { return seal.Files{workbookName: workbook}.Digest() }

// onlySigned refuses to seal a return that shows anything else than what was
// submitted, but for the cells that the declaration fills.
func (p *Pipeline) onlySigned(ctx context.Context, v *view, about About, workbook []byte) error {
	submitted, err := p.asSubmitted(ctx, v, about)
	if err != nil {
		return err
	}
	if was := about.Submission.Workbook; was != "" && was != workbookDigest(submitted) {
		return refused("the return would no longer show what was submitted on %s: its template, the configuration or what was released since has changed; look at the draft and submit it again",
			about.Submission.At.In(p.Location).Format("2 January 2006 at 15:04"))
	}
	files, err := p.template(about.Settings)
	if err != nil {
		return err
	}
	template, err := returns.Open(files)
	if err != nil {
		return err
	}
	if err := template.OnlySigned(submitted, workbook, declarationCondition); err != nil {
		return fmt.Errorf("the return is not sealed: %w", err)
	}
	return nil
}
