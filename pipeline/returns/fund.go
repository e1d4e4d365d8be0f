package returns

import (
	"fmt"
	"time"

	"mojreturns/pipeline/figure"
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
	// Scope is where the account of rows of people stands among the figures, so that
	// small counts are hidden; empty where they are of nobody.
	Scope string
}

// The breakdowns of an account of rows, and how a row that is none of blank, not known
// and faulty is counted.
const (
	Filled   = "filled"   // of a column, such as referrals.sex_code
	Complete = "complete" // a category of it
	Standing = "standing" // of a feed: accepted and rejected
)

// Account is what the quality sheet prints in a field about a column, as a figure.
func (q FieldQuality) Account(column, field string) Printed {
	at := Printed{Place: figure.Place{Code: column, Scope: q.Scope}, Field: "value"}
	switch field {
	case "rows":
		return at
	case "percent complete":
		field, at.Field = Complete, percentOfTotal
	}
	at.Place.Dimension, at.Place.Category = Filled, field
	return at
}

// Accounts are the counts of a column by their places among the figures.
func (q FieldQuality) Accounts(column string) map[figure.Place]Value {
	out := map[figure.Place]Value{}
	add := func(field string, n int64) {
		out[q.Account(column, field).Place] = Value{Value: fmt.Sprint(n), N: fmt.Sprint(n)}
	}
	add("rows", q.Rows)
	add("blank", q.Blank)
	add("faulty", q.Faulty)
	if q.NotKnown >= 0 {
		add("not known", q.NotKnown)
	}
	add("percent complete", q.complete())
	return out
}

func (q FieldQuality) complete() int64 { return q.Rows - q.Blank - q.Faulty - max(q.NotKnown, 0) }

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
	return ratio(fmt.Sprint(q.complete()), fmt.Sprint(q.Rows))
}
