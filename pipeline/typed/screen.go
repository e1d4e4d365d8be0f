package typed

import (
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
const Withheld = personal.Withheld

// personalValues looks for personal data in the values of a staged file.
func personalValues(ctx context.Context, ws *workspace.Workspace, rules []personal.Rule, parquet string, rows int64, header []string) (out []personal.Found, err error) {
	if len(header) == 0 {
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
	filled, matched, err := lookOver(ctx, s, conn, rules, from, rows, len(header))
	if err != nil {
		return nil, err
	}
	type hit struct{ Row int64 }
	for at := range header {
		for _, r := range rules {
			if matched[at] == 0 || r.Header || r.SaysNothing(header[at]) {
				continue
			}
			rows, err := warehouse.Select[hit](ctx, conn, `SELECT "row"`+from+" WHERE "+r.Matches(nameOf(at))+` ORDER BY "row"`)
			if err != nil {
				return nil, err
			}
			found := personal.Found{Column: header[at], At: at, What: r.What, Filled: filled[at], Matches: int64(len(rows))}
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

// planned is how many rows make it worth to plan a reading for each column of a file: that
// takes 4 ms of processor for a column, and counting two columns laid under each other
// four times as long as one by one (200,000 rows of 45: 0.4 s, and 2.4 s).
const planned = 20_000

// lookOver counts the values of each column, and those that any rule may find: most
// columns have none. Checksums are left out. Each value of a column is looked at once, and
// all in one statement: a pattern costs more to prepare, and a value more to look at, than
// to count.
func lookOver(ctx context.Context, s *warehouse.Scratch, conn *sql.Conn, rules []personal.Rule, from string, rows int64, columns int) (filled, matched []int64, err error) {
	var names, places, each []string
	for i := range columns {
		names, places = append(names, nameOf(i)), append(places, fmt.Sprint(i))
		each = append(each, fmt.Sprintf("SELECT %d AS place, %s AS value, count(*) AS times%s GROUP BY value", i, nameOf(i), from))
	}
	filled, matched = make([]int64, columns), make([]int64, columns)
	note := func(c seen) { filled[c.Place], matched[c.Place] = c.Filled, c.Matched }
	any := personal.AnyOf(rules, "value")
	if rows < planned {
		values := "SELECT place, value, count(*) AS times FROM (SELECT unnest([" + strings.Join(places, ", ") + "]) AS place, unnest([" + strings.Join(names, ", ") + "]) AS value" + from + ") GROUP BY place, value"
		return filled, matched, lookAside(ctx, s, conn, values, any, note)
	}
	return filled, matched, warehouse.Each(ctx, conn, note, seenIn("("+strings.Join(each, " UNION ALL ")+")", any))
}

// seen is a column that was looked over: its place, its values, and those that a rule may find.
type seen struct{ Place, Filled, Matched int64 }

func seenIn(values, any string) string {
	return "SELECT place, sum(times)::BIGINT AS filled, coalesce(sum(times) FILTER (" + any + "), 0)::BIGINT AS matched FROM " + values + " WHERE value IS NOT NULL GROUP BY place"
}

// lookAside looks over the values of a small file where a question finds them that was
// planned for the first: the patterns of all rules are made ready five times for each file
// otherwise, which takes longer than all else that landing a small one does. The values
// are laid there in a transaction that is taken back, so that they take no room after, and
// the question is planned while some are, since it would hold for an empty table else.
func lookAside(ctx context.Context, s *warehouse.Scratch, conn *sql.Conn, values, any string, note func(seen)) (err error) {
	if err := warehouse.Exec(ctx, conn, "CREATE TEMP TABLE IF NOT EXISTS looked(place INTEGER, value VARCHAR, times BIGINT)"); err != nil {
		return err
	}
	if err := warehouse.Exec(ctx, conn, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, warehouse.Exec(context.WithoutCancel(ctx), conn, "ROLLBACK")) }()
	if err := warehouse.Exec(ctx, conn, "INSERT INTO temp.looked "+values); err != nil {
		return err
	}
	question, err := s.Prepare(ctx, seenIn("temp.looked", any))
	if err != nil {
		return err
	}
	return warehouse.EachOf(ctx, question, note)
}

// nameOf is what a staged file calls its column at a place, from 0.
func nameOf(at int) string { return fmt.Sprintf("c%d", at+1) }

// look finds personal data in the values of a file just staged. It
// also looks at what is not staged, since its bytes are kept: values to the right
// of the header or under merged cells, and rows that the mapping leaves out.
func look(ctx context.Context, ws *workspace.Workspace, d landing.Delivery, bytes, parquet string, t extract.Table) ([]personal.Found, error) {
	if t.Widest > len(t.Header) || t.LeftOut > 0 || len(t.Totals) > 0 || t.Buried > 0 {
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
	return personalValues(ctx, ws, personal.Withholding(ws.Personal), parquet, t.Rows, t.Header)
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
			WHERE delivery = $2 AND "row" IN (SELECT unnest($3::JSON::BIGINT[]))`, calledIn(ws, f), s.Order, string(rows)); err != nil {
			return fmt.Errorf("cannot reject rows with personal data: %w", err)
		}
	}
	return nil
}

// calledIn is what a fault calls the column: its header, or its place.
func calledIn(ws *workspace.Workspace, f personal.Found) string {
	if header := strings.TrimSpace(f.Column); header != "" && ws.Safe.Name(f.Column) == f.Column {
		return header
	}
	return fmt.Sprintf("column %d", f.At+1)
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

// sayShapes puts the shape of a value into faults that would repeat one that is not safe.
func sayShapes(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn) error {
	type one struct{ Value string }
	values, err := warehouse.Select[one](ctx, conn, "SELECT DISTINCT value FROM fault WHERE value IS NOT NULL ORDER BY value")
	if err != nil {
		return err
	}
	var shapes [][]any
	for _, v := range values {
		if said := ws.Safe.Value(v.Value); said != v.Value {
			shapes = append(shapes, []any{v.Value, said})
		}
	}
	if len(shapes) == 0 {
		return nil
	}
	if err := warehouse.Load(ctx, conn, "shape(value VARCHAR, said VARCHAR)", shapes); err != nil {
		return err
	}
	return errors.Join(
		warehouse.Exec(ctx, conn, `UPDATE fault SET value = said, message = replace(message, '"' || fault.value || '"', said) FROM shape WHERE shape.value = fault.value`),
		warehouse.Exec(ctx, conn, "DROP TABLE shape"))
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
