package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/pseudonym"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// door is by what client numbers are hashed as files come in.
type door struct {
	keys   map[string]pseudonym.Key // by group of people
	err    error                    // why they cannot be read
	newKey string                   // why another key than before is right; empty: it is not
}

func openDoor(ws *workspace.Workspace, newKey string) door {
	s, err := secrets.Read(ws.Dir)
	return door{s.Keys, err, newKey}
}

// fingerprints are those of all keys.
func (d door) fingerprints() []string {
	var out []string
	for _, k := range d.keys {
		out = append(out, k.Fingerprint())
	}
	return out
}

// hashing is a file whose client numbers become pseudonyms as it is read: its own text
// is written nowhere.
type hashing struct {
	key     pseudonym.Key
	read    extract.Options // how
	said    landing.Pseudonyms
	sheets  map[string]*hashed // those that a feed reads; the one of a CSV is ""
	left    []string           // the others, of which their names alone are kept
	rounded int                // client numbers that a spreadsheet had rounded
	values  [][]byte
}

// hashed is a sheet with its table.
type hashed struct {
	table  extract.Table
	header int64 // the first row of the header
	places []int
	blanks []string
	picked func([][]byte) []int // cells by which rows are left out
	beside []beside             // by column
}

// rounded stands for a client number of which not all digits are there.
const rounded = "(rounded by the spreadsheet)"

// open makes of a file what is looked into: of one with client numbers a text with their
// pseudonyms, of a workbook the one with its table alone.
func (f *screening) open(ctx context.Context) (landing.Screening, error) {
	h, refusal, ours, err := f.hashing(ctx)
	if err == nil && refusal == "" && h == nil {
		return landing.Screening{}, f.strip(ctx)
	}
	if err == nil && refusal == "" {
		refusal, err = f.hash(ctx, h)
	}
	return landing.Screening{Refusal: refusal, Ours: ours}, err
}

// hashing finds out what is to be hashed of a file, by its header alone; nil for nothing.
// refusal says why it cannot be, and ours that it is for the office to mend.
func (f *screening) hashing(ctx context.Context) (h *hashing, refusal string, ours bool, err error) {
	claimed, err := landing.Resolve([]landing.Receipt{f.receipt}, nil, f.Register.Providers, f.Location)
	switch {
	case err != nil || !f.hashesAny(): // landing says what is wrong with the name
		return nil, "", false, nil
	case claimed[0].Feed == "":
		return nil, "no feed claims it, and in this office client numbers are hashed before anything is kept: mend the pattern in the configuration, or state --provider and --feed", true, nil
	case !slices.ContainsFunc(claimed, func(d landing.Delivery) bool { return len(d.Spec.Pseudonym) > 0 }):
		return nil, "", false, nil
	}
	h = &hashing{read: f.ReadingOptions(claimed[0]), sheets: map[string]*hashed{}}
	if refusal, err := f.findKey(h, claimed[0].Provider); err != nil || refusal != "" {
		return nil, refusal, true, err
	}
	var headers []string
	for _, d := range claimed {
		tables, err := typed.StageFile(ctx, f.Workspace, d, typed.Place{Bytes: f.path}) // as far as the header
		if err != nil {
			return nil, "", false, err
		}
		h.said.Columns = append(h.said.Columns, d.Spec.Pseudonym...)
		for _, s := range tables {
			if refusal := h.add(s, f.ReadingOptions(d), &headers); refusal != "" {
				return nil, "client numbers cannot be hashed, so nothing of it was kept: " + refusal, false, nil
			}
		}
	}
	for _, s := range h.sheets { // of feeds that hash nothing too
		for at, header := range s.table.Header {
			if contract.Means(headers, header) && !slices.Contains(s.places, at) {
				s.places = append(s.places, at)
			}
		}
	}
	slices.Sort(headers)
	slices.Sort(h.said.Columns)
	h.said.Headers, h.said.Columns = slices.Compact(headers), slices.Compact(h.said.Columns)
	return h, "", false, nil
}

// hashesAny tells whether any feed has client numbers that are hashed.
func (f *screening) hashesAny() bool {
	return slices.ContainsFunc(f.Register.Providers, func(p register.Provider) bool {
		return slices.ContainsFunc(p.Feeds, func(feed register.Feed) bool { return len(feed.Pseudonym) > 0 })
	})
}

// add takes in a table that a feed reads.
func (h *hashing) add(s typed.Staged, o extract.Options, headers *[]string) (refusal string) {
	switch {
	case s.Refused != "" && len(s.Spec.Pseudonym) > 0:
		return s.Refused
	case len(s.Table.Header) == 0: // told when it is read
		return ""
	}
	of := h.sheets[s.Table.Sheet]
	if of == nil {
		of = &hashed{table: s.Table, header: int64(s.Table.HeaderRow - max(1, o.HeaderRows) + 1)}
		h.sheets[s.Table.Sheet] = of
	}
	picked, err := extract.Picked(o, s.Table.Header)
	if err != nil {
		return err.Error()
	}
	if before := of.picked; before == nil {
		of.picked = picked
	} else {
		of.picked = func(values [][]byte) []int { return append(before(values), picked(values)...) }
	}
	for _, word := range s.Spec.Blanks {
		of.blanks = append(of.blanks, strings.ToLower(word))
	}
	places, err := s.Contract.Hashed(s.Table.Header, s.Spec, h.read.Told)
	if err != nil && len(s.Spec.Pseudonym) > 0 {
		return err.Error()
	}
	for _, at := range places {
		of.places, *headers = append(of.places, at), append(*headers, s.Table.Header[at])
	}
	return ""
}

