package workspace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/temp"
)

// keptDirs hold what is kept for good, below the store: of what is in them the journal
// tells, and nothing else belongs there.
var keptDirs = []string{"returns", "releases"}

// Journal reads the office's journal. Its lines are given even where one does not hang
// together with the next, with an error that wraps journal.ErrBroken.
func (ws *Workspace) Journal() (journal.Journal, error) {
	return journal.Read(ws.Path("journal.jsonl"))
}

// Place is a path of the store as the journal says it.
func (ws *Workspace) Place(path string) string {
	place, err := filepath.Rel(ws.Path(), path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(place)
}

// Record writes lines of the journal, of now. What a line speaks of gets its name only
// afterwards, so that nothing is there that no line tells of; Recover names what a killed
// command left without.
func (ws *Workspace) Record(entries ...journal.Entry) error {
	j, err := ws.readyJournal()
	if err != nil {
		return err
	}
	return ws.append(&j, entries)
}

// append writes lines of now, and the head of the last.
func (ws *Workspace) append(j *journal.Journal, entries []journal.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	for i := range entries {
		entries[i].At, entries[i].Witnessed = ws.Now(), true
	}
	for _, write := range []func() error{j.Witness, func() error { return j.Append(entries...) }, j.Witness} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// Recover makes the store whole for who holds its write lock: it mends a torn last line
// of the journal, names what a killed command made and did not name, and clears what it
// left half made. A journal that does not hang together is refused.
func (ws *Workspace) Recover() error {
	j, err := ws.readyJournal()
	if err != nil {
		return err
	}
	if err := ws.nameTheTold(j); err != nil {
		return fmt.Errorf("what a killed command left cannot be finished: %w", err)
	}
	told := func(path string) bool { _, _, found := j.Of(ws.Place(path)); return found }
	errs := []error{temp.Clear(ws.Path("tmp"))}
	for _, kept := range keptDirs {
		errs = append(errs, seal.Clear(ws.Path(kept), told))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("what a killed command left cannot be cleared: %w", err)
	}
	return nil
}

// readyJournal is the journal with nothing torn, and lines for what has none: what was
// kept before there was a journal, the users' keys where they are others than they were,
// and what was withdrawn just before a command was killed.
func (ws *Workspace) readyJournal() (journal.Journal, error) {
	j, err := ws.Journal()
	if err == nil {
		_, err = j.Behind()
	}
	if errors.Is(err, journal.ErrBroken) {
		return j, Refused("%v.\nSomebody changed it, or a disk did: restore store/journal.jsonl and store/journal.heads from a backup; `mojreturns seal verify` says what else differs", err)
	}
	if err != nil {
		return j, err
	}
	kept, err := j.Mend()
	if err != nil {
		return j, err
	}
	if kept != "" {
		ws.Log.Warn("the last line of the journal was torn by a killed command: it is put aside", "file", kept)
	}
	if len(j.Entries) > 0 { // what a killed command, or an earlier program, did not
		if err := j.Witness(); err != nil {
			return j, err
		}
	}
	var missing []journal.Entry
	if len(j.Entries) == 0 {
		if missing, err = ws.found(); err != nil {
			return j, err
		}
	}
	missing = append(missing, ws.newKeys(j)...)
	withdrawals, err := ws.Landing.Withdrawals()
	if err != nil {
		return j, err
	}
	for _, w := range withdrawals {
		e := Withdrawal(w)
		if !slices.ContainsFunc(j.Entries, func(o journal.Entry) bool { return o.Kind == e.Kind && o.Place == e.Place && o.Digest == e.Digest }) {
			missing = append(missing, e)
		}
	}
	return j, ws.append(&j, missing)
}

// Withdrawal is the journal's line of a withdrawal or an erasure.
func Withdrawal(w landing.Withdrawal) journal.Entry {
	kind := journal.Withdrawn
	if w.Erased {
		kind = journal.Erased
	}
	text, _ := json.Marshal(w) // texts, a number and a time always marshal
	return journal.Entry{Kind: kind, By: w.By, Place: w.SHA256, Digest: seal.Digest(text)}
}

// found are lines for what was kept before there was a journal.
func (ws *Workspace) found() ([]journal.Entry, error) {
	kept, err := ws.Kept()
	var out []journal.Entry
	for _, path := range kept {
		e, digestErr := Digested(path)
		err = errors.Join(err, digestErr)
		e.Kind, e.By, e.Place = journal.Found, "mojreturns", ws.Place(path)
		out = append(out, e)
	}
	return out, err
}

// Kept lists what is kept for good, in order of path: sealed folders whole, other files
// one by one. What is half made is left out.
func (ws *Workspace) Kept() ([]string, error) {
	var out []string
	for _, kept := range keptDirs {
		err := filepath.WalkDir(ws.Path(kept), func(path string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case strings.HasSuffix(path, seal.Half) && d.IsDir():
				return fs.SkipDir
			case d.IsDir() && Exists(filepath.Join(path, seal.ManifestFile)):
				out = append(out, path)
				return fs.SkipDir
			case !d.IsDir() && !strings.HasSuffix(path, seal.Half):
				out = append(out, path)
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// Strays lists what lies where things are kept for good and is none of them, in order of
// path: what is half made, and folders with nothing in them.
func (ws *Workspace) Strays() ([]string, error) {
	var out []string
	for _, kept := range keptDirs {
		err := filepath.WalkDir(ws.Path(kept), func(path string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case strings.HasSuffix(path, seal.Half):
				out = append(out, path)
			case !d.IsDir() || path == ws.Path(kept):
				return nil
			default:
				entries, err := os.ReadDir(path)
				if len(entries) == 0 {
					out = append(out, path)
				}
				return err
			}
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// Digested is a line with the digests of what is at a path: of a sealed folder those of
// its manifest and its signature, of a file its own.
func Digested(path string) (journal.Entry, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		text, err := os.ReadFile(path)
		return journal.Entry{Digest: seal.Digest(text)}, err
	}
	digest, err := seal.DigestOf(path)
	if err != nil {
		return journal.Entry{}, err
	}
	e := journal.Entry{Digest: digest}
	text, err := os.ReadFile(filepath.Join(path, seal.SignatureFile))
	if err == nil {
		e.Signature = seal.Digest(text)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return e, err
}

// nameTheTold gives what the journal tells of its name where it has none: a command was
// killed before it did. What is not as its line tells stays as it is, and verifying says
// that it is missing.
func (ws *Workspace) nameTheTold(j journal.Journal) error {
	for _, e := range j.Entries {
		path := ws.Path(filepath.FromSlash(e.Place))
		half := path + seal.Half
		if !e.Keeps() || Exists(path) || !Exists(half) {
			continue
		}
		is, err := Digested(half)
		if errors.Is(err, fs.ErrNotExist) || is.Digest != e.Digest || is.Signature != e.Signature {
			continue
		}
		if err == nil {
			err = os.Rename(half, path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Keep writes a file that is kept for good and never written again: line tells of it in
// the journal, before it gets its name.
func (ws *Workspace) Keep(path string, content []byte, lines ...journal.Entry) error {
	if Exists(path) {
		return fmt.Errorf("%q is already there and is never written over", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o770); err != nil {
		return err
	}
	half := path + seal.Half
	if err := seal.WriteNew(half, content); err != nil {
		return err
	}
	lines[0].Place, lines[0].Digest = ws.Place(path), seal.Digest(content)
	if err := ws.Record(lines...); err != nil {
		return err
	}
	return os.Rename(half, path)
}

// Seal seals files as a folder that is kept for good, as Keep does a file.
func (ws *Workspace) Seal(dir string, files seal.Files, signature *seal.Signature, lines ...journal.Entry) error {
	return seal.Write(dir, files, signature, func(half string) error {
		e, err := Digested(half)
		if err != nil {
			return err
		}
		lines[0].Place, lines[0].Digest, lines[0].Signature = ws.Place(dir), e.Digest, e.Signature
		return ws.Record(lines...)
	})
}
