package returns

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/lists"

	"github.com/xuri/excelize/v2"
)

// The kinds of row in a cell map.
const (
	kindFigure    = "figure"    // a metric's figure
	kindCondition = "condition" // what a funding condition says
	kindConfig    = "config"    // a field of the configured return, or a term of a fund
	kindQuality   = "quality"   // what the build says of a column's values
	kindText      = "text"      // words, with fields in braces
	kindLabel     = "label"     // not filled: a cell that must say what the map expects
	kindUnlisted  = "unlisted"  // not filled: a category the table has no row for, which must have no figure
	kindPartial   = "partial"   // not filled: a breakdown that the sheet shows in part, and label_text says why
)

const (
	periodToDate = "YTD"  // the year to date at the end of the return's period
	periodThis   = "this" // the return's own period
)

const (
	notAvailable  = "[x]"
	notApplicable = "[z]"
	leave         = "(leave)"        // in the column missing: the cell stays as it was issued
	leftToPeople  = "left to people" // in the column cell: the form has a place for it, which people fill in
)

// commentary is the code of a cell that shows what people wrote for it.
const commentary = "{comment}"

// percentOfTotal is the field of a category's share of its breakdown's total.
const percentOfTotal = "percent of total"

// builtIn are the fields in braces that the program knows by itself.
var builtIn = map[string]bool{"period": true, "status": true, "freeze": true, "version": true, "build": true, "comment": true, "revised": true,
	"declared_by": true, "declared_role": true, "declared_on": true, "declared_in_line": true, "declared_notified": true, "declared_notified_on": true}

// Row is one row of a cell map. Code is the metric, the condition, the
// configured field, the column judged or the words, by Kind; Scope is a name
// bound in configuration, such as money, with a question mark where a return
// need not bind it. Group names the cells that disclosure control must look at
// together; empty means the default, which Template.Cells gives.
type Row struct {
	Sheet, Cell, LabelCell, LabelText string
	Kind, Code, Field, Scope, Period  string
	Dimension, Category               string
	Format, Missing, Group            string
}

var mapColumns = []string{"sheet", "cell", "label_cell", "label_text", "kind", "code", "field", "scope", "period", "dimension", "category", "format", "missing", "group"}

// columns are the row's parts in the order of the file.
func (r *Row) columns() []*string {
	return []*string{&r.Sheet, &r.Cell, &r.LabelCell, &r.LabelText, &r.Kind, &r.Code, &r.Field, &r.Scope, &r.Period, &r.Dimension, &r.Category, &r.Format, &r.Missing, &r.Group}
}

var (
	figureFields    = []string{"value", "n", "numerator", "denominator", percentOfTotal}
	conditionFields = []string{"value", "limit_value", "status", "evidence", "breaches"}
	qualityFields   = []string{"rows", "blank", "not known", "faulty", "percent complete"}
	fundTerms       = []string{"fund.name", "fund.received", "fund.carry_forward", "fund.spend_by", "fund.delivery_from", "fund.delivery_to"}
	formats         = []string{"count", "money", "percent", "number", "date", "text"}
	mapPeriods      = []string{"Q1", "Q2", "Q3", "Q4", periodToDate, periodThis}
	kinds           = []string{kindFigure, kindCondition, kindConfig, kindQuality, kindText, kindLabel, kindUnlisted, kindPartial}
	inBraces        = regexp.MustCompile(`\{([a-z_.]+)\}`)
)

