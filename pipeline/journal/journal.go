// Package journal keeps what the office did in the order it did it, so that nothing of
// it can be changed, taken out or put in later without showing. It is a file of lines;
// each has the hash of the line before, so that the last one stands for all: whoever has
// written down the head knows whether any line up to it is another now.
//
// The last line has none after it that holds its hash. So the office's journal has a file
// of heads beside it (Witness), and each line says that there is one.
//
// What it does not do: who can write the whole store can take the last lines away with
// their heads and what they tell of, or write a whole other journal with other keys and
// seals in it. Only a head that is kept elsewhere tells. One that is taken away and begun
// anew, or is another, shows by every seal and release that stays, since each holds the head
// of before it. A person's key tells as long as the line that registers it stands.
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Kind is what was done.
type Kind string

// The kinds of line.
const (
	Found     Kind = "found" // it was there before the journal, which did not see it made
	Submitted Kind = "submitted"
	Waived    Kind = "waived"
	Approved  Kind = "approved"
	Sealed    Kind = "sealed"
	Released  Kind = "released"
	Withdrawn Kind = "withdrawn"
	Erased    Kind = "erased"
	Keys      Kind = "keys" // the users' public keys are these from now on

	// Of what is looked at in a browser, which has journals of its own.
	Opened   Kind = "opened"   // somebody came with the key
	Looked   Kind = "looked"   // at a page
	Asked    Kind = "asked"    // a question
	Exported Kind = "exported" // a file went out
	Refused  Kind = "refused"  // and was shown nothing
)

// Entry is a line of the journal.
type Entry struct {
	Number int       `json:"number"` // 1 is the first line
	Before string    `json:"before"` // the hash of the line before, empty on the first
	At     time.Time `json:"at"`
	Kind   Kind      `json:"kind"`
	By     string    `json:"by"` // a role; of a change of keys the user whose command found it, or the file they stand in
	// Place is what the line speaks of: a path below the store, with forward slashes, or
	// the hash of a received file. Digest is the SHA-256 of what is there.
	Place  string `json:"place,omitempty"`
	Digest string `json:"digest,omitempty"`
	// Signature is the SHA-256 of the signature beside it; empty where nobody signed.
	Signature string            `json:"signature,omitempty"`
	Says      string            `json:"says,omitempty"` // of a waiver: the check
	Keys      map[string]string `json:"keys,omitempty"` // public keys by user
	// Witnessed says that the file of heads has this line's, or that of one after it.
	Witnessed bool `json:"witnessed,omitempty"`
}

// Keeps tells whether the line speaks of something that is in the store ever after.
func (e Entry) Keeps() bool {
	return e.Kind == Found || e.Kind == Submitted || e.Kind == Sealed || e.Kind == Released
}

// Journal is the lines of a file that hang together.
type Journal struct {
	Entries []Entry
	Torn    []byte // what a killed command left of a last line

	file   string
	hashes []string // of each line
	length int64    // of the file, up to what is torn

	heads    []string // those kept beside it
	tornHead string
}

// ErrBroken is wrapped by Read's error where the lines do not hang together.
var ErrBroken = errors.New("the journal is broken")

// Read reads a journal; a file that is not there has no lines. Where a line is not
// what the next one says, the lines before it are given with an error.
func Read(file string) (Journal, error) {
	j := Journal{file: file}
	if err := j.readHeads(); err != nil { // first: whoever writes meanwhile writes the lines before their head
		return j, err
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return j, err
	}
	for len(text) > 0 {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			j.Torn = line
			return j, nil
		}
		if err := j.add(line); err != nil {
			return j, fmt.Errorf("%w: line %d of %q %w", ErrBroken, len(j.Entries)+1, file, err)
		}
		j.length += int64(len(line)) + 1
		text = rest
	}
	return j, nil
}

