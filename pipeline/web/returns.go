package web

import (
	"fmt"
	"net/http"
	"os"
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

// workbookOf finds the workbook of a request for a return, and what it is called.
func (s site) workbookOf(r *http.Request) (ret workspace.Return, at period.Period, file, called string, err error) {
	ws := s.options.Office
	if ret, err = ws.Return(r.PathValue("return")); err != nil {
		return ret, at, "", "", notFound("%s", sentence(err))
	}
	if at, err = period.Parse(r.PathValue("period")); err != nil {
		return ret, at, "", "", notFound("%s", sentence(err))
	}
	version := r.URL.Query().Get("version")
	if version == "" {
		file = draft.Path(ws, ret, at)
		if _, err := os.Stat(file); err != nil {
			return ret, at, "", "", notFound("The return %s for %s has no draft: `mojreturns run --period %s` makes it.", ret.Name, at.Label, at.Label)
		}
		return ret, at, file, "draft", nil
	}
	number, err := strconv.Atoi(version)
	if err != nil {
		return ret, at, "", "", badRequest("version %q is not a number", version)
	}
	sealed, err := archive.Version(ws, ret.Name, at, number)
	if err != nil {
		return ret, at, "", "", notFound("%s", sentence(err))
	}
	return ret, at, archive.SealedFile(sealed), fmt.Sprintf("version %d, sealed", number), nil
}

// workbook shows a return sheet by sheet. In a draft each figure leads to its rows.
func (s site) workbook(r *http.Request) (page, error) {
	ret, at, file, called, err := s.workbookOf(r)
	if err != nil {
		return page{}, err
	}
	form, err := s.options.Office.Form(ret)
	if err != nil {
		return page{}, err
	}
	book, err := excelize.OpenFile(file)
	if err != nil {
		return page{}, fmt.Errorf("cannot read %q: %w", file, err)
	}
	defer book.Close()
	p := page{Title: fmt.Sprintf("Return %s for %s, %s", ret.Name, at.Label, called), Crumbs: []link{{Text: "Returns of " + at.Year.String(), Href: to("/returns", "period", at.Label)}},
		Lead: []string{"Marks in brackets: [c] a small count is hidden, [x] not available, [z] not applicable, [u] too few to say."}}
	href := func(cell string) string { return "" }
	if r.URL.Query().Get("version") == "" {
		p.Lead = append(p.Lead, "Each figure leads to the rows behind it. A count that is hidden in the return is shown there: what you see does not leave the office.")
		href = func(cell string) string {
			if _, err := form.Mapped(cell, ret.Scopes, at); err != nil {
				return ""
			}
			return to("/return/"+ret.Name+"/"+at.Label+"/cell", "at", cell)
		}
	} else {
		p.Lead = append(p.Lead, "The rows behind a figure as it was sealed: `mojreturns trace CELL --sealed`.")
	}
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		text, err := book.GetRows(name)
		if err != nil {
			return page{}, fmt.Errorf("cannot read sheet %q of %q: %w", name, file, err)
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

// cell is what one cell of a draft was made of.
func (s site) cell(r *http.Request) (page, error) {
	ret, at, _, _, err := s.workbookOf(r)
	if err != nil {
		return page{}, err
	}
	where := r.URL.Query().Get("at")
	held, err := published.Mapped(s.options.Office, ret.Name, where, at)
	if err != nil {
		return page{}, notFound("%s", sentence(err))
	}
	v, err := published.Open(r.Context(), s.options.Office, at)
	if err != nil {
		return page{}, err
	}
	defer v.Close()
	parts, err := s.held(r, v, ret, held)
	if err != nil {
		return page{}, err
	}
	return s.traced(r, parts, where+" of "+ret.Name+" for "+at.Label,
		[]link{{Text: "Return " + ret.Name + " for " + at.Label, Href: "/return/" + ret.Name + "/" + at.Label}})
}

// held traces a cell; one that is found by other means says so.
func (s site) held(r *http.Request, v *published.View, ret workspace.Return, held returns.Held) ([]published.Traced, error) {
	if held.Column == "duplicates" || held.Column == "late_changes" {
		_, err := v.TraceHeld(r.Context(), ret, held)
		return nil, notFound("%s", sentence(err))
	}
	return v.TraceHeld(r.Context(), ret, held)
}
