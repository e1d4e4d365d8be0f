package landing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"mojreturns/pipeline/register"
)

// Status says what became of one file.
type Status string

// What can become of a file. Only a landed one has a new receipt.
const (
	StatusLanded  Status = "landed"
	StatusWould   Status = "would land" // the answer of a preview
	StatusAlready Status = "already landed"
	StatusRefused Status = "refused"
	StatusSkipped Status = "skipped"
	StatusInUse   Status = "in use"
)

// Given is what the person landing a file states about it; empty means the
// file's name decides. Received back-dates a first load of history; zero is now.
type Given struct {
	Provider, Feed string
	Received       time.Time
	// NewKey is why client numbers are hashed by another key than before; then files
	// that were hashed by the one before are taken in again. Empty: no other key will do.
	NewKey string
}

// Landed tells what became of one file. Receipt is the new delivery's, or the
// earlier one's where it was already landed; otherwise it holds only what is known.
type Landed struct {
	Receipt
	Path    string
	Status  Status
	Message string // a sentence for people; empty where there is nothing to add
}

// Request is what is asked of Land.
type Request struct {
	Files     []string // taken in, in this order
	Given     Given
	Providers []register.Provider
	Mask      func(name string) string // what of a file's name is kept and told; nil for all of it
	Screen    Screen                   // sees each new file first; nil lets everything in
	Rules     string                   // the digest of the rules by which the screen looks
	Keys      []string                 // fingerprints of the keys by which client numbers are hashed now
	Dry       bool                     // only say what would be done, and write nothing
}

// Screen looks into a file before its bytes are kept. The receipt has its name,
// hash and size.
type Screen func(ctx context.Context, path string, r Receipt) (Screening, error)

// Screening is what a screen finds.
type Screening struct {
	Refusal string              // a sentence why the file's bytes must not be kept; empty lets it in
	Ours    bool                // the refusal is for the office to mend: no record is made of it
	Keep    string              // the file whose bytes are kept in its place; empty for its own
	Table   bool                // that is the workbook with its table alone, and not a text
	Taken   []string            // what went of the workbook, in words
	Without []Withheld          // the cells that lost their values; nil for none
	Hashed  *Pseudonyms         // the client numbers that are hashed in what is kept; nil for none
	Message string              // a sentence about that, for people
	Done    func(in bool) error // called when the file is in, or is not; nil for nothing to do
}

// landing is one call's work: what is known before it, and what was asked.
type landing struct {
	*Store
	ledger
	patterns patterns
	given    Given
	mask     func(string) string
	screen   Screen // nil lets everything in
	rules    string // by which it looks
	keys     []string
	dry      bool
	clashes  map[string]string
}

