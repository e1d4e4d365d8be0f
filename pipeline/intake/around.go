package intake

import (
	"context"
	"errors"
	"fmt"

	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
)

// unlooked ends the sentence that says why a file cannot be read.
const unlooked = "; nothing of it was kept, since it cannot be looked into"

// errLooked ends a reading that has seen all it is for.
var errLooked = errors.New("all is looked at")

// around looks at what stands around the tables of a file, and is kept with them: the
// names of sheets, rows above a header, and sheets that are no tables. A single piece of
// personal data there refuses the file, since there is no row to reject. Empty for none.
func (f *screening) around(ctx context.Context) (string, error) {
	last := map[string]int64{} // of each sheet, the last row to be looked at; 0 for all
	most := int64(0)
	reads := register.Feed{Encoding: "detect"} // the text around a table is in the characters that the table is read in
	for _, s := range f.tables {
		if s.Refused == "" && s.Spec.Encoding != "" {
			reads.Encoding = s.Spec.Encoding
		}
		if what := personal.InWords(f.Personal, s.Table.Sheet); what != "" {
			return refusedFor("the name of a sheet", what), nil
		}
		if s.Table.HeaderRow > 0 && workspace.Exists(s.Parquet) {
			last[s.Table.Sheet] = int64(s.Table.HeaderRow)
			most = max(most, last[s.Table.Sheet])
		}
	}
	sheets, err := f.sheets()
	if err != nil || f.unread != "" {
		return "", err
	}
	for _, sheet := range sheets {
		if what := personal.InWords(f.Personal, sheet); what != "" {
			return refusedFor("the name of a sheet", what), nil
		}
	}
	tables := len(last) >= max(1, len(sheets))
	if tables && most <= 1 { // nothing stands above the headers
		return "", nil
	}
	refusal := ""
	err = extract.Cells(ctx, f.path, f.receipt.Name, f.ReadingOptions(landing.Delivery{Receipt: f.receipt, Spec: reads}), func(r extract.Row) error {
		to, table := last[r.Sheet]
		if table && r.Row >= to {
			if tables && len(last) == 1 {
				return errLooked
			}
			return nil
		}
		for i, value := range r.Values {
			if what := personal.InWords(f.Personal, string(value)); what != "" {
				refusal = refusedFor(fmt.Sprintf("row %d, column %d, which is above a table or in none", r.Row, i+1), what)
				return errLooked
			}
		}
		return nil
	})
	var refused *extract.Refusal
	switch {
	case errors.As(err, &refused): // what cannot be read to its end is not looked into
		return refused.Error() + unlooked, nil
	case errors.Is(err, errLooked):
		err = nil
	}
	return refusal, err
}

func refusedFor(where, what string) string {
	return "personal data, so nothing of this file was kept: " + where + " holds what looks like " + what + "; take it out and send the file again"
}
