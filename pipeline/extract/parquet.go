package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// parquetFile gathers rows into batches and writes them as Parquet in a
// goroutine of its own, so that reading goes on meanwhile. Two batches go round
// between reader and writer, which bounds the memory.
type parquetFile struct {
	ctx    context.Context
	file   *os.File
	writer *pqarrow.FileWriter
	schema *arrow.Schema
	batch  *batch
	full   chan *batch
	free   chan *batch
	done   chan error
	rows   int64
	watch  *observed // what words show
}

func createParquet(ctx context.Context, path string) (*parquetFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &parquetFile{ctx: ctx, file: f}, nil
}

// begin makes the columns, once the header is known.
func (p *parquetFile) begin(width int) {
	p.batch = newBatch(width)
}

func newBatch(width int) *batch {
	b := &batch{columns: make([]column, width)}
	for i := range b.columns {
		b.columns[i] = newColumn()
	}
	return b
}

// add takes one record. odd says that it has another number of fields than the
// header; those beyond it are left out.
func (p *parquetFile) add(row, line int64, values [][]byte, odd bool) error {
	p.batch.add(row, line, values, odd)
	p.rows++
	if p.batch.full() {
		return p.send()
	}
	return nil
}

// send hands the batch over to the writer and takes an empty one.
func (p *parquetFile) send() error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	if err := p.open(); err != nil {
		return err
	}
	p.look()
	p.full <- p.batch
	p.batch = <-p.free
	return nil
}

// look looks at the words of the batch: each once, which
// costs little.
func (p *parquetFile) look() {
	for i := range p.batch.columns {
		c := &p.batch.columns[i]
		for n := range c.words() {
			if p.watch.word(i, c.word(int32(n))) {
				p.watch.columns[i].wordAt(p.batch.rowOf(c, int32(n)))
			}
		}
	}
}

// open starts the file when the first batch is there, since that shows which
// columns are dictionaries.
func (p *parquetFile) open() error {
	if p.writer != nil {
		return nil
	}
	fields := []arrow.Field{{Name: "row", Type: arrow.PrimitiveTypes.Int64}, {Name: "line", Type: arrow.PrimitiveTypes.Int64},
		{Name: "fields", Type: arrow.PrimitiveTypes.Int32, Nullable: true}}
	options := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Uncompressed), parquet.WithMaxRowGroupLength(batchRows),
		parquet.WithStats(false), parquet.WithDictionaryDefault(false)}
	spare := newBatch(len(p.batch.columns))
	for i := range p.batch.columns {
		c := &p.batch.columns[i]
		name := fmt.Sprintf("c%d", i+1)
		fields = append(fields, arrow.Field{Name: name, Type: c.kind(), Nullable: true})
		options = append(options, parquet.WithDictionaryFor(name, !c.plain))
		if c.plain {
			options = append(options, parquet.WithCompressionFor(name, compress.Codecs.Snappy))
		}
		spare.columns[i].plain = c.plain
	}
	spare.settled = true
	p.schema = arrow.NewSchema(fields, nil)
	var err error
	if p.writer, err = pqarrow.NewFileWriter(p.schema, struct{ io.Writer }{p.file}, parquet.NewWriterProperties(options...), pqarrow.DefaultWriterProps()); err != nil {
		return err
	}
	p.full, p.free, p.done = make(chan *batch), make(chan *batch, 2), make(chan error, 1)
	p.free <- spare
	go p.write()
	return nil
}

// write writes what comes and gives the batches back, also after it has
// failed, so that the reader never waits for ever.
func (p *parquetFile) write() {
	var failed error
	for b := range p.full {
		if failed == nil {
			record := b.record(p.schema)
			failed = p.writer.Write(record)
			record.Release()
		}
		b.empty()
		p.free <- b
	}
	p.done <- failed
}

// close writes what is left and ends the file; after a failure it only ends it.
func (p *parquetFile) close(failed error) error {
	var err error
	if failed == nil {
		err = p.open()
	}
	if p.writer != nil {
		if failed == nil && p.batch.size() > 0 {
			p.full <- p.batch
		}
		close(p.full)
		err = errors.Join(err, <-p.done, p.writer.Close())
	}
	return errors.Join(err, p.file.Close())
}
