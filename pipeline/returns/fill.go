package returns

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/period"
)

// Figures gives the figures and conditions of one build. False means there is
// none, which the return shows as not available.
type Figures interface {
	Figure(at Place) (Value, bool)
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
}

// Condition is what a funding condition says. Value, Limit and Breaches are
// decimals as text, empty where there is none.
type Condition struct {
	Status, Evidence, Value, Limit, Breaches string
}

// Request says which return to draft and from what.
type Request struct {
	Template fs.FS             // the template's folder
	Scopes   map[string]string // what the cell map's scopes stand for, such as money: fund:CORE
	Fields   map[string]string // what the cover says
	Period   period.Period     // a quarter, half, year or year to date
	Figures  Figures
	Freeze   time.Time // when the newest delivery that counts was received, in the zone to print it in
	Build    string    // the build the figures come from
	Status   string    // draft, final or revised; empty means draft
}

// Result says how a draft was filled.
type Result struct {
	Filled  int      // cells written
	Missing []string // cells that show [x]: nothing was available
	// Warnings are sentences about figures that the workbook has no cell for.
	Warnings []string
}

// Draft fills a return's workbook and gives its bytes. The same request gives
// the same bytes. The error wraps ErrTemplateChanged where the blank no longer
// fits its cell map; then every cell that differs is named.
func Draft(ctx context.Context, r Request) ([]byte, Result, error) {
	t, err := Open(r.Template)
	if err != nil {
		return nil, Result{}, err
	}
	if r.Period.Kind == period.Month {
		return nil, Result{}, fmt.Errorf("the return %s is made for a quarter, half or year; %s is a month", t.Name, r.Period.Label)
	}
	if err := t.Check(r.Scopes, r.Fields); err != nil {
		return nil, Result{}, err
	}
	f, err := openWorkbook(t.blank)
	if err != nil {
		return nil, Result{}, fmt.Errorf("cannot open the blank workbook of the return %s: %w", t.Name, err)
	}
	defer f.Close()
	before, err := readWorkbook(f)
	if err != nil {
		return nil, Result{}, err
	}
	if err := t.unchanged(f, before); err != nil {
		return nil, Result{}, err
	}
	d := drafting{Request: r, template: t, file: f, written: map[string]string{}}
	if err := d.fill(ctx); err != nil {
		return nil, Result{}, err
	}
	out, err := d.finish(before)
	return out, d.result, err
}

// unchanged checks the blank against the cell map; all mismatches together.
func (t Template) unchanged(f *excelize.File, blank workbook) error {
	var errs []error
	told := map[string]bool{}
	add := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !told[text] {
			told[text] = true
			errs = append(errs, errors.New(text))
		}
	}
	for _, r := range t.rows {
		sheet, ok := blank.sheets[r.Sheet]
		if !ok {
			add("there is no sheet %q; there are %s", r.Sheet, strings.Join(f.GetSheetList(), ", "))
			continue
		}
		if r.LabelCell != "" && strings.TrimSpace(sheet.cells[r.LabelCell].Value) != strings.TrimSpace(r.LabelText) {
			add("%s!%s says %q where the cell map expects %q", r.Sheet, r.LabelCell, sheet.cells[r.LabelCell].Value, r.LabelText)
		}
		if formula := sheet.cells[r.Cell].Formula; r.fills() && formula != "" {
			add("%s holds the formula %q, which is never written over", r.place(), "="+formula)
		}
		if whole := sheet.merged[r.Cell]; r.fills() && whole != "" {
			add("%s lies inside the merged cells %s; a merged cell is filled at its first address", r.place(), whole)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%w: mend %s of the return %s, or ask for the map that belongs to this blank:\n%w", ErrTemplateChanged, mapFile, t.Name, errors.Join(errs...))
}

// drafting is one draft on its way.
type drafting struct {
	Request
	template Template
	file     *excelize.File
	result   Result
	written  map[string]string // by place: what the cell must read as afterwards
}

func (d *drafting) fill(ctx context.Context) error {
	var errs []error
	for _, r := range d.template.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !r.fills() {
			continue
		}
		s, err := d.show(r)
		if err == nil {
			err = d.write(r, s)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.place(), err))
		}
	}
	d.warn()
	return errors.Join(errs...)
}

// shown is what a cell will show: a number, or words.
type shown struct {
	text   string
	number bool
}

// show works out what a row's cell shows.
func (d *drafting) show(r Row) (shown, error) {
	switch r.Kind {
	case kindConfig:
		return shown{text: d.Fields[r.Code]}, nil
	case kindText:
		return shown{text: inBraces.ReplaceAllStringFunc(r.Code, d.word)}, nil
	}
	if r.future(d.Period) {
		return shown{text: notApplicable}, nil
	}
	value, marker, err := d.look(r)
	switch {
	case err != nil:
		return shown{}, err
	case marker != "":
		return shown{text: "[" + marker + "]"}, nil
	case value == "":
		return shown{text: r.Missing}, nil
	case r.Format == "text":
		return shown{text: value}, nil
	}
	number, err := written(r.Format, value)
	return shown{text: number, number: true}, err
}

// look finds a row's figure or what its condition says; empty means neither a
// value nor a reason for having none.
func (d *drafting) look(r Row) (value, marker string, err error) {
	at, err := r.figure(d.Scopes, d.Period)
	if err != nil {
		return "", "", err
	}
	if r.Kind == kindCondition {
		c, ok := d.Figures.Condition(r.Code, at.Scope, at.Period)
		if !ok {
			return "", "", nil
		}
		value = map[string]string{"value": c.Value, "limit_value": c.Limit, "status": c.Status, "evidence": c.Evidence, "breaches": c.Breaches}[r.Field]
		if value == "" && c.Status != "not available" {
			marker = "z" // the condition was answered, and has no such number
		}
		return value, marker, nil
	}
	v, ok := d.Figures.Figure(at)
	if !ok || v.Marker != "" {
		return "", v.Marker, nil
	}
	return map[string]string{"value": v.Value, "n": v.N, "numerator": v.Numerator, "denominator": v.Denominator}[r.Field], "", nil
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
		return d.template.Version
	case "build":
		return d.Build
	default:
		return d.Fields[name]
	}
}

// warn tells of figures in categories that the workbook has no row for: its
// rows then do not add up to its total.
func (d *drafting) warn() {
	told := map[string]bool{}
	for _, r := range d.template.rows {
		if r.Kind != kindUnlisted || r.future(d.Period) {
			continue
		}
		value, _, err := d.look(r)
		key := r.Sheet + "!" + r.Dimension + "!" + r.Category
		if err != nil || told[key] || strings.Trim(value, "0.") == "" {
			continue
		}
		told[key] = true
		d.result.Warnings = append(d.result.Warnings, fmt.Sprintf("%s has no row for %s %s, yet %s is %s there in %s: its rows do not add up to its total",
			r.Sheet, r.Dimension, r.Category, r.Code, value, r.periodLabel(d.Period)))
	}
}
