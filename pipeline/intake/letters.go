package intake

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

// Letter is the record of a message that was written to a provider, as a draft for
// whoever chases to send. It holds no row and no value. It is kept in store/letters.
type Letter struct {
	Number   int       `json:"number"` // from 1, in the order they were written
	At       time.Time `json:"at"`     // UTC
	Provider string    `json:"provider"`
	Period   string    `json:"period"`
	To       string    `json:"to"`             // a role
	By       string    `json:"by"`             // a role
	Late     []string  `json:"late,omitempty"` // feed and period of files that were asked for
	Files    []About   `json:"files,omitempty"`
	Draft    string    `json:"draft"`  // the file's name
	SHA256   string    `json:"sha256"` // of the draft
}

// About is a file that was written about.
type About struct {
	File     string `json:"file"`
	SHA256   string `json:"sha256,omitempty"` // of what is kept; none of what was refused
	Rejected int64  `json:"rejected,omitempty"`
	Unusable bool   `json:"unusable,omitempty"`
}

// Letters reads what was written, in order; as of a moment, what had been by then.
func Letters(ws *workspace.Workspace) ([]Letter, error) {
	entries, err := os.ReadDir(ws.Path("letters"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot read what was written to providers: %w", err)
	}
	var out []Letter
	for _, e := range entries { // by name, and so by number
		if filepath.Ext(e.Name()) != ".json" {
			continue // half written
		}
		path := ws.Path("letters", e.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var l Letter
		if err := json.Unmarshal(text, &l); err != nil || fmt.Sprintf("%06d.json", l.Number) != e.Name() {
			return nil, fmt.Errorf("the record %q is damaged; restore it from a backup", path)
		}
		if then := ws.Moment(); then.IsZero() || !l.At.After(then) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b Letter) int { return a.Number - b.Number })
	return out, nil
}

// WriteLetters writes the messages of a period as drafts into a folder, each with the
// marked workbooks attached, and keeps a line of each. The caller holds the write lock.
func WriteLetters(ctx context.Context, ws *workspace.Workspace, at period.Period, chases []Chase, dir string) ([]Letter, error) {
	if inside, err := within(ws.Path(), dir); err != nil || inside {
		return nil, errors.Join(err, unanswerable("%q is in the store, where nobody sends from; give another folder", dir))
	}
	all, err := Letters(ws)
	if err != nil {
		return nil, err
	}
	next := 1
	if len(all) > 0 {
		next = all[len(all)-1].Number + 1
	}
	if err := os.MkdirAll(dir, 0o770); err != nil {
		return nil, err
	}
	var out []Letter
	for _, c := range chases {
		l, err := writeLetter(ctx, ws, at, c, dir, next)
		if err != nil {
			return out, fmt.Errorf("cannot write to %s: %w", c.Provider.Code, err)
		}
		out, next = append(out, l), next+1
	}
	return out, nil
}

func writeLetter(ctx context.Context, ws *workspace.Workspace, at period.Period, c Chase, dir string, number int) (Letter, error) {
	l := Letter{Number: number, At: ws.Now().UTC().Truncate(time.Second), Provider: c.Provider.Code, Period: at.Label, To: c.Provider.Addressee(), By: c.Provider.Chaser()}
	for _, o := range c.Late {
		l.Late = append(l.Late, o.Feed+" "+o.Period)
	}
	for _, u := range c.Refused {
		l.Files = append(l.Files, About{File: u.File, Unusable: true})
	}
	attached, err := attachments(ctx, ws, c, &l)
	if err != nil {
		return l, err
	}
	message, err := ChaseMessage(ws, c)
	if err != nil {
		return l, err
	}
	draft, err := mail{to: c.Provider.Contact, at: l.At.In(ws.Location), text: message, attached: attached}.bytes()
	if err != nil {
		return l, err
	}
	l.SHA256 = fmt.Sprintf("%x", sha256.Sum256(draft))
	if l.Draft, err = writeDraft(dir, fmt.Sprintf("%s_%s_%s", l.Provider, l.Period, l.At.In(ws.Location).Format(time.DateOnly)), draft); err != nil {
		return l, err
	}
	record, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return l, err
	}
	return l, workspace.WriteOnce(ws.Path("letters", fmt.Sprintf("%06d.json", number)), append(record, '\n'))
}

// attachments are the marked workbooks of the files with faults. They are made in the
// store, and so never of a provider's own file with client numbers, which no mail holds.
func attachments(ctx context.Context, ws *workspace.Workspace, c Chase, l *Letter) ([]attachment, error) {
	if len(c.Faulty) == 0 {
		return nil, nil
	}
	aside, err := ws.Temp("letters")
	if err != nil {
		return nil, err
	}
	defer aside.Close()
	marked, err := Annotate(ctx, ws, Annotation{Provider: c.Provider.Code, To: filepath.Join(aside.Path, "marked")})
	if err != nil {
		return nil, err
	}
	var out []attachment
	for _, f := range c.Faulty {
		l.Files = append(l.Files, About{File: f.File, SHA256: f.SHA256, Rejected: f.Rejected})
		at := slices.IndexFunc(marked, func(m Annotated) bool { return m.SHA256 == f.SHA256 && m.Path != "" })
		if at < 0 {
			return nil, fmt.Errorf("%q has rejected rows, and no fault of it can be marked", f.File)
		}
		content, err := os.ReadFile(marked[at].Path)
		if err != nil {
			return nil, err
		}
		out = append(out, attachment{filepath.Base(marked[at].Path), content})
	}
	return out, nil
}

// writeDraft writes under a name that no file has, since an earlier draft may not have
// been sent yet.
func writeDraft(dir, name string, content []byte) (string, error) {
	for n := 1; ; n++ {
		file := name + ".eml"
		if n > 1 {
			file = fmt.Sprintf("%s_%d.eml", name, n)
		}
		if path := filepath.Join(dir, file); !workspace.Exists(path) {
			return file, workspace.WriteFile(path, content)
		}
	}
}

// remember tells a chase when its provider was last written to about each thing.
func (c *Chase) remember(letters []Letter) {
	for _, l := range letters {
		if l.Provider != c.Provider.Code {
			continue
		}
		for i := range c.Late {
			if slices.Contains(l.Late, c.Late[i].Feed+" "+c.Late[i].Period) {
				c.Late[i].Asked = l.At
			}
		}
		for i := range c.Faulty {
			if slices.ContainsFunc(l.Files, func(f About) bool { return f.SHA256 == c.Faulty[i].SHA256 }) {
				c.Faulty[i].Asked = l.At
			}
		}
	}
}

// Asks says in a few words what a letter asked for.
func (l Letter) Asks() string {
	var faulty, unusable int
	for _, f := range l.Files {
		if f.Unusable {
			unusable++
		} else {
			faulty++
		}
	}
	var said []string
	for _, p := range []struct {
		n    int
		what string
	}{{len(l.Late), "late"}, {unusable, "not usable"}, {faulty, "with rejected rows"}} {
		if p.n > 0 {
			said = append(said, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(said, ", ")
}