// findKey finds the key of a provider's people, which must be that of their files before.
func (f *screening) findKey(h *hashing, provider string) (refusal string, err error) {
	p, _ := f.Register.Provider(provider)
	group := p.KeyGroup()
	key, there := f.door.keys[group]
	switch {
	case f.door.err != nil:
		return fmt.Sprintf("client numbers cannot be hashed, so nothing of it was kept: %v", f.door.err), nil
	case !there:
		return fmt.Sprintf("client numbers cannot be hashed, so nothing of it was kept: %s has no key of the people of %s under pseudonym_keys; `mojreturns pseudonymise --people %s` makes one",
			secrets.File, group, group), nil
	}
	h.key, h.said.Group, h.said.Key = key, group, key.Fingerprint()
	deliveries, err := f.Deliveries()
	if err != nil {
		return "", err
	}
	var last landing.Delivery
	for _, d := range deliveries {
		sender, known := f.Register.Provider(d.Provider)
		if known && sender.KeyGroup() == group && d.Sent != nil && d.Sent.Pseudonyms != nil && d.Withdrawal == nil && d.Number > last.Number {
			last = d
		}
	}
	if last.Number == 0 || last.Sent.Pseudonyms.Key == h.said.Key {
		return "", nil
	}
	if h.said.NewKey = f.door.newKey; h.said.NewKey == "" {
		return fmt.Sprintf("the key of the people of %s in %s is another than on %s (its fingerprint is %s, and was %s), and by two keys one person would be counted as two: put the old one back; or, if it is lost or was changed on purpose, land the year's files again with --new-key and the reason",
			group, secrets.File, last.Received.In(f.Location).Format("2 January 2006"), h.said.Key, last.Sent.Pseudonyms.Key), nil
	}
	return "", nil
}

// hash goes on with a text of the file in which the client numbers are hashed.
func (f *screening) hash(ctx context.Context, h *hashing) (refusal string, err error) {
	kept := filepath.Join(f.dir, "hashed.csv")
	for _, s := range h.sheets {
		s.beside = make([]beside, len(s.table.Header))
	}
	err = extract.Keep(ctx, f.path, f.receipt.Name, kept, h.read, extract.Keeping{Change: h.change})
	var refused *extract.Refusal
	if errors.As(err, &refused) {
		return refused.Error() + unlooked, nil
	}
	if err != nil {
		return "", err
	}
	for _, sheet := range h.left {
		f.sent.Taken = append(f.sent.Taken, "the sheet "+f.Safe.Quoted(sheet))
	}
	if refusal := h.besides(); refusal != "" {
		return refusal, nil
	}
	f.hashed = h
	return "", f.goOnWith(kept)
}

// change puts pseudonyms into a row; of what is not a feed's table nothing is kept.
func (h *hashing) change(r *extract.Row) bool {
	s := h.sheets[r.Sheet]
	if s == nil { // its name stays, since sheets may be asked for by their place
		first := !slices.Contains(h.left, r.Sheet)
		if first {
			h.left = append(h.left, r.Sheet)
		}
		r.Values = nil
		return first
	}
	if r.Row < s.header {
		return false
	}
	if r.Row <= int64(s.table.HeaderRow) {
		return true
	}
	picked := s.picked(r.Values)
	h.values = append(h.values[:0], r.Values...)
	for _, at := range s.places {
		if at >= len(h.values) || slices.Contains(picked, at) || slices.Contains(s.blanks, strings.ToLower(string(bytes.TrimSpace(h.values[at])))) {
			continue // by a rule of the mapping it is no client number
		}
		s.lookBeside(string(h.values[at]), r)
		hash, ok := h.key.Of(string(h.values[at]))
		if !ok {
			hash = rounded
			h.rounded++
		}
		h.values[at] = []byte(hash)
	}
	r.Values = h.values
	return true
}

// message says to whom lands the file what was done.
func (h *hashing) message() string {
	said := fmt.Sprintf("hashed before anything was kept, by the key of %s: the client numbers under %s", h.said.Group, h.list(h.said.Headers))
	if h.rounded > 0 {
		said += fmt.Sprintf("; %d of them had been rounded by a spreadsheet, and their rows are rejected: ask for the column as text", h.rounded)
	}
	if len(h.left) > 0 {
		said += "; not kept, since no feed reads them: the sheets " + h.list(h.left)
	}
	return said
}

// called is a name of the file as people are told of it; at the sender's own desk, as it is.
func (h *hashing) called(name string) string {
	if h.read.Told == nil {
		return fmt.Sprintf("%q", name)
	}
	return h.read.Told(name)
}

func (h *hashing) list(names []string) string {
	var out []string
	for _, name := range names {
		out = append(out, h.called(name))
	}
	return strings.Join(out, ", ")
}
