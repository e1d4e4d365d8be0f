package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// Audit is what the journal and what is kept say of each other.
type Audit struct {
	Lines int
	Head  string   // of the journal; empty where it has no line
	Older []string // the places of what is older than the journal, which did not see it made
	// Problems are sentences, each of something that was changed, taken away, put in,
	// moved or signed by somebody else.
	Problems []string
	// Notes are sentences of what is to be known and is no fault: keys that went.
	Notes []string
}

// Look holds everything that is kept for good against the journal. Head is one that was
// kept elsewhere, or empty.
func Look(ws *workspace.Workspace, head string) (Audit, error) {
	j, err := ws.Journal()
	a := auditing{ws: ws, journal: j}
	broken := errors.Is(err, journal.ErrBroken)
	if broken {
		a.tell("%v", err)
	} else if err != nil {
		return a.Audit, err
	}
	a.Lines, a.Head = len(j.Entries), j.Head()
	if len(j.Torn) > 0 {
		a.tell("the journal's last line is torn, as a killed command leaves it: the next command that changes anything puts it aside")
	}
	if behind, err := j.Behind(); err != nil && !broken {
		a.tell("%v", err)
	} else if behind && !broken {
		a.tell("the journal's last lines have no head in %s, as a killed command leaves them, or somebody put them there: the next command that changes anything writes it", ws.Place(j.HeadsFile()))
	}
	if head != "" {
		if err := j.Holds(head); err != nil {
			a.tell("%v", err)
		}
	}
	kept, err := ws.Kept()
	if err != nil {
		return a.Audit, err
	}
	if err := a.strays(); err != nil {
		return a.Audit, err
	}
	if len(j.Entries) == 0 && len(kept) > 0 && !broken {
		a.tell("there is no journal, although %d submissions, seals and releases are kept: it was taken away, or they are older than it. The next command that changes anything begins one", len(kept))
		return a.Audit, nil
	}
	there := map[string]bool{}
	for _, file := range kept {
		there[ws.Place(file)] = true
		if err := a.kept(file); err != nil {
			return a.Audit, err
		}
	}
	told := map[string]int{}
	for _, e := range j.Entries {
		if !e.Keeps() {
			continue
		}
		if first := told[e.Place]; first > 0 {
			a.tell("lines %d and %d of the journal both tell of %s", first, e.Number, e.Place)
		}
		told[e.Place] = e.Number
		if !there[e.Place] {
			a.tell("%s is gone, of which line %d of the journal tells: it was deleted, moved or renamed", e.Place, e.Number)
		}
		if e.Kind == journal.Found {
			a.Older = append(a.Older, e.Place)
		}
	}
	if !broken {
		err = errors.Join(a.vouched(), a.keysLines())
	}
	return a.Audit, err
}

type auditing struct {
	Audit
	ws      *workspace.Workspace
	journal journal.Journal
	// strict holds what is older than the journal to the keys of today: what is relied on
	// now is signed as it is signed now.
	strict bool
	// vouch are the lines that what is kept vouches for, beside those that speak of it.
	vouch []journal.Entry
}

func (a *auditing) tell(format string, args ...any) {
	a.Problems = append(a.Problems, fmt.Sprintf(format, args...))
}

// strays names what lies among what is kept and is nothing of it.
func (a *auditing) strays() error {
	strays, err := a.ws.Strays()
	for _, path := range strays {
		if strings.HasSuffix(path, seal.Half) {
			a.tell("%s is half made, as a killed command leaves it: the next command that changes anything clears it", a.ws.Place(path))
			continue
		}
		a.tell("%s is an empty folder: it was put there, or what was in it was taken away", a.ws.Place(path))
	}
	return err
}

// kept looks at one thing that is kept: a sealed folder, or a file.
func (a *auditing) kept(file string) error {
	place := a.ws.Place(file)
	line, keys, told := a.journal.Of(place)
	if !told {
		a.tell("%s stands in no line of the journal: it was put there, copied, moved or renamed", place)
		return nil
	}
	is, err := workspace.Digested(file)
	if err != nil {
		return err
	}
	if is.Digest != line.Digest {
		a.tell("%s is not what line %d of the journal tells of: it was changed or exchanged", place, line.Number)
	}
	if is.Signature != line.Signature {
		a.tell("the signature of %s is not the one that line %d of the journal tells of", place, line.Number)
	}
	if line.Kind == journal.Found && a.strict {
		keys = a.journal.KeysNow()
	}
	if info, err := os.Stat(file); err != nil || !info.IsDir() {
		return a.file(file, place, line, keys)
	}
	if _, err := seal.Check(file); err != nil {
		a.tell("%s: %s", place, strings.ReplaceAll(err.Error(), "\n", "; "))
		return nil
	}
	return a.folder(file, place, line, keys)
}

