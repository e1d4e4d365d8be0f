package extract

import (
	"context"
	"slices"
)

// What the texts that cells share may come to: more than a table has in ten
// columns of texts all different.
const (
	mostShared     = 6 << 20   // texts
	mostSharedPart = 192 << 20 // bytes, unpacked
)

// sharedTexts are the texts of a workbook that cells refer to by number, kept in
// blocks, so that they are never copied to grow.
type sharedTexts struct {
	blocks [][]byte
	ends   []uint64 // of each text: its block, and where it ends in it
}

const sharedBlock = 1 << 20

// read takes the texts in, one for each element si.
func (s *sharedTexts) read(ctx context.Context) func(*markup) error {
	return func(m *markup) error {
		var fresh []byte
		for depth := m.depth; ; {
			if more, err := m.child(depth); err != nil || !more {
				return err
			}
			if !m.is(sheetSpace, "si") {
				continue
			}
			if len(s.ends)%4096 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			var err error
			if fresh, err = appendRich(fresh[:0], m); err != nil {
				return err
			}
			if len(s.ends) == mostShared {
				return tooMuch("has more texts than a table holds")
			}
			s.add(fresh)
		}
	}
}

func (s *sharedTexts) add(text []byte) {
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last])+len(text) > cap(s.blocks[last]) {
		s.blocks = append(s.blocks, slices.Grow([]byte(nil), max(sharedBlock, len(text))))
		last++
	}
	s.blocks[last] = append(s.blocks[last], text...)
	s.ends = append(s.ends, uint64(last)<<32|uint64(len(s.blocks[last])))
}

// text gives a text by its number; nil if there is none.
func (s *sharedTexts) text(n int) []byte {
	if n < 0 || n >= len(s.ends) {
		return nil
	}
	block, end := s.ends[n]>>32, s.ends[n]&0xffffffff
	from := uint64(0)
	if n > 0 && s.ends[n-1]>>32 == block {
		from = s.ends[n-1] & 0xffffffff
	}
	return s.blocks[block][from:end:end]
}
