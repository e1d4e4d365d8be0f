package workspace

import (
	"errors"
	"fmt"

	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
)

// ReadingOptions say how a delivery is read. The header is found by the names that its
// feed's columns go by.
func (ws *Workspace) ReadingOptions(d landing.Delivery) extract.Options {
	spec := d.Spec
	rules := func(list []register.RowRule) (out []extract.RowRule) {
		for _, r := range list {
			out = append(out, extract.RowRule{Columns: r.Columns, Pattern: r.Pattern})
		}
		return out
	}
	o := extract.Options{Sheet: spec.Sheet, SheetPattern: spec.SheetPattern, SheetNumber: spec.SheetNumber, HeaderRow: spec.HeaderRow, HeaderRows: spec.HeaderRows,
		SkipRows: spec.SkipRows, Skip: rules(spec.Skip), Totals: rules(spec.Totals), End: rules(spec.End), Encoding: spec.Encoding, Delimiter: spec.Delimiter, Kept: d.Sent != nil}
	if c, ok := ws.Contract(spec.Feed); ok && spec.HeaderRow == 0 {
		for _, col := range c.Columns {
			o.Names = append(append(o.Names, col.Name, col.Title), append(spec.Columns[col.Name], spec.Derive[col.Name].From...)...)
		}
	}
	return o
}

// checkReading reports what the configuration says of how files are read that cannot be.
func (ws *Workspace) checkReading() error {
	var errs []error
	for _, provider := range ws.Register.Providers {
		for _, f := range provider.Feeds {
			if err := ws.ReadingOptions(landing.Delivery{Spec: f}).Check(); err != nil {
				errs = append(errs, fmt.Errorf("provider %q, feed %q: %w", provider.Code, f.Feed, err))
			}
		}
	}
	return errors.Join(errs...)
}
