package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// page is one thing to look at, in words that its template sets out: above all tables,
// of which the first is also given as a file.
type page struct {
	Title  string
	Crumbs []link
	Lead   []string
	Wrong  string // what was wrong with what was asked; empty: nothing
	Facts  []fact
	Form   *form
	Text   string // SQL, or a message with a caret, in its own lines
	Grids  []grid
	Lists  []list
	File   string // the name of a file of the first table, without its ending; empty: there is none

	status int             // 0 is 200
	flow   *warehouse.Flow // the rows of a file that is written as they come; nil: those of the first table
}

type link struct {
	Text, Href string
	Here       bool
}

type fact struct{ Name, Text, Href string }

type list struct {
	Title string
	Links []link
}

// form is asked of the page's own address, unless Action says another.
type form struct {
	Action, Method, Button string
	Fields                 []field
	Text                   *field // a larger text
}

type field struct {
	Name, Label, Value, Hint string
	Among                    []string // a list to choose from; nil: written
}

// grid is a table as people look at it: a part of its rows, and where each leads.
type grid struct {
	Title   string
	Above   []string // said before the table
	Caption string
	Columns []column
	Rows    [][]cell
	More    []link // other parts of it
	table   table.Table
}

type column struct {
	Text, Href string
	Number     bool
	Sorted     string // ascending or descending, of the column it is sorted by
}

type cell struct {
	Text, Href   string
	Head, Number bool
}

// perPage is how many rows of a table one page shows.
const perPage = 200

// gridOf sets a table out, but for the columns that are left out; href says where a cell
// leads (empty: nowhere). Part is the part of the rows to show, counted from 1.
func gridOf(title string, t table.Table, part int, href func(row []any, column string) string, without ...string) grid {
	g := grid{Title: title, table: t}
	var shown []int
	for i, c := range t.Columns {
		if !slices.Contains(without, c.Name) {
			shown = append(shown, i)
			g.Columns = append(g.Columns, column{Text: c.Name, Number: c.Number()})
		}
	}
	from := min((part-1)*perPage, len(t.Rows))
	to := min(from+perPage, len(t.Rows))
	for _, row := range t.Rows[from:to] {
		var cells []cell
		for n, i := range shown {
			c := cell{Text: t.Columns[i].Shown(row, i), Number: t.Columns[i].Number(), Head: n == 0}
			if href != nil && c.Text != "" {
				c.Href = href(row, t.Columns[i].Name)
			}
			cells = append(cells, c)
		}
		g.Rows = append(g.Rows, cells)
	}
	switch {
	case len(t.Rows) == 0:
		g.Caption, g.Columns = "There is nothing to list.", nil
	case from == to:
		g.Caption = "There are " + plural(len(t.Rows), "row") + ", and none on this page"
	case from == 0 && to == len(t.Rows):
		g.Caption = plural(to, "row")
	default:
		g.Caption = fmt.Sprintf("Rows %s to %s of %s", count(int64(from+1)), count(int64(to)), count(int64(len(t.Rows))))
	}
	return g
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return count(int64(n)) + " " + noun
}

// parts links to the parts before and after the one shown.
func (g *grid) parts(r *http.Request, part, of int) {
	if part > 1 {
		g.More = append(g.More, link{Text: "Earlier rows", Href: with(r, "page", strconv.Itoa(part-1))})
	}
	if part*perPage < of {
		g.More = append(g.More, link{Text: "Further rows", Href: with(r, "page", strconv.Itoa(part+1))})
	}
}

// with is the address of a request with one of its values changed; empty leaves it out.
func with(r *http.Request, name, value string) string {
	q := r.URL.Query()
	if q.Set(name, value); value == "" {
		q.Del(name)
	}
	if name != "page" { // other rows begin at the first page
		q.Del("page")
	}
	return address(r.URL.Path, q)
}

// address is a path with values, in the order of their names.
func address(path string, q url.Values) string {
	if len(q) == 0 {
		return (&url.URL{Path: path}).String()
	}
	return (&url.URL{Path: path, RawQuery: q.Encode()}).String()
}

// to is an address from a path and pairs of names and values; empty values are left out.
func to(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return address(path, q)
}

// partAsked is the part of a long table that a request is for.
func partAsked(r *http.Request) (int, error) {
	text := r.URL.Query().Get("page")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, badRequest("page %q is not a number from 1", text)
	}
	return n, nil
}

