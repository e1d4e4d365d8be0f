package disclosure

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// The audiences. What is released to the public is known to the other two.
const (
	Ministry = "ministry"
	Briefing = "briefing"
	Public   = "public"
)

// Policy is what an output must keep to.
type Policy struct {
	Audience  string // Ministry, Briefing or Public
	Threshold int    // the smallest count of people that may be shown, zero apart; at least 3
	Off       bool   // show everything; for the ministry only
	Reason    string // why it is off
}

// check refuses a policy that does not protect, all its mistakes together.
func (p Policy) check() error {
	var errs []error
	switch p.Audience {
	case Ministry, Briefing, Public:
	default:
		errs = append(errs, fmt.Errorf("the audience is %q; it must be %s, %s or %s", p.Audience, Ministry, Briefing, Public))
	}
	if p.Threshold < 3 {
		errs = append(errs, fmt.Errorf("the threshold is %d; it must be at least 3, since under that a mark can only mean 1", p.Threshold))
	}
	if p.Off && p.Audience != Ministry {
		errs = append(errs, fmt.Errorf("disclosure control may be switched off for the %s only, not for %q", Ministry, p.Audience))
	}
	if p.Off && strings.TrimSpace(p.Reason) == "" {
		errs = append(errs, errors.New("disclosure control is switched off without a reason; give one, it is kept with the output"))
	}
	return errors.Join(errs...)
}

// small says whether a count is one of those hidden.
func (p Policy) small(n int64) bool { return 0 < n && n < int64(p.Threshold) }

// ID names a cell, and a count. The Part is empty for the figure itself. The
// counts within a share or a statistic are named by the cell's ID and a Part.
type ID struct {
	Code, Scope, Period, Dimension, Category, Part string
}

// The parts of a figure that are counts of people. A workbook that prints the
// denominator of a share in a cell of its own gives it as a Count with this Part.
const (
	Numerator   = "numerator"
	Denominator = "denominator"
	Complement  = "complement" // denominator less numerator
	Number      = "n"          // of a Statistic
)

// Of is the ID of a part of the figure.
func (id ID) Of(part string) ID {
	id.Part = part
	return id
}

// Compare orders IDs by code, scope, period, dimension, category and part.
func (id ID) Compare(other ID) int {
	return cmp.Or(
		cmp.Compare(id.Code, other.Code), cmp.Compare(id.Scope, other.Scope), cmp.Compare(id.Period, other.Period),
		cmp.Compare(id.Dimension, other.Dimension), cmp.Compare(id.Category, other.Category), cmp.Compare(id.Part, other.Part))
}

func (id ID) String() string {
	var words []string
	for _, w := range []string{id.Code, id.Scope, id.Period, id.Dimension, id.Category, id.Part} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// Kind says how a cell is guarded.
type Kind int

// The kinds of cell.
const (
	// Free is money, sessions, places and whatever else protects nobody: never
	// hidden. Where a relation has it, N is its value.
	Free Kind = iota
	// Count is N people, referrals or the like.
	Count
	// Share is Numerator of N people.
	Share
	// Statistic is a mean, a median, a percentile or a rate of N people: any
	// figure that may not be shown of a few, or from which N can be had, such as
	// attendance by place offered, or a cost for each person.
	Statistic
)

// Cell is a figure to be published. Figures that have no value (not available,
// not applicable) are not cells.
type Cell struct {
	ID        ID
	Kind      Kind
	N         int64 // people: the count itself, the denominator, or how many a statistic is of
	Numerator int64 // of a Share
	// Open says that the ministry is told such figures as they are: they are no secret
	// from its readers of what goes to the public.
	Open bool
	// Private says that the figure is not published here: its value only helps to
	// find other numbers that fit.
	Private bool
	// Beside are groups that a zero says all of, or a share that none or all are of: that
	// they are of one kind. Where one of them is hidden, so is the cell if that keeps it.
	Beside [2]ID
	// Guarded says of a Private figure that it is not to be found out either, as of
	// another service's when the area's is printed.
	Guarded bool
}

// printed is a count that a shown cell gives away.
type printed struct {
	id    ID
	value int64
}

func (c Cell) prints() []printed {
	switch c.Kind {
	case Share:
		return []printed{
			{c.ID.Of(Denominator), c.N},
			{c.ID.Of(Numerator), c.Numerator},
			{c.ID.Of(Complement), c.N - c.Numerator},
		}
	case Statistic:
		return []printed{{c.ID.Of(Number), c.N}}
	default:
		return []printed{{c.ID, c.N}}
	}
}

func (c Cell) check() error {
	switch {
	case c.Kind < Free || c.Kind > Statistic:
		return fmt.Errorf("%s: kind %d is not known", c.ID, c.Kind)
	case c.Kind != Free && c.N < 0:
		return fmt.Errorf("%s: %d people; a count cannot be negative", c.ID, c.N)
	case c.Kind == Share && (c.Numerator < 0 || c.Numerator > c.N):
		return fmt.Errorf("%s: %d of %d is not a share; a rate that may pass 100%% is a statistic", c.ID, c.Numerator, c.N)
	}
	return nil
}

// Decision is what becomes of a cell.
type Decision struct {
	Cell   Cell
	Hidden bool   // print [c]
	Why    string // why it is hidden, for the people who make the output; not for its readers
}

// Release is what an audience has been given: the decisions as they were made,
// with the values of the hidden cells too, and as Private cells the figures that it
// did not print and relations speak of.
type Release struct {
	Name     string // as people know it, such as "return 2023-24-Q3 version 1"
	Audience string
	Cells    []Decision
}

// knownTo says whether the audience has seen the release.
func (r Release) knownTo(audience string) bool {
	return r.Audience == audience || r.Audience == Public
}
