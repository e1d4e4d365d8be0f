package extract

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// batchRows is how many rows travel together; groupRows how many make a row
// group of the Parquet file, the unit that DuckDB's threads share out.
const (
	batchRows = 16 << 10
	groupRows = 128 << 10
)

// column gathers the text of one header position.
type column struct {
	offsets []int32
	data    []byte
	valid   []byte // one bit for each row
	nulls   int
}

func (c *column) add(row int, value []byte) {
	if len(value) == 0 {
		c.nulls++
	} else {
		c.data = append(c.data, value...)
		bitutil.SetBit(c.valid, row)
	}
	c.offsets = append(c.offsets, int32(len(c.data)))
}

// parquetFile gathers rows into Arrow batches and writes them as Parquet in a
// goroutine of its own, so that reading goes on meanwhile.
type parquetFile struct {
	ctx     context.Context
	file    *os.File
	writer  *pqarrow.FileWriter
	schema  *arrow.Schema
	batches chan arrow.RecordBatch
	done    chan error
	rows    int64

	size        int // rows in the batch
	row, line   []int64
	fields      []int32
	fieldsValid []byte
	columns     []column
}

func createParquet(ctx context.Context, path string) (*parquetFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &parquetFile{ctx: ctx, file: f}, nil
}

// begin makes the columns, once the header is known.
func (p *parquetFile) begin(width int) error {
	fields := []arrow.Field{{Name: "row", Type: arrow.PrimitiveTypes.Int64}, {Name: "line", Type: arrow.PrimitiveTypes.Int64},
		{Name: "fields", Type: arrow.PrimitiveTypes.Int32, Nullable: true}}
	options := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Snappy), parquet.WithMaxRowGroupLength(groupRows),
		parquet.WithStats(false), parquet.WithDictionaryFor("row", false), parquet.WithDictionaryFor("line", false)}
	for i := range width {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d", i+1), Type: arrow.BinaryTypes.String, Nullable: true})
	}
	p.schema = arrow.NewSchema(fields, nil)
	p.columns = make([]column, width)
	var err error
	// the writer closes the file itself
	if p.writer, err = pqarrow.NewFileWriter(p.schema, p.file, parquet.NewWriterProperties(options...), pqarrow.DefaultWriterProps()); err != nil {
		return err
	}
	p.reset()
	p.batches, p.done = make(chan arrow.RecordBatch, 2), make(chan error, 1)
	go func() {
		var failed error
		for batch := range p.batches {
			if failed == nil {
				failed = p.writer.WriteBuffered(batch)
			}
			batch.Release()
		}
		p.done <- failed
	}()
	return nil
}

func (p *parquetFile) reset() {
	p.size = 0
	p.row, p.line, p.fields = make([]int64, 0, batchRows), make([]int64, 0, batchRows), make([]int32, 0, batchRows)
	p.fieldsValid = make([]byte, batchRows/8)
	for i := range p.columns {
		p.columns[i] = column{offsets: append(make([]int32, 0, batchRows+1), 0), data: make([]byte, 0, max(len(p.columns[i].data), 1024)), valid: make([]byte, batchRows/8)}
	}
}

// add takes one record. odd says that it has another number of fields than the
// header; those beyond it are left out.
func (p *parquetFile) add(row, line int64, values [][]byte, odd bool) error {
	p.row, p.line, p.fields = append(p.row, row), append(p.line, line), append(p.fields, int32(len(values)))
	if odd {
		bitutil.SetBit(p.fieldsValid, p.size)
	}
	for i := range p.columns {
		var value []byte
		if i < len(values) {
			value = values[i]
		}
		p.columns[i].add(p.size, value)
	}
	p.rows++
	if p.size++; p.size == batchRows {
		return p.send()
	}
	return nil
}

// send hands the batch over to the writer.
func (p *parquetFile) send() error {
	if p.size == 0 {
		return nil
	}
	oddCount := 0
	for i := range p.size {
		if bitutil.BitIsSet(p.fieldsValid, i) {
			oddCount++
		}
	}
	arrays := []arrow.Array{
		arrayOf(arrow.PrimitiveTypes.Int64, p.size, 0, nil, arrow.Int64Traits.CastToBytes(p.row)),
		arrayOf(arrow.PrimitiveTypes.Int64, p.size, 0, nil, arrow.Int64Traits.CastToBytes(p.line)),
		arrayOf(arrow.PrimitiveTypes.Int32, p.size, p.size-oddCount, p.fieldsValid, arrow.Int32Traits.CastToBytes(p.fields)),
	}
	for i := range p.columns {
		c := &p.columns[i]
		arrays = append(arrays, arrayOf(arrow.BinaryTypes.String, p.size, c.nulls, c.valid, arrow.Int32Traits.CastToBytes(c.offsets), c.data))
	}
	batch := array.NewRecordBatch(p.schema, arrays, int64(p.size))
	for _, a := range arrays {
		a.Release()
	}
	p.reset()
	select {
	case p.batches <- batch:
		return nil
	case <-p.ctx.Done():
		batch.Release()
		return p.ctx.Err()
	}
}

// arrayOf makes an Arrow array over bytes already laid out as Arrow wants them.
func arrayOf(kind arrow.DataType, length, nulls int, valid []byte, buffers ...[]byte) arrow.Array {
	all := []*memory.Buffer{nil}
	if nulls > 0 {
		all[0] = memory.NewBufferBytes(valid)
	}
	for _, b := range buffers {
		all = append(all, memory.NewBufferBytes(b))
	}
	data := array.NewData(kind, length, all, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// close writes what is left and ends the file; after a failure it only ends it.
func (p *parquetFile) close(failed error) error {
	if p.writer == nil {
		return p.file.Close()
	}
	var err error
	if failed == nil {
		err = p.send()
	}
	close(p.batches)
	return errors.Join(err, <-p.done, p.writer.Close())
}
