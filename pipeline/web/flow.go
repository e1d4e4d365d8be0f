package web

import (
	"fmt"
	"net/http"
	"time"

	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// largeFiles are those who ask for many rows: they wait for each other, and hold up nobody else.
const largeFiles = "files"

// flow asks for the rows of a file that is written as they come. How many there are is
// known before the first is sent, so that a file that is cut says so in its name.
func (s site) flow(r *http.Request, sql string, values map[string]any, p page) (page, error) {
	f, err := s.options.Office.Desk.Flow(r.Context(), warehouse.Question{By: largeFiles, SQL: sql, Values: values, MaxRows: most, Timeout: s.options.Patience})
	if err != nil {
		return p, err
	}
	if p.flow = f; f.More {
		p.File += fmt.Sprintf("-first-%d", most)
	}
	return p, nil
}

// slowest is the longest that a reader may take for some thousand rows.
const slowest = time.Minute

// flowing writes a file as its rows come. One that breaks off ends without its end, which
// a browser tells: it is not kept as if it were whole.
func (s site) flowing(w http.ResponseWriter, r *http.Request, p page, ending string) {
	w.Header().Set("Content-Type", types[ending])
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.File+ending+`"`)
	if r.Method == http.MethodHead {
		return
	}
	until := http.NewResponseController(w)
	err := table.Of(p.flow.Columns, nil).Stream(w, ending, func() ([][]any, error) {
		if err := until.SetWriteDeadline(time.Now().Add(slowest)); err != nil {
			return nil, err
		}
		return p.flow.Next(r.Context())
	})
	if err != nil {
		if r.Context().Err() == nil {
			s.options.Log.Error("a file broke off", "path", r.URL.Path, "error", fmt.Sprintf("%T", err)) // its words may quote a value
		}
		panic(http.ErrAbortHandler)
	}
}
