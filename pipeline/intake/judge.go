package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// LandedFile is one table of a landed file: what became of the file, and how
// its rows stand against their contract.
type LandedFile struct {
	builds.FileCount
	Status  string
	Columns []ColumnUse // where each column comes from; of a dry run only
	Values  []ValueUse  // what the mapping does not translate; of a dry run only
	Faults  []FaultUse  // which rules are broken; of a dry run only
}

// LandAndJudge lands the files and judges each against its contract there and
// then, so that a sender can be told at once. Dry, it writes nothing.
func LandAndJudge(ctx context.Context, ws *workspace.Workspace, files []string, given landing.Given, dry bool) ([]LandedFile, error) {
	// what is thrown away again: the judging, and when dry what would be kept and its staging
	aside, err := ws.Temp("judge")
	if err != nil {
		return nil, err
	}
	defer aside.Close()
	put := ""
	if dry {
		put = aside.Path
	}
	landed, err := take(ctx, ws, files, given, put)
	if err != nil {
		return nil, err
	}
	var sources []typed.Staged
	var out []LandedFile
	for i, l := range landed {
		if l.Status == landing.StatusWould {
			l.Number = -i - 1 // it has no receipt, and yet is a file of its own
		}
		found, err := stageLanded(ctx, ws, l, aside.Path)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			f := LandedFile{Status: string(l.Status), FileCount: builds.FileCount{File: l.Name, SHA256: l.SHA256, Provider: l.Provider, Feed: l.Feed, Message: l.Message}}
			if err := recognise(ctx, ws, l, aside.Path, &f); err != nil {
				return nil, err
			}
			out = append(out, f)
		}
		unread, err := notRead(ctx, ws, l, found)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			out = append(out, tableOf(ws, l, s, unread))
			if unread = ""; s.Refused == "" { // told once for each file
				s.Order, s.Current = len(sources)+1, true
				sources = append(sources, s)
			}
		}
	}
	return out, judge(ctx, ws, aside.Path, sources, out, dry)
}

// tableOf is one table of a landed file before its rows are judged; unread is what
// was not read of the file.
func tableOf(ws *workspace.Workspace, l landing.Landed, s typed.Staged, unread string) LandedFile {
	remarks := s.Remarks(ws.Safe)
	if unread != "" {
		remarks = append(remarks, unread)
	}
	f := LandedFile{Status: string(l.Status), FileCount: builds.FileCount{File: s.Name, SHA256: s.SHA256, Provider: s.Provider, Feed: s.Feed,
		Sheet: s.SheetTold(ws), Rows: s.Table.Rows, Message: typed.Together(l.Message, remarks)}}
	if s.Refused == "" {
		return f
	}
	f.Status, f.Message = string(landing.StatusRefused), s.Refused
	for _, u := range s.Contract.Uses(s.Mapping, s.Table.Header) {
		u.Header = ws.Safe.Name(u.Header)
		f.Columns = append(f.Columns, ColumnUse{Use: u})
	}
	return f
}

// stageLanded reads one landed file as each feed that claims it. A file that
// is only previewed is read where it lies.
func stageLanded(ctx context.Context, ws *workspace.Workspace, l landing.Landed, temp string) ([]typed.Staged, error) {
	if l.Status != landing.StatusLanded && l.Status != landing.StatusAlready && l.Status != landing.StatusWould {
		return nil, nil
	}
	deliveries, err := landing.Resolve([]landing.Receipt{l.Receipt}, nil, ws.Register.Providers, ws.Location)
	if err != nil {
		return nil, err
	}
	var out []typed.Staged
	for _, d := range deliveries {
		if d.Feed == "" {
			continue
		}
		at := typed.InStore(ws, d)
		if l.Status != landing.StatusWould && !workspace.Exists(at.Bytes) {
			continue // erased since
		}
		if l.Status == landing.StatusWould {
			at = typed.Place{Bytes: l.Path, Staged: temp}
		}
		tables, err := typed.StageFile(ctx, ws, d, at)
		if err != nil {
			return nil, err
		}
		out = append(out, tables...)
	}
	return out, nil
}

