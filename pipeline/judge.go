package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/warehouse"
)

// LandedFile is one table of a landed file: what became of the file, and how
// its rows stand against their contract.
type LandedFile struct {
	FileCount
	Status  string
	Columns []ColumnUse // where each column comes from; of a dry run only
	Values  []ValueUse  // what the mapping does not translate; of a dry run only
}

// LandAndJudge lands the files and judges each against its contract there and
// then, so that a sender can be told at once. Dry, it writes nothing.
func (p *Pipeline) LandAndJudge(ctx context.Context, files []string, given landing.Given, dry bool) ([]LandedFile, error) {
	landed, err := p.take(ctx, files, given, dry)
	if err != nil {
		return nil, err
	}
	// what is thrown away again: the judging, and when dry the staging too
	temp, err := os.MkdirTemp("", "mojreturns-judge-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	var sources []staged
	var out []LandedFile
	for _, l := range landed {
		found, err := p.stageLanded(ctx, l, temp)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			f := LandedFile{Status: string(l.Status), FileCount: FileCount{File: l.Name, SHA256: l.SHA256, Provider: l.Provider, Feed: l.Feed, Message: l.Message}}
			if err := p.recognise(ctx, l, temp, &f); err != nil {
				return nil, err
			}
			out = append(out, f)
		}
		for _, s := range found {
			f := LandedFile{Status: string(l.Status), FileCount: FileCount{File: s.Name, SHA256: s.SHA256, Provider: s.Provider, Feed: s.Feed, Sheet: s.Table.Sheet, Rows: s.Table.Rows, Message: together(l.Message, s.remarks())}}
			if s.Refused != "" {
				f.Status, f.Message = string(landing.StatusRefused), s.Refused
				for _, u := range s.Contract.Uses(s.Mapping, s.Table.Header) {
					f.Columns = append(f.Columns, ColumnUse{Use: u})
				}
			} else {
				s.Order, s.Current = len(sources)+1, true
				sources = append(sources, s)
			}
			out = append(out, f)
		}
	}
	return out, p.judge(ctx, temp, sources, out, dry)
}

// remarks are what somebody who looks at the file would not expect of it, and the
// totals it states itself.
func (s staged) remarks() []string {
	out := slices.Clone(s.Table.Notes)
	for _, t := range s.Table.Totals {
		var cells []string
		for i, v := range t.Values {
			if v != "" && i < len(s.Table.Header) {
				cells = append(cells, s.Table.Header[i]+" "+v)
			}
		}
		out = append(out, fmt.Sprintf("row %d holds totals, which are left out: %s", t.Row, strings.Join(cells, ", ")))
	}
	return out
}

// together joins sentences for people.
func together(first string, more []string) string {
	if first != "" {
		more = append([]string{first}, more...)
	}
	return strings.Join(more, "; ")
}

// stageLanded reads one landed file as each feed that claims it. A file that
// is only previewed is read where it lies.
func (p *Pipeline) stageLanded(ctx context.Context, l landing.Landed, temp string) ([]staged, error) {
	if l.Status != landing.StatusLanded && l.Status != landing.StatusAlready && l.Status != landing.StatusWould {
		return nil, nil
	}
	deliveries, err := landing.Resolve([]landing.Receipt{l.Receipt}, nil, p.Register.Providers, p.Location)
	if err != nil {
		return nil, err
	}
	var out []staged
	for _, d := range deliveries {
		if d.Feed == "" {
			continue
		}
		at := p.inStore(d)
		if l.Status != landing.StatusWould && !exists(at.bytes) {
			continue // erased since
		}
		if l.Status == landing.StatusWould {
			at = place{bytes: l.Path, staged: temp}
		}
		s, err := p.stageOne(ctx, d, at)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// recognise looks into a landed file that no feed claims: the sender learns at
// once if it cannot be read, and otherwise what its header looks like.
func (p *Pipeline) recognise(ctx context.Context, l landing.Landed, temp string, f *LandedFile) error {
	at := l.Path
	if l.Status == landing.StatusLanded || l.Status == landing.StatusAlready {
		at = p.store.Path(l.SHA256)
		if !exists(at) {
			return nil // erased since
		}
	} else if l.Status != landing.StatusWould {
		return nil
	}
	table, err := extract.Stage(ctx, at, l.Name, filepath.Join(temp, "unclaimed.parquet"), extract.Options{})
	var refused *extract.Refusal
	if errors.As(err, &refused) {
		f.Status, f.Message = string(landing.StatusRefused), refused.Error()
		return nil
	}
	if err != nil {
		return err
	}
	f.Sheet, f.Rows = table.Sheet, table.Rows
	like, err := contract.Recognise(p.contracts, table.Header)
	if err != nil {
		f.Message += "; " + err.Error()
		return nil
	}
	f.Message += fmt.Sprintf("; its header is that of %s", like.Feed)
	return nil
}

// judge counts accepted and rejected rows, and explains them if asked to.
func (p *Pipeline) judge(ctx context.Context, dir string, sources []staged, out []LandedFile, explained bool) error {
	if len(sources) == 0 {
		return nil
	}
	return p.judgeApart(ctx, dir, sources, func(conn *sql.Conn) error {
		next := 0
		for i := range out {
			if next == len(sources) || out[i].Status == string(landing.StatusRefused) || out[i].Feed != sources[next].Feed || out[i].File != sources[next].Name {
				continue
			}
			var year, latest string
			if err := conn.QueryRowContext(ctx, "SELECT accepted, rejected, financial_year, coalesce(latest_year, financial_year) FROM delivery WHERE delivery = ?", sources[next].Order).
				Scan(&out[i].Accepted, &out[i].Rejected, &year, &latest); err != nil {
				return err
			}
			if latest < year {
				out[i].Message = together(out[i].Message, []string{fmt.Sprintf("none of its rows is of %s, and the newest is of %s: is it last year's file? If so, ask for this year's, which takes its place", year, latest)})
			}
			held, err := totalsHeld(ctx, conn, sources[next])
			if err != nil {
				return err
			}
			out[i].Message = together(out[i].Message, held)
			if explained {
				if out[i].Columns, out[i].Values, err = p.explain(ctx, conn, sources[next]); err != nil {
					return err
				}
			}
			next++
		}
		return nil
	})
}

// judgeApart judges sources in a warehouse in dir, which use may look into and
// the caller throws away.
func (p *Pipeline) judgeApart(ctx context.Context, dir string, sources []staged, use func(*sql.Conn) error) error {
	db, err := warehouse.Create(ctx, filepath.Join(dir, "judge.duckdb"), p.Settings)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := p.loadRules(ctx, conn, "judge"); err != nil {
		return err
	}
	if err := p.typed(ctx, conn, sources); err != nil {
		return err
	}
	return use(conn)
}
