package returns

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
)

// Figures gives the figures and conditions of one build. False means there is
// none, which the return shows as not available.
type Figures interface {
	Figure(at figure.Place) (Value, bool)
	// Condition answers for the fund of a scope such as fund:CORE, at the end of
	// the period with this label.
	Condition(code, scope, period string) (Condition, bool)
}

// Value is one figure. Numbers are exact decimals as text, such as 22528.57;
// empty means there is none. Marker is x (not available), z (not applicable), u
// or c, without brackets; a value with a marker is not shown.
type Value struct {
	Value, N, Numerator, Denominator string
	Marker                           string
	// Of are the categories that the figure of an other row is made of.
	Of []string `json:",omitempty"`
}

// Condition is what a funding condition says. Value, Limit and Breaches are
// decimals as text, empty where there is none.
type Condition struct {
	Status, Evidence, Value, Limit, Breaches string
}

// Request says which return to draft and from what.
type Request struct {
	Template Template          // as Open reads it
	Scopes   map[string]string // what the cell map's scopes stand for, such as money: fund:CORE
	Fields   map[string]string // what the cover and the declaration say
	Period   period.Period     // a quarter, half, year or year to date
	Figures  Figures
	Funds    map[string]Fund         // by scope, such as fund:CORE
	Quality  map[string]FieldQuality // by feed and column, such as referrals.sex_code
	Comments map[string]string       // what people wrote, by cell, such as T17_Narrative!B7
	Revised  []Revision              // the figures that the notes mark [r]
	Hidden   map[Printed]bool        // the figures that show [c]
	Freeze   time.Time               // when the newest delivery that counts was received, in the zone to print it in
	Build    string                  // the build the figures come from
	Status   string                  // draft, final or revised; empty means draft
}

// Result says how a draft was filled.
type Result struct {
	Filled  int      // cells written
	Missing []string // cells that show [x]: nothing was available
	// Printed lists the figures and conditions shown, in the order of the cell map.
	Printed []PrintedFigure
	// Warnings are sentences about cells that cannot be read whole.
	Warnings []string
}

// Draft fills a return's workbook and gives its bytes. The same request gives
// the same bytes. The error wraps ErrTemplateChanged where the blank no longer
// fits its cell map; then every cell that differs is named.
func Draft(ctx context.Context, r Request) ([]byte, Result, error) {
	t := r.Template
	if r.Period.Kind == period.Month {
		return nil, Result{}, fmt.Errorf("the return %s is made for a quarter, half or year; %s is a month", t.Name, r.Period.Label)
	}
	if err := t.Check(r.Scopes, r.Fields); err != nil {
		return nil, Result{}, err
	}
	blank, err := readBook(t.blank)
	if err != nil {
		return nil, Result{}, fmt.Errorf("cannot open the blank workbook of the return %s: %w", t.Name, err)
	}
	if err := t.unchanged(blank); err != nil {
		return nil, Result{}, err
	}
	d := drafting{Request: r, blank: blank, written: map[string]shown{}}
	if err := d.fill(ctx); err != nil {
		return nil, Result{}, err
	}
	out, err := d.finish()
	return out, d.result, err
}

// drafting is one draft on its way.
type drafting struct {
	Request
	blank   *book
	result  Result
	written map[string]shown // by place: what the cell must read as afterwards
}

func (d *drafting) fill(ctx context.Context) error {
	var errs []error
	for _, r := range d.Template.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !r.fills() {
			continue
		}
		s, fills, err := d.show(r)
		switch {
		case err != nil:
		case fills:
			err = d.write(r, s)
		case !r.comment() && d.blank.empty(r):
			err = fmt.Errorf("%s has no value and the map leaves the cell as issued, which is empty: let it show a marker, or leave it to people", r.shows())
		}
		if q := d.Quality[r.Code]; r.Kind == kindQuality && q.Scope != "" && err == nil {
			d.result.Printed = append(d.result.Printed, PrintedFigure{Printed: q.Account(r.Code, r.Field), Cell: r.place(), Shows: s.text})
		}
		if r.Kind != kindUnlisted && r.figures() && !r.future(d.Period) && err == nil {
			place, _ := r.figure(d.Scopes, d.Period) // found already to show it
			d.result.Printed = append(d.result.Printed, PrintedFigure{Printed: Printed{Place: place, Field: r.Field}, Cell: r.place(), Shows: s.text})
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.place(), err))
		}
	}
	return errors.Join(errs...)
}

// shown is what a cell will show: a number, or words.
type shown struct {
	text   string
	number bool
}

