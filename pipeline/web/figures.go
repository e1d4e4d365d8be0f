package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
)

// The way down: figures, one figure and its rows, one row as its sender wrote it. What is
// shown is what `metrics`, `conditions`, `trace` and `rejects` give.

// asked is the period of a request: the one it names, or that of the newest data.
func (s site) asked(r *http.Request) (period.Period, error) {
	text := r.URL.Query().Get("period")
	if text == "" {
		return typed.LatestPeriod(r.Context(), s.options.Office)
	}
	at, err := period.Parse(text)
	if err != nil {
		return at, badRequest("%v", err)
	}
	return at, nil
}

func (s site) figures(r *http.Request) (page, error) {
	ws, q := s.options.Office, r.URL.Query()
	at, err := s.asked(r)
	if err != nil {
		return page{}, err
	}
	question := published.Question{Period: at, Scope: q.Get("scope"), By: q.Get("by")}
	if !q.Has("scope") {
		question.Scope = "all"
	}
	if !q.Has("by") {
		question.By = "total"
	}
	if question.By != "" && question.By != "total" && !slices.Contains(s.breakdowns(), question.By) {
		return page{}, badRequest("No figure is broken down by %q.", question.By)
	}
	if code := strings.ToUpper(strings.TrimSpace(q.Get("code"))); code != "" {
		question.Codes = []string{code}
	}
	found, err := published.FigureRows(r.Context(), ws, question)
	if err != nil {
		return page{}, asked(err)
	}
	part, err := partAsked(r)
	if err != nil {
		return page{}, err
	}
	g := gridOf("", s.inWords(found), part, func(row []any, name string) string {
		place := placeOf(found, row)
		switch name {
		case "code":
			return "/catalogue#" + url.PathEscape(place.Code)
		case "value":
			return figureAddress(place)
		}
		return ""
	}, append(empty(found, "dimension", "category", "numerator", "denominator"), "marker", "period")...) // the page says those two otherwise
	g.table = found
	g.parts(r, part, len(found.Rows))
	return page{
		Title: "Figures of " + at.Label,
		Lead:  []string{"Each value leads to the rows behind it. In brackets: [x] not available, [z] not applicable, [u] too few to say."},
		Form: &form{Button: "Show", Fields: []field{
			{Name: "period", Label: "Period", Value: at.Label, Hint: "such as 2023-24-Q4, 2023-24-Q4-YTD or 2023-10"},
			{Name: "scope", Label: "Scope", Value: question.Scope, Among: append([]string{""}, ws.Register.Scopes()...)},
			{Name: "by", Label: "Breakdown", Value: question.By, Among: append([]string{"", "total"}, s.breakdowns()...)},
			{Name: "code", Label: "Code", Value: strings.Join(question.Codes, ""), Hint: "such as R01; empty for all"},
		}},
		Grids: []grid{g}, File: "figures-" + at.Label,
	}, nil
}

// inWords lets a table of figures say the metric's title for its name, and the mark in
// brackets of a figure that has no value.
func (s site) inWords(t table.Table) table.Table {
	t.Columns = slices.Clone(t.Columns)
	marker := slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == "marker" })
	for i, c := range t.Columns {
		switch c.Name {
		case "name":
			t.Columns[i].Name = "title"
			t.Columns[i].Say = func(text string, row []any) string {
				if m, ok := s.options.Office.Metrics.Metric(table.AsText(row[0])); ok {
					return m.Title
				}
				return text
			}
		case "value":
			t.Columns[i].Say = func(text string, row []any) string {
				if mark := table.AsText(row[marker]); mark != "" {
					return "[" + mark + "]"
				}
				if c.Say != nil {
					return c.Say(text, row)
				}
				return text
			}
		}
	}
	return t
}

// empty names those of the columns that hold nothing.
func empty(t table.Table, names ...string) (out []string) {
	for _, name := range names {
		at := slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == name })
		if at >= 0 && !slices.ContainsFunc(t.Rows, func(row []any) bool { return table.AsText(row[at]) != "" }) {
			out = append(out, name)
		}
	}
	return out
}

// asked makes a fault of the question out of an error that says what is not there.
func asked(err error) error {
	var unknown figure.Unknown
	if errors.As(err, &unknown) {
		return badRequest("%s", sentence(err))
	}
	return err
}

