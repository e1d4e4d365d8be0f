package landing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Receipt is the record of one delivery.
type Receipt struct {
	// Number counts records of every kind from 1, in the order they were made.
	Number int `json:"number"`
	// Name is the file's own name, without folders.
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	// Received is when the delivery counts as received (UTC); Recorded is when it
	// was taken in, which is later where Received was back-dated.
	Received time.Time `json:"received"`
	Recorded time.Time `json:"recorded"`
	// Provider and Feed are only what was stated by hand when it was landed.
	Provider string `json:"provider"`
	Feed     string `json:"feed"`
	// Sent is the file as it was sent, where columns were taken out of it before its
	// bytes were kept: Size and SHA256 are then those of the text kept in its place.
	Sent *Sent `json:"sent,omitempty"`
}

// Sent is a file whose own bytes were never kept.
type Sent struct {
	Size    int64    `json:"size"` // bytes
	SHA256  string   `json:"sha256"`
	Without []string `json:"without"` // the headers that the mapping said to drop, then
	// Workbook says that what is kept is the workbook with its table alone, and Taken what
	// went of it, in words; else what is kept is text.
	Workbook bool     `json:"workbook,omitempty"`
	Taken    []string `json:"taken,omitempty"`
	// Pseudonyms tells of client numbers that were hashed; nil where none were.
	Pseudonyms *Pseudonyms `json:"pseudonyms,omitempty"`
	// Withheld are the cells of which the value was taken out, by the rules with the digest
	// ScreenedBy: by others the file may be taken in as it is.
	Withheld   []Withheld `json:"withheld,omitempty"`
	ScreenedBy string     `json:"screened_by,omitempty"`
}

// Withheld are cells of one column whose values looked like personal data. Their rows are
// rejected; what they held is kept nowhere.
type Withheld struct {
	Sheet  string  `json:"sheet,omitempty"` // as people are told of it
	Column string  `json:"column"`          // likewise
	What   string  `json:"what"`
	Rows   []int64 `json:"rows"` // as the file numbers them
}

// KeptAsText tells whether what is kept of the file is its table as text.
func (r Receipt) KeptAsText() bool { return r.Sent != nil && !r.Sent.Workbook }

// Withdrawal says that a file's bytes no longer count, from a time on and under
// whatever name they were or will be sent. An erased one is the tombstone of
// bytes that are not kept any more.
type Withdrawal struct {
	Number int       `json:"number"`
	SHA256 string    `json:"sha256"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"` // UTC
	Erased bool      `json:"erased,omitempty"`
}

// Refusal is the record of a file that was not taken in because of what it holds.
type Refusal struct {
	Number int       `json:"number"`
	Name   string    `json:"name"`
	Size   int64     `json:"size"` // bytes
	SHA256 string    `json:"sha256"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"` // UTC
}

var (
	fullSHA    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	recordName = regexp.MustCompile(`^(\d{6,9})-(withdrawn-|erased-|refused-)?([0-9a-f]{8})\.json$`)
)

// ledger is every record, in order of number.
type ledger struct {
	receipts    []Receipt
	withdrawals []Withdrawal
	refusals    []Refusal
	next        int // the number of the next record
}

// Receipts reads every delivery's receipt, in the order they were made.
func (s *Store) Receipts() ([]Receipt, error) {
	l, err := s.ledger()
	return l.receipts, err
}

// Withdrawals reads every withdrawal, in the order they were made.
func (s *Store) Withdrawals() ([]Withdrawal, error) {
	l, err := s.ledger()
	return l.withdrawals, err
}

// ledger reads deliveries/. Files that are not named as records are not read
// (Verify reports them); a record that cannot be understood is an error, since a
// delivery silently missing would change figures.
func (s *Store) ledger() (ledger, error) {
	entries, err := os.ReadDir(s.deliveries())
	if err != nil && !errors.Is(err, os.ErrNotExist) { // nothing has been written yet
		return ledger{}, fmt.Errorf("cannot read the store's records: %w", err)
	}
	l := ledger{next: 1}
	var errs []error
	seen := map[int]string{}
	for _, e := range entries {
		m := recordName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		number, _ := strconv.Atoi(m[1])
		if other, twice := seen[number]; twice {
			errs = append(errs, fmt.Errorf("records %q and %q in %q have one number", other, e.Name(), s.deliveries()))
		}
		seen[number] = e.Name()
		l.next = max(l.next, number+1)
		if err := l.read(filepath.Join(s.deliveries(), e.Name()), number, m[2], m[3]); err != nil {
			errs = append(errs, err)
		}
	}
	sort.Slice(l.receipts, func(i, j int) bool { return l.receipts[i].Number < l.receipts[j].Number })
	sort.Slice(l.refusals, func(i, j int) bool { return l.refusals[i].Number < l.refusals[j].Number })
	sort.Slice(l.withdrawals, func(i, j int) bool { return l.withdrawals[i].Number < l.withdrawals[j].Number })
	return l, errors.Join(errs...)
}

