package landing

import (
	"fmt"
	"slices"
)

// Pseudonyms says which columns of a file hold keyed hashes in place of the client numbers
// that were sent, and by which key.
type Pseudonyms struct {
	Group   string   `json:"group"`             // of people
	Key     string   `json:"key"`               // its fingerprint, not the key
	Columns []string `json:"columns"`           // of the contracts, as the mapping has them
	Headers []string `json:"headers"`           // of the file, in order
	NewKey  string   `json:"new_key,omitempty"` // why it is another key than that of the group's files before
}

// columns are those of the contracts that were hashed.
func (p *Pseudonyms) columns() []string {
	if p == nil {
		return nil
	}
	return p.Columns
}

// keptAs tells whether bytes with this hash are what was kept. A file that came before its
// mapping said to hash columns was kept with them, and is not.
func (l *landing) keptAs(r Receipt, sha string) bool {
	return r.SHA256 == sha && (r.Sent != nil || len(l.patterns.hashed(r)) == 0)
}

// stillRaw says that a file whose client numbers are hashed now was kept with them before.
func (l *landing) stillRaw(r Receipt) string {
	if r.Sent == nil || r.Sent.Pseudonyms == nil {
		return ""
	}
	raw := slices.IndexFunc(l.receipts, func(o Receipt) bool {
		kept := o.SHA256 == r.Sent.SHA256 || o.Sent != nil && o.Sent.SHA256 == r.Sent.SHA256 && o.Sent.Pseudonyms == nil
		return kept && l.erased(o.SHA256) == nil
	})
	if raw < 0 {
		return ""
	}
	return fmt.Sprintf("it was landed before with its client numbers, which are still kept: `mojreturns erase %s` removes them", l.receipts[raw].SHA256[:8])
}

// sentAs tells whether a file with this hash gives what was kept: its mapping still says
// to drop the same headers and to hash the same columns, and the values that were taken
// out would be again. Where a new key was asked for,
// what was hashed by another is not the same.
func (l *landing) sentAs(r Receipt, sha string) bool {
	if r.Sent == nil || r.Sent.SHA256 != sha || r.Sent.Withheld != nil && r.Sent.ScreenedBy != l.rules || !slices.Equal(r.Sent.Without, l.patterns.dropped(r)) {
		return false
	}
	was, now := r.Sent.Pseudonyms, l.patterns.hashed(r)
	return slices.Equal(was.columns(), now) && (was == nil || l.given.NewKey == "" || slices.Contains(l.keys, was.Key))
}
