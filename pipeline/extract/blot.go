package extract

import (
	"context"
	"slices"
)

// Blot puts a mark into cells of a file, in the place of their values.
type Blot struct {
	Mark  string
	cells map[string]map[int64][]int // columns by sheet and row
}

// Add adds a cell: its sheet ("" of a text), its row as the file numbers it, its column
// from 0.
func (b *Blot) Add(sheet string, row int64, column int) {
	if b.cells == nil {
		b.cells = map[string]map[int64][]int{}
	}
	if b.cells[sheet] == nil {
		b.cells[sheet] = map[int64][]int{}
	}
	b.cells[sheet][row] = append(b.cells[sheet][row], column)
}

func (b *Blot) hits(sheet string, row int64, column int) bool {
	return b != nil && slices.Contains(b.cells[sheet][row], column)
}

// Workbook writes the Excel workbook at src to the new file to, stripped and with the
// marks. No text of a marked cell is left behind in it.
func (b *Blot) Workbook(ctx context.Context, src, name, to string) error {
	_, err := strip(ctx, src, name, to, b)
	return err
}

// Text writes the file at src to dst as a text that Keep writes, with the marks.
func (b *Blot) Text(ctx context.Context, src, name, dst string, o Options) error {
	var values [][]byte
	return Keep(ctx, src, name, dst, o, Keeping{Change: func(r *Row) bool {
		if columns := b.cells[r.Sheet][r.Row]; len(columns) > 0 {
			values = append(values[:0], r.Values...) // which are the reader's
			for _, at := range columns {
				if at < len(values) {
					values[at] = []byte(b.Mark)
				}
			}
			r.Values = values
		}
		return true
	}})
}