// Land takes files in. What is wrong with a file is told in its Status; an error
// means that the store could not be read or written, that what was given cannot be
// right, or that ctx ended, and comes with what was done before it. Two files of
// one name and different contents are both refused, since each would replace the
// other at every run. What the screen refuses leaves a record with the file's name,
// hash and size, and nothing else of it.
func (s *Store) Land(ctx context.Context, r Request) ([]Landed, error) {
	s.write.Lock()
	defer s.write.Unlock()
	known, err := compile(r.Providers)
	if err != nil {
		return nil, err
	}
	if err := s.checkGiven(r.Given, r.Providers); err != nil {
		return nil, err
	}
	records, err := s.ledger()
	if err != nil {
		return nil, err
	}
	given := r.Given
	given.Received = given.Received.UTC().Truncate(time.Millisecond)
	l := &landing{Store: s, ledger: records, patterns: known, given: given, mask: r.Mask, screen: r.Screen, rules: r.Rules, keys: r.Keys, dry: r.Dry}
	if l.clashes, err = sameNames(ctx, r.Files); err != nil {
		return nil, err
	}
	var all []Landed
	for _, path := range r.Files {
		one, err := l.one(ctx, path)
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

// checkGiven refuses what was stated by hand and cannot be right.
func (s *Store) checkGiven(given Given, providers []register.Provider) error {
	if given.Received.After(s.now()) {
		return asked("received %s is in the future; it can only be back-dated", given.Received.Format(time.RFC3339))
	}
	if given.Provider == "" {
		return nil
	}
	var codes []string
	for _, p := range providers {
		codes = append(codes, p.Code)
		if p.Code != given.Provider {
			continue
		}
		var feeds []string
		for _, f := range p.Feeds {
			if f.Feed == given.Feed {
				return nil
			}
			feeds = append(feeds, f.Feed)
		}
		if given.Feed == "" {
			return nil
		}
		return asked("provider %q has no feed %q in the configuration; it has %s", p.Code, given.Feed, strings.Join(feeds, ", "))
	}
	return asked("provider %q is not in the configuration; there are %s", given.Provider, strings.Join(codes, ", "))
}

// one lands one file.
func (l *landing) one(ctx context.Context, path string) (Landed, error) {
	name := strings.ToValidUTF8(filepath.Base(path), "\uFFFD") // as the receipt will read it back
	if l.mask != nil {
		name = l.mask(name)
	}
	out := Landed{Path: path, Receipt: Receipt{Name: name, Provider: l.given.Provider, Feed: l.given.Feed}}
	if why := leftover(name); why != "" {
		return out.as(StatusSkipped, "%q %s", name, why), nil
	}
	src, info, refused := open(path, out)
	if src == nil {
		return refused, nil
	}
	defer src.Close()
	out.Size = info.Size()

	last := l.last(name)
	// Most files of an inbox are there since earlier runs: look before copying.
	sha, err := hash(ctx, src)
	if err != nil {
		return out.unread(err)
	}
	if done, ok := l.already(out, last, sha); ok {
		return done, nil
	}
	if clash := l.clashes[path]; clash != "" {
		return out.as(StatusRefused, "%s", clash), nil
	}
	if w := l.erasedAs(sha); w != nil {
		return out.as(StatusRefused, "these bytes were erased on %s by %s (%s), and are not taken in again", w.At.Format("2 January 2006"), w.By, w.Reason), nil
	}
	out.SHA256 = sha
	if judged := l.judge(out, StatusWould); judged.Status == StatusRefused {
		return judged, nil
	}
	found, err := l.screened(ctx, path, out)
	switch {
	case err != nil:
	case found.Refusal != "":
		out = out.as(StatusRefused, "%s", found.Refusal).saying(found.Message)
	case l.dry:
		if found.Keep != "" && !found.Table { // then it is this text that would be judged
			out.Sent, out.Path = l.sent(out, found), found.Keep
		}
		out = l.judge(out, StatusWould).saying(found.Message)
	default:
		out, err = l.keep(ctx, src, info, out, last, found)
	}
	if found.Done != nil {
		err = errors.Join(err, found.Done(err == nil && out.Status == StatusLanded))
	}
	return out, err
}

// keep puts the bytes of a file, or those to be kept in their place, into the
// store and writes the receipt.
func (l *landing) keep(ctx context.Context, src *os.File, info os.FileInfo, out Landed, last []Receipt, found Screening) (Landed, error) {
	if found.Keep != "" {
		out.Sent = l.sent(out, found)
		var err error
		if src, err = os.Open(found.Keep); err != nil {
			return out, err
		}
		defer src.Close()
		if info, err = src.Stat(); err != nil {
			return out, err
		}
	}
	sha, size, err := l.take(ctx, src, info)
	if err == nil && found.Keep == "" && sha != out.SHA256 {
		err = errChanged
	}
	if err != nil {
		return out.unread(err)
	}
	if done, ok := l.already(out, last, sha); ok {
		return done, nil
	}
	out.Number, out.SHA256, out.Size = l.next, sha, size
	out.Received, out.Recorded = l.times(last)
	if err := l.writeRecord(out.Number, "", sha, out.Receipt); err != nil {
		return out, err
	}
	l.receipts, l.next = append(l.receipts, out.Receipt), l.next+1
	return l.judge(out, StatusLanded).saying(found.Message).saying(l.stillRaw(out.Receipt)), nil
}

// sent is the file as it was sent, of which something else is kept.
func (l *landing) sent(out Landed, found Screening) *Sent {
	s := &Sent{SHA256: out.SHA256, Size: out.Size, Without: l.patterns.dropped(out.Receipt), Workbook: found.Table, Taken: found.Taken, Pseudonyms: found.Hashed, Withheld: found.Without}
	if s.Withheld != nil {
		s.ScreenedBy = l.rules
	}
	return s
}

// screened asks the screen, and records a refusal once for each file and reason.
// A file refused before is looked at again: the mapping may have been mended since.
func (l *landing) screened(ctx context.Context, path string, out Landed) (Screening, error) {
	if l.screen == nil {
		return Screening{}, nil
	}
	found, err := l.screen(ctx, path, out.Receipt)
	if err != nil || found.Refusal == "" || found.Ours || l.dry || l.refused(out.Name, out.SHA256, found.Refusal) {
		return found, err
	}
	r := Refusal{Number: l.next, Name: out.Name, Size: out.Size, SHA256: out.SHA256, Reason: found.Refusal, At: l.clock()}
	l.refusals, l.next = append(l.refusals, r), l.next+1
	return found, l.writeRecord(r.Number, "refused-", r.SHA256, r)
}

// judge gives a new delivery its status and says what the configuration makes of it.
func (l *landing) judge(out Landed, status Status) Landed {
	claims, err := l.patterns.claim(out.Name, out.Provider, out.Feed)
	if err != nil {
		return out.as(StatusRefused, "%s", err)
	}
	if w := l.withdrawn(out.SHA256); w != nil {
		return out.as(status, "does not count: these bytes were withdrawn on %s by %s: %s", w.At.Format("2 January 2006"), w.By, w.Reason)
	}
	if len(claims) == 0 {
		return out.as(status, "does not count yet: %s; mend the pattern in the configuration, or state the provider and feed", l.patterns.whyNot(out.Name, out.Provider, out.Feed))
	}
	return out.as(status, "")
}

// already answers for a file whose bytes are those of the last delivery under its name.
func (l *landing) already(out Landed, last []Receipt, sha string) (Landed, bool) {
	for _, r := range last {
		if !l.keptAs(r, sha) && !l.sentAs(r, sha) {
			continue
		}
		out.Receipt = r
		if w := l.withdrawn(r.SHA256); w != nil {
			return out.as(StatusAlready, "and withdrawn on %s by %s: %s", w.At.Format("2 January 2006"), w.By, w.Reason), true
		}
		return out.as(StatusAlready, ""), true
	}
	return out, false
}

// last gives, for each provider that has sent this name, its last delivery under
// it. Without a provider stated every provider's counts: a file landed by hand
// for another provider than its name says must not land again at the next run.
func (l *landing) last(name string) []Receipt {
	latest := map[string]Receipt{}
	for _, r := range l.receipts {
		if !strings.EqualFold(r.Name, name) {
			continue
		}
		provider, feeds := l.patterns.belongs(r)
		if l.given.Provider != "" && provider != l.given.Provider {
			continue
		}
		if l.given.Feed != "" && !feeds[l.given.Feed] {
			continue // one workbook may be stated for one feed after another
		}
		if !l.given.Received.IsZero() && r.Received.After(l.given.Received.Add(time.Second)) {
			continue // history is laid in where it belongs; the second is for what times adds
		}
		if was, ok := latest[provider]; !ok || !r.Received.Before(was.Received) {
			latest[provider] = r
		}
	}
	var all []Receipt
	for _, r := range latest {
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Number < all[j].Number })
	return all
}

// times gives a new receipt's times. Currency goes by the time received, so a
// delivery is always stamped after the one it follows: a clock may be set back,
// and a day of history may hold a file and its correction.
func (l *landing) times(last []Receipt) (received, recorded time.Time) {
	recorded = l.clock()
	received = recorded
	if !l.given.Received.IsZero() {
		received = l.given.Received
	}
	for _, r := range last {
		if !received.After(r.Received) {
			received = r.Received.Add(time.Millisecond)
		}
	}
	return received, recorded
}

func (out Landed) as(status Status, format string, args ...any) Landed {
	out.Status, out.Message = status, fmt.Sprintf(format, args...)
	return out
}

// saying adds a sentence.
func (out Landed) saying(sentence string) Landed {
	if out.Message != "" && sentence != "" {
		out.Message += "; "
	}
	out.Message += sentence
	return out
}

// unread sorts out why a file could not be taken: busy, unreadable, or a fault of the store.
func (out Landed) unread(err error) (Landed, error) {
	var cannotRead *readError
	switch {
	case errors.Is(err, errChanged):
		return out.as(StatusInUse, "%q changed while it was read; it will be taken next time", out.Name), nil
	case errors.As(err, &cannotRead) && inUse(err):
		return out.as(StatusInUse, "another program holds %q (%v); it will be taken next time", out.Name, unnamed(cannotRead.err)), nil
	case errors.As(err, &cannotRead):
		return out.as(StatusRefused, "%q cannot be read: %v", out.Name, unnamed(cannotRead.err)), nil
	}
	return out, err
}

// unnamed is the system's error without the path, in which the file's own name stands.
func unnamed(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// open opens a file for reading, or says why it cannot be.
func open(path string, out Landed) (*os.File, os.FileInfo, Landed) {
	src, err := os.Open(path)
	if err != nil {
		out, _ = out.unread(&readError{err})
		return nil, nil, out
	}
	info, err := src.Stat()
	switch {
	case err != nil:
		out, _ = out.unread(&readError{err})
	case !info.Mode().IsRegular():
		out = out.as(StatusRefused, "%q is not a file", out.Name)
	case info.Size() == 0:
		out = out.as(StatusRefused, "%q is empty: not even a header row was sent", out.Name)
	default:
		return src, info, out
	}
	src.Close()
	return nil, nil, out
}