// show works out what a row's cell shows; false leaves the cell as it was issued.
func (d *drafting) show(r Row) (shown, bool, error) {
	if r.figures() && r.future(d.Period) {
		return shown{text: notApplicable}, true, nil
	}
	value, marker, err := d.look(r)
	switch {
	case err != nil:
		return shown{}, false, err
	case marker != "":
		return shown{text: "[" + marker + "]"}, true, nil
	case value == "" && r.Missing == leave:
		return shown{}, false, nil
	case value == "":
		return shown{text: r.Missing}, true, nil
	case r.Format == "text":
		return shown{text: value}, true, nil
	}
	number, err := written(r.Format, value, d.blank.from1904)
	return shown{text: number, number: true}, true, err
}

// look finds what a row's cell is about; empty means neither a value nor a
// reason for having none.
func (d *drafting) look(r Row) (value, marker string, err error) {
	switch {
	case r.comment():
		return d.Comments[r.place()], "", nil
	case r.Kind == kindText:
		return inBraces.ReplaceAllStringFunc(r.Code, d.word), "", nil
	case r.ofFund():
		return d.term(r)
	case r.Kind == kindConfig:
		return d.Fields[r.Code], "", nil
	case r.Kind == kindQuality:
		return d.quality(r)
	}
	at, err := r.figure(d.Scopes, d.Period)
	if err != nil || at.Scope == "" {
		return "", "z", err // a scope that this return need not have
	}
	if d.Hidden[Printed{Place: at, Field: r.Field}] {
		return "", "c", nil
	}
	if r.Kind == kindCondition {
		return d.condition(r, at)
	}
	v, ok := d.Figures.Figure(at)
	if !ok || v.Marker != "" {
		return "", v.Marker, nil
	}
	if r.Field == percentOfTotal {
		total, ok := d.Figures.Figure(at.Total())
		if !ok || total.Marker != "" || strings.Trim(total.Value, "0.") == "" {
			return "", total.Marker, nil
		}
		return ratio(v.Value, total.Value), "", nil
	}
	return v.Part(r.Field), "", nil
}

// term is what the return shows of a fund.
func (d *drafting) term(r Row) (value, marker string, err error) {
	at, err := r.figure(d.Scopes, d.Period)
	if err != nil || at.Scope == "" {
		return "", "z", err
	}
	fund, ok := d.Funds[at.Scope]
	if !ok {
		return "", "", nil
	}
	if value = fund.term(r.Code); value == "" {
		marker = "z" // the fund has no such term
	}
	return value, marker, nil
}

// condition is what a funding condition says.
func (d *drafting) condition(r Row, at figure.Place) (value, marker string, err error) {
	c, ok := d.Figures.Condition(r.Code, at.Scope, at.Period)
	if !ok {
		return "", "", nil
	}
	value = c.Part(r.Field)
	switch numbered := r.Field == "value" || r.Field == "limit_value"; {
	case numbered && c.Status == "not applicable":
		return "", "z", nil // there is nothing to measure, whatever the sum comes to
	case numbered && c.Status == "not available":
		return "", "x", nil // it was not measured
	case value == "" && c.Status != "not available":
		marker = "z" // the condition was answered, and has no such number
	}
	return value, marker, nil
}

// quality is what the build says of a column.
func (d *drafting) quality(r Row) (value, marker string, err error) {
	q, ok := d.Quality[r.Code]
	if !ok {
		return "", "", nil
	}
	switch value = q.field(r.Field); {
	case d.Hidden[q.Account(r.Code, r.Field)]:
		return "", "c", nil
	case value == "":
		marker = "z"
	}
	return value, marker, nil
}

// word is what a field in braces stands for.
func (d *drafting) word(braced string) string {
	switch name := strings.Trim(braced, "{}"); name {
	case "period":
		return d.Period.Human()
	case "status":
		if d.Status == "" {
			return "draft"
		}
		return d.Status
	case "freeze":
		return d.Freeze.Format("2 January 2006 at 15:04")
	case "version":
		return d.Template.Version
	case "build":
		return d.Build
	case "revised":
		return d.revisions()
	default:
		return d.Fields[name]
	}
}

// revisions says which figures of earlier quarters are printed otherwise than
// before; those that do not fit a cell are counted.
func (d *drafting) revisions() string {
	if len(d.Revised) == 0 {
		return "No figure of an earlier quarter differs from the one last reported."
	}
	text := fmt.Sprintf("%d figures of earlier quarters differ from those last reported, since providers sent or corrected records afterwards:", len(d.Revised))
	for i, r := range d.Revised {
		line := fmt.Sprintf("\n%s [r]: %s, was %s in the return for %s.", r.Cell, r.Now, r.Was, r.Return)
		if rest := len(d.Revised) - i; len(text)+len(line) > maxText-100 {
			return text + fmt.Sprintf("\nAnd %d more, which `mojreturns return diff` lists.", rest)
		}
		text += line
	}
	return text
}
