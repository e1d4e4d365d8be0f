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
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// batchRows is how many rows are gathered before they are written.
const batchRows = 64 << 10

// writeParquet writes typed columns: numbers, exact decimals, dates, times in UTC, text.
func (t Table) writeParquet(w io.Writer) error {
	var fields []arrow.Field
	for i, c := range t.Columns {
		field := arrow.Field{Name: c.Name, Type: t.arrowType(i), Nullable: true}
		if c.Means != "" {
			field.Metadata = arrow.MetadataFrom(map[string]string{"description": c.Means})
		}
		fields = append(fields, field)
	}
	schema := arrow.NewSchema(fields, nil)
	properties := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd))
	// the writer would close w, which is the caller's
	out, err := pqarrow.NewFileWriter(schema, struct{ io.Writer }{w}, properties, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return err
	}
	var about error
	for _, a := range t.About {
		about = errors.Join(about, out.AppendKeyValueMetadata(a[0], a[1]))
	}
	if err := errors.Join(about, t.writeBatches(out, schema)); err != nil {
		return errors.Join(err, out.Close())
	}
	return out.Close()
}

func (t Table) writeBatches(out *pqarrow.FileWriter, schema *arrow.Schema) error {
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	for start := 0; start < len(t.Rows); start += batchRows {
		for n, row := range t.Rows[start:min(start+batchRows, len(t.Rows))] {
			for i, c := range t.Columns {
				if err := appendValue(builder.Field(i), c, row[i]); err != nil {
					return fmt.Errorf("row %d, column %q: %w", start+n+1, c.Name, err)
				}
			}
		}
		record := builder.NewRecordBatch()
		err := out.WriteBuffered(record)
		record.Release()
		if err != nil {
			return err
		}
	}
	return nil
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

// wide tells whether any number of a column needs more than 64 bits.
func (t Table) wide(column int) bool {
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
