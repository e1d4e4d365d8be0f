package intake

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/annotate"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/temp"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Annotated is what became of one received file: the workbook with its faults
// marked, or why there is none.
type Annotated struct {
	File, SHA256, Provider string
	Feeds                  []string
	Faults, Rows           int // rows that have a fault
	Path                   string
	Message                string
}

// Annotation asks for providers' files with their faults marked.
type Annotation struct {
	File           string // a name or a SHA-256; empty for every file that counts
	Feed, Provider string // only these
	To             string // a folder, or of one file the workbook's own path; empty: store/annotated
}

// Annotate writes the provider's own workbook (of a file that is none, a workbook
// made of it) with the faulty cells marked. Any delivery can be marked, those that
// no longer count too.
func Annotate(ctx context.Context, ws *workspace.Workspace, a Annotation) ([]Annotated, error) {
	if a.File == "" && slices.Contains([]string{".xlsx", ".xlsm"}, strings.ToLower(filepath.Ext(a.To))) {
		return nil, unanswerable("every file with faults would be marked, so give -o a folder, or name the one file that is to be %s", a.To)
	}
	sources, err := toAnnotate(ctx, ws, a)
	if err != nil || len(sources) == 0 {
		return nil, err
	}
	faults, err := faultsOf(ctx, ws, sources)
	if err != nil {
		return nil, err
	}
	var out []Annotated
	taken := map[string]bool{}
	for len(sources) > 0 {
		var same []typed.Staged
		for _, s := range sources {
			if s.Number == sources[0].Number {
				same = append(same, s)
			}
		}
		sources = slices.DeleteFunc(sources, func(s typed.Staged) bool { return s.Number == same[0].Number })
		one := marking{pipeline: ws, sources: same, faults: faults}
		done, err := one.write(ctx, a, taken)
		if err != nil {
			return out, fmt.Errorf("cannot mark the faults in %q: %w", same[0].Name, err)
		}
		if a.File != "" || done.Message != "" || done.Faults > 0 {
			out = append(out, done)
		}
	}
	return out, nil
}

// toAnnotate are the deliveries asked for: of one file, or those that count and
// those of which nothing counts because they cannot be read.
func toAnnotate(ctx context.Context, ws *workspace.Workspace, a Annotation) ([]typed.Staged, error) {
	deliveries, err := ws.Deliveries()
	if err != nil {
		return nil, err
	}
	if a.File != "" {
		if deliveries, err = find(ws, a.File, deliveries); err != nil {
			return nil, err
		}
	} else {
		all, err := typed.Stage(ctx, ws)
		if err != nil {
			return nil, err
		}
		deliveries = nil
		for i, s := range all {
			place := [3]string{s.Provider, s.Feed, s.Year}
			mended := slices.ContainsFunc(all[i+1:], func(o typed.Staged) bool { return o.Current && place == [3]string{o.Provider, o.Feed, o.Year} })
			if s.Current || s.Refused != "" && s.Withdrawal == nil && !mended {
				deliveries = append(deliveries, s.Delivery)
			}
		}
	}
	deliveries = slices.DeleteFunc(deliveries, func(d landing.Delivery) bool {
		return a.Feed != "" && d.Feed != a.Feed || a.Provider != "" && d.Provider != a.Provider
	})
	if a.File != "" && len(deliveries) == 0 {
		return nil, unanswerable("%q does not serve that feed or provider", a.File)
	}
	return typed.Readable(ctx, ws, deliveries)
}

// found is a fault as judged.
type found struct {
	row                                    int
	column, value, severity, rule, message string
}

// faultsOf judges sources apart from what is published, and gives the faults of each
// by its place among them.
func faultsOf(ctx context.Context, ws *workspace.Workspace, sources []typed.Staged) (map[int][]found, error) {
	aside, err := ws.Temp("judge")
	if err != nil {
		return nil, err
	}
	defer aside.Close()
	out := map[int][]found{}
	return out, typed.JudgeApart(ctx, ws, aside.Path, sources, func(conn *sql.Conn) error {
		type judged struct {
			Delivery, Row                              int
			ColumnName, Value, Severity, Rule, Message string
		}
		faults, err := warehouse.Select[judged](ctx, conn, `SELECT d.delivery, f."row", f.column_name, f.value, f.severity, f.rule, f.message
			FROM fault f JOIN delivery d ON d.current AND (d.file, d.sha256, d.provider, d.feed, d.sheet) = (f.file, f.sha256, f.provider, f.feed, f.sheet)
			ORDER BY d.delivery, f."row", f.column_name, f.rule`)
		for _, f := range faults {
			out[f.Delivery] = append(out[f.Delivery], found{row: f.Row, column: f.ColumnName, value: f.Value, severity: f.Severity, rule: f.Rule, message: f.Message})
		}
		return err
	})
}

// marking is one received file, as each feed it serves.
type marking struct {
	pipeline *workspace.Workspace
	sources  []typed.Staged
	faults   map[int][]found
}

