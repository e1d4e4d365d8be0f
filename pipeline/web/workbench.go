package web

import (
	"context"
	"net/http"
	"path"
	"strings"
)

// route is one resource of the workbench. What it shows comes from the office; each is a
// page, and with an ending behind its address the page's first table as a file.
type route struct {
	pattern, example string // an address that the example office has, for the tests that walk them all
	make             func(r *http.Request) (page, error)
}

func (s site) routes() []route {
	return []route{
		{"/returns", "/returns", s.returns},
		{"/return/{return}/{period}", "/return/moj-quarterly/2023-24-Q4", s.workbook},
		{"/return/{return}/{period}/cell", "/return/moj-quarterly/2023-24-Q4/cell?at=T04_Source!D7", s.cell},
		{"/figures", "/figures", s.figures},
		{"/figure/{code}", "/figure/R01?period=2023-24-Q4", s.figure},
		{"/conditions", "/conditions", s.conditions},
		{"/row/{sha}/{row}", "", s.row},
		{"/tables", "/tables", s.tables},
		{"/table/{name}", "/table/valid_referral?f.source=MRC&facet=sex", s.table},
		{"/audit", "/audit", s.audited},
		{"/ask", "/ask", s.write},
		{"/answer/{hash}", "", s.answer},
		{"/question/{name}", "/question/spend_by_month", s.saved},
	}
}

// workbench adds the routes. A browser of another site can send nothing here.
func (s site) workbench(mux *http.ServeMux) {
	inner := http.NewServeMux()
	for _, r := range s.routes() {
		inner.HandleFunc("GET "+r.pattern, s.show(r.make))
	}
	inner.HandleFunc("POST /ask", s.keep)
	inner.HandleFunc("/", s.show(func(r *http.Request) (page, error) { return page{}, notFound("There is no page %s.", r.URL.Path) }))
	mux.Handle("/", http.NewCrossOriginProtection().Handler(s.opened(ending(inner))))
	mux.HandleFunc("GET /open/{key}", s.open)
}

// ending takes the form asked for off the address.
func ending(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if end := path.Ext(r.URL.Path); types[end] != "" {
			asked := r.Clone(context.WithValue(r.Context(), endingKey{}, end))
			asked.URL.Path = strings.TrimSuffix(r.URL.Path, end)
			asked.URL.RawPath = strings.TrimSuffix(r.URL.RawPath, end)
			r = asked
		}
		next.ServeHTTP(w, r)
	})
}

// askedOf tells whether a path is of a question's answer.
func askedOf(path string) bool {
	return strings.HasPrefix(path, "/answer/") || strings.HasPrefix(path, "/question/")
}

// navigation leads to the parts of the workbench, and says which one this is.
func (s site) navigation(r *http.Request) []link {
	if s.options.Office == nil {
		return nil
	}
	all := []link{{Text: "Readiness", Href: "/"}, {Text: "Returns", Href: "/returns"}, {Text: "Figures", Href: "/figures"},
		{Text: "Conditions", Href: "/conditions"}, {Text: "Tables", Href: "/tables"}, {Text: "Ask", Href: "/ask"}, {Text: "Audit", Href: "/audit"}}
	if s.options.Catalogue != nil {
		all = append(all, link{Text: "Catalogue", Href: "/catalogue"})
	}
	for i := range all {
		all[i].Here = r.URL.Path == all[i].Href
	}
	return all
}