// WriteMap writes a cell map as CSV.
func WriteMap(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	if err := out.Write(mapColumns); err != nil {
		return err
	}
	for _, r := range rows {
		var record []string
		for _, c := range r.columns() {
			record = append(record, *c)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// ReadMap reads a cell map strictly; its mistakes are reported together, each
// with its line.
func ReadMap(r io.Reader) ([]Row, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", mapFile, err)
	}
	list, err := lists.ReadExactly(mapFile, text, mapColumns...)
	if err != nil {
		return nil, err
	}
	var rows []Row
	var errs []error
	seen, shown := map[string]int{}, map[Row]int{}
	for _, r := range list.Rows {
		var row Row
		for i, c := range row.columns() {
			*c = r.Fields[i]
		}
		if row.Missing == "" && row.Kind != kindLabel && row.Kind != kindPartial {
			row.Missing = notAvailable
		}
		problems := row.problems()
		if first, twice := seen[row.place()]; row.Cell != "" && row.Cell != leftToPeople && twice {
			problems = append(problems, fmt.Sprintf("%s is mapped already on line %d", row.place(), first))
		}
		seen[row.place()] = r.Line
		if row.Kind == kindFigure && row.Dimension != "" && len(problems) == 0 {
			what := Row{Sheet: row.Sheet, Code: row.Code, Field: row.Field, Scope: row.Scope, Period: row.Period, Dimension: row.Dimension, Category: row.Category}
			if first, twice := shown[what]; twice {
				problems = append(problems, fmt.Sprintf("%s shows %s, as line %d does already: a category stands in one row", row.place(), row.shows(), first))
			}
			shown[what] = r.Line
		}
		for _, p := range problems {
			errs = append(errs, r.Wrong("%s", p))
		}
		rows = append(rows, row)
	}
	return rows, errors.Join(errs...)
}

// problems says what is wrong with a row by itself.
func (r Row) problems() []string {
	var out []string
	oneOf := func(column, value string, allowed []string) {
		if !slices.Contains(allowed, value) {
			out = append(out, fmt.Sprintf("%s is %q; it can be %s", column, value, strings.Join(allowed, ", ")))
		}
	}
	address := func(column, value string, wanted bool) {
		_, _, err := excelize.CellNameToCoordinates(value)
		if value == "" && wanted {
			out = append(out, column+" is empty")
		} else if value != "" && (!wanted || err != nil || value != strings.ToUpper(value)) {
			out = append(out, fmt.Sprintf("%s is %q; %s", column, value, map[bool]string{true: "it must be an address such as D7", false: "a row of this kind has none"}[wanted]))
		}
	}
	oneOf("kind", r.Kind, kinds)
	switch {
	case r.Cell == "" && r.Kind != kindLabel && !r.speaksOfNone():
		out = append(out, fmt.Sprintf("%s has no cell: write it in the column cell, or %q where people fill it in", r.shows(), leftToPeople))
	case r.Cell != leftToPeople:
		address("cell", r.Cell, r.fills())
		address("label_cell", r.LabelCell, !r.speaksOfNone())
	}
	if r.Sheet == "" {
		out = append(out, "sheet is empty")
	}
	if r.Code == "" && r.Kind != kindLabel {
		out = append(out, "code is empty")
	}
	switch r.Kind {
	case kindPartial:
		if r.LabelText == "" || r.Dimension == "" || r.Category != "" {
			out = append(out, "a partial breakdown has a dimension, no category, and says in label_text why it is shown in part")
		}
	case kindFigure, kindUnlisted:
		oneOf("field", r.Field, figureFields)
	case kindCondition:
		oneOf("field", r.Field, conditionFields)
	case kindQuality:
		oneOf("field", r.Field, qualityFields)
	case kindConfig:
		if r.ofFund() {
			oneOf("code", r.Code, fundTerms)
		}
	case kindText:
		if strings.Contains(r.Code, commentary) && r.Code != commentary {
			out = append(out, fmt.Sprintf("code is %q; %s stands alone", r.Code, commentary))
		}
	}
	if r.fills() {
		oneOf("format", r.Format, formats)
	}
	if r.figures() && r.Kind != kindPartial {
		oneOf("period", r.Period, mapPeriods)
		if (r.Dimension == "") != (r.Category == "") {
			out = append(out, fmt.Sprintf("dimension %q and category %q go together: give both or neither", r.Dimension, r.Category))
		}
		if r.Field == percentOfTotal && r.Dimension == "" {
			out = append(out, "a percent of total needs a dimension and a category")
		}
	}
	if r.Category == Other && (r.Kind != kindFigure || r.Field != "value" || strings.Contains(r.Dimension, " x ")) {
		out = append(out, "an "+Other+" row shows the value of one breakdown that is not a crossing")
	}
	if (r.figures() && r.Kind != kindPartial || r.ofFund()) && r.scope() == "" {
		out = append(out, "scope is empty")
	}
	return out
}

// figures tells whether the row shows what the warehouse says of a scope in a period.
func (r Row) figures() bool {
	return r.Kind == kindFigure || r.Kind == kindCondition || r.speaksOfNone()
}

// speaksOfNone tells whether the row is about figures that the form has no cell for.
func (r Row) speaksOfNone() bool { return r.Kind == kindUnlisted || r.Kind == kindPartial }

// ofFund tells whether the row shows a term of a fund.
func (r Row) ofFund() bool { return r.Kind == kindConfig && strings.HasPrefix(r.Code, "fund.") }

// scope is the name that the return's configuration binds.
func (r Row) scope() string { return strings.TrimSuffix(r.Scope, "?") }

// optional tells whether a return may leave the row's scope unbound.
func (r Row) optional() bool { return strings.HasSuffix(r.Scope, "?") }

// comment tells whether the cell is for people to write in.
func (r Row) comment() bool { return r.Kind == kindText && r.Code == commentary }

// fills tells whether the row names a cell to write.
func (r Row) fills() bool { return r.Kind != kindLabel && !r.speaksOfNone() && r.Cell != leftToPeople }

// place is the cell as people write it.
func (r Row) place() string { return r.Sheet + "!" + r.Cell }

// holds says in words what a cell that is not a figure holds.
func (r Row) holds() string {
	switch {
	case r.ofFund():
		return "a term of the fund"
	}
	return "words"
}

// shows says in one line what a cell shows, for a list.
func (r Row) shows() string {
	var parts []string
	for _, part := range []string{r.Kind, r.Code, r.Field, r.Scope, r.Period, r.Dimension, r.Category} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// fieldNames are the configured and built-in fields a row shows.
func (r Row) fieldNames() []string {
	switch r.Kind {
	case kindConfig:
		if !r.ofFund() {
			return []string{r.Code}
		}
	case kindText:
		var names []string
		for _, m := range inBraces.FindAllStringSubmatch(r.Code, -1) {
			names = append(names, m[1])
		}
		return names
	}
	return nil
}