// add takes the next line, which must say what line it is and which came before.
func (j *Journal) add(line []byte) error {
	var e Entry
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return errors.New("is no line of a journal: it was changed")
	}
	if again, err := json.Marshal(e); err != nil || !bytes.Equal(again, line) {
		return errors.New("is not written as the program writes: it was changed")
	}
	switch {
	case e.Number != len(j.Entries)+1:
		return fmt.Errorf("says that it is line %d: a line was taken out or put in before it", e.Number)
	case e.Before != j.hash():
		return errors.New("does not follow the line before it, one of which was changed")
	}
	j.Entries, j.hashes = append(j.Entries, e), append(j.hashes, hashOf(line))
	return nil
}

func hashOf(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// hash is that of the last line.
func (j Journal) hash() string {
	if len(j.hashes) == 0 {
		return ""
	}
	return j.hashes[len(j.hashes)-1]
}

// Head is the number and the hash of the last line, as minutes of a meeting keep it;
// empty where there is no line.
func (j Journal) Head() string {
	if len(j.hashes) == 0 {
		return ""
	}
	return fmt.Sprintf("%d:%s", len(j.hashes), j.hash())
}

// Holds says why a head that was kept elsewhere is not of this journal; nil where it is,
// and then nothing up to it has changed. It may be given without its number.
func (j Journal) Holds(head string) error {
	number, hash, ok := strings.Cut(strings.ToLower(strings.TrimSpace(head)), ":")
	if !ok {
		number, hash = "", number
	}
	for i, h := range j.hashes {
		if h == hash && (number == "" || number == strconv.Itoa(i+1)) {
			return nil
		}
	}
	return fmt.Errorf("no line of the journal has the head %q: it, or a line before it, is another now", head)
}

// Mend takes a torn last line out of the file and keeps it beside it. Only who holds
// the write lock may. It gives the file the torn bytes are kept in.
func (j *Journal) Mend() (kept string, err error) {
	if len(j.Torn) == 0 {
		return "", nil
	}
	if kept, err = j.putAside(); err == nil {
		err = os.Truncate(j.file, j.length)
	}
	if err != nil {
		return "", fmt.Errorf("the journal's torn last line cannot be put aside: %w", err)
	}
	j.Torn = nil
	return kept, nil
}

// putAside keeps the torn bytes on the disk, under a name that no others have.
func (j Journal) putAside() (kept string, err error) {
	for n := 1; ; n++ {
		kept = fmt.Sprintf("%s.torn-%d-%d", j.file, len(j.Entries)+1, n)
		f, err := os.OpenFile(kept, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o660)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(j.Torn)
		return kept, errors.Join(err, f.Sync(), f.Close())
	}
}

// Append writes entries as the next lines, all at once; their number and hash of the
// line before are filled in. When it returns they are on the disk.
func (j *Journal) Append(entries ...Entry) error {
	if len(j.Torn) > 0 {
		return fmt.Errorf("the last line of %q is torn; it is mended first", j.file)
	}
	if len(entries) == 0 {
		return nil
	}
	next := *j
	var text bytes.Buffer
	for _, e := range entries {
		e.Number, e.Before, e.At = len(next.Entries)+1, next.hash(), e.At.UTC().Truncate(time.Second)
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := next.add(line); err != nil {
			return fmt.Errorf("the journal's line %d %w", e.Number, err)
		}
		text.Write(line)
		text.WriteByte('\n')
	}
	if err := os.MkdirAll(filepath.Dir(j.file), 0o770); err != nil {
		return err
	}
	f, err := os.OpenFile(j.file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o660)
	if err != nil {
		return fmt.Errorf("cannot write the journal: %w", err)
	}
	_, err = f.Write(text.Bytes())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("cannot write the journal: %w", err)
	}
	next.length += int64(text.Len())
	*j = next
	return nil
}

// Of finds the line that speaks of a place in the store, and the keys that were the
// users' when it was written.
func (j Journal) Of(place string) (line Entry, keys map[string]string, found bool) {
	for _, e := range j.Entries {
		switch {
		case e.Kind == Keys:
			keys = e.Keys
		case e.Place == place && e.Keeps():
			return e, keys, true
		}
	}
	return Entry{}, nil, false
}

// KeysNow are the users' keys by the last line that tells of them.
func (j Journal) KeysNow() map[string]string {
	var now map[string]string
	for _, e := range j.Entries {
		if e.Kind == Keys {
			now = e.Keys
		}
	}
	return now
}
