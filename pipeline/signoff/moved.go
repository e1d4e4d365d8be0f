package signoff

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// MovedRow is a row that counts on one side and not on the other.
type MovedRow struct {
	Part string // numerator, denominator or a component's code
	Side string // "gone" or "new"
	// Why is late (received after the seal), corrected (another version of the
	// row counts), withdrawn (no version counts any more) or redefined (the rows
	// are as they were, the rule is another).
	Why              string
	File, Sheet, Key string
	SHA256           string
	Row              string
}

// movedRows are the rows behind a cell on one side only, part by part.
func movedRows(ctx context.Context, then, now side, r workspace.Return, of returns.Held) ([]MovedRow, error) {
	was, err := then.rows(ctx, r, of)
	if err != nil {
		return nil, err
	}
	is, err := now.rows(ctx, r, of)
	if err != nil {
		return nil, err
	}
	var gone, added []MovedRow
	for id, row := range was {
		if _, ok := is[id]; !ok {
			row.Side = "gone"
			gone = append(gone, row)
		}
	}
	for id, row := range is {
		if _, ok := was[id]; !ok {
			row.Side = "new"
			added = append(added, row)
		}
	}
	countsNow, err := now.known(ctx, gone, then)
	if err != nil {
		return nil, err
	}
	countedThen, err := then.known(ctx, added, now)
	if err != nil {
		return nil, err
	}
	for i, row := range gone {
		gone[i].Why = why(countsNow, row, "withdrawn")
	}
	for i, row := range added {
		added[i].Why = why(countedThen, row, "late")
	}
	all := append(gone, added...)
	slices.SortFunc(all, func(a, b MovedRow) int {
		return strings.Compare(a.Part+a.Key+a.Side+a.File+fmt.Sprintf("%9s", a.Row), b.Part+b.Key+b.Side+b.File+fmt.Sprintf("%9s", b.Row))
	})
	return all, nil
}

// rows are those behind a cell on this side, by what tells them apart: whose
// row it is and what of it was counted. A row that came again, unchanged in
// another file, is the same.
func (s side) rows(ctx context.Context, r workspace.Return, of returns.Held) (map[string]MovedRow, error) {
	parts, err := s.v.TraceHeld(ctx, r, of)
	if err != nil {
		return nil, err
	}
	out := map[string]MovedRow{}
	for _, part := range parts {
		for _, values := range part.Rows.Rows {
			row := MovedRow{Part: part.Part, File: table.AsText(values[0]), SHA256: table.AsText(values[1]), Sheet: table.AsText(values[2]), Row: table.AsText(values[3]), Key: table.AsText(values[4])}
			id := []string{row.Part, s.files[row.SHA256+" "+row.Sheet].provider, row.Key}
			for _, counted := range values[5:] {
				id = append(id, table.AsText(counted))
			}
			out[strings.Join(id, "\n")] = row
		}
	}
	return out, nil
}

// why a row counts on one side only: other holds, for its key, the row that
// counts on the other side.
func why(other map[string]string, row MovedRow, none string) string {
	switch other[row.Key] {
	case "":
		return none
	case row.place():
		return "redefined"
	}
	return "corrected"
}

func (r MovedRow) place() string { return r.SHA256 + " " + r.Sheet + " " + r.Row }

// known gives, for the keys of rows of another side, the row that counts on this
// one, whether or not it is behind the figure.
func (s side) known(ctx context.Context, rows []MovedRow, from side) (map[string]string, error) {
	keys := map[string]map[string][]string{} // by feed, the start of the model's key that is the contract's
	for _, row := range rows {
		d := from.files[row.SHA256+" "+row.Sheet]
		c, ok := s.v.Workspace.Contract(d.feed)
		if !ok {
			continue
		}
		parts := strings.Split(row.Key, " | ")
		key := d.provider + " | " + strings.Join(parts[:min(len(parts), len(c.Key))], " | ")
		if keys[d.feed] == nil {
			keys[d.feed] = map[string][]string{}
		}
		keys[d.feed][key] = append(keys[d.feed][key], row.Key)
	}
	out := map[string]string{}
	for feed, wanted := range keys {
		c, _ := s.v.Workspace.Contract(feed)
		var list []string
		for key := range wanted {
			list = append(list, key)
		}
		asked, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		key := "concat_ws(' | ', t.sender, t." + strings.Join(c.Key, ", t.") + ")"
		found, err := table.Query(ctx, s.v.Conn, `SELECT `+key+`, d.sha256, d.sheet, t."row" FROM typed.`+feed+` t
			JOIN main.delivery d ON d.delivery = t.delivery AND d.feed = '`+feed+`' AND d.current
			WHERE t.standing = 'counted' AND `+key+` IN (SELECT unnest($1::JSON::VARCHAR[])) ORDER BY ALL`, string(asked))
		if err != nil {
			return nil, err
		}
		for _, row := range found.Rows {
			at := MovedRow{SHA256: table.AsText(row[1]), Sheet: table.AsText(row[2]), Row: table.AsText(row[3])}
			for _, key := range wanted[table.AsText(row[0])] {
				out[key] = at.place()
			}
		}
	}
	return out, nil
}
