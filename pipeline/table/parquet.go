package table

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// batchRows is how many rows are gathered before they are written.
const batchRows = 64 << 10

// schema has the columns as Arrow and Parquet have them.
func (t Table) schema() *arrow.Schema {
	var fields []arrow.Field
	for i, c := range t.Columns {
		field := arrow.Field{Name: c.Name, Type: t.arrowType(i), Nullable: true}
		if c.Means != "" {
			field.Metadata = arrow.MetadataFrom(map[string]string{"description": c.Means})
		}
		fields = append(fields, field)
	}
	return arrow.NewSchema(fields, nil)
}

// parquet begins typed columns: numbers, exact decimals, dates, times in UTC, text.
func (t Table) parquet(w io.Writer) (rows, error) {
	schema := t.schema()
	properties := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd))
	// the writer would close w, which is the caller's
	out, err := pqarrow.NewFileWriter(schema, struct{ io.Writer }{w}, properties, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return nil, err
	}
	for _, a := range t.About {
		err = errors.Join(err, out.AppendKeyValueMetadata(a[0], a[1]))
	}
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return &batches{columns: t.Columns, builder: array.NewRecordBuilder(memory.DefaultAllocator, schema), send: out.WriteBuffered, close: out.Close}, nil
}

// arrow begins the same columns as an Arrow stream, which other tools read as it comes.
func (t Table) arrow(w io.Writer) (rows, error) {
	schema := t.schema()
	out := ipc.NewWriter(w, ipc.WithSchema(schema))
	return &batches{columns: t.Columns, builder: array.NewRecordBuilder(memory.DefaultAllocator, schema), send: out.Write, close: out.Close}, nil
}

// batches gathers rows and sends some thousand at once.
type batches struct {
	columns []Column
	builder *array.RecordBuilder
	send    func(arrow.RecordBatch) error
	close   func() error
	n       int // rows
}

func (b *batches) write(row []any) error {
	b.n++
	for i, c := range b.columns {
		if err := appendValue(b.builder.Field(i), c, row[i]); err != nil {
			return fmt.Errorf("row %d, column %q: %w", b.n, c.Name, err)
		}
	}
	if b.n%batchRows == 0 {
		return b.flush()
	}
	return nil
}

func (b *batches) flush() error {
	record := b.builder.NewRecordBatch()
	defer record.Release()
	return b.send(record)
}

func (b *batches) end() (err error) {
	defer b.builder.Release()
	if b.n%batchRows != 0 {
		err = b.flush()
	}
	return errors.Join(err, b.close())
}

func (t Table) arrowType(column int) arrow.DataType {
	switch c := t.Columns[column]; c.Kind {
	case Integer:
		if t.wide(column) {
			return &arrow.Decimal128Type{Precision: 38}
		}
		return arrow.PrimitiveTypes.Int64
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(c.Precision), Scale: int32(c.Scale)}
	case Float:
		return arrow.PrimitiveTypes.Float64
	case Bool:
		return arrow.FixedWidthTypes.Boolean
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Timestamp:
		if !c.Zoned {
			return &arrow.TimestampType{Unit: arrow.Microsecond}
		}
		return arrow.FixedWidthTypes.Timestamp_us
	}
	return arrow.BinaryTypes.String
}

// wide tells whether any number of a column needs more than 64 bits, or may, of rows that
// are yet to come.
func (t Table) wide(column int) bool {
	if t.Rows == nil && t.Columns[column].Wide {
		return true
	}
	for _, row := range t.Rows {
		if n, ok := row[column].(*big.Int); ok && !n.IsInt64() {
			return true
		}
	}
	return false
}

func appendValue(b array.Builder, c Column, v any) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	written := fmt.Sprint(v)
	switch b := b.(type) {
	case *array.Int64Builder, *array.Date32Builder, *array.TimestampBuilder, *array.BooleanBuilder:
		return appendParsed(b, c, written)
	case *array.Float64Builder:
		f, ok := v.(float64)
		if !ok {
			return fmt.Errorf("%q is not a number", written)
		}
		b.Append(f)
	case *array.Decimal128Builder:
		n, err := scaled(written, c.Scale)
		if err != nil {
			return err
		}
		b.Append(n)
	case *array.StringBuilder:
		b.Append(strings.ToValidUTF8(cell(c, v), "\ufffd"))
	default:
		return fmt.Errorf("no Parquet for %T", b)
	}
	return nil
}

// appendParsed leaves reading the text to Arrow, but for the infinite dates,
// which Parquet does not have.
func appendParsed(b array.Builder, c Column, written string) error {
	if strings.HasSuffix(written, "infinity") {
		b.AppendNull()
		return nil
	}
	if t, ok := b.(*array.TimestampBuilder); ok {
		at, err := timeOf(c, written)
		if err != nil {
			return err
		}
		t.Append(arrow.Timestamp(at.UnixMicro()))
		return nil
	}
	return b.AppendValueFromString(written)
}

// scaled reads an exact number into the digits of a decimal with the given scale.
func scaled(s string, scale int) (decimal128.Num, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > scale {
		return decimal128.Num{}, fmt.Errorf("%q has more than %d decimals", s, scale)
	}
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10)
	if !ok || n.BitLen() > 126 {
		return decimal128.Num{}, fmt.Errorf("%q is not a number of 38 digits", s)
	}
	return decimal128.FromBigInt(n), nil
}
