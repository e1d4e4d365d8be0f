package landing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
)

// Delivery is a received file as one feed, under one configuration. A file that
// serves several feeds (a workbook with several sheets) is several deliveries;
// one that serves none is one delivery without a feed, never current.
type Delivery struct {
	Receipt
	// Provider and Feed are those it counts for, stated by hand or from its name.
	Provider, Feed string
	Spec           register.Feed
	// Year is the financial year, such as 2023-24. Where YearStated is false the
	// name does not say it, and it is that of the name's date or of the day received.
	Year       string
	YearStated bool
	// Quarter is the {quarter} of the name, 1 to 4: the quarter up to which it tells, or,
	// of an increment, the one it tells of. 0 for none.
	Quarter int
	// Version is the {version} of the name, -1 for none; Date its {date}, zero for none.
	Version int
	Date    time.Time
	// Withdrawal is what stopped it counting, if anything did.
	Withdrawal *Withdrawal
	// Refused, where the caller sets it before Current, says why the file cannot be
	// read at all; it then does not count and replaces nothing.
	Refused string
	// Hollow, where the caller sets it before Expect, says that it has rows and every
	// one of them was rejected: it tells of nothing.
	Hollow bool
	// Current says whether its rows count, and Why why not. Order is its place among
	// the current deliveries from 1 (0 when not current): of rows with the same key
	// that of the delivery with the highest Order counts.
	Current bool
	Why     string
	Order   int
	// Part is its place among the sheets that are read of one file as one feed, from 1;
	// 0 where the file is read as one.
	Part int

	day   time.Time // received, as a calendar date in the workspace's time zone
	order int       // the position of its feed in the configuration
}

// Resolve works out what each receipt is, from what was stated by hand and from
// its name. loc is the workspace's time zone, which decides the day a file was
// received. The deliveries are whole even where the error names file names that
// two providers claim; those belong to nobody. Current marks what counts.
func Resolve(receipts []Receipt, withdrawals []Withdrawal, providers []register.Provider, loc *time.Location) ([]Delivery, error) {
	known, err := compile(providers)
	if err != nil {
		return nil, err
	}
	first := map[string]*Withdrawal{}
	for i := len(withdrawals) - 1; i >= 0; i-- {
		first[withdrawals[i].SHA256] = &withdrawals[i]
	}
	var all []Delivery
	var errs []error
	for _, r := range receipts {
		d := Delivery{Receipt: r, Provider: r.Provider, Feed: "", Version: -1, Withdrawal: first[r.SHA256], day: dayOf(r.Received, loc)}
		claims, err := known.claim(r.Name, r.Provider, r.Feed)
		switch {
		case err != nil:
			errs = append(errs, err)
			d.Why = "two providers' patterns fit"
			all = append(all, d)
		case len(claims) == 0:
			d.Why = known.whyNot(r.Name, r.Provider, r.Feed)
			all = append(all, d)
		}
		for i, c := range claims {
			all = append(all, d.as(c, i))
		}
	}
	return all, errors.Join(errs...)
}

// as is the delivery as one feed claims it.
func (d Delivery) as(c claim, order int) Delivery {
	d.Provider, d.Feed, d.Spec, d.order = c.provider, c.spec.Feed, c.spec, order
	d.Year, d.YearStated, d.Version, d.Date = c.year, c.year != "", c.version, c.date
	d.Quarter = c.quarter
	if !d.YearStated {
		d.Year = period.YearOf(d.covers()).String()
	}
	return d
}

// covers is the day up to which the delivery can tell: the date its name
// carries, else the day it was received.
func (d Delivery) covers() time.Time {
	if !d.Date.IsZero() {
		return d.Date
	}
	if d.day.IsZero() {
		return dayOf(d.Received, time.UTC)
	}
	return d.day
}

// Current marks which deliveries count at a time (zero means now), leaves out
// what had not been received by then, and sorts by provider, feed and the order
// in which deliveries follow each other: financial year, quarter, date or version
// in the name (none comes first), time received, hash.
//
// A refresh is replaced by the next of its provider, feed and year, an increment
// whose name says a quarter by the next of that quarter. Every other increment
// counts; bytes sent again count once, at their latest place.
func Current(deliveries []Delivery, asAt time.Time) []Delivery {
	then := func(t time.Time) bool { return asAt.IsZero() || !t.After(asAt) }
	var all []Delivery
	for _, d := range deliveries {
		if then(d.Received) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, follow)
	replaced := map[string]Delivery{}
	for i := len(all) - 1; i >= 0; i-- {
		d := &all[i]
		d.Current, d.Order = false, 0
		switch {
		case d.Feed == "": // Why is Resolve's
			continue
		case d.Withdrawal != nil && then(d.Withdrawal.At):
			d.Why = "withdrawn: " + d.Withdrawal.Reason
			continue
		case d.Refused != "":
			d.Why = "refused: " + d.Refused
			continue
		}
		by, found := replaced[d.stead()]
		if found && by.Number != d.Number { // one file may hold two sheets of one feed
			d.Why = "replaced by " + by.Name
			if by.SHA256 == d.SHA256 {
				d.Why = fmt.Sprintf("sent again as delivery %d, %s", by.Number, by.Name)
			}
			continue
		}
		replaced[d.stead()] = *d
		d.Current, d.Why = true, ""
	}
	order := 0
	for i := range all {
		if all[i].Current {
			order++
			all[i].Order = order
		}
	}
	return all
}

// stead is what a later delivery takes the place of: a year of a refresh, the quarter
// that an increment's name says, and of any other increment the same bytes alone.
func (d Delivery) stead() string {
	parts := []string{d.Provider, d.Feed, d.Year}
	switch {
	case d.Spec.Delivered != "increment":
	case d.Quarter > 0:
		parts = append(parts, fmt.Sprint(d.Quarter))
	default:
		parts = append(parts, d.SHA256)
	}
	return strings.Join(parts, "\x00")
}

// follow is the order of deliveries. It is total, so that nothing depends on the
// order in which files were found.
func follow(a, b Delivery) int {
	return cmp.Or(
		cmp.Compare(a.Provider, b.Provider),
		cmp.Compare(a.Feed, b.Feed),
		cmp.Compare(a.Year, b.Year),
		cmp.Compare(a.Quarter, b.Quarter),
		a.Date.Compare(b.Date),
		cmp.Compare(a.Version, b.Version),
		a.Received.Compare(b.Received),
		cmp.Compare(a.SHA256, b.SHA256),
		cmp.Compare(a.Number, b.Number),
		cmp.Compare(a.order, b.order),
		cmp.Compare(a.Part, b.Part),
	)
}

func dayOf(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
