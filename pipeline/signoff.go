package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/table"
)

// ErrRefused is wrapped by what a sign-off rule refuses: somebody who may not, a
// check that fails, figures that have changed since they were submitted.
var ErrRefused = errors.New("refused")

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// User is somebody who signs, by role and never by name.
type User struct {
	Name string   `yaml:"name"` // such as performance-analyst
	May  []string `yaml:"may"`  // submit, approve
	Key  string   `yaml:"key"`  // their public ed25519 key; empty: signing is recorded, not authenticated
}

// Submission pins what is put before the one who signs: a build and its figures.
type Submission struct {
	Return  string `json:"return"`
	Period  string `json:"period"`
	Number  int    `json:"number"`
	Build   string `json:"build"`
	Figures string `json:"figures"` // SHA-256 of the figures of the period's year
	// Commentary is the SHA-256 of what people wrote; empty where they wrote nothing.
	Commentary string `json:"commentary,omitempty"`
	// Workbook is the SHA-256 of the return as it would be sealed, but for the
	// declaration.
	Workbook  string          `json:"workbook,omitempty"`
	By        string          `json:"by"`
	At        time.Time       `json:"at"`
	Waived    []Waiver        `json:"waived,omitempty"`
	Signature *seal.Signature `json:"signature,omitempty"`
}

// commentaryDigest is the SHA-256 of a file of comments; empty for none.
func commentaryDigest(text []byte) string {
	if text == nil {
		return ""
	}
	return seal.Files{commentaryFile: text}.Digest()
}

// Waiver lets a return through although a check fails, with a name and a reason.
type Waiver struct {
	Check  string `json:"check"`
	Reason string `json:"reason"`
	By     string `json:"by"`
}

