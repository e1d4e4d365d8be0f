package web

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// returns lists the drafts and the sealed returns of a financial year.
func (s site) returns(r *http.Request) (page, error) {
	at, err := s.asked(r)
	if err != nil {
		return page{}, err
	}
	given, err := archive.Read(s.options.Office, at.Year)
	if err != nil {
		return page{}, err
	}
	p := page{Title: "Returns of " + at.Year.String(), Lead: []string{"A draft is made by `mojreturns run`; a sealed return is what was signed and sent."},
		Form: &form{Button: "Show", Fields: []field{{Name: "period", Label: "Period", Value: at.Label, Hint: "the returns of its financial year are shown"}}}}
	for _, ret := range s.options.Office.Returns {
		l := list{Title: ret.Name}
		for _, quarter := range at.Year.Quarters() {
			here := "/return/" + ret.Name + "/" + quarter.Label
			if _, err := os.Stat(draft.Path(s.options.Office, ret, quarter)); err == nil {
				l.Links = append(l.Links, link{Text: quarter.Label + ", draft", Href: here})
			}
			for _, v := range given.Versions(ret, quarter) {
				l.Links = append(l.Links, link{Text: fmt.Sprintf("%s, version %d, sealed %s", quarter.Label, v.About.Version, v.About.At.In(s.options.Location).Format("2 January 2006")),
					Href: to(here, "version", strconv.Itoa(v.About.Version))})
			}
		}
		if len(l.Links) == 0 {
			l.Links = []link{{Text: "nothing yet"}}
		}
		p.Lists = append(p.Lists, l)
	}
	return p, nil
}

// book is the workbook of a request for a return.
type book struct {
	ret          workspace.Return
	at           period.Period
	file, called string
	version      int // 0: it is the draft
	form         returns.Template
}

// address is that of the book, or of a part of it.
func (b book) address(part string, pairs ...string) string {
	if b.version > 0 {
		pairs = append(pairs, "version", strconv.Itoa(b.version))
	}
	return to("/return/"+b.ret.Name+"/"+b.at.Label+part, pairs...)
}

func (s site) bookOf(r *http.Request) (b book, err error) {
	ws := s.options.Office
	if b.ret, err = ws.Return(r.PathValue("return")); err != nil {
		return b, notFound("%s", sentence(err))
	}
	if b.at, err = period.Parse(r.PathValue("period")); err != nil {
		return b, notFound("%s", sentence(err))
	}
	version := r.URL.Query().Get("version")
	if version == "" {
		b.file, b.called = draft.Path(ws, b.ret, b.at), "draft"
		if _, err := os.Stat(b.file); err != nil {
			return b, notFound("The return %s for %s has no draft: `mojreturns run --period %s` makes it.", b.ret.Name, b.at.Label, b.at.Label)
		}
		b.form, err = ws.Form(b.ret)
		return b, err
	}
	if b.version, err = strconv.Atoi(version); err != nil || b.version < 1 {
		return b, badRequest("version %q is not a number from 1", version)
	}
	sealed, err := archive.Version(ws, b.ret.Name, b.at, b.version)
	if err != nil {
		return b, notFound("%s", sentence(err))
	}
	b.ret, b.file, b.called = sealed.About.Settings, archive.SealedFile(sealed), fmt.Sprintf("version %d, sealed", b.version)
	b.form, err = returns.Open(os.DirFS(filepath.Join(sealed.Dir, archive.TemplateDir)))
	return b, err
}

