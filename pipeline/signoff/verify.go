package signoff

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// Verification is what was found out about a sealed version.
type Verification struct {
	Sealed archive.Sealed
	// Broken says what is no longer as it was sealed; empty when the seal is intact.
	Broken string
	// Rebuilt says whether the figures could be made again; CannotRebuild why not.
	Rebuilt       bool
	CannotRebuild string
	// Differences are the figures that came out otherwise, at most mostDifferences.
	Differences []string
	// Audit is what the journal and everything that is kept say of each other.
	Audit archive.Audit
	// Workbook is "same bytes", or says which versions differ so that bytes may.
	Workbook string
}

// OK says that nothing was found wrong.
func (v Verification) OK() bool {
	return v.Broken == "" && len(v.Audit.Problems) == 0 && len(v.Differences) == 0 && !strings.HasPrefix(v.Workbook, "different")
}

const mostDifferences = 20

// Asked is which sealed version is verified, and the journal's head that was kept of it.
type Asked struct {
	Return  string // empty: the first configured
	Period  period.Period
	Version int    // 0: the newest
	Head    string // empty: none was kept
}

// Verify checks a sealed version: that nothing in it has changed, that its own rules
// over what had been received then give its figures again, and its workbook, byte for
// byte where the versions in use are the seal's. It holds everything that is kept
// against the journal too, whatever it finds in this one.
func Verify(ctx context.Context, ws *workspace.Workspace, asked Asked) (v Verification, err error) {
	if v.Audit, err = archive.Look(ws, asked.Head); err != nil {
		return v, err
	}
	sealed, err := archive.Version(ws, asked.Return, asked.Period, asked.Version)
	if errors.Is(err, seal.ErrBroken) || err != nil && len(v.Audit.Problems) > 0 {
		v.Broken = strings.TrimPrefix(err.Error(), seal.ErrBroken.Error()+": ")
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Sealed = sealed
	if slices.Contains(v.Audit.Older, ws.Place(sealed.Dir)) {
		v.Sealed.Signed = false // nobody knows whose key it was
	}
	if _, err := seal.Check(sealed.Dir); err != nil {
		v.Broken = strings.TrimPrefix(err.Error(), seal.ErrBroken.Error()+": ")
		return v, nil
	}
	if v.CannotRebuild, err = archive.Gone(ws, sealed); err != nil || v.CannotRebuild != "" {
		return v, err
	}
	then, release, err := asSealed(ws, sealed)
	if err != nil {
		return v, err
	}
	defer release()
	opened, err := published.Open(ctx, then, asked.Period)
	if err != nil {
		return v, fmt.Errorf("the figures cannot be made again: %w", err)
	}
	defer opened.Close()
	figures, err := opened.FiguresText(ctx)
	if err != nil {
		return v, err
	}
	was, err := os.ReadFile(filepath.Join(sealed.Dir, archive.FiguresFile))
	if err != nil {
		return v, err
	}
	v.Rebuilt = true
	v.Differences = differences(was, figures)
	v.Workbook, err = SameWorkbook(ctx, opened, sealed)
	return v, err
}

// SameWorkbook fills the return again and compares bytes, unless versions that
// decide them are others now.
func SameWorkbook(ctx context.Context, v *published.View, sealed archive.Sealed) (string, error) {
	var others []string
	now := versionsInUse()
	for _, what := range slices.Sorted(maps.Keys(now)) {
		if was := sealed.About.Versions[what]; now[what] != was {
			others = append(others, fmt.Sprintf("%s was %s and is %s", what, cmp.Or(was, "not recorded"), now[what]))
		}
	}
	if len(others) > 0 {
		return "not compared, since other versions may write other bytes: " + strings.Join(others, "; "), nil
	}
	filled, _, err := SealedWorkbook(ctx, v, sealed.About)
	if err != nil {
		return "", err
	}
	was, err := os.ReadFile(archive.SealedFile(sealed))
	if err != nil {
		return "", err
	}
	if !bytes.Equal(filled, was) {
		return "different bytes", nil
	}
	return "same bytes", nil
}

// asSealed is the pipeline as it was when a version was sealed: its rules, its
// register, and the records known then. release removes what it made.
func asSealed(ws *workspace.Workspace, s archive.Sealed) (then *workspace.Workspace, release func(), err error) {
	location, err := time.LoadLocation(s.About.TimeZone)
	if err != nil {
		return nil, nil, err
	}
	queries, err := fs.Sub(os.DirFS(s.Dir), archive.RulesDir+"/queries")
	if err != nil {
		return nil, nil, err
	}
	commentary, err := os.ReadFile(filepath.Join(s.Dir, archive.CommentaryFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	aside, err := ws.Temp("verifying")
	if err != nil {
		return nil, nil, err
	}
	release = func() {
		if err := aside.Close(); err != nil {
			ws.Log.Warn("cannot remove what verifying made", "folder", aside.Path, "error", err)
		}
	}
	sealed := *ws
	sealed.Desk = nil // that is of what is published now
	sealed.Register, sealed.Returns, sealed.Disclosure, sealed.Location = s.About.Register, []workspace.Return{s.About.Settings}, s.About.Disclosure, location
	sealed.Queries, sealed.Templates = queries, sealedTemplates{os.DirFS(s.Dir), s.About.Settings.Template}
	sealed.Past = &workspace.Past{Dir: aside.Path, Known: &workspace.Known{Records: s.About.Records, Releases: s.About.Releases, Commentary: commentary}}
	if err := sealed.Load(); err != nil {
		release()
		return nil, nil, fmt.Errorf("the rules in the seal cannot be read: %w", err)
	}
	return &sealed, release, nil
}

// sealedTemplates are a seal's contracts and its return, where the program looks
// for them.
type sealedTemplates struct {
	sealed   fs.FS
	template string
}

func (t sealedTemplates) place(name string) string {
	if rest, ok := strings.CutPrefix(name, "returns/"+t.template); ok {
		return archive.TemplateDir + rest
	}
	return archive.RulesDir + "/templates/" + name
}

// Open finds a template's file in the seal.
func (t sealedTemplates) Open(name string) (fs.File, error) { return t.sealed.Open(t.place(name)) }

// differences lists the lines of two texts of figures that are not in both.
func differences(was, now []byte) []string {
	var out []string
	then, present := lines(was), lines(now)
	for line := range then {
		if !present[line] {
			out = append(out, "sealed: "+line)
		}
	}
	for line := range present {
		if !then[line] {
			out = append(out, "made again: "+line)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), mostDifferences)]
}

func lines(text []byte) map[string]bool {
	out := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")), "\n") {
		out[line] = true
	}
	return out
}
