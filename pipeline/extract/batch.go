package extract

import (
	"bytes"
	"hash/maphash"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A batch holds batchRows rows, or batchText bytes of text if that is reached
// first. It becomes one row group of the Parquet file, the unit that DuckDB's
// threads share out; the number is DuckDB's own row group.
const (
	batchRows = 60 * 2048
	batchText = 64 << 20
)

// mostWords is how many different texts a column may hold, of the first batch,
// and still be kept as a dictionary.
const mostWords = batchRows / 8

// batch gathers rows by column.
type batch struct {
	row, line []int64
	fields    []int32
	odd       bits // rows whose number of fields is not the header's
	columns   []column
	text      int
	settled   bool // columns stay as they are: the file's schema is written
}

func (b *batch) size() int  { return len(b.row) }
func (b *batch) full() bool { return len(b.row) == batchRows || b.text >= batchText }

func (b *batch) add(row, line int64, values [][]byte, odd bool) {
	b.row, b.line, b.fields = append(b.row, row), append(b.line, line), append(b.fields, int32(len(values)))
	b.odd.add(odd)
	for i := range b.columns {
		var value []byte
		if i < len(values) {
			value = values[i]
		}
		c := &b.columns[i]
		c.add(value)
		b.text += len(value)
		if !c.plain && !b.settled && c.words() > mostWords {
			c.spell()
		}
	}
}

// empty makes the batch ready for other rows, in the same memory.
func (b *batch) empty() {
	b.row, b.line, b.fields = b.row[:0], b.line[:0], b.fields[:0]
	b.odd.empty()
	b.text, b.settled = 0, true
	for i := range b.columns {
		b.columns[i].empty()
	}
}

// bits are Arrow's: one for each row, and how many are not set.
type bits struct {
	bytes []byte
	n     int
	unset int
}

func (b *bits) add(set bool) {
	if b.n&7 == 0 {
		b.bytes = append(b.bytes, 0)
	}
	if set {
		b.bytes[b.n>>3] |= 1 << (b.n & 7)
	} else {
		b.unset++
	}
	b.n++
}

func (b *bits) empty() { b.bytes, b.n, b.unset = b.bytes[:0], 0, 0 }

// column gathers the text of one header position. Most columns of an extract
// hold few different texts, so each is kept once and rows hold its number:
// that is several times faster to write, and for DuckDB to read, than the text of
// every row. A column of many different texts is plain: it keeps one for each row.
type column struct {
	plain   bool
	valid   bits
	offsets []int32 // of the texts in data: one more than there are texts
	data    []byte

	numbers []int32  // for each row, its text
	hashes  []uint64 // of the texts
	slots   []int32  // hash table: the number of a text and one, or zero
	seed    maphash.Seed
}

func newColumn() column {
	return column{offsets: []int32{0}, slots: make([]int32, 64), seed: maphash.MakeSeed()}
}

func (c *column) words() int { return len(c.offsets) - 1 }

func (c *column) word(n int32) []byte { return c.data[c.offsets[n]:c.offsets[n+1]] }

func (c *column) add(value []byte) {
	c.valid.add(len(value) > 0)
	switch {
	case c.plain:
		c.append(value)
	case len(value) == 0:
		c.numbers = append(c.numbers, 0)
	default:
		c.numbers = append(c.numbers, c.number(value))
	}
}

func (c *column) append(value []byte) {
	c.data = append(c.data, value...)
	c.offsets = append(c.offsets, int32(len(c.data)))
}

// number finds a text among those seen, or takes it in.
func (c *column) number(value []byte) int32 {
	hash := maphash.Bytes(c.seed, value)
	mask := uint64(len(c.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		n := c.slots[at] - 1
		if n < 0 {
			n = int32(c.words())
			c.append(value)
			c.hashes = append(c.hashes, hash)
			c.slots[at] = n + 1
			if c.words() > len(c.slots)/2 {
				c.grow()
			}
			return n
		}
		if c.hashes[n] == hash && bytes.Equal(c.word(n), value) {
			return n
		}
	}
}

func (c *column) grow() {
	c.slots = make([]int32, 4*len(c.slots))
	mask := uint64(len(c.slots) - 1)
	for n, hash := range c.hashes {
		at := hash & mask
		for c.slots[at] != 0 {
			at = (at + 1) & mask
		}
		c.slots[at] = int32(n) + 1
	}
}

// spell makes a dictionary plain.
func (c *column) spell() {
	plain := column{plain: true, offsets: []int32{0}, valid: c.valid}
	for i, n := range c.numbers {
		if bitutil.BitIsSet(c.valid.bytes, i) {
			plain.append(c.word(n))
		} else {
			plain.append(nil)
		}
	}
	*c = plain
}

func (c *column) empty() {
	c.valid.empty()
	c.offsets, c.data = c.offsets[:1], c.data[:0]
	c.numbers, c.hashes = c.numbers[:0], c.hashes[:0]
	clear(c.slots)
}

var words = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

func (c *column) kind() arrow.DataType {
	if c.plain {
		return arrow.BinaryTypes.String
	}
	return words
}

// array gives the column as Arrow, over the column's own memory.
func (c *column) array() arrow.Array {
	text := func(length int, valid bits) arrow.ArrayData {
		return data(arrow.BinaryTypes.String, length, valid, nil, arrow.Int32Traits.CastToBytes(c.offsets), c.data)
	}
	if c.plain {
		return made(text(c.words(), c.valid))
	}
	dictionary := text(c.words(), bits{})
	defer dictionary.Release()
	return made(data(words, len(c.numbers), c.valid, dictionary, arrow.Int32Traits.CastToBytes(c.numbers)))
}

// record gives the batch as Arrow. It must be released before the batch is emptied.
func (b *batch) record(schema *arrow.Schema) arrow.RecordBatch {
	arrays := []arrow.Array{
		made(data(arrow.PrimitiveTypes.Int64, b.size(), bits{}, nil, arrow.Int64Traits.CastToBytes(b.row))),
		made(data(arrow.PrimitiveTypes.Int64, b.size(), bits{}, nil, arrow.Int64Traits.CastToBytes(b.line))),
		made(data(arrow.PrimitiveTypes.Int32, b.size(), b.odd, nil, arrow.Int32Traits.CastToBytes(b.fields))),
	}
	for i := range b.columns {
		arrays = append(arrays, b.columns[i].array())
	}
	record := array.NewRecordBatch(schema, arrays, int64(b.size()))
	for _, a := range arrays {
		a.Release()
	}
	return record
}

// data lays bytes out as Arrow wants them; made makes its array and lets it go.
func data(kind arrow.DataType, length int, valid bits, dictionary arrow.ArrayData, buffers ...[]byte) arrow.ArrayData {
	all := []*memory.Buffer{nil}
	if valid.unset > 0 {
		all[0] = memory.NewBufferBytes(valid.bytes)
	}
	for _, b := range buffers {
		all = append(all, memory.NewBufferBytes(b))
	}
	if dictionary != nil {
		return array.NewDataWithDictionary(kind, length, all, valid.unset, 0, dictionary.(*array.Data))
	}
	return array.NewData(kind, length, all, nil, valid.unset, 0)
}

func made(d arrow.ArrayData) arrow.Array {
	defer d.Release()
	return array.MakeFromData(d)
}
