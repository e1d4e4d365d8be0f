package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/readiness"
	"mojreturns/pipeline/workspace"
)

// Options are what the pages need besides the source.
type Options struct {
	// Templates holds web/status.html and web/style.css.
	Templates fs.FS
	// Location is the time zone the page writes times in.
	Location *time.Location
	Now      func() time.Time
	Log      *slog.Logger
	// Catalogue makes the page of /catalogue and the Content-Security-Policy
	// under which its own style and script work; nil where there is none.
	Catalogue func() (page []byte, policy string, err error)
	// Office is whose figures, returns, tables and questions the workbench shows, with its
	// Desk; nil where there is no workbench.
	Office *workspace.Workspace
	// Sealed traces the cells of sealed returns; nil where there is no workbench.
	Sealed interface {
		Trace(ctx context.Context, name, cell string, at period.Period, version int) ([]published.Traced, error)
	}
	// Metrics are what /metrics gives; nil where there is none. Lacks says what keeps the
	// office from being served, for /readyz; nil for nothing.
	Metrics func(context.Context) ([]Metric, error)
	Lacks   func(context.Context) []string
	// Key opens the workbench: whoever has not come by /open/KEY is shown no row. Empty
	// lets everybody on this machine in.
	Key string
	// Patience is the longest a question may take; 0 is no limit.
	Patience time.Duration
}

// Handler answers /, /status.json, /catalogue, /style.css, /healthz, /readyz, /metrics and, where there is an
// office, the workbench, from this machine only. It fails if a template is missing or
// wrong.
func Handler(source Source, o Options) (http.Handler, error) {
	if source == nil || o.Templates == nil || o.Location == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("the web pages need a source, templates, a time zone, a clock and a log")
	}
	page, err := template.New("status.html").Funcs(words(o.Location)).ParseFS(o.Templates, "web/status.html", "web/page.html")
	if err != nil {
		return nil, fmt.Errorf("cannot read the status page's template: %w", err)
	}
	style, err := fs.ReadFile(o.Templates, "web/style.css")
	if err != nil {
		return nil, fmt.Errorf("cannot read the status page's style: %w", err)
	}
	s := site{source: source, page: page, style: style, options: o}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", s.status)
	mux.HandleFunc("/status.json", s.json)
	mux.HandleFunc("/style.css", s.css)
	mux.HandleFunc("/healthz", s.health)
	mux.HandleFunc("/readyz", s.ready)
	if o.Metrics != nil {
		mux.HandleFunc("/metrics", s.metrics)
	}
	if o.Catalogue != nil {
		mux.HandleFunc("/catalogue", s.catalogue)
	}
	if o.Office != nil {
		if s.pages, err = template.New("page.html").Funcs(words(o.Location)).ParseFS(o.Templates, "web/page.html"); err != nil {
			return nil, fmt.Errorf("cannot read the workbench's template: %w", err)
		}
		s.audit = &audit{dir: o.Office.Path("audit"), now: o.Now}
		s.sessions = &sessions{until: map[string]time.Time{}}
		s.workbench(mux)
	}
	return guard(mux), nil
}

type site struct {
	source   Source
	page     *template.Template
	pages    *template.Template // of the workbench
	audit    *audit
	sessions *sessions
	style    []byte
	options  Options
}

func (s site) status(w http.ResponseWriter, r *http.Request) {
	now := s.options.Now()
	status, err := s.source.Status(r.Context())
	var page bytes.Buffer
	if err == nil {
		err = s.page.Execute(&page, struct {
			Status
			Now       time.Time
			Catalogue bool
			Nav       []link
		}{status, now, s.options.Catalogue != nil, s.navigation(r)})
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	answer(w, r, page.Bytes())
}

func (s site) json(w http.ResponseWriter, r *http.Request) {
	status, err := s.source.Status(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	// A program that reads this finds a list where it looks for one, not null.
	status.Runs = append([]Run{}, status.Runs...)
	status.Expected = append([]Expected{}, status.Expected...)
	status.Planned = append([]Planned{}, status.Planned...)
	status.Boards = append([]readiness.Board{}, status.Boards...)
	text, err := json.MarshalIndent(status, "", "  ")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	answer(w, r, append(text, '\n'))
}

// catalogue is made afresh at each look, since the files may have been changed.
func (s site) catalogue(w http.ResponseWriter, r *http.Request) {
	page, policy, err := s.options.Catalogue()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", policy+"; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(page)
}

func (s site) css(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Write(s.style)
}

func (s site) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n"))
}

// fail tells the log what went wrong and the reader only that it did.
func (s site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the reader has gone
	}
	s.options.Log.Error("the page could not be shown", "path", r.URL.Path, "error", err)
	http.Error(w, "The page could not be made. The program's log says why.", http.StatusInternalServerError)
}

// guard refuses what a read-only page on this machine has no use for, and
// tells the browser to load nothing from elsewhere.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control":                "no-store",
		} {
			w.Header().Set(name, value)
		}
		// Without this a page of another site could point its own name at
		// 127.0.0.1 and read the answers as its own.
		if !loopbackName(r.Host) {
			http.Error(w, "This page is only served to this machine, as localhost.", http.StatusMisdirectedRequest)
			return
		}
		if asks := r.Method == http.MethodPost && r.URL.Path == "/ask"; !asks && r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopbackName says whether a host, with or without a port, is this machine.
func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// words are the ways the page writes values.
func words(location *time.Location) template.FuncMap {
	return template.FuncMap{
		"moment": func(t time.Time) string { return t.In(location).Format("Monday 2 January 2006, 15:04") },
		"date":   func(t time.Time) string { return t.Format("2 January 2006") },
		"local":  func(t time.Time) time.Time { return t.In(location) },
		"iso":    func(t time.Time) string { return t.In(location).Format(time.RFC3339) },
		"isodate": func(t time.Time) string {
			return t.Format(time.DateOnly)
		},
		"seconds":  func(s float64) string { return strconv.FormatFloat(s, 'f', 1, 64) },
		"count":    count,
		"short":    func(id string) string { return id[:min(12, len(id))] },
		"late":     late,
		"daysleft": daysLeft,
		// tone is only a shade beside the word, never instead of it.
		"tone": tone,
	}
}

func tone(word string) string {
	switch strings.ToLower(word) {
	case "done", "received":
		return "good"
	case "failed", "late", "blocked":
		return "bad"
	}
	return "plain"
}

func late(expected []Expected) int64 {
	var n int64
	for _, e := range expected {
		if e.State == "late" {
			n++
		}
	}
	return n
}

// daysLeft says how many working days are left, or how many it is past.
func daysLeft(days int) string {
	switch {
	case days == 1:
		return "1 working day left"
	case days >= 0:
		return count(int64(days)) + " working days left"
	case days == -1:
		return "1 working day ago"
	}
	return count(int64(-days)) + " working days ago"
}

// count writes a whole number with thousands commas.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
