package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"mojreturns/pipeline/journal"
)

// audit keeps who looked at what, before it is shown: store/audit has a journal for each
// month, whose first line has the head of the one before. It holds no value of a row: of
// an address the path, and of what was asked in it, which may be one, the SHA-256.
type audit struct {
	dir string
	now func() time.Time

	mu    sync.Mutex
	month string
	lines journal.Journal

	hour    time.Time // in which those without the key are counted
	refused int       // of them in that hour
}

// mostRefused is how many lines in an hour those without the key can have written:
// anybody on the machine could fill the disk otherwise. Of the rest the number is told.
const mostRefused = 20

// refuse adds a line of somebody without the key, or counts it.
func (a *audit) refuse(r *http.Request, says string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if hour := a.now().UTC().Truncate(time.Hour); !hour.Equal(a.hour) {
		if more := a.refused - mostRefused; more > 0 {
			told := r.Clone(r.Context())
			told.URL = &url.URL{Path: "/open"}
			if err := a.add(journal.Refused, told, count(int64(more))+" more in the hour from "+a.hour.Format("15:04")+" UTC"); err != nil {
				return err
			}
		}
		a.hour, a.refused = hour, 0
	}
	if a.refused++; a.refused > mostRefused {
		return nil
	}
	return a.add(journal.Refused, r, says)
}

// write adds a line; what cannot be recorded must not be shown.
func (a *audit) write(kind journal.Kind, r *http.Request, says string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.add(kind, r, says)
}

// add is write; a.mu is held.
func (a *audit) add(kind journal.Kind, r *http.Request, says string) error {
	at := a.now().UTC()
	if err := a.open(at); err != nil {
		return fmt.Errorf("cannot record what was looked at: %w", err)
	}
	place, query := r.URL.Path+formOf(r), r.URL.RawQuery
	if !known(place) { // it may be anything: a key with a slip, or what somebody looked for
		place, query = "another address", place+"?"+query
	}
	return a.lines.Append(journal.Entry{At: at, Kind: kind, By: local, Place: place, Digest: digestOf(query), Says: says})
}

// known tells whether an address is of a form that the workbench has, whose path is no
// value of a row.
func known(path string) bool {
	return knownForm.MatchString(path)
}

var knownForm = regexp.MustCompile(`^/(open|returns|figures|conditions|tables|ask|audit|return/[A-Za-z0-9._/-]{1,100}|figure/[A-Za-z0-9]{1,20}|row/[0-9a-f]{64}/[0-9]{1,10}|table/[a-z0-9_.]{1,80}|answer/[0-9a-f]{64}|question/[A-Za-z0-9_-]{1,80})(\.(csv|json|xlsx|parquet|arrows))?$`)

// open reads the month's journal, or begins it with the head of the last there is.
func (a *audit) open(at time.Time) (err error) {
	month := at.Format("2006-01")
	if month == a.month {
		return nil
	}
	if a.lines, err = a.read(month + ".jsonl"); err != nil {
		return err
	}
	if _, err := a.lines.Mend(); err != nil {
		return err
	}
	if len(a.lines.Entries) == 0 {
		if err := a.follow(month+".jsonl", at); err != nil {
			return err
		}
	}
	a.month = month
	return nil
}

func (a *audit) read(name string) (journal.Journal, error) {
	return journal.Read(filepath.Join(a.dir, name))
}

// follow writes the first line of a month.
func (a *audit) follow(name string, at time.Time) error {
	entries, err := os.ReadDir(a.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	first := journal.Entry{At: at, Kind: journal.Found, By: local, Says: "the first month"}
	for _, e := range slices.Backward(entries) {
		if e.Name() < name && filepath.Ext(e.Name()) == ".jsonl" {
			before, err := a.read(e.Name())
			if err != nil {
				return err
			}
			first.Place, first.Digest, first.Says = "audit/"+e.Name(), before.Head(), ""
			break
		}
	}
	return a.lines.Append(first)
}

func digestOf(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// kindOf is what a request does, by its address.
func kindOf(r *http.Request) journal.Kind {
	switch {
	case formOf(r) != "":
		return journal.Exported
	case askedOf(r.URL.Path):
		return journal.Asked
	}
	return journal.Looked
}
