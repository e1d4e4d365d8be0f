package published

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/question"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// What one process gives at once to those who ask. A question that needs more memory than
// a reader's share says so; the build's own share is the configuration's.
const (
	ofEach     = 2 // at most; as many more are worked on as there are processors
	mayWait    = 32
	remembered = 64 // answers of up to a megabyte
	idle       = time.Minute
)

// NewDesk is where this process asks what is published of the workspace; its questions
// find the run records as the table `run`.
func NewDesk(ws *workspace.Workspace) *warehouse.Desk {
	return warehouse.NewDesk(ws.BuildDir(), warehouse.Bounds{
		Settings: ws.Settings, AtOnce: runtime.NumCPU() + ofEach, Each: ofEach, Waiting: mayWait, Idle: idle, Kept: remembered,
	}, runs{ws})
}

// runs are the run records, which no build holds.
type runs struct{ ws *workspace.Workspace }

func (r runs) Mark() (string, error) { return archive.NewestRun(r.ws) }

func (r runs) Tables() ([]warehouse.Small, error) {
	all, err := archive.Runs(r.ws, 0)
	var rows [][]any
	for _, r := range all {
		rows = append(rows, []any{r.Job, r.Period, r.Started.UTC(), fmt.Sprint(r.Seconds), r.Outcome, r.Message, r.Build, r.Files, r.Rows, r.Accepted, r.Rejected})
	}
	return []warehouse.Small{{
		Table: `run(job VARCHAR, period VARCHAR, started TIMESTAMPTZ, seconds DOUBLE, outcome VARCHAR, message VARCHAR, build VARCHAR,
			files BIGINT, rows BIGINT, accepted BIGINT, rejected BIGINT)`, Rows: rows}}, err
}

// Query answers an analyst's question in the sandbox; more says that there were more
// rows than asked for.
func Query(ctx context.Context, ws *workspace.Workspace, q warehouse.Question) (found table.Table, more bool, err error) {
	if _, err := builds.Ready(ctx, ws); err != nil {
		return table.Table{}, false, err
	}
	desk := ws.Desk
	if desk == nil {
		desk = NewDesk(ws)
		defer func() { err = errors.Join(err, desk.Close()) }()
	}
	answer, err := desk.Ask(ctx, q)
	return table.Of(answer.Columns, answer.Rows), answer.More, err
}

// Questions are the saved questions of the office, read anew, since a file may have been
// changed; a mistake in any is told.
func Questions(ws *workspace.Workspace) ([]question.Question, question.Lists, error) {
	codes := question.Lists{}
	for name, rows := range ws.Lists {
		for _, row := range rows {
			if row["code"] != "" {
				codes[name] = append(codes[name], row["code"])
			}
		}
	}
	all, err := question.Load(ws.Queries, codes)
	return all, codes, err
}