// Declaration is what the chief finance officer declares.
type Declaration struct {
	Name       string `json:"name"` // as it is to stand on the return
	Role       string `json:"role"`
	InLine     string `json:"in_line"`  // Y or N: spend is in line with the conditions
	Notified   string `json:"notified"` // Y, N or NA: an underspend was notified
	NotifiedOn string `json:"notified_on,omitempty"`
	Date       string `json:"date"`
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
func (p *Pipeline) Submit(ctx context.Context, s Signing, waived []Waiver) (Submission, error) {
	r, err := p.configured(s.Return)
	if err != nil {
		return Submission{}, err
	}
	user, err := p.user(s.By, "submit")
	if err != nil {
		return Submission{}, err
	}
	if err := p.upToDate(ctx); err != nil {
		return Submission{}, err
	}
	if err := p.passes(ctx, s.Period, waived); err != nil {
		return Submission{}, err
	}
	build, figures, err := p.pinned(ctx, s.Period)
	if err != nil {
		return Submission{}, err
	}
	all, err := p.submissions(r, s.Period)
	if err != nil {
		return Submission{}, err
	}
	commentary, err := p.commentary(r, s.Period)
	if err != nil {
		return Submission{}, err
	}
	sub := Submission{Return: r.Name, Period: s.Period.Label, Number: len(all) + 1, Build: build, Figures: seal.Files{figuresFile: figures}.Digest(),
		Commentary: commentaryDigest(commentary),
		By:         user.Name, At: p.Now().UTC().Truncate(time.Second), Waived: waived}
	if sub.Workbook, err = p.pinnedWorkbook(ctx, r, s.Period, sub); err != nil {
		return Submission{}, err
	}
	if sub.Signature, err = sign(user, s.KeyFile, sub.Figures); err != nil {
		return Submission{}, err
	}
	text, err := json.MarshalIndent(sub, "", "  ")
	if err != nil {
		return Submission{}, err
	}
	return sub, writeOnce(filepath.Join(p.returnDir(r, s.Period), fmt.Sprintf("submission-%03d.json", sub.Number)), append(text, '\n'))
}

// sign signs a digest where the configuration has the user's key.
func sign(user User, keyFile, digest string) (*seal.Signature, error) {
	switch {
	case user.Key == "" && keyFile == "":
		return nil, nil
	case user.Key == "":
		return nil, refused("the configuration has no key of %q: put the public key under users first", user.Name)
	case keyFile == "":
		return nil, refused("%q signs with a key: give the file with --key", user.Name)
	}
	s, err := seal.Sign(digest, user.Name, user.Key, keyFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return s, nil
}

func (p *Pipeline) user(name, may string) (User, error) {
	var names []string
	for _, u := range p.Users {
		if u.Name == name {
			if !slices.Contains(u.May, may) {
				return User{}, refused("%q may not %s returns; the configuration gives the right under users", name, may)
			}
			return u, nil
		}
		if slices.Contains(u.May, may) {
			names = append(names, u.Name)
		}
	}
	return User{}, refused("no user is called %q; those who may %s are: %s", name, may, strings.Join(names, ", "))
}

// upToDate refuses while something has arrived, or a rule has changed, that the
// published figures do not know.
func (p *Pipeline) upToDate(ctx context.Context) error {
	sources, err := p.stage(ctx)
	if err != nil {
		return err
	}
	build, err := p.identity(sources)
	if err != nil {
		return err
	}
	published, found, err := p.Published(ctx)
	if err != nil {
		return err
	}
	if !found || published.Build != build {
		return refused("what was received, or a rule, has changed since the published figures were made: run `mojreturns run` and look at the draft again")
	}
	return nil
}

// passes refuses while a check of error severity fails without a waiver.
func (p *Pipeline) passes(ctx context.Context, at period.Period, waived []Waiver) error {
	found, err := p.Check(ctx, at)
	if err != nil {
		return err
	}
	var failing []string
	for _, f := range found {
		excused := slices.ContainsFunc(waived, func(w Waiver) bool { return w.Check == f.Code && w.Reason != "" && w.By != "" })
		if f.Severity == "error" && !excused && !slices.Contains(failing, f.Code+" "+f.Title) {
			failing = append(failing, f.Code+" "+f.Title)
		}
	}
	if len(failing) > 0 {
		return refused("a check fails: %s; mend it (`mojreturns check` says how), or waive it with --waive CODE=REASON, which is sealed with the return", strings.Join(failing, "; "))
	}
	return nil
}

// pinned is the published build with its figures, as they are sealed.
func (p *Pipeline) pinned(ctx context.Context, at period.Period) (build string, figures []byte, err error) {
	v, err := p.at(ctx, at)
	if err != nil {
		return "", nil, err
	}
	defer v.Close()
	figures, err = v.figuresText(ctx, at)
	return v.Build, figures, err
}

// figuresText is every figure and condition of the period's year as CSV. C14 is
// left out, since signing changes it.
func (v *view) figuresText(ctx context.Context, at period.Period) ([]byte, error) {
	found, err := table.Query(ctx, v.conn, `SELECT code, scope, period, dimension, category, value, numerator, denominator, n, marker, '' AS status, '' AS evidence
		FROM warehouse.main.figure WHERE period LIKE $1
		UNION ALL
		SELECT code, 'fund:' || fund, period, '', '', value, NULL, limit_value, breaches, '', status, evidence FROM warehouse.main.condition WHERE period LIKE $1 AND code <> 'C14'
		ORDER BY ALL`, at.Year.String()+"%")
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	err = found.Write(&text, "csv")
	return []byte(text.String()), err
}

// submissions lists those of a period, in order.
func (p *Pipeline) submissions(r Return, at period.Period) ([]Submission, error) {
	files, err := filepath.Glob(filepath.Join(p.returnDir(r, at), "submission-*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var out []Submission
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var s Submission
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("the submission %q cannot be read; restore it from a backup: %w", file, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// returnDir is where a return's submissions and sealed versions are kept.
func (p *Pipeline) returnDir(r Return, at period.Period) string {
	return p.Store("returns", r.Name, at.Label)
}

// writeOnce writes a record that is never written again.
func writeOnce(path string, content []byte) error {
	if exists(path) {
		return fmt.Errorf("%q is already there and is never written over", path)
	}
	return writeFile(path, content)
}