// read adds one record, which must be what its file name says.
func (l *ledger) read(path string, number int, kind, short string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot read the record %q: %w", path, err)
	}
	decode := func(into any) error {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			return fmt.Errorf("the record %q is damaged; restore it from a backup: %w", path, err)
		}
		return nil
	}
	var r Receipt
	var w Withdrawal
	var f Refusal
	switch kind {
	case "withdrawn-", "erased-":
		err = decode(&w)
		r.Number, r.SHA256 = w.Number, w.SHA256
	case "refused-":
		err = decode(&f)
		r.Number, r.SHA256 = f.Number, f.SHA256
	default:
		err = decode(&r)
	}
	if err != nil {
		return err
	}
	if r.Number != number || !fullSHA.MatchString(r.SHA256) || !strings.HasPrefix(r.SHA256, short) {
		return fmt.Errorf("the record %q says number %d and hash %q, which its name does not; restore it from a backup", path, r.Number, r.SHA256)
	}
	switch kind {
	case "withdrawn-", "erased-":
		l.withdrawals = append(l.withdrawals, w)
	case "refused-":
		l.refusals = append(l.refusals, f)
	default:
		l.receipts = append(l.receipts, r)
	}
	return nil
}

// writeRecord adds a record under a new name.
func (s *Store) writeRecord(number int, kind, sha string, record any) error {
	text, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(s.deliveries(), fmt.Sprintf("%06d-%s%s.json", number, kind, sha[:8]))
	f, err := s.createTemp()
	if err != nil {
		return fmt.Errorf("cannot write the record %q: %w", name, err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err = f.Write(append(text, '\n')); err == nil {
		err = Settle(f, name)
	}
	if err != nil {
		return fmt.Errorf("cannot write the record %q: %w", name, err)
	}
	return nil
}

// Find gives the full SHA-256 of a received file from it or from its first 8 or
// more digits.
func (s *Store) Find(abbreviation string) (string, error) {
	l, err := s.ledger()
	if err != nil {
		return "", err
	}
	return l.find(abbreviation)
}

// Withdraw records that the bytes with this SHA-256 (or its first 8 or more
// digits, where only one file has them) do not count from now on.
func (s *Store) Withdraw(sha, reason, by string) (Withdrawal, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if strings.TrimSpace(reason) == "" || strings.TrimSpace(by) == "" {
		return Withdrawal{}, asked("a withdrawal of %q needs a reason and the name of who withdraws it", sha)
	}
	l, err := s.ledger()
	if err != nil {
		return Withdrawal{}, err
	}
	full, err := l.find(sha)
	if err != nil {
		return Withdrawal{}, err
	}
	if w := l.withdrawn(full); w != nil {
		return *w, asked("%s was already withdrawn on %s by %s: %s", full[:8], w.At.Format("2 January 2006"), w.By, w.Reason)
	}
	w := Withdrawal{Number: l.next, SHA256: full, Reason: strings.TrimSpace(reason), By: strings.TrimSpace(by), At: s.clock()}
	return w, s.writeRecord(w.Number, "withdrawn-", full, w)
}

// Erase removes the bytes with this SHA-256 (or its first 8 or more digits) from
// the store and leaves a tombstone: the receipts stay, and say that they were here.
// What was made from them elsewhere is the caller's to remove.
func (s *Store) Erase(sha, reason, by string) (Withdrawal, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if strings.TrimSpace(reason) == "" || strings.TrimSpace(by) == "" {
		return Withdrawal{}, asked("an erasure of %q needs a reason and the name of who asks for it", sha)
	}
	l, err := s.ledger()
	if err != nil {
		return Withdrawal{}, err
	}
	full, err := l.find(sha)
	if err != nil {
		return Withdrawal{}, err
	}
	w := Withdrawal{Number: l.next, SHA256: full, Reason: strings.TrimSpace(reason), By: strings.TrimSpace(by), At: s.clock(), Erased: true}
	if done := l.erased(full); done != nil {
		w = *done // a kill may have come between the tombstone and the removal
	} else if err := s.writeRecord(w.Number, "erased-", full, w); err != nil {
		return Withdrawal{}, err
	}
	if err := os.Remove(s.Path(full)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return w, fmt.Errorf("cannot remove the bytes of %s: is the file open in another program? Close it and erase again: %w", full[:8], err)
	}
	return w, nil
}

// Forget removes the bytes of everything that has a tombstone, as a kill may have left.
func (s *Store) Forget() error {
	s.write.Lock()
	defer s.write.Unlock()
	l, err := s.ledger()
	for _, w := range l.withdrawals {
		if !w.Erased {
			continue
		}
		if removeErr := os.Remove(s.Path(w.SHA256)); removeErr != nil && !errors.Is(removeErr, os.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("cannot remove the bytes of %s: is the file open in another program? Close it and erase again: %w", w.SHA256[:8], removeErr))
		}
	}
	return err
}

// erased is the tombstone of bytes that are not kept any more.
func (l ledger) erased(sha string) *Withdrawal {
	for i, w := range l.withdrawals {
		if w.SHA256 == sha && w.Erased {
			return &l.withdrawals[i]
		}
	}
	return nil
}

// Refusals reads the record of every file refused for what it holds.
func (s *Store) Refusals() ([]Refusal, error) {
	l, err := s.ledger()
	return l.refusals, err
}

func (l ledger) refused(name, sha, reason string) bool {
	return slices.ContainsFunc(l.refusals, func(r Refusal) bool {
		return r.SHA256 == sha && strings.EqualFold(r.Name, name) && r.Reason == reason
	})
}

// erasedAs is the tombstone of a file that was sent with this hash, whatever was kept of it.
func (l ledger) erasedAs(sha string) *Withdrawal {
	for _, r := range l.receipts {
		if r.Sent != nil && r.Sent.SHA256 == sha {
			if w := l.erased(r.SHA256); w != nil {
				return w
			}
		}
	}
	return l.erased(sha)
}

func (l ledger) withdrawn(sha string) *Withdrawal {
	for i := range l.withdrawals {
		if l.withdrawals[i].SHA256 == sha {
			return &l.withdrawals[i]
		}
	}
	return nil
}

func (l ledger) find(abbreviation string) (string, error) {
	short := strings.ToLower(strings.TrimSpace(abbreviation))
	if len(short) < 8 {
		return "", asked("%q is too short to name a file: give at least 8 digits of its SHA-256", abbreviation)
	}
	var found, kept []Receipt
	for _, r := range firstOfEach(l.receipts) {
		if strings.HasPrefix(r.SHA256, short) {
			kept = append(kept, r)
		}
		if strings.HasPrefix(r.SHA256, short) || r.Sent != nil && strings.HasPrefix(r.Sent.SHA256, short) { // who sent it knows its own
			found = append(found, r)
		}
	}
	if len(kept) == 1 { // what was sent may have been kept in two ways, one after the other
		found = kept
	}
	switch len(found) {
	case 1:
		return found[0].SHA256, nil
	case 0:
		return "", asked("no file received has the SHA-256 %q%s", abbreviation, near(l.receipts, short))
	}
	return "", asked("%d files received begin with %q; give more digits: %s", len(found), abbreviation, list(found, 64))
}

// near lists the files whose hash begins most like the one asked for, the
// newest first where none does.
func near(receipts []Receipt, short string) string {
	each := firstOfEach(receipts)
	if len(each) == 0 {
		return "; none has been received yet"
	}
	sort.SliceStable(each, func(i, j int) bool {
		a, b := shared(each[i].SHA256, short), shared(each[j].SHA256, short)
		if a != b {
			return a > b
		}
		return each[i].Number > each[j].Number
	})
	return "; the nearest are " + list(each[:min(5, len(each))], 12)
}

func list(receipts []Receipt, digits int) string {
	var words []string
	for _, r := range receipts {
		words = append(words, fmt.Sprintf("%s (%s)", r.SHA256[:digits], r.Name))
	}
	return strings.Join(words, ", ")
}

// firstOfEach keeps the first receipt of each file content.
func firstOfEach(receipts []Receipt) []Receipt {
	seen := map[string]bool{}
	var each []Receipt
	for _, r := range receipts {
		if !seen[r.SHA256] {
			seen[r.SHA256] = true
			each = append(each, r)
		}
	}
	return each
}

// shared counts the leading characters that two texts have in common.
func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// clock is now, as records carry it.
func (s *Store) clock() time.Time { return s.now().UTC().Truncate(time.Millisecond) }