func (a marking) write(ctx context.Context, asked Annotation, taken map[string]bool) (Annotated, error) {
	first := a.sources[0]
	done := Annotated{File: first.Name, SHA256: first.SHA256, Provider: first.Provider}
	report := annotate.Report{File: first.Name, Marking: a.pipeline.Marking()}
	var refusals []string
	for _, s := range a.sources {
		if s.Refused != "" {
			refusals = append(refusals, strings.ReplaceAll(strings.TrimPrefix(s.Feed+": "+s.Refused, ": "), "\n", "; "))
			report.Remarks = append(report.Remarks, "Nothing was taken in as "+strings.TrimPrefix(s.Contract.Title+": "+refusalFor(s), ": "))
			continue
		}
		done.Feeds = append(done.Feeds, s.Feed)
		report.Tables = append(report.Tables, annotate.Table{Sheet: s.Table.Sheet, HeaderRow: s.Table.HeaderRow, Columns: len(s.Table.Header)})
		report.Faults = append(report.Faults, marks(a.pipeline, s, a.faults[s.Order])...)
	}
	rows := map[string]bool{}
	for _, f := range report.Faults {
		rows[fmt.Sprint(f.Sheet, "\x00", f.Row)] = true
	}
	done.Faults, done.Rows = len(report.Faults), len(rows)
	done.Message = typed.Together("", refusals)
	if done.Faults == 0 {
		if len(refusals) == 0 && asked.File != "" {
			done.Message = "it has no faults, so there is nothing to mark"
		}
		return done, nil
	}
	var err error
	if done.Path, err = a.path(asked, taken); err != nil {
		return done, err
	}
	own, says, err := a.own(done.Path)
	if err != nil {
		return done, err
	}
	if own != "" {
		if err := a.inOwn(ctx, own, &report); err != nil {
			return done, err
		}
	}
	done.Message = typed.Together(says, refusals)
	content, err := a.content(ctx, own, filepath.Dir(done.Path), &report)
	if err != nil {
		return done, err
	}
	if content, err = annotate.Workbook(content, report); err != nil {
		return done, err
	}
	return done, workspace.WriteFile(done.Path, content)
}

// path is where the workbook goes: where it was asked for, or into the folder by a
// name of its own, which no other file of the same name has taken.
func (a marking) path(asked Annotation, taken map[string]bool) (string, error) {
	first := a.sources[0]
	ending := ".xlsx"
	if strings.EqualFold(filepath.Ext(first.Name), ".xlsm") {
		ending = ".xlsm" // with macros in it, a program opens it by no other
	}
	folder := asked.To
	if folder == "" {
		folder = a.pipeline.Path("annotated")
	}
	info, err := os.Stat(folder)
	isFolder := err == nil && info.IsDir() || asked.To == "" || filepath.Ext(asked.To) == ""
	if asked.File != "" && !isFolder {
		if !strings.EqualFold(filepath.Ext(asked.To), ending) {
			return "", unanswerable("it becomes a workbook, so give -o a name that ends in %s, or a folder", ending)
		}
		return asked.To, nil
	}
	name := strings.TrimSuffix(first.Name, filepath.Ext(first.Name)) + "_faults"
	if taken[strings.ToLower(name)] {
		name += "_" + first.SHA256[:8]
	}
	taken[strings.ToLower(name)] = true
	return filepath.Join(folder, name+ending), nil
}

// content is the provider's workbook, as it is kept or as its own file has it; of a file
// that is none, one made of it, whose sheets go by names of its own. What is put aside of
// its own file is put beside what is written.
func (a marking) content(ctx context.Context, own, beside string, report *annotate.Report) ([]byte, error) {
	first := a.sources[0]
	src, aside := a.pipeline.Landing.Path(first.SHA256), a.pipeline.Path("tmp")
	if own != "" {
		src, aside, first.Sent = own, filepath.Join(beside, ".marking"), nil
	}
	if !first.KeptAsText() { // else what is kept is text, whatever was sent
		excel, err := extract.IsExcel(src, first.Name)
		if err != nil {
			return nil, err
		}
		if excel {
			return os.ReadFile(src)
		}
	}
	report.Made = true
	room, err := temp.Make(aside, "annotate")
	if err != nil {
		return nil, err
	}
	defer room.Close()
	plain, err := annotate.NewPlain(report.Marking, room.Path)
	if err != nil {
		return nil, err
	}
	called := func(sheet string) string {
		if sheet == "" {
			return first.Feed
		}
		return sheet
	}
	begun := map[string]bool{}
	if err := extract.Cells(ctx, src, first.Name, a.pipeline.ReadingOptions(first.Delivery), func(r extract.Row) error {
		if sheet := called(r.Sheet); !begun[sheet] {
			begun[sheet] = true
			if err := plain.Begin(sheet); err != nil {
				return err
			}
		}
		return plain.Row(r.Row, r.Values)
	}); err != nil {
		return nil, err
	}
	for i := range report.Faults {
		report.Faults[i].Sheet = plain.Sheet(called(report.Faults[i].Sheet))
	}
	for i := range report.Tables {
		report.Tables[i].Sheet = plain.Sheet(called(report.Tables[i].Sheet))
	}
	return plain.Bytes()
}
