package backup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/temp"
	"mojreturns/pipeline/workspace"
)

// Proof is what was found when the last backup of a place was brought back.
type Proof struct {
	Checked
	Restored bool // it was, built, and held against what its manifest says
	Files    int  // brought back
	Landed   int  // files received, each what its hash says
	// Built is "the same" or why it could not be compared; so is Figures.
	Built, Figures string
	Audit          archive.Audit
	Seals          int      // things signed for: submissions, seals, releases
	Again          int      // sealed returns whose figures came out again
	NotAgain       []string // and those whose could not be made, with the reason
}

// OK tells whether the backup is proved to be one that an office could go on from.
func (p Proof) OK() bool { return p.Restored && len(p.Problems) == 0 }

const same = "the same"

// Prove reads everything in a place, brings its last backup back into a folder below
// aside, builds what was received, and holds all of it against what the manifest says.
// The folder is removed.
func Prove(ctx context.Context, place, aside string, keys []age.Identity, open Opener) (p Proof, err error) {
	if p.Checked, err = Check(place, keys); err != nil || len(p.Problems) > 0 || p.Unread {
		return p, err
	}
	put, err := temp.Make(aside, "restored")
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, removeAll(put)) }()
	to := filepath.Join(put.Path, "workspace")
	restored, err := Restore(ctx, place, to, 0, keys, open)
	if err != nil {
		return p, err
	}
	p.Files = len(restored.Files)
	ws, err := open(to)
	if err != nil {
		p.tell("what was brought back cannot be opened: %v", err)
		return p, nil
	}
	if p.Landed, err = ws.Landing.Verify(ctx); err != nil {
		p.tell("%v", err)
	}
	if err := p.build(ctx, ws); err != nil {
		return p, err
	}
	p.Restored = true
	return p, p.signed(ctx, ws)
}

func (p *Proof) tell(format string, args ...any) {
	p.Problems = append(p.Problems, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; "))
}

// removeAll removes what was brought back: sealed files may be written by nobody, which
// keeps Windows from removing them.
func removeAll(put *temp.Dir) error {
	_ = filepath.WalkDir(put.Path, func(file string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_ = os.Chmod(file, 0o660)
		}
		return nil
	})
	return put.Close()
}

// build builds what was brought back and compares names and figures.
func (p *Proof) build(ctx context.Context, ws *workspace.Workspace) error {
	report, err := builds.Build(ctx, ws)
	if err != nil {
		p.tell("what was brought back cannot be built: %v", err)
		return nil
	}
	p.Built, p.Figures = same, same
	if now := builds.Versions(); !maps.Equal(now, p.Last.Versions) {
		p.Built = fmt.Sprintf("not compared: made by %v, and this program is %v", p.Last.Versions, now)
	} else if report.Published.Build != p.Last.Build {
		p.tell("what was brought back gives the build %.8s, and the office had %.8s", report.Published.Build, p.Last.Build)
	}
	if p.Last.Figures == "" {
		p.Figures = "not compared: what had been received was not built yet when the backup was made"
		return nil
	}
	figures, err := published.Digest(ctx, ws)
	if err == nil && figures != p.Last.Figures {
		p.tell("the figures of what was brought back are others than the office had")
	}
	return err
}

// signed looks at everything that was signed for, and makes the figures of each sealed
// return again.
func (p *Proof) signed(ctx context.Context, ws *workspace.Workspace) (err error) {
	if p.Audit, err = archive.Look(ws, p.Last.Journal); err != nil {
		return err
	}
	for _, problem := range p.Audit.Problems {
		p.tell("%s", problem)
	}
	if p.Audit.Head != p.Last.Journal {
		p.tell("the journal ends with %s, and the office's did with %s", p.Audit.Head, p.Last.Journal)
	}
	kept, err := ws.Kept()
	if err != nil {
		return err
	}
	p.Seals = len(kept)
	for _, path := range kept {
		parts := strings.Split(ws.Place(path), "/")
		if len(parts) != 4 || parts[0] != "returns" || !strings.HasPrefix(parts[3], "v") {
			continue
		}
		if err := p.again(ctx, ws, parts[1], parts[2], parts[3]); err != nil {
			return err
		}
	}
	return nil
}

// again makes a sealed return's figures again.
func (p *Proof) again(ctx context.Context, ws *workspace.Workspace, name, label, version string) error {
	what := fmt.Sprintf("%s for %s, %s", name, label, version)
	at, err := period.Parse(label)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(ws.Returns, func(r workspace.Return) bool { return r.Name == name }) {
		p.NotAgain = append(p.NotAgain, what+": the configuration has no such return any more")
		return nil
	}
	number := 0
	if _, err := fmt.Sscanf(version, "v%03d", &number); err != nil {
		return err
	}
	v, err := signoff.Verify(ctx, ws, signoff.Asked{Return: name, Period: at, Version: number})
	switch {
	case err != nil:
		p.tell("%s cannot be verified: %v", what, err)
	case !v.OK():
		p.tell("%s does not come out as it was sealed: %s", what, strings.Join(append(v.Differences, v.Broken, v.Workbook), "; "))
	case !v.Rebuilt:
		p.NotAgain = append(p.NotAgain, what+": "+v.CannotRebuild)
	default:
		p.Again++
	}
	return nil
}
