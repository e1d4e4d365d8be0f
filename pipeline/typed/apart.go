package typed

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Record is a row in the provider's words, as people are told of them.
func (s Staged) Record(ws *workspace.Workspace, row []any) string {
	told := s.Teller(ws)
	var cells []string
	for i, name := range s.Table.Header {
		if i < len(row) && row[i] != nil {
			cells = append(cells, ws.Safe.Name(strings.TrimSpace(name))+": "+told(i, table.AsText(row[i])))
		}
	}
	return strings.Join(cells, "; ")
}

// Teller says how people are told of a cell of the file, by its column from 0: ages,
// which only become bands, and what looks like personal data are withheld, and under a
// header that no column claims only what is safe is repeated.
func (s Staged) Teller(ws *workspace.Workspace) func(at int, text string) string {
	withheld := s.Withheld()
	claimed := make([]bool, len(s.Table.Header))
	for at := range claimed {
		claimed[at] = len(s.Made(at)) > 0
	}
	return func(at int, text string) string {
		switch {
		case text == "":
			return ""
		case withheld[at], personal.InColumn(ws.Personal, s.Table.Header[at], text) != "":
			return Withheld
		case claimed[at]:
			return text
		}
		return ws.Safe.Value(text)
	}
}

// SheetTold is the sheet as people, and the warehouse, are told of it; empty of a CSV.
func (s Staged) SheetTold(ws *workspace.Workspace) string {
	return ws.Safe.Sheet(s.Table.Sheet, s.Table.Place)
}

// Withheld are the places in the header of columns of which only a band is kept, whether
// a header is theirs or they are made of it.
func (s Staged) Withheld() map[int]bool {
	withheld := map[int]bool{}
	for _, c := range s.Contract.Columns {
		if c.Band == "" {
			continue
		}
		if at, sent := s.Mapping.Columns[c.Name]; sent {
			withheld[at] = true
		}
		if d, made := s.Mapping.Derived[c.Name]; made {
			withheld[d.At] = true
		}
	}
	return withheld
}

// Made are the columns that come of the header at a place: its own first, then those that
// are made of it.
func (s Staged) Made(at int) (names []string) {
	for _, c := range s.Contract.Columns {
		if own, sent := s.Mapping.Columns[c.Name]; sent && own == at {
			names = append([]string{c.Name}, names...)
		}
		if d, made := s.Mapping.Derived[c.Name]; made && d.At == at {
			names = append(names, c.Name)
		}
	}
	return names
}

// Remarks are what somebody who looks at the file would not expect of it, and the
// totals it states itself.
func (s Staged) Remarks(safe personal.Safe) []string {
	out := slices.Clone(s.Table.Notes)
	for _, t := range s.Table.Totals {
		var cells []string
		for i, v := range t.Values {
			if v != "" && i < len(s.Table.Header) {
				cells = append(cells, safe.Name(s.Table.Header[i])+" "+safe.Value(v))
			}
		}
		out = append(out, fmt.Sprintf("row %d holds totals, which are left out: %s", t.Row, strings.Join(cells, ", ")))
	}
	return out
}

// Together joins sentences for people.
func Together(first string, more []string) string {
	if first != "" {
		more = append([]string{first}, more...)
	}
	return strings.Join(more, "; ")
}

// JudgeApart judges sources in a warehouse in dir, which use may look into and
// the caller throws away.
func JudgeApart(ctx context.Context, ws *workspace.Workspace, dir string, sources []Staged, use func(*sql.Conn) error) error {
	settings := ws.Settings
	settings.SmallBlocks = Few(sources)
	db, err := warehouse.Create(ctx, filepath.Join(dir, "judge.duckdb"), settings)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := LoadRules(ctx, ws, conn, "judge"); err != nil {
		return err
	}
	if err := Load(ctx, ws, conn, sources); err != nil {
		return err
	}
	return use(conn)
}

// Readable reads deliveries as their feeds, each to be judged whether it counts or
// not. What cannot be read stays in, with the sentence that says so.
func Readable(ctx context.Context, ws *workspace.Workspace, deliveries []landing.Delivery) ([]Staged, error) {
	var out []Staged
	for _, d := range deliveries {
		found := []Staged{{Delivery: d}}
		s := &found[0]
		switch {
		case d.Withdrawal != nil && d.Withdrawal.Erased:
			s.Refused = fmt.Sprintf("it was erased on %s: %s", d.Withdrawal.At.In(ws.Location).Format("2 January 2006"), d.Withdrawal.Reason)
		case d.Feed == "":
			s.Refused = "it is no feed's: " + d.Why
		default:
			var err error
			if found, err = StageFile(ctx, ws, d, InStore(ws, d)); err != nil {
				return nil, fmt.Errorf("cannot read %q: %w", d.Name, err)
			}
		}
		for _, s := range found {
			s.Current, s.Order = s.Refused == "", len(out)+1
			out = append(out, s)
		}
	}
	return out, nil
}
