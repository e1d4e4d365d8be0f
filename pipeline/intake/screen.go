package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// screen looks into a file before its bytes are kept, and takes out of it the
// columns that the mapping says to drop. Where a column is full of personal data, or is
// headed as such and no contract claims it, the file is refused; the sentence
// repeats no value. What was staged to look goes on to the store once the file is in.
func screen(ctx context.Context, ws *workspace.Workspace, by door, path string, r landing.Receipt) (landing.Screening, error) {
	aside, err := ws.Temp("screening")
	if err != nil {
		return landing.Screening{}, err
	}
	found, err := screenIn(ctx, ws, by, path, r, aside.Path)
	if err != nil {
		return found, errors.Join(err, aside.Close())
	}
	found.Done = func(in bool) error {
		var err error
		if in {
			err = keepStaged(ws, filepath.Join(aside.Path, "staged"))
		}
		return errors.Join(err, aside.Close())
	}
	return found, nil
}

// screenDry does so and keeps nothing; what would be kept is put into a folder in dir.
func screenDry(ctx context.Context, ws *workspace.Workspace, by door, path string, r landing.Receipt, dir string) (landing.Screening, error) {
	in, err := os.MkdirTemp(dir, "screening")
	if err != nil {
		return landing.Screening{}, err
	}
	found, err := screenIn(ctx, ws, by, path, r, in)
	if err != nil || found.Keep == "" || found.Table {
		err = errors.Join(err, os.RemoveAll(in))
	}
	return found, err
}

func screenIn(ctx context.Context, ws *workspace.Workspace, by door, path string, r landing.Receipt, dir string) (landing.Screening, error) {
	f := screening{Workspace: ws, door: by, path: path, receipt: r, dir: dir, sent: landing.Sent{SHA256: r.SHA256, Size: r.Size}}
	if refusal, err := f.open(ctx); err != nil || refusal.Refusal != "" {
		return refusal, err
	}
	if err := f.stage(ctx); err != nil {
		return landing.Screening{}, err
	}
	if f.unread != "" {
		for _, s := range f.tables { // which says where
			if s.Refused != "" {
				f.unread = s.Refused
				break
			}
		}
		return landing.Screening{Refusal: f.unread + unlooked}, nil
	}
	if refusal, err := f.around(ctx); err != nil || refusal != "" {
		return landing.Screening{Refusal: refusal}, err
	}
	return f.found(ctx)
}

// screening is a file being looked into: its tables, those that a feed claims and
// all other sheets, since their bytes would be kept too.
type screening struct {
	*workspace.Workspace
	door    door
	path    string
	receipt landing.Receipt
	sent    landing.Sent // the file as it came
	dir     string       // staged/ for what feeds claim, other/ for the rest
	tables  []typed.Staged
	unread  string // why it cannot be looked into; empty where it can
	hashed  *hashing
	without []landing.Withheld // cells that lost their values
	written int                // how many files were made to go on with
}

// strip goes on with the workbook that has its table alone. What cannot be read is told
// when it is staged.
func (f *screening) strip(ctx context.Context) error {
	kept := f.next("xlsx")
	taken, err := extract.Strip(ctx, f.path, f.receipt.Name, kept)
	var refused *extract.Refusal
	if errors.As(err, &refused) { // a part of it cannot be read, and so not screened
		f.unread = refused.Error()
		return nil
	}
	if err != nil {
		return err
	}
	if !workspace.Exists(kept) {
		return nil // a text, or an OpenDocument file, whose text alone was taken
	}
	f.sent.Workbook, f.sent.Taken = true, taken
	return f.goOnWith(kept)
}

// meant are what a sender may have put beside a table for us to read; of the rest, such
// as the author's name among the properties, the receipt alone tells.
var meant = []string{"comments", "pictures", "drawings", "charts", "embedded files", "macros", "pivot tables"}

// stripped says in a sentence what went of the workbook that may have been meant for us.
func (f *screening) stripped() string {
	var went []string
	for _, what := range f.sent.Taken {
		if slices.Contains(meant, what) {
			went = append(went, what)
		}
	}
	if len(went) == 0 {
		return ""
	}
	return "kept with its table alone, without its " + strings.Join(went, ", ")
}

// goOnWith goes on with the file that is kept in the place of the one that was sent.
func (f *screening) goOnWith(kept string) error {
	in, err := os.Open(kept)
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return err
	}
	sent := f.sent
	f.path, f.receipt.Sent, f.receipt.SHA256 = kept, &sent, fmt.Sprintf("%x", sum.Sum(nil))
	return nil
}

func (f *screening) stage(ctx context.Context) error {
	f.tables = nil
	claimed, err := landing.Resolve([]landing.Receipt{f.receipt}, nil, f.Register.Providers, f.Location)
	if err != nil {
		return nil // landing says what is wrong with the name
	}
	read := map[string]bool{}
	add := func(d landing.Delivery, to string) error {
		found, err := typed.StageFile(ctx, f.Workspace, d, typed.Place{Bytes: f.path, Staged: filepath.Join(f.dir, to)})
		for _, s := range found {
			f.tables = append(f.tables, s)
			if s.Refused == "" { // else it is looked into as it stands too: the mapping may ask for another delimiter or header row
				read[s.Table.Sheet] = true
			}
		}
		return err
	}
	for _, d := range claimed {
		if err := add(d, "staged"); err != nil {
			return err
		}
	}
	sheets, err := f.sheets()
	if err != nil {
		return err
	}
	if len(sheets) == 0 && f.unread == "" {
		sheets = []string{""} // a text
	}
	for _, sheet := range sheets {
		if !read[sheet] {
			if err := add(landing.Delivery{Receipt: f.receipt, Spec: register.Feed{Sheet: sheet, Encoding: "detect"}}, "other"); err != nil {
				return err
			}
		}
	}
	return nil
}

// sheets are those of the file; none of one that cannot be read, which is told
// when it is staged.
func (f *screening) sheets() ([]string, error) {
	sheets, err := extract.Sheets(f.path, f.receipt.Name, f.ReadingOptions(landing.Delivery{Receipt: f.receipt}))
	var refused *extract.Refusal
	if errors.As(err, &refused) {
		f.unread = refused.Error()
		return nil, nil
	}
	return sheets, err
}

// refusal says which columns hold personal data; empty for none.
func (f *screening) refusal() string {
	var said []string
	for _, s := range f.tables {
		unclaimed := s.Mapping.Unused
		if s.Feed == "" || s.Refused != "" {
			unclaimed = s.Table.Header
		}
		found := personal.Headers(f.Personal, s.Table.Header, unclaimed)
		for _, p := range s.Personal {
			if p.Fills() {
				found = append(found, p)
			}
		}
		said = append(said, f.clientNumbers(s)...)
		for _, p := range found {
			if sentence := p.Sentence(f.Safe, s.Table.Sheet); !slices.Contains(said, sentence) {
				said = append(said, sentence)
			}
		}
	}
	if len(said) == 0 {
		return ""
	}
	return "personal data, so nothing of this file was kept: " + strings.Join(said, "; ") + "; take it out and send the file again"
}

// keepStaged moves what was staged to look at into the store's staged files.
func keepStaged(ws *workspace.Workspace, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(ws.Path("staged"), 0o770); err != nil {
		return err
	}
	for _, e := range entries {
		to := ws.Path("staged", e.Name())
		if workspace.Exists(to) {
			continue
		}
		if err := os.Rename(filepath.Join(dir, e.Name()), to); err != nil {
			return err
		}
	}
	return nil
}
