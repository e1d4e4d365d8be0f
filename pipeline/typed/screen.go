package typed

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Withheld stands for a value that is not repeated.
const Withheld = "(withheld)"

// screened lists the header positions whose values are looked at: of the feeds
// about people every text and whatever no column claims, else texts that the
// contract says are screened.
func screened(c contract.Contract, m contract.Mapping, header []string) []int {
	claimed := map[int]contract.Column{}
	for _, col := range c.Columns {
		if at, ok := m.Columns[col.Name]; ok {
			claimed[at] = col
		}
	}
	var out []int
	for i := range header {
		col, ok := claimed[i]
		text := !ok || col.Type == "text" && col.Register == ""
		if text && (c.People || c.Feed == "" || col.Screened) {
			out = append(out, i)
		}
	}
	return out
}

// personalValues looks for personal data in the values of a staged file.
func personalValues(ctx context.Context, ws *workspace.Workspace, rules []personal.Rule, parquet string, header []string, columns []int) (out []personal.Found, err error) {
	if len(columns) == 0 {
		return nil, nil
	}
	s := ws.Scratch
	if s == nil {
		s = &warehouse.Scratch{}
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	conn, err := s.Open(ctx, ws.Settings)
	if err != nil {
		return nil, err
	}
	from := " FROM read_parquet('" + strings.ReplaceAll(filepath.ToSlash(parquet), "'", "''") + "')"
	filled, matched, err := lookOver(ctx, conn, rules, from, columns)
	if err != nil {
		return nil, err
	}
	type hit struct{ Row int64 }
	for i, at := range columns {
		for _, r := range rules {
			if matched[i] == 0 || r.Header {
				continue
			}
			rows, err := warehouse.Select[hit](ctx, conn, `SELECT "row"`+from+" WHERE "+r.Matches(nameOf(at))+` ORDER BY "row"`)
			if err != nil {
				return nil, err
			}
			found := personal.Found{Column: header[at], At: at, What: r.What, Filled: filled[i], Matches: int64(len(rows))}
			for _, h := range rows[:min(len(rows), personal.MostRows)] {
				found.Rows = append(found.Rows, h.Row)
			}
			if found.Matches > 0 {
				out = append(out, found)
			}
		}
	}
	return out, nil
}

// lookOver counts in one reading the values of each column, and those that any rule
// may find: most columns have none. Checksums are left out.
func lookOver(ctx context.Context, conn *sql.Conn, rules []personal.Rule, from string, columns []int) (filled, matched []int64, err error) {
	anyRule := personal.AnyOf(rules)
	filled, matched = make([]int64, len(columns)), make([]int64, len(columns))
	var counts []string
	var places []any
	for i, at := range columns {
		counts = append(counts, "count("+nameOf(at)+")", "count(*) FILTER ("+anyRule.Matches(nameOf(at))+")")
		places = append(places, &filled[i], &matched[i])
	}
	return filled, matched, conn.QueryRowContext(ctx, "SELECT "+strings.Join(counts, ", ")+from).Scan(places...)
}

// nameOf is what a staged file calls its column at a place, from 0.
func nameOf(at int) string { return fmt.Sprintf("c%d", at+1) }

// look finds personal data in the values of a file just staged. Of a file about
// people it also looks at what is not staged, since its bytes are kept: values to the right
// of the header or under merged cells, and rows that the mapping leaves out.
func look(ctx context.Context, ws *workspace.Workspace, d landing.Delivery, bytes, parquet string, t extract.Table) ([]personal.Found, error) {
	c, _ := ws.Contract(d.Feed)
	if (c.People || c.Feed == "") && (t.Widest > len(t.Header) || t.LeftOut > 0 || len(t.Totals) > 0 || t.Buried > 0) {
		whole := ws.ReadingOptions(d)
		whole.Skip, whole.Totals, whole.End, whole.SkipRows, whole.Width = nil, nil, nil, 0, t.Widest
		whole.Buried = true
		wide := parquet + ".whole"
		defer os.Remove(wide)
		var err error
		if t, err = extract.Stage(ctx, bytes, d.Name, wide, whole); err != nil {
			return nil, err
		}
		parquet = wide
	}
	m, _ := c.MatchFeed(t.Header, d.Spec) // what does not match is told elsewhere
	return personalValues(ctx, ws, ws.Personal, parquet, t.Header, screened(c, m, t.Header))
}

// rejectPersonal rejects the rows of a source in which personal data was found,
// and takes values that look like it out of every fault.
func rejectPersonal(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, s Staged) error {
	for _, f := range s.Personal {
		rows, err := json.Marshal(f.Rows)
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, `UPDATE typed.`+s.Feed+` SET standing = 'rejected',
			faults = list_append(coalesce(faults, []), {'column_name': $1, 'rule': 'personal data', 'value': '(withheld)'})
			WHERE delivery = $2 AND "row" IN (SELECT unnest($3::JSON::BIGINT[]))`, cmp.Or(strings.TrimSpace(f.Column), "column "+f.Name()), s.Order, string(rows)); err != nil {
			return fmt.Errorf("cannot reject rows with personal data: %w", err)
		}
	}
	return nil
}

// withhold is the SQL that takes values that look like personal data out of the
// faults of feeds about people and of texts that are screened, and with them
// whatever was sent in place of a person's key, and ages, of which only bands are kept.
func withhold(ws *workspace.Workspace) string {
	about, bands := []string{"false"}, []string{"''"}
	for _, c := range ws.Contracts {
		if c.People {
			about = append(about, "feed = '"+c.Feed+"'")
		}
		for _, col := range c.Columns {
			if col.Screened {
				about = append(about, "feed = '"+c.Feed+"' AND column_name = '"+col.Name+"'")
			}
			if col.Band != "" {
				bands = append(bands, "'"+col.Name+"'")
			}
		}
	}
	return `UPDATE fault SET value = '(withheld)', message = replace(message, '"' || value || '"', '(withheld)')
		WHERE (` + strings.Join(about, " OR ") + `) AND value IS NOT NULL AND (column_name LIKE '%pseudo_id' AND rule <> 'duplicate key'
			OR column_name IN (` + strings.Join(bands, ", ") + `) OR ` + LooksPersonal(ws, contract.Contract{People: true}, "value") + ")"
}

// LooksPersonal is the SQL for a value of a feed about people that looks like
// personal data.
func LooksPersonal(ws *workspace.Workspace, c contract.Contract, value string) string {
	any := []string{"false"}
	for _, r := range ws.Personal {
		if c.People && !r.Header {
			any = append(any, r.Matches(value))
		}
	}
	return strings.Join(any, " OR ")
}
