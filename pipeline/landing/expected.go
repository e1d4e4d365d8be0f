package landing

import (
	"cmp"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
)

// Expectation is one file that should arrive: a feed of a provider for a period.
type Expectation struct {
	Provider, Feed string
	Period         string    // the label, such as 2023-24-Q3
	Due            time.Time // a date
	Status         string    // received, all rejected, late or awaited
	// Late is how many days after Due today is, when nothing has come.
	Late int
	// File and Received tell which delivery came; of several the first to cover the period.
	File     string
	Received time.Time
}

// The states of an expected delivery.
const (
	Received = "received"
	Rejected = "all rejected" // something came, and none of its rows could be accepted
	Late     = "late"
	Awaited  = "awaited"
)

// Expect lists what each provider should send for the months, quarters or year
// (as its feed is configured) that p touches, in the order of the configuration.
// deliveries are those of Current; today is a date.
//
// A current delivery covers a period when it is of the period's financial year
// and tells of its last day: the date in its name, else the day it was received,
// is not before it. A delivery whose name says a quarter tells up to its end; an
// increment of that quarter alone. For a feed sent once a year any current delivery
// of that year will do.
func Expect(providers []register.Provider, deliveries []Delivery, p period.Period, cal period.Calendar, today time.Time) []Expectation {
	var rows []Expectation
	for _, provider := range providers {
		for _, feed := range provider.Feeds {
			if feed.Expected == nil {
				continue
			}
			for _, due := range parts(p.Year, feed.Expected.Every) {
				if due.End.Before(feed.Expected.From.Time) || due.End.Before(p.Start) || due.Start.After(p.End) {
					continue
				}
				e := Expectation{Provider: provider.Code, Feed: feed.Feed, Period: due.Label, Due: cal.AddWorkingDays(due.End, feed.Expected.Within)}
				e.settle(firstCovering(deliveries, provider.Code, feed, due), today)
				rows = append(rows, e)
			}
		}
	}
	return rows
}

func (e *Expectation) settle(d *Delivery, today time.Time) {
	if d != nil {
		e.File, e.Received = d.Name, d.Received
	}
	switch {
	case d != nil && d.Hollow:
		e.Status = Rejected
	case d != nil:
		e.Status = Received
	case today.After(e.Due):
		e.Status, e.Late = Late, int(today.Sub(e.Due).Hours()/24)
	default:
		e.Status = Awaited
	}
}

// parts divides a financial year as a feed is sent: every month, quarter or year.
func parts(year period.Year, every string) []period.Period {
	switch every {
	case "month":
		return year.Months()
	case "quarter":
		return year.Quarters()
	}
	whole, err := period.Parse(year.String())
	if err != nil {
		return nil // a Year's own label is always a period
	}
	return []period.Period{whole}
}

func firstCovering(deliveries []Delivery, provider string, feed register.Feed, due period.Period) *Delivery {
	var found *Delivery
	for i := range deliveries {
		d := &deliveries[i]
		if !d.Current || d.Provider != provider || d.Feed != feed.Feed || !d.tellsOf(due, feed.Expected.Every) {
			continue
		}
		if found == nil || found.Hollow || !d.Hollow && cmp.Or(d.covers().Compare(found.covers()), d.Received.Compare(found.Received), cmp.Compare(d.Order, found.Order)) < 0 {
			found = d
		}
	}
	return found
}

// Tells reports whether any current delivery of a provider's feed tells of some
// quarter of a period, awaited or not.
func Tells(deliveries []Delivery, provider, feed string, p period.Period) bool {
	for i := range deliveries {
		d := &deliveries[i]
		if !d.Current || d.Hollow || d.Provider != provider || d.Feed != feed {
			continue
		}
		every := "quarter"
		if d.Spec.Expected != nil {
			every = d.Spec.Expected.Every
		}
		for _, part := range parts(p.Year, every) {
			if !part.End.Before(p.Start) && !part.Start.After(p.End) && d.tellsOf(part, every) {
				return true
			}
		}
	}
	return false
}

// tellsOf reports whether a delivery covers a period.
func (d *Delivery) tellsOf(due period.Period, every string) bool {
	if every == "year" {
		return d.Year == due.Year.String()
	}
	year := d.Year
	if !d.YearStated {
		year = lastEnded(d.covers(), every).String()
	}
	if d.Quarter > 0 {
		said := due.Year.Quarters()[d.Quarter-1]
		return year == due.Year.String() && !said.End.Before(due.End) && (d.Spec.Delivered == "refresh" || !due.Start.Before(said.Start))
	}
	return year == due.Year.String() && !d.covers().Before(due.End)
}

// lastEnded is the year of the last month or quarter that had ended by a day: a
// file that names no year and comes in April is the one awaited for March.
func lastEnded(day time.Time, every string) period.Year {
	year := period.YearOf(day)
	if parts(year, every)[0].End.After(day) {
		return year - 1
	}
	return year
}