// notRead names the sheets of a workbook that no feed reads, with their rows, so that
// nobody takes them for counted; empty where there are none, or nothing was read.
func notRead(ctx context.Context, ws *workspace.Workspace, l landing.Landed, found []typed.Staged) (string, error) {
	var read []string
	for _, s := range found {
		if s.Refused != "" {
			return "", nil
		}
		read = append(read, s.Table.Sheet)
	}
	if len(found) == 0 {
		return "", nil
	}
	at := ws.Landing.Path(l.SHA256)
	if l.Status == landing.StatusWould {
		at = l.Path
	}
	sheets, err := extract.UnreadSheets(ctx, at, l.Name, ws.ReadingOptions(found[0].Delivery), read)
	var names []string
	for _, u := range sheets {
		size := fmt.Sprintf("%d rows", u.Rows)
		if u.Rows == 1 {
			size = "1 row"
		}
		if u.Hidden {
			size = "hidden, " + size
		}
		names = append(names, fmt.Sprintf("%s (%s)", ws.Safe.Quoted(u.Sheet), size))
	}
	if len(names) == 0 {
		return "", err
	}
	return "not read, since no feed of the provider's does: the sheet " + strings.Join(names, ", the sheet "), err
}

// Unread tells of the files that landed which sheets no feed reads, file by file.
func Unread(ctx context.Context, ws *workspace.Workspace, landed []landing.Landed) ([]string, error) {
	var out []string
	for _, l := range landed {
		if l.Status != landing.StatusLanded {
			continue
		}
		found, err := stageLanded(ctx, ws, l, "")
		if err != nil {
			return nil, err
		}
		unread, err := notRead(ctx, ws, l, found)
		if err != nil {
			return nil, err
		}
		if unread != "" {
			out = append(out, l.Name+": "+unread)
		}
	}
	return out, nil
}

// recognise looks into a landed file that no feed claims: the sender learns at
// once if it cannot be read, and otherwise what its header looks like.
func recognise(ctx context.Context, ws *workspace.Workspace, l landing.Landed, temp string, f *LandedFile) error {
	at := l.Path
	if l.Status == landing.StatusLanded || l.Status == landing.StatusAlready {
		at = ws.Landing.Path(l.SHA256)
		if !workspace.Exists(at) {
			return nil // erased since
		}
	} else if l.Status != landing.StatusWould {
		return nil
	}
	table, err := extract.Stage(ctx, at, l.Name, filepath.Join(temp, "unclaimed.parquet"), extract.Options{Told: ws.Safe.Quoted})
	var refused *extract.Refusal
	if errors.As(err, &refused) {
		f.Status, f.Message = string(landing.StatusRefused), refused.Error()
		return nil
	}
	if err != nil {
		return err
	}
	f.Sheet, f.Rows = ws.Safe.Sheet(table.Sheet, table.Place), table.Rows
	like, err := contract.Recognise(ws.Contracts, table.Header)
	if err != nil {
		f.Message += "; " + err.Error()
		return nil
	}
	f.Message += fmt.Sprintf("; its header is that of %s", like.Feed)
	return nil
}

// judge counts accepted and rejected rows, and explains them if asked to.
func judge(ctx context.Context, ws *workspace.Workspace, dir string, sources []typed.Staged, out []LandedFile, explained bool) error {
	if len(sources) == 0 {
		return nil
	}
	return typed.JudgeApart(ctx, ws, dir, sources, func(conn *sql.Conn) error {
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
				out[i].Message = typed.Together(out[i].Message, []string{fmt.Sprintf("none of its rows is of %s, and the newest is of %s: is it last year's file? If so, ask for this year's, which takes its place", year, latest)})
			}
			if out[i].Accepted == 0 && out[i].Rejected > 0 {
				first, err := firstFault(ctx, conn, sources[next])
				if err != nil {
					return err
				}
				out[i].Message = typed.Together(out[i].Message, []string{first})
			}
			held, err := typed.TotalsHeld(ctx, conn, sources[next])
			if err != nil {
				return err
			}
			out[i].Message = typed.Together(out[i].Message, held)
			if explained {
				if out[i].Columns, out[i].Values, err = explain(ctx, ws, conn, sources[next]); err != nil {
					return err
				}
				if out[i].Faults, err = broken(ctx, conn, sources[next]); err != nil {
					return err
				}
			}
			next++
		}
		return nil
	})
}

// firstFault says that every row of a source is rejected, and why the first is.
func firstFault(ctx context.Context, conn *sql.Conn, s typed.Staged) (string, error) {
	var row int64
	var message string
	err := conn.QueryRowContext(ctx, `SELECT f."row", f.message FROM fault f JOIN delivery d ON d.current AND (d.file, d.sha256, d.provider, d.feed, d.sheet) = (f.file, f.sha256, f.provider, f.feed, f.sheet)
		WHERE d.delivery = ? AND f.severity = 'reject' ORDER BY f."row", f.column_name, f.rule LIMIT 1`, s.Order).Scan(&row, &message)
	return fmt.Sprintf("not one row is accepted, so nothing of it counts; the first, row %d: %s", row, message), err
}