// show answers with a page, or with its table in the form that the address ends in.
func (s site) show(make func(r *http.Request) (page, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := make(r)
		if err != nil {
			if r.Context().Err() != nil {
				return // the reader has gone
			}
			p = s.sorry(r, err)
		}
		if p.flow != nil {
			defer p.flow.Close()
		}
		kind, says := kindOf(r), ""
		if p.status != 0 {
			says = strconv.Itoa(p.status)
			if !askedOf(r.URL.Path) { // an error of a question may tell of a row
				kind = journal.Refused
			}
		} else if p.flow != nil {
			says = plural(p.flow.Rows, "row")
		} else if len(p.Grids) > 0 {
			says = plural(len(p.Grids[0].table.Rows), "row")
		}
		if err := s.audit.write(kind, r, says); err != nil {
			s.fail(w, r, err)
			return
		}
		if ending := formOf(r); ending != "" && p.status == 0 {
			if p.flow != nil {
				s.flowing(w, r, p, ending)
			} else {
				s.file(w, r, p, ending)
			}
			return
		}
		s.html(w, r, p)
	}
}

func (s site) html(w http.ResponseWriter, r *http.Request, p page) {
	var text bytes.Buffer
	err := s.pages.Execute(&text, struct {
		page
		Office string
		Nav    []link
		Files  []link
	}{p, s.options.Office.Register.Area.Office, s.navigation(r), files(r, p)})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if p.status != 0 {
		if p.status == http.StatusServiceUnavailable {
			h.Set("Retry-After", "5")
		}
		w.WriteHeader(p.status)
		w.Write(text.Bytes())
		return
	}
	answer(w, r, text.Bytes())
}

// answer writes a whole body, unless the reader has it already.
func answer(w http.ResponseWriter, r *http.Request, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(body)
}

// endings are the forms of a table; the address of a page with one behind it gives that.
var types = map[string]string{
	".csv": "text/csv; charset=utf-8", ".json": "application/json",
	".xlsx":    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".ods":     "application/vnd.oasis.opendocument.spreadsheet",
	".parquet": "application/vnd.apache.parquet",
	".arrows":  "application/vnd.apache.arrow.stream",
}

// file writes the page's table as a file.
func (s site) file(w http.ResponseWriter, r *http.Request, p page, ending string) {
	if len(p.Grids) == 0 || p.File == "" {
		http.NotFound(w, r)
		return
	}
	t := p.Grids[0].table
	t.Marking = s.options.Office.Marking()
	aside, err := s.options.Office.Temp("web")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer aside.Close()
	t.Aside = aside.Path
	var content bytes.Buffer
	if err := t.Encode(&content, ending); err != nil { // it quotes the value, which no log holds
		s.html(w, r, s.sorry(r, problem{http.StatusUnprocessableEntity, sentence(err)}))
		return
	}
	w.Header().Set("Content-Type", types[ending])
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.File+ending+`"`)
	answer(w, r, content.Bytes())
}

// files links to the forms of a page's table.
func files(r *http.Request, p page) []link {
	if p.File == "" || p.status != 0 || len(p.Grids) == 0 {
		return nil
	}
	var out []link
	q := r.URL.Query()
	q.Del("page")
	for _, ending := range table.Endings() {
		out = append(out, link{Text: strings.ToUpper(ending[1:]), Href: address(r.URL.Path+ending, q)})
	}
	return out
}

// problem is a fault of the request, and the status that says of what kind.
type problem struct {
	status int
	text   string
}

func (p problem) Error() string { return p.text }

func badRequest(format string, args ...any) error {
	return problem{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return problem{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

// sorry is the page of what could not be done. What is the program's own affair is
// told to its log alone.
func (s site) sorry(r *http.Request, err error) page {
	p := page{Title: "That could not be shown"}
	var known problem
	switch {
	case errors.As(err, &known):
		p.status, p.Wrong = known.status, known.text
	case errors.Is(err, warehouse.ErrNothingPublished):
		p.status, p.Wrong = http.StatusServiceUnavailable, "Nothing has been published yet. Run `mojreturns run` first."
	case errors.Is(err, warehouse.ErrBusy):
		p.status, p.Wrong = http.StatusServiceUnavailable, sentence(err)
	case errors.Is(err, warehouse.ErrTimeLimit):
		p.status, p.Wrong = http.StatusGatewayTimeout, sentence(err)
	case errors.Is(err, warehouse.ErrRefused):
		p.status, p.Wrong = http.StatusForbidden, sentence(err)
	default:
		s.options.Log.Error("the page could not be shown", "path", r.URL.Path, "error", err)
		p.status, p.Wrong = http.StatusInternalServerError, "The page could not be made. The program's log says why."
	}
	return p
}

// sentence begins an error as a sentence.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
