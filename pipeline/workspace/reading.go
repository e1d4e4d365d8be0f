package workspace

import (
	"errors"
	"fmt"
	"strings"

	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
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
	o := extract.Options{Sheet: spec.Sheet, SheetPattern: spec.SheetPattern, SheetNumber: spec.SheetNumber, AllSheets: spec.Sheets == "all",
		HeaderRow: spec.HeaderRow, HeaderRows: spec.HeaderRows,
		SkipRows: spec.SkipRows, Skip: rules(spec.Skip), Totals: rules(spec.Totals), End: rules(spec.End), Encoding: spec.Encoding, Delimiter: spec.Delimiter, Kept: d.KeptAsText(), Told: ws.Safe.Quoted}
	if c, ok := ws.Contract(spec.Feed); ok && spec.HeaderRow == 0 {
		for _, col := range c.Columns {
			o.Names = append(append(o.Names, col.Name, col.Title), append(spec.Columns[col.Name], spec.Derive[col.Name].From...)...)
		}
	}
	return o
}

// checkFeeds tells what the configuration says of files and of how they are read
// that cannot be.
func (ws *Workspace) checkFeeds(at strict.Place) {
	taken := map[string]string{}
	for i, provider := range ws.Register.Providers {
		registers := ws.Registers(provider.Code)
		for j, f := range provider.Feeds {
			one := at.Nth(i).In("feeds").Nth(j)
			about := fmt.Sprintf("provider %q, feed %q", provider.Code, f.Feed)
			if err := landing.CheckPattern(f.Files); err != nil && f.Files != "" {
				one.In("files").Wrong("%s: files %q: %v", about, f.Files, err)
			}
			if other := taken[strings.ToLower(f.Files)]; other != "" && other != provider.Code {
				one.In("files").Wrong("%s: provider %q takes files %q too, so nobody could say whose one is; make a pattern narrower",
					about, other, f.Files)
			}
			taken[strings.ToLower(f.Files)] = provider.Code
			for _, err := range unjoined(ws.ReadingOptions(landing.Delivery{Spec: f}).Check()) {
				place, option := one, extract.OptionError{}
				if errors.As(err, &option) {
					place = one.In(option.Option)
				}
				place.Wrong("%s: %v", about, err)
			}
			if c, ok := ws.Contract(f.Feed); ok {
				c.CheckFeed(one, provider.Code, f, ws.Lists, registers)
			}
		}
	}
}

// unjoined are the errors that were joined.
func unjoined(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return nil
}
