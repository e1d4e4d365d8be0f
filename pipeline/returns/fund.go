package returns

import (
	"fmt"
	"time"
)

// Fund is what the return shows of a fund's terms. Pounds are exact decimals as
// text; empty text and a zero time mean that the fund has no such term.
type Fund struct {
	Name                              string
	Received, CarryForward            string // cash received, and carry-forward approved, to the end of the period
	SpendBy, DeliveryFrom, DeliveryTo time.Time
}

// term is a term of the fund as its cell shows it; the name is one of fundTerms.
func (f Fund) term(name string) string {
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	switch name {
	case "fund.name":
		return f.Name
	case "fund.received":
		return f.Received
	case "fund.carry_forward":
		return f.CarryForward
	case "fund.spend_by":
		return date(f.SpendBy)
	case "fund.delivery_from":
		return date(f.DeliveryFrom)
	}
	return date(f.DeliveryTo)
}

// FieldQuality is the build's own account of the values in one column of a
// feed. A row is counted at most once: as blank, not known or faulty. NotKnown is
// negative for a column that has no such code.
type FieldQuality struct {
	Rows, Blank, NotKnown, Faulty int64
	// People says that the rows are of people, so that small counts are hidden.
	People bool
}

// hides tells whether a field must not be shown: a small count of people, or what
// one can be had from. A count alone in its row is hidden as any other.
func (q FieldQuality) hides(field string, fewest int64) bool {
	small := func(n int64) bool { return q.People && n > 0 && n < fewest }
	switch field {
	case "blank":
		return small(q.Blank)
	case "not known":
		return small(q.NotKnown)
	case "faulty":
		return small(q.Faulty)
	case "percent complete":
		return small(q.Blank) || small(q.NotKnown) || small(q.Faulty) || small(q.Rows)
	}
	return small(q.Rows)
}

// field is one of qualityFields as a decimal; empty means it does not apply.
func (q FieldQuality) field(name string) string {
	switch name {
	case "rows":
		return fmt.Sprint(q.Rows)
	case "blank":
		return fmt.Sprint(q.Blank)
	case "faulty":
		return fmt.Sprint(q.Faulty)
	case "not known":
		if q.NotKnown < 0 {
			return ""
		}
		return fmt.Sprint(q.NotKnown)
	}
	return ratio(fmt.Sprint(q.Rows-q.Blank-q.Faulty-max(q.NotKnown, 0)), fmt.Sprint(q.Rows))
}
