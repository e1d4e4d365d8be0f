package workbook

import (
	"bytes"
	"slices"
)

// Edits are changes to the bytes of a part.
type Edits []edit

type edit struct {
	from, to int
	with     string
}

// Replace puts a text in place of the bytes from one place to another; in front
// of them where the two are the same.
func (e *Edits) Replace(from, to int, with string) { *e = append(*e, edit{from, to, with}) }

// Apply makes the edits; everything between them stays as it is, byte for byte.
func (e Edits) Apply(part []byte) []byte {
	edits := slices.Clone(e)
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	last := 0
	for _, one := range edits {
		out.Write(part[last:one.from])
		out.WriteString(one.with)
		last = one.to
	}
	out.Write(part[last:])
	return out.Bytes()
}
