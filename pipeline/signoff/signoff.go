// Package signoff is who signs what, and whether it is still so: submitting,
// approving, verifying and comparing.
//
// Verifying compares the workbook's bytes where the program (by its commit, or the
// SHA-256 of its file), Go and DuckDB are the seal's; else it says which differ.
// Comparing looks at figures, conditions, the funds' terms and the quality of the data.
// A row moved a cell because it is late (received after), corrected (another version of
// it counts), withdrawn (none does any more) or redefined (the rule is another). Earlier
// seals stay: a change is a new submission and a new version, marked "revised".
package signoff

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// commentaryDigest is the SHA-256 of a file of comments; empty for none.
func commentaryDigest(text []byte) string {
	if text == nil {
		return ""
	}
	return seal.Files{archive.CommentaryFile: text}.Digest()
}

// Signing says who does what to which return.
type Signing struct {
	Return  string // empty: the first configured
	Period  period.Period
	By      string // a user's name
	KeyFile string // their private key; needed where the configuration has their public one
}

// Submit pins the published build and its figures for approval. It refuses
// while a check fails, unless the check is waived with a reason.
func Submit(ctx context.Context, ws *workspace.Workspace, s Signing, waived []archive.Waiver) (archive.Submission, error) {
	r, err := ws.Return(s.Return)
	if err != nil {
		return archive.Submission{}, err
	}
	user, err := ws.User(s.By, "submit")
	if err != nil {
		return archive.Submission{}, err
	}
	if err := ws.KeysHold(); err != nil {
		return archive.Submission{}, err
	}
	if err := upToDate(ctx, ws); err != nil {
		return archive.Submission{}, err
	}
	v, err := published.Open(ctx, ws, s.Period)
	if err != nil {
		return archive.Submission{}, err
	}
	defer v.Close()
	if err := passes(ctx, v, r, waived); err != nil {
		return archive.Submission{}, err
	}
	figures, err := v.FiguresText(ctx)
	if err != nil {
		return archive.Submission{}, err
	}
	commentary, err := ws.Commentary(r, s.Period)
	if err != nil {
		return archive.Submission{}, err
	}
	sub := archive.Submission{Return: r.Name, Period: s.Period.Label, Number: len(v.Given.Submitted(r, s.Period)) + 1, Build: v.Build,
		Figures: seal.Files{archive.FiguresFile: figures}.Digest(), Commentary: commentaryDigest(commentary), By: user.Name, At: ws.Now().UTC().Truncate(time.Second), Waived: waived}
	if sub.Workbook, err = pinnedWorkbook(ctx, v, r, sub); err != nil {
		return archive.Submission{}, err
	}
	if sub.Signature, err = sign(user, s.KeyFile, sub.Digest()); err != nil {
		return archive.Submission{}, err
	}
	text, err := json.MarshalIndent(sub, "", "  ")
	if err != nil {
		return archive.Submission{}, err
	}
	file := filepath.Join(archive.ReturnDir(ws, r, s.Period), archive.SubmissionName(sub.Number))
	return sub, ws.Keep(file, append(text, '\n'), archive.Lines(journal.Submitted, user.Name, waived)...)
}

// sign signs a digest where the configuration has the user's key.
func sign(user workspace.User, keyFile, digest string) (*seal.Signature, error) {
	switch {
	case user.Key == "" && keyFile == "":
		return nil, nil
	case user.Key == "":
		return nil, workspace.Refused("the configuration has no key of %q: put the public key under users first", user.Name)
	case keyFile == "":
		return nil, workspace.Refused("%q signs with a key: give the file with --key", user.Name)
	}
	s, err := seal.Sign(digest, user.Name, user.Key, keyFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", workspace.ErrRefused, err)
	}
	return s, nil
}

// upToDate refuses while something has arrived, or a rule has changed, that the
// published figures do not know.
func upToDate(ctx context.Context, ws *workspace.Workspace) error {
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return err
	}
	build, err := builds.Identity(ws, sources)
	if err != nil {
		return err
	}
	published, found, err := builds.Latest(ctx, ws)
	if err != nil {
		return err
	}
	if !found || published.Build != build {
		return workspace.Refused("what was received, or a rule, has changed since the published figures were made: run `mojreturns run` and look at the draft again")
	}
	return nil
}

// passes refuses while the gate objects to the return, but for what was waived.
func passes(ctx context.Context, v *published.View, r workspace.Return, waived []archive.Waiver) error {
	objections, err := gate.Return(ctx, v, r)
	if err != nil {
		return err
	}
	return gate.Refuse(objections, waived, gate.Waive)
}
