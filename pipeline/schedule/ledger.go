package schedule

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Outcome says in a word what became of an occurrence.
type Outcome string

// The outcomes. Started, Interrupted and Stopped leave an occurrence to be caught up;
// the others settle it.
const (
	// Added marks the moment from which an entry is as it is: when it was first seen, and
	// when it was changed. Nothing before the first was missed.
	Added Outcome = "added"
	// Started is written before the work, so that a power cut leaves a trace.
	Started Outcome = "started"
	Done    Outcome = "done"
	Failed  Outcome = "failed"
	// Interrupted means that the program went away while the job ran.
	Interrupted Outcome = "interrupted"
	// Stopped means the program was told to stop while the job ran.
	Stopped Outcome = "stopped"
	// Dropped means the same job was still running from before.
	Dropped Outcome = "dropped"
	// Missed means the program was not running then, and a later occurrence
	// was run in its place.
	Missed Outcome = "missed"
	// Skipped means that nothing runs on such a day.
	Skipped Outcome = "skipped"
)

// Record is one line of the ledger: where an occurrence stood at a moment. The
// last line of a key is how it stands.
type Record struct {
	Key      string    `json:"key"`
	Name     string    `json:"name"`
	Job      string    `json:"job"`
	Due      time.Time `json:"due"`
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"`
	Outcome  Outcome   `json:"outcome"`
	Message  string    `json:"message,omitempty"`
	// Entry is what an entry was from the moment it was added or changed.
	Entry *Entry `json:"entry,omitempty"`
}

// Ledger remembers every occurrence across restarts. It is one file of JSON
// lines, only ever added to. It is safe for use by several goroutines.
type Ledger struct {
	path string

	mu      sync.Mutex
	records map[string]Record
	order   []string // keys, by their first line
	starts  map[string]int
	added   map[string][]Record // by entry: what it was, from when
	damaged int
	torn    bool // the file does not end with a line end
}

// OpenLedger reads the ledger at path; a file that is not there yet is an
// empty ledger. A line cut short by a power cut is passed over and counted.
func OpenLedger(path string) (*Ledger, error) {
	l := &Ledger{path: path, records: map[string]Record{}, starts: map[string]int{}, added: map[string][]Record{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the schedule's ledger: %w", err)
	}
	l.torn = len(text) > 0 && text[len(text)-1] != '\n'
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var r Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil || r.Key == "" {
			l.damaged++
			continue
		}
		l.remember(r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("cannot read the schedule's ledger %s: %w", path, err)
	}
	return l, nil
}

// Damaged is the number of lines that could not be read.
func (l *Ledger) Damaged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.damaged
}

// Recent gives the last occurrences, newest first, at most limit of them.
func (l *Ledger) Recent(limit int) []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []Record
	for i := len(l.order) - 1; i >= 0 && len(list) < limit; i-- {
		if r := l.records[l.order[i]]; r.Outcome != Added {
			list = append(list, r)
		}
	}
	return list
}

// Last is how the latest occurrence of each entry stands, by the entry's name.
func (l *Ledger) Last() map[string]Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := map[string]Record{}
	for _, key := range l.order {
		r := l.records[key]
		if was, met := last[r.Name]; r.Outcome != Added && (!met || r.Due.After(was.Due)) {
			last[r.Name] = r
		}
	}
	return last
}

// Write adds a line and makes sure that it is on the disk.
func (l *Ledger) Write(r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("cannot write the schedule's ledger: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remember(r)
	if l.torn {
		line = append([]byte{'\n'}, line...)
	}
	if err := appendLine(l.path, append(line, '\n')); err != nil {
		l.torn = true
		return fmt.Errorf("cannot write the schedule's ledger: %w", err)
	}
	l.torn = false
	return nil
}

func appendLine(path string, line []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(line)
	return errors.Join(err, f.Sync(), f.Close())
}

// oldKey is how keys were written while they held the time of day as well.
var oldKey = regexp.MustCompile(`^(.* [0-9]{4}-[0-9]{2}-[0-9]{2}) [0-9]{2}:[0-9]{2}$`)

func (l *Ledger) remember(r Record) {
	if m := oldKey.FindStringSubmatch(r.Key); m != nil {
		r.Key = m[1]
	}
	if _, known := l.records[r.Key]; !known {
		l.order = append(l.order, r.Key)
	}
	switch r.Outcome {
	case Started:
		l.starts[r.Key]++
	case Added:
		l.added[r.Name] = append(l.added[r.Name], r)
	}
	l.records[r.Key] = r
}

// history is what an entry was, and from when, oldest first; empty before it was met.
func (l *Ledger) history(name string) []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.added[name])
}

// begun are the occurrences whose last line says that they were started.
func (l *Ledger) begun() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []Record
	for _, key := range l.order {
		if r := l.records[key]; r.Outcome == Started {
			list = append(list, r)
		}
	}
	return list
}

func addedKey(name string) string { return name + " " + string(Added) }

// open says whether the occurrence still waits to be run, and how often it was begun.
func (l *Ledger) open(key string) (bool, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, known := l.records[key]
	return !known || r.Outcome == Started || r.Outcome == Interrupted || r.Outcome == Stopped, l.starts[key]
}
