package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/seal"
)

// again is a seal's figures being made again: from the records known then, into
// a folder of their own.
type again struct {
	dir        string
	records    int
	releases   []string // what had been released by then
	commentary []byte
}

// Verification is what was found out about a sealed version.
type Verification struct {
	Sealed Sealed
	// Broken says what is no longer as it was sealed; empty when the seal is intact.
	Broken string
	// Rebuilt says whether the figures could be made again; CannotRebuild why not.
	Rebuilt       bool
	CannotRebuild string
	// Differences are the figures that came out otherwise, at most mostDifferences.
	Differences []string
	// Workbook is "same bytes", or says which versions differ so that bytes may.
	Workbook string
}

// OK says that nothing was found wrong.
func (v Verification) OK() bool {
	return v.Broken == "" && len(v.Differences) == 0 && !strings.HasPrefix(v.Workbook, "different")
}

const mostDifferences = 20

// Sealed lists the sealed versions of a return for a period, in order.
func (p *Pipeline) Sealed(name string, at period.Period) ([]Sealed, error) {
	r, err := p.configured(name)
	if err != nil {
		return nil, err
	}
	dir := p.returnDir(r, at)
	versions, err := seal.Versions(dir)
	if err != nil {
		return nil, err
	}
	var out []Sealed
	for _, v := range versions {
		s, err := readSealed(filepath.Join(dir, v))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func readSealed(dir string) (Sealed, error) {
	s := Sealed{Dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, aboutFile))
	if err != nil {
		return s, fmt.Errorf("%w: %w", seal.ErrBroken, err)
	}
	if err := json.Unmarshal(text, &s.About); err != nil {
		return s, fmt.Errorf("%w: %s in %q cannot be read: %w", seal.ErrBroken, aboutFile, dir, err)
	}
	if s.Digest, err = seal.DigestOf(dir); err != nil {
		return s, fmt.Errorf("%w: %w", seal.ErrBroken, err)
	}
	signature, err := seal.ReadSignature(dir)
	s.Signed = signature != nil
	return s, err
}

// version finds a sealed version by number; 0 is the newest.
func (p *Pipeline) version(name string, at period.Period, number int) (Sealed, error) {
	all, err := p.Sealed(name, at)
	if err != nil {
		return Sealed{}, err
	}
	if len(all) == 0 {
		return Sealed{}, fmt.Errorf("no return for %s has been sealed", at.Label)
	}
	for _, s := range all {
		if s.About.Version == number {
			return s, nil
		}
	}
	if number != 0 {
		return Sealed{}, fmt.Errorf("the return for %s has no version %d; it has %d", at.Label, number, len(all))
	}
	return all[len(all)-1], nil
}

// Verify checks a sealed version (0: the newest): that nothing in it has
// changed, that its own rules over what had been received then give its figures
// again, and its workbook, byte for byte where the versions in use are the seal's.
func (p *Pipeline) Verify(ctx context.Context, name string, at period.Period, number int) (Verification, error) {
	sealed, err := p.version(name, at, number)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Sealed: sealed}
	if _, err := seal.Check(sealed.Dir); err != nil {
		v.Broken = strings.TrimPrefix(err.Error(), seal.ErrBroken.Error()+": ")
		return v, nil
	}
	if v.CannotRebuild, err = p.gone(sealed); err != nil || v.CannotRebuild != "" {
		return v, err
	}
	then, release, err := p.asSealed(sealed)
	if err != nil {
		return v, err
	}
	defer release()
	opened, err := then.at(ctx, at)
	if err != nil {
		return v, fmt.Errorf("the figures cannot be made again: %w", err)
	}
	defer opened.Close()
	figures, err := opened.figuresText(ctx, at)
	if err != nil {
		return v, err
	}
	was, err := os.ReadFile(filepath.Join(sealed.Dir, figuresFile))
	if err != nil {
		return v, err
	}
	v.Rebuilt = true
	v.Differences = differences(was, figures)
	v.Workbook, err = then.sameWorkbook(ctx, opened, sealed)
	return v, err
}

// sameWorkbook fills the return again and compares bytes, unless versions that
// decide them are others now.
func (p *Pipeline) sameWorkbook(ctx context.Context, v *view, sealed Sealed) (string, error) {
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
	filled, _, err := p.sealedWorkbook(ctx, v, sealed.About)
	if err != nil {
		return "", err
	}
	was, err := os.ReadFile(p.sealedFile(sealed))
	if err != nil {
		return "", err
	}
	if !bytes.Equal(filled, was) {
		return "different bytes", nil
	}
	return "same bytes", nil
}

// gone says which of the files a seal rests on are no longer kept.
func (p *Pipeline) gone(s Sealed) (string, error) {
	f, err := os.Open(filepath.Join(s.Dir, deliveriesFile))
	if err != nil {
		return "", err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return "", err
	}
	file, sha, current := slices.Index(rows[0], "file"), slices.Index(rows[0], "sha256"), slices.Index(rows[0], "current")
	var lost []string
	for _, row := range rows[1:] {
		if row[current] == "true" && !exists(p.store.Path(row[sha])) {
			lost = append(lost, fmt.Sprintf("%s (%s)", row[file], row[sha][:8]))
		}
	}
	if len(lost) == 0 {
		return "", nil
	}
	slices.Sort(lost)
	withdrawals, err := p.store.Withdrawals()
	if err != nil {
		return "", err
	}
	for _, w := range withdrawals {
		if w.Erased {
			for i := range lost {
				if strings.HasSuffix(lost[i], "("+w.SHA256[:8]+")") {
					lost[i] += ", erased on " + w.At.In(p.Location).Format("2 January 2006")
				}
			}
		}
	}
	return "what it was made from is no longer kept: " + strings.Join(slices.Compact(lost), ", "), nil
}

// asSealed is the pipeline as it was when a version was sealed: its rules, its
// register, and the records known then. release removes what it made.
func (p *Pipeline) asSealed(s Sealed) (then *Pipeline, release func(), err error) {
	location, err := time.LoadLocation(s.About.TimeZone)
	if err != nil {
		return nil, nil, err
	}
	queries, err := fs.Sub(os.DirFS(s.Dir), rulesDir+"/queries")
	if err != nil {
		return nil, nil, err
	}
	commentary, err := os.ReadFile(filepath.Join(s.Dir, commentaryFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp(p.Store(), "verifying-")
	if err != nil {
		return nil, nil, err
	}
	release = func() {
		if err := os.RemoveAll(dir); err != nil {
			p.Log.Warn("cannot remove what verifying made", "folder", dir, "error", err)
		}
	}
	then = &Pipeline{Dir: p.Dir, Register: s.About.Register, Returns: []Return{s.About.Settings}, Disclosure: s.About.Disclosure, Config: p.Config, Queries: queries,
		Templates: sealedTemplates{os.DirFS(s.Dir), s.About.Settings.Template}, Location: location, Settings: p.Settings, Now: p.Now, Log: p.Log,
		again: &again{dir: dir, records: s.About.Records, releases: s.About.Releases, commentary: commentary}}
	if err := then.Open(); err != nil {
		release()
		return nil, nil, fmt.Errorf("the rules in the seal cannot be read: %w", err)
	}
	return then, release, nil
}

// sealedTemplates are a seal's contracts and its return, where the program looks
// for them.
type sealedTemplates struct {
	sealed   fs.FS
	template string
}

func (t sealedTemplates) place(name string) string {
	if rest, ok := strings.CutPrefix(name, "returns/"+t.template); ok {
		return templateDir + rest
	}
	return rulesDir + "/templates/" + name
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
