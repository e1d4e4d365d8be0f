package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// TraceVersion lists the rows behind a cell of a sealed version of a return (0:
// the newest), under the rules and with the files of that seal.
func (p *Pipeline) TraceVersion(ctx context.Context, name, cell string, at period.Period, version int, sent bool) ([]Traced, error) {
	sealed, err := p.version(name, at, version)
	if err != nil {
		return nil, err
	}
	lost, err := p.gone(sealed)
	if err == nil && lost != "" {
		err = fmt.Errorf("version %d cannot be traced: %s", sealed.About.Version, lost)
	}
	if err != nil {
		return nil, err
	}
	then, release, err := p.asSealed(sealed)
	if err != nil {
		return nil, err
	}
	defer release()
	held, err := then.Mapped("", cell, at)
	if err != nil {
		return nil, err
	}
	return then.TraceCell(ctx, "", held, at, sent)
}

// AsSent adds to each traced row the provider's own text, as header and text of
// every cell of the row that was not blank.
func (p *Pipeline) AsSent(ctx context.Context, parts []Traced) error {
	sources, err := p.stage(ctx)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "mojreturns-sent-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	db, err := warehouse.Create(ctx, filepath.Join(temp, "sent.duckdb"), p.Settings)
	if err != nil {
		return err
	}
	defer db.Close()
	wanted := map[string]map[string]string{} // by file and sheet, then row
	for _, part := range parts {
		for _, row := range part.Rows.Rows {
			at := text(row[1]) + " " + text(row[2])
			if wanted[at] == nil {
				wanted[at] = map[string]string{}
			}
			wanted[at][text(row[3])] = ""
		}
	}
	for _, s := range sources {
		rows := wanted[s.SHA256+" "+s.Table.Sheet]
		if rows == nil || s.Refused != "" {
			continue
		}
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		sent, err := table.Query(ctx, conn, "SELECT * FROM read_parquet('"+strings.ReplaceAll(filepath.ToSlash(s.Parquet), "'", "''")+"')")
		conn.Close()
		if err != nil {
			return fmt.Errorf("cannot read %q again: %w", s.Name, err)
		}
		for _, row := range sent.Rows {
			if _, ok := rows[text(row[0])]; ok {
				rows[text(row[0])] = s.record(row[3:])
			}
		}
	}
	for i := range parts {
		t := &parts[i].Rows
		t.Columns = append(t.Columns, table.Column{Name: "as_sent"})
		for j, row := range t.Rows {
			t.Rows[j] = append(row, wanted[text(row[1])+" "+text(row[2])][text(row[3])])
		}
	}
	return nil
}

// record is a row in the provider's words; ages, which only become bands, are
// withheld.
func (s staged) record(row []any) string {
	withheld := map[int]bool{}
	for _, c := range s.Contract.Columns {
		if at, sent := s.Mapping.Columns[c.Name]; sent && c.Band != "" {
			withheld[at] = true
		}
	}
	var cells []string
	for i, name := range s.Table.Header {
		switch {
		case i >= len(row) || row[i] == nil:
		case withheld[i]:
			cells = append(cells, strings.TrimSpace(name)+": (withheld)")
		default:
			cells = append(cells, strings.TrimSpace(name)+": "+text(row[i]))
		}
	}
	return strings.Join(cells, "; ")
}