// breakdowns are those that any metric has, in the order of their names.
func (s site) breakdowns() []string {
	var out []string
	for _, m := range s.options.Office.Metrics.Metrics {
		for _, b := range m.By {
			out = append(out, b.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// placeOf reads a figure's place out of a row of figures.
func placeOf(t table.Table, row []any) figure.Place {
	get := func(name string) string {
		at := slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == name })
		if at < 0 {
			return ""
		}
		return table.AsText(row[at])
	}
	return figure.Place{Code: get("code"), Scope: get("scope"), Period: get("period"), Dimension: get("dimension"), Category: get("category")}
}

func figureAddress(p figure.Place) string {
	return to("/figure/"+p.Code, "period", p.Period, "scope", p.Scope, "dimension", p.Dimension, "category", p.Category)
}

func (s site) figure(r *http.Request) (page, error) {
	q := r.URL.Query()
	at, err := s.asked(r)
	if err != nil {
		return page{}, err
	}
	place := figure.Place{Code: r.PathValue("code"), Scope: q.Get("scope"), Period: at.Label, Dimension: q.Get("dimension"), Category: q.Get("category")}
	if place.Scope == "" {
		place.Scope = "all"
	}
	parts, err := published.Trace(r.Context(), s.options.Office, place)
	if err != nil {
		return page{}, asked(err)
	}
	p, err := s.traced(r, parts, place.Code+" in "+at.Label, []link{{Text: "Figures of " + at.Label, Href: to("/figures", "period", at.Label)}})
	if m, ok := s.options.Office.Metrics.Metric(place.Code); ok && len(m.By) > 0 {
		by := list{Title: "Broken down"}
		for _, b := range m.By {
			by.Links = append(by.Links, link{Text: "by " + b.String(), Href: to("/figures", "period", at.Label, "code", m.Code, "scope", place.Scope, "by", b.String())})
		}
		p.Lists = append(p.Lists, by)
	}
	return p, err
}

// traced is the page of what a figure or a cell was made of.
func (s site) traced(r *http.Request, parts []published.Traced, title string, crumbs []link) (page, error) {
	part, err := partAsked(r)
	if err != nil {
		return page{}, err
	}
	p := page{Title: title, Crumbs: crumbs}
	var codes []string
	for _, t := range parts {
		said := t.Said
		if said == "" {
			said = t.Value
		}
		p.Facts = append(p.Facts, fact{Name: strings.TrimSpace(t.Of + " " + t.Part), Text: said + " in " + t.Scope})
		g := gridOf("Rows of "+strings.TrimSpace(t.Of+" "+t.Part), t.Rows, part, rowAddress(t.Rows), "sha256")
		g.parts(r, part, len(t.Rows.Rows))
		p.Grids = append(p.Grids, g)
		p.Text += "-- " + t.Of + " " + t.Part + "\n" + strings.TrimSpace(t.SQL) + "\n\n"
		if !slices.Contains(codes, t.Code) {
			codes = append(codes, t.Code)
			p.Lists = append(p.Lists, list{Links: []link{{Text: "What " + t.Code + " means", Href: "/catalogue#" + url.PathEscape(t.Code)}}})
		}
	}
	p.File = "rows-" + safeName(title)
	return p, nil
}

// rowAddress links the row of a table with file, sheet and row numbers to what was sent.
func rowAddress(t table.Table) func(row []any, name string) string {
	at := func(name string) int {
		return slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == name })
	}
	sha, sheet, number := at("sha256"), at("sheet"), at("row")
	return func(row []any, name string) string {
		if sha < 0 || number < 0 || name != "row" && name != "key" || table.AsText(row[sha]) == "" || table.AsText(row[number]) == "" {
			return ""
		}
		on := ""
		if sheet >= 0 {
			on = table.AsText(row[sheet])
		}
		return to("/row/"+table.AsText(row[sha])+"/"+table.AsText(row[number]), "sheet", on)
	}
}

func (s site) conditions(r *http.Request) (page, error) {
	at, err := s.asked(r)
	if err != nil {
		return page{}, err
	}
	v, err := published.Open(r.Context(), s.options.Office, at)
	if err != nil {
		return page{}, err
	}
	defer v.Close()
	found, err := v.ConditionRows(r.Context(), "", false)
	if err != nil {
		return page{}, err
	}
	fund := slices.IndexFunc(found.Columns, func(c table.Column) bool { return c.Name == "fund" })
	g := gridOf("", found, 1, func(row []any, name string) string {
		code := table.AsText(row[0])
		switch name {
		case "code":
			return "/catalogue#" + url.PathEscape(code)
		case "status", "breaches":
			return to("/figure/"+code, "period", at.Label, "scope", "fund:"+table.AsText(row[fund]))
		}
		return ""
	})
	return page{Title: "Funding conditions of " + at.Label,
		Lead:  []string{"A status leads to the rows that speak against it."},
		Form:  &form{Button: "Show", Fields: []field{{Name: "period", Label: "Period", Value: at.Label}}},
		Grids: []grid{g}, File: "conditions-" + at.Label}, nil
}

// row is one row as its sender wrote it, beside what it was taken as and its faults.
func (s site) row(r *http.Request) (page, error) {
	sent, err := published.Row(r.Context(), s.options.Office, r.PathValue("sha"), r.URL.Query().Get("sheet"), r.PathValue("row"))
	if err != nil {
		return page{}, err
	}
	if sent.File == "" {
		return page{}, notFound("No file that counts has that row.")
	}
	p := page{Title: "Row " + r.PathValue("row") + " of " + sent.File, File: ""}
	p.Facts = []fact{{Name: "Provider", Text: sent.Provider}, {Name: "Feed", Text: sent.Feed}, {Name: "Sheet", Text: sent.Sheet}, {Name: "SHA-256 of the file", Text: sent.SHA256}}
	p.Facts = slices.DeleteFunc(p.Facts, func(f fact) bool { return f.Text == "" })
	if sent.Standing != "" {
		p.Facts = append(p.Facts, fact{Name: "Standing", Text: sent.Standing})
	}
	p.Grids = []grid{gridOf("As it was sent, and what it was taken as", sent.Cells, 1, nil), gridOf("Its faults", sent.Faults, 1, nil)}
	return p, nil
}