// file looks at a submission.
func (a *auditing) file(file, place string, line journal.Entry, keys map[string]string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var s Submission
	if err := json.Unmarshal(text, &s); err != nil {
		a.tell("%s cannot be read as a submission", place)
		return nil
	}
	a.vouchFor(line, Lines(line.Kind, s.By, s.Waived)[1:]...)
	if says := path.Join("returns", s.Return, s.Period, SubmissionName(s.Number)); says != place {
		a.tell("%s says that it is %s", place, says)
	}
	if err := a.signed(s.By, s.Signature, s.Digest(), line, keys); err != nil {
		a.tell("%s %v", place, err)
	}
	return nil
}

// folder looks at a sealed return or briefing whose files are what was sealed.
func (a *auditing) folder(dir, place string, line journal.Entry, keys map[string]string) error {
	text, err := os.ReadFile(filepath.Join(dir, AboutFile))
	if err != nil {
		a.tell("%s does not say what it is: it has no %s", place, AboutFile)
		return nil
	}
	var about struct {
		Return, Period, By string
		Version, Number    int
		Submission         Submission
		Waived             []Waiver
		Journal            *string // nil of what an earlier program sealed
	}
	if err := json.Unmarshal(text, &about); err != nil {
		a.tell("%s does not say what it is: %s cannot be read", place, AboutFile)
		return nil
	}
	a.vouchFor(line, Lines(line.Kind, about.By, about.Waived)[1:]...)
	if about.Return != "" {
		submitted := path.Join(path.Dir(place), SubmissionName(about.Submission.Number))
		a.vouchFor(line, journal.Entry{Kind: journal.Approved, By: about.By, Place: submitted, Digest: about.Submission.Digest()})
	}
	says := path.Join("releases", "briefing", seal.Name("", about.Number))
	if about.Return != "" {
		says = path.Join("returns", about.Return, about.Period, seal.Name("v", about.Version))
	}
	if says != place {
		a.tell("%s says that it is %s", place, says)
	}
	if about.Journal != nil {
		a.after(*about.Journal, place, line)
	}
	signature, err := seal.ReadSignature(dir)
	if err != nil {
		return err
	}
	if about.Return == "" { // nobody signs what is released
		keys = nil
	}
	digest, err := seal.DigestOf(dir)
	if err == nil {
		if err := a.signed(about.By, signature, digest, line, keys); err != nil {
			a.tell("%s %v", place, err)
		}
	}
	return err
}

// after names a seal or a release whose line does not come after the head that it knew. One
// that knew none is the first thing that was done, and was not found by a later journal.
func (a *auditing) after(head, place string, line journal.Entry) {
	switch {
	case head == "" && (line.Number != 1 || line.Kind == journal.Found):
		a.tell("%s was sealed before anything stood in the journal, and this journal does not begin with that: it was begun anew, or is another", place)
	case head != "" && a.journal.Holds(head) != nil:
		a.tell("%s was sealed after the head %s of the journal, and this journal does not lead there: it was begun anew, or is another", place, head)
	}
}

// signed says why a record is not signed as it should be: by the user it names, with the
// key that was theirs, over the whole of it. A user without a key is recorded only. Of what
// is older than the journal the keys of its day are not known, and its line holds it to the
// signature that was found.
func (a *auditing) signed(by string, s *seal.Signature, digest string, line journal.Entry, keys map[string]string) error {
	key := keys[by]
	switch {
	case line.Kind == journal.Found && !a.strict:
		return nil
	case line.Kind != journal.Found && line.By != by:
		return fmt.Errorf("says that it is by %q, and line %d of the journal by %q", by, line.Number, line.By)
	case key == "" && s == nil:
		return nil
	case key == "":
		return fmt.Errorf("is signed with a key that nobody had registered for %q", by)
	case s == nil:
		return fmt.Errorf("is not signed, although %q has a key", by)
	case s.PublicKey != key || s.By != by:
		return fmt.Errorf("is signed with another key than that of %q", by)
	case s.Digest != digest || !s.Valid():
		return fmt.Errorf("is not what %q signed", by)
	}
	return nil
}

// Witnessed refuses a submission that is not the one that was recorded, or not signed as
// its user signs. The caller holds the write lock, so that it stands in the journal.
func Witnessed(ws *workspace.Workspace, file string) error {
	j, err := ws.Journal()
	if err != nil {
		return err
	}
	a := auditing{ws: ws, journal: j, strict: true}
	if err := a.kept(file); err != nil {
		return err
	}
	if len(a.Problems) > 0 {
		return workspace.Refused("the submission cannot be relied on: %s. Submit again", strings.Join(a.Problems, "; "))
	}
	return nil
}
