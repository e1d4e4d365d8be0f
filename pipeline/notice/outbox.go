package notice

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// tries are how long after each failure a message is sent again; when they are used up
// it is tried once a day, and given up after a week.
var tries = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

const (
	everyDay = 24 * time.Hour
	givenUp  = 7 * everyDay
)

// line is one line of the outbox.
type line struct {
	At      time.Time `json:"at"`
	Did     string    `json:"did"` // told, sent or failed
	ID      string    `json:"id"`
	Channel string    `json:"channel,omitempty"`
	Says    string    `json:"says,omitempty"` // why it failed
	// Of a message that is told:
	Message  *Message `json:"message,omitempty"`
	Channels []string `json:"channels,omitempty"`
}

// Outbox remembers what was told and what was sent, in one file of JSON lines that is
// only ever added to. It is safe for use by several goroutines.
type Outbox struct {
	path string

	mu       sync.Mutex
	messages []Message
	waiting  map[string]map[string]attempts // by message and channel
	standing map[string]Event               // told of, and not of their end
	torn     bool
}

type attempts struct {
	failed int
	last   time.Time
	says   string
}

// Open reads an outbox; a file that is not there is an empty one. A line that a power cut
// tore is passed over.
func Open(path string) (*Outbox, error) {
	o := &Outbox{path: path, waiting: map[string]map[string]attempts{}, standing: map[string]Event{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the outbox of notices: %w", err)
	}
	o.torn = len(text) > 0 && text[len(text)-1] != '\n'
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		var l line
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.ID != "" {
			o.remember(l)
		}
	}
	return o, lines.Err()
}

func (o *Outbox) remember(l line) {
	switch l.Did {
	case "told":
		if l.Message == nil {
			return
		}
		o.messages = append(o.messages, *l.Message)
		o.waiting[l.ID] = map[string]attempts{}
		for _, c := range l.Channels {
			o.waiting[l.ID][c] = attempts{}
		}
		for _, e := range l.Message.Begun {
			o.standing[e.Key()] = e
		}
		for _, e := range l.Message.Ended {
			delete(o.standing, e.Key())
		}
	case "sent":
		delete(o.waiting[l.ID], l.Channel)
	case "failed":
		if was, waits := o.waiting[l.ID][l.Channel]; waits {
			o.waiting[l.ID][l.Channel] = attempts{was.failed + 1, l.At, l.Says}
		}
	}
}

// write adds a line and makes sure that it is on the disk.
func (o *Outbox) write(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if o.torn {
		text = append([]byte{'\n'}, text...)
	}
	if err := os.MkdirAll(filepath.Dir(o.path), 0o770); err != nil {
		return err
	}
	f, err := os.OpenFile(o.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o660)
	if err == nil {
		_, err = f.Write(append(text, '\n'))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if o.torn = err != nil; o.torn {
		return fmt.Errorf("cannot write the outbox of notices: %w", err)
	}
	o.remember(l)
	return nil
}

// Tell puts what has begun and what has ended since the last time into one message, to go
// by the channels named. Where there is nothing of either it tells nothing.
func (o *Outbox) Tell(now time.Time, standing []Event, channels []string) (told Message, any bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := Message{At: now.UTC().Truncate(time.Second)}
	is := map[string]bool{}
	for _, e := range standing {
		if err := e.check(); err != nil {
			return m, false, err
		}
		if was, told := o.standing[e.Key()]; (!told || was.Step != e.Step) && !is[e.Key()] {
			m.Begun = append(m.Begun, e)
		}
		is[e.Key()] = true
	}
	for key, e := range o.standing {
		if !is[key] && e.ends() {
			m.Ended = append(m.Ended, e)
		}
	}
	if len(m.Begun) == 0 && len(m.Ended) == 0 {
		return m, false, nil
	}
	sorted(m.Begun)
	sorted(m.Ended)
	text, err := json.Marshal(m)
	if err != nil {
		return m, false, err
	}
	m.ID = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(text, "%d", len(o.messages))))[:32]
	return m, true, o.write(line{At: m.At, Did: "told", ID: m.ID, Message: &m, Channels: channels})
}

// pending are the messages that wait to be sent by a channel, oldest first.
func (o *Outbox) pending(channel string, now time.Time) (out []Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.messages {
		if a, waits := o.waiting[m.ID][channel]; waits && a.isDue(now) && now.Sub(m.At) < givenUp {
			out = append(out, m)
		}
	}
	return out
}

func (a attempts) isDue(now time.Time) bool {
	switch {
	case a.failed == 0:
		return true
	case a.failed > len(tries):
		return !now.Before(a.last.Add(everyDay))
	}
	return !now.Before(a.last.Add(tries[a.failed-1]))
}

// Told tells whether an event that stands was told of, as it is.
func (o *Outbox) Told(e Event) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	was, told := o.standing[e.Key()]
	return told && was.Step == e.Step
}

// Stuck is a message that could not be sent yet.
type Stuck struct {
	At      time.Time
	Channel string
	Failed  int // how often
	Says    string
}

// Waiting are the messages that could not be sent, oldest first.
func (o *Outbox) Waiting() (out []Stuck) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.messages {
		for _, channel := range slices.Sorted(maps.Keys(o.waiting[m.ID])) {
			a := o.waiting[m.ID][channel]
			if a.last.Sub(m.At) > givenUp-everyDay {
				continue // it is not tried any more
			}
			out = append(out, Stuck{m.At, channel, a.failed, a.says})
		}
	}
	return out
}

func (o *Outbox) record(now time.Time, id, channel string, failed error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	l := line{At: now.UTC().Truncate(time.Second), Did: "sent", ID: id, Channel: channel}
	if failed != nil {
		l.Did, l.Says = "failed", strings.ReplaceAll(failed.Error(), "\n", " ")
	}
	return o.write(l)
}
