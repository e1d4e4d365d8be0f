package extract

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
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
	odd       flags // rows whose number of fields is not the header's
	columns   []column
	text      int
	settled   bool // columns stay as they are: the file's schema is written
}

func (b *batch) size() int  { return len(b.row) }
func (b *batch) full() bool { return len(b.row) == batchRows || b.text >= batchText }

func (b *batch) add(row, line int64, values [][]byte, odd bool) {
	b.row, b.line, b.fields = append(b.row, row), append(b.line, line), append(b.fields, int32(len(values)))
	b.odd.add(odd)
	given := min(len(values), len(b.columns))
	for i, value := range values[:given] {
		b.columns[i].add(value)
		b.text += len(value)
	}
	for i := given; i < len(b.columns); i++ {
		b.columns[i].add(nil)
	}
	if !b.settled && b.size()%1024 == 0 {
		b.settle()
	}
}

// settle makes plain the columns that turn out to hold many different texts.
func (b *batch) settle() {
	for i := range b.columns {
		if c := &b.columns[i]; !c.plain && c.words() > mostWords {
			c.spell()
		}
	}
}

// rowOf gives the row in which a word of a column stands first.
func (b *batch) rowOf(c *column, word int32) int64 {
	if c.plain {
		return b.row[word]
	}
	return b.row[slices.Index(c.numbers, word)]
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

// flags are Arrow's: a bit for each row, and how many are not set.
type flags struct {
	bytes []byte
	n     int
	unset int
}

func (b *flags) add(set bool) {
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

func (b *flags) empty() { b.bytes, b.n, b.unset = b.bytes[:0], 0, 0 }

// column gathers the text of one header position. Most columns of an extract
// hold few different texts, so each is kept once and rows hold its number:
// that is several times faster to write, and for DuckDB to read, than the text of
// every row. A column of many different texts is plain: it keeps one for each row.
type column struct {
	plain   bool
	offsets []int32 // of the texts in data: one more than there are texts
	data    []byte

	numbers []int32 // for each row, its text, or noText
	slots   []slot  // hash table of the texts
	seed    maphash.Seed
}

const noText = -1

// slot is a text in the hash table: what tells it from others without looking
// at it, and its number and one, or zero if the slot is free.
type slot struct {
	head, tail uint64
	length     int32
	number     int32
}

func newColumn() column {
	return column{offsets: []int32{0}, slots: make([]slot, 64), seed: maphash.MakeSeed()}
}

func (c *column) words() int { return len(c.offsets) - 1 }

func (c *column) word(n int32) []byte { return c.data[c.offsets[n]:c.offsets[n+1]] }

func (c *column) add(value []byte) {
	switch {
	case c.plain:
		c.append(value)
	case len(value) == 0:
		c.numbers = append(c.numbers, noText)
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
	key := c.key(value)
	mask := uint64(len(c.slots) - 1)
	for at := key.hash() & mask; ; at = (at + 1) & mask {
		s := &c.slots[at]
		if s.number == 0 {
			c.append(value)
			key.number = int32(c.words())
			*s = key
			if c.words() > len(c.slots)/2 {
				c.grow()
			}
			return key.number - 1
		}
		if s.head == key.head && s.tail == key.tail && s.length == key.length &&
			(s.length <= 16 || bytes.Equal(c.word(s.number-1), value)) {
			return s.number - 1
		}
	}
}

// key tells a text from others: up to sixteen bytes it is the text itself, so
// that the codes and dates that make up an extract need no further look.
func (c *column) key(value []byte) slot {
	n := len(value)
	key := slot{length: int32(n)}
	switch {
	case n > 16:
		key.head = maphash.Bytes(c.seed, value)
	case n > 8:
		key.head, key.tail = binary.LittleEndian.Uint64(value), binary.LittleEndian.Uint64(value[n-8:])
	case n == 8:
		key.head = binary.LittleEndian.Uint64(value)
	case n >= 4:
		key.head = uint64(binary.LittleEndian.Uint32(value))<<32 | uint64(binary.LittleEndian.Uint32(value[n-4:]))
	default:
		key.head = uint64(value[0]) | uint64(value[n/2])<<8 | uint64(value[n-1])<<16
	}
	return key
}

func (s slot) hash() uint64 {
	h := (s.head ^ bits.RotateLeft64(s.tail, 31) ^ uint64(s.length)) * 0x9e3779b97f4a7c15
	return h ^ h>>32
}

func (c *column) grow() {
	old := c.slots
	c.slots = make([]slot, 4*len(old))
	mask := uint64(len(c.slots) - 1)
	for _, s := range old {
		if s.number == 0 {
			continue
		}
		at := s.hash() & mask
		for c.slots[at].number != 0 {
			at = (at + 1) & mask
		}
		c.slots[at] = s
	}
}

// spell makes a dictionary plain.
func (c *column) spell() {
	plain := column{plain: true, offsets: []int32{0}}
	for _, n := range c.numbers {
		if n == noText {
			plain.append(nil)
		} else {
			plain.append(c.word(n))
		}
	}
	*c = plain
}

func (c *column) empty() {
	c.offsets, c.data = c.offsets[:1], c.data[:0]
	c.numbers = c.numbers[:0]
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
	var valid flags
	text := func() arrow.ArrayData {
		return dataOf(arrow.BinaryTypes.String, c.words(), valid, nil, arrow.Int32Traits.CastToBytes(c.offsets), c.data)
	}
	if c.plain {
		for n := range c.words() {
			valid.add(c.offsets[n] < c.offsets[n+1])
		}
		return arrayOf(text())
	}
	dictionary := text()
	defer dictionary.Release()
	for _, n := range c.numbers {
		valid.add(n != noText)
	}
	return arrayOf(dataOf(words, len(c.numbers), valid, dictionary, arrow.Int32Traits.CastToBytes(c.numbers)))
}

// record gives the batch as Arrow. It must be released before the batch is emptied.
func (b *batch) record(schema *arrow.Schema) arrow.RecordBatch {
	arrays := []arrow.Array{
		arrayOf(dataOf(arrow.PrimitiveTypes.Int64, b.size(), flags{}, nil, arrow.Int64Traits.CastToBytes(b.row))),
		arrayOf(dataOf(arrow.PrimitiveTypes.Int64, b.size(), flags{}, nil, arrow.Int64Traits.CastToBytes(b.line))),
		arrayOf(dataOf(arrow.PrimitiveTypes.Int32, b.size(), b.odd, nil, arrow.Int32Traits.CastToBytes(b.fields))),
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

// dataOf lays bytes out as Arrow wants them; arrayOf makes them an array.
func dataOf(kind arrow.DataType, length int, valid flags, dictionary arrow.ArrayData, buffers ...[]byte) arrow.ArrayData {
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

func arrayOf(d arrow.ArrayData) arrow.Array {
	defer d.Release()
	return array.MakeFromData(d)
}
