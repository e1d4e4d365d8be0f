package warehouse

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// goValue turns a value of the driver into the forms that Rows.Row promises.
// kind is its DuckDB type, or "" inside a STRUCT or MAP.
func goValue(v any, kind string) any {
	switch v := v.(type) {
	case nil, bool, string, int64, float64, *big.Int:
		return v
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case uint64:
		return new(big.Int).SetUint64(v)
	case float32:
		return float64(v)
	case duckdb.Decimal:
		return decimal(v)
	case time.Time:
		return moment(v, kind)
	case []byte:
		return bytesText(v, kind)
	case duckdb.Interval:
		return interval(v)
	}
	return nested(v, kind)
}

// nested turns lists, structs and maps into what encoding/json writes.
func nested(v any, kind string) any {
	switch v := v.(type) {
	case []any:
		inner, _, _ := cutLast(kind, "[")
		out := make([]any, len(v))
		for i := range v {
			out[i] = element(v[i], inner)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name := range v {
			out[name] = element(v[name], within(kind))
		}
		return out
	case duckdb.OrderedMap:
		out := make(map[string]any, v.Len())
		keys, values := v.Keys(), v.Values()
		for i := range keys {
			out[fmt.Sprint(goValue(keys[i], within(kind)))] = element(values[i], within(kind))
		}
		return out
	case duckdb.Union:
		return element(v.Value, within(kind))
	}
	return fmt.Sprint(v)
}

// element is goValue within a list: an exact number, not a text, for a DECIMAL.
func element(v any, kind string) any {
	if d, ok := v.(duckdb.Decimal); ok {
		return json.Number(decimal(d))
	}
	return goValue(v, kind)
}

// decimal writes all the decimals of its type; the driver's String drops zeros.
func decimal(d duckdb.Decimal) string {
	digits := new(big.Int).Abs(d.Value).String()
	if d.Scale > 0 {
		digits = strings.Repeat("0", max(0, int(d.Scale)+1-len(digits))) + digits
		point := len(digits) - int(d.Scale)
		digits = digits[:point] + "." + digits[point:]
	}
	if d.Value.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

// Zoned tells whether a DuckDB type is, or holds, an instant: a time with a zone.
func Zoned(kind string) bool {
	return strings.Contains(kind, inZone) || strings.Contains(kind, "TIMESTAMPTZ")
}

const inZone = "WITH TIME ZONE"

// within is what is known of the type of what is inside a STRUCT or MAP.
func within(kind string) string {
	if Zoned(kind) {
		return inZone
	}
	return ""
}

// moment writes a date, time or both; Z, for UTC, only of an instant. Inside a
// STRUCT the driver does not say which it was: a midnight is taken for a date.
func moment(t time.Time, kind string) string {
	switch {
	case kind == "DATE" && t.Year() > 9999:
		return "infinity"
	case kind == "DATE" && t.Year() < -9999:
		return "-infinity"
	case kind == "DATE", (kind == "" || kind == inZone) && t.Equal(t.Truncate(24*time.Hour)):
		return t.Format("2006-01-02")
	case strings.HasPrefix(kind, "TIME") && !strings.HasPrefix(kind, "TIMESTAMP"):
		return t.Format("15:04:05.999999")
	}
	if Zoned(kind) {
		return t.UTC().Format(time.RFC3339Nano)
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999999")
}

// bytesText writes a UUID as usual and other bytes in hexadecimal.
func bytesText(b []byte, kind string) string {
	if kind == "UUID" && len(b) == 16 {
		return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	}
	return hex.EncodeToString(b)
}

func interval(v duckdb.Interval) string {
	return fmt.Sprintf("%d months %d days %s", v.Months, v.Days, time.Duration(v.Micros)*time.Microsecond)
}

// cutLast cuts around the last separator; all of s when there is none.
func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}