// workbook shows a return sheet by sheet. Each figure leads to its rows.
func (s site) workbook(r *http.Request) (page, error) {
	b, err := s.bookOf(r)
	if err != nil {
		return page{}, err
	}
	book, err := excelize.OpenFile(b.file)
	if err != nil {
		return page{}, fmt.Errorf("cannot read %q: %w", b.file, err)
	}
	defer book.Close()
	p := page{Title: fmt.Sprintf("Return %s for %s, %s", b.ret.Name, b.at.Label, b.called), Crumbs: []link{{Text: "Returns of " + b.at.Year.String(), Href: to("/returns", "period", b.at.Label)}},
		Lead: []string{"Marks in brackets: [c] a small count is hidden, [x] not available, [z] not applicable, [u] too few to say.",
			"Each figure leads to the rows behind it. A count that is hidden in the return is shown there: what you see does not leave the office."}}
	if b.version > 0 {
		p.Lead = append(p.Lead, "The rows are those that counted when it was sealed, by the rules of that day. The first takes some seconds.")
	}
	href := func(cell string) string {
		if _, err := b.form.Mapped(cell, b.ret.Scopes, b.at); err != nil {
			return ""
		}
		return b.address("/cell", "at", cell)
	}
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		text, err := book.GetRows(name)
		if err != nil {
			return page{}, fmt.Errorf("cannot read sheet %q of %q: %w", name, b.file, err)
		}
		p.Grids = append(p.Grids, sheetOf(name, text, func(cell string) string { return href(name + "!" + cell) })...)
	}
	return p, nil
}

// sheetOf sets a sheet out as the tables it is read as: a line with one text alone is said
// above the next table, whose first line has its headings. A blank line ends a table.
func sheetOf(name string, text [][]string, href func(cell string) string) []grid {
	var out []grid
	var g grid
	var above []string
	flush := func() {
		if len(g.Columns) > 0 || len(above) > 0 {
			g.Title, g.Above = name, above
			if len(out) > 0 {
				g.Title = ""
			}
			out = append(out, g)
		}
		g, above = grid{}, nil
	}
	for i, line := range text {
		filled := 0
		for _, v := range line {
			if strings.TrimSpace(v) != "" {
				filled++
			}
		}
		switch {
		case filled == 0:
			if len(g.Columns) > 0 {
				flush()
			}
		case len(g.Columns) == 0 && filled == 1 && len(line) == 1:
			above = append(above, strings.TrimSpace(line[0]))
		case len(g.Columns) == 0:
			for _, v := range line {
				g.Columns = append(g.Columns, column{Text: strings.TrimSpace(v)})
			}
		default:
			g.Rows = append(g.Rows, lineOf(i+1, line, len(g.Columns), href))
		}
	}
	flush()
	return out
}

func lineOf(row int, line []string, columns int, href func(cell string) string) []cell {
	var cells []cell
	for c := range max(columns, len(line)) {
		text := ""
		if c < len(line) {
			text = strings.TrimSpace(line[c])
		}
		shown := cell{Text: text, Head: c == 0, Number: c > 0 && numeric(text)}
		if at, err := excelize.CoordinatesToCellName(c+1, row); err == nil && text != "" {
			shown.Href = href(at)
		}
		cells = append(cells, shown)
	}
	return cells
}

// numeric says whether a text stands to the right: a number, or the mark in its place.
func numeric(text string) bool {
	plain := strings.Trim(text, "£%-+()[] ")
	if plain == "x" || plain == "z" || plain == "c" || plain == "u" {
		return true
	}
	_, err := strconv.ParseFloat(strings.ReplaceAll(plain, ",", ""), 64)
	return err == nil
}

// cell is what one cell of a draft, or of a sealed return, was made of.
func (s site) cell(r *http.Request) (page, error) {
	b, err := s.bookOf(r)
	if err != nil {
		return page{}, err
	}
	where := r.URL.Query().Get("at")
	held, err := b.form.Mapped(where, b.ret.Scopes, b.at)
	if err != nil {
		return page{}, notFound("%s", sentence(err))
	}
	if found, elsewhere := published.Elsewhere(held); elsewhere {
		return page{}, notFound("%s", sentence(found))
	}
	var parts []published.Traced
	if b.version > 0 {
		parts, err = s.options.Sealed.Trace(r.Context(), b.ret.Name, where, b.at, b.version)
	} else {
		parts, err = s.drafted(r, b, held)
	}
	if err != nil {
		return page{}, err
	}
	return s.traced(r, parts, where+" of "+b.ret.Name+" for "+b.at.Label+", "+b.called,
		[]link{{Text: "Return " + b.ret.Name + " for " + b.at.Label + ", " + b.called, Href: b.address("")}})
}

// drafted traces a cell of a draft in what is published now.
func (s site) drafted(r *http.Request, b book, held returns.Held) (parts []published.Traced, err error) {
	v, err := published.Open(r.Context(), s.options.Office, b.at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	return v.TraceHeld(r.Context(), b.ret, held)
}
