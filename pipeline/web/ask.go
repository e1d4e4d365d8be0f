package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"mojreturns/pipeline/published"
	"mojreturns/pipeline/question"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// The text of a question is kept under its hash and never stands in an address: those
// are written into logs and histories of browsers.

// longest is the most bytes of a question.
const longest = 256 << 10

// onScreen is the most rows of an answer that a page shows; a file has more.
const onScreen = 1000

var aHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (s site) questions() string { return s.options.Office.Path("questions") }

func (s site) textOf(hash string) (string, error) {
	if !aHash.MatchString(hash) {
		return "", notFound("There is no such question.")
	}
	text, err := os.ReadFile(filepath.Join(s.questions(), hash+".sql"))
	if errors.Is(err, os.ErrNotExist) {
		return "", notFound("That question is not kept here: ask it again.")
	}
	return string(text), err
}

// write is the page to write a question on.
func (s site) write(r *http.Request) (page, error) {
	text := ""
	if hash := r.URL.Query().Get("from"); hash != "" {
		var err error
		if text, err = s.textOf(hash); err != nil {
			return page{}, err
		}
	}
	return s.editor(text), nil
}

func (s site) editor(text string) page {
	p := page{Title: "Ask", Lead: []string{"One SELECT over the published warehouse. It can change nothing. See Tables for what there is to ask."},
		Form: &form{Action: "/ask", Method: "post", Button: "Ask", Text: &field{Name: "sql", Label: "Question, in SQL", Value: text}}}
	l := list{Title: "Saved questions"}
	all, _, err := published.Questions(s.options.Office)
	if err != nil {
		s.options.Log.Error("a saved question cannot be read", "error", err)
	}
	for _, q := range all {
		l.Links = append(l.Links, link{Text: q.Title, Href: "/question/" + q.Name})
	}
	p.Lists = []list{l}
	return p
}

// keep takes a question that was sent, keeps its text, and leads to its answer.
func (s site) keep(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, longest+1024)
	err := r.ParseForm()
	text := strings.ReplaceAll(r.PostForm.Get("sql"), "\r\n", "\n")
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge) || len(text) > longest:
		s.html(w, r, s.sorry(r, problem{http.StatusRequestEntityTooLarge, "The question is longer than 256 KB."}))
		return
	case err != nil:
		s.html(w, r, s.sorry(r, badRequest("The question could not be read.")))
		return
	case strings.TrimSpace(text) == "":
		p := s.editor(text)
		p.Wrong, p.status = "Write a question first.", http.StatusBadRequest
		s.html(w, r, p)
		return
	}
	sum := sha256.Sum256([]byte(text))
	hash := hex.EncodeToString(sum[:])
	file := filepath.Join(s.questions(), hash+".sql")
	if _, err := os.Stat(file); err != nil {
		if err := workspace.WriteFile(file, []byte(text)); err != nil {
			if _, there := os.Stat(file); there != nil { // another may have asked it at once
				s.fail(w, r, err)
				return
			}
		}
	}
	http.Redirect(w, r, "/answer/"+hash, http.StatusSeeOther)
}

// answer is a question's answer on what is published now.
func (s site) answer(r *http.Request) (page, error) {
	hash := r.PathValue("hash")
	text, err := s.textOf(hash)
	if err != nil {
		return page{}, err
	}
	return s.answered(r, text, nil, page{Title: "Answer", File: "answer-" + hash[:8],
		Lists: []list{{Links: []link{{Text: "Change the question", Href: to("/ask", "from", hash)}}}}})
}

// saved is the answer to a saved question, and the form of its values.
func (s site) saved(r *http.Request) (page, error) {
	all, lists, err := published.Questions(s.options.Office)
	if err != nil {
		return page{}, err
	}
	q, err := question.Named(all, r.PathValue("name"))
	if err != nil {
		return page{}, notFound("%s", sentence(err))
	}
	p := page{Title: q.Title, File: safeName(q.Name), Crumbs: []link{{Text: "Ask", Href: "/ask"}}}
	given := map[string]string{}
	for name, values := range r.URL.Query() {
		if name != "page" {
			given[name] = values[0]
		}
	}
	p.Form = formOfQuestion(q, given, lists)
	values, err := q.Values(given, lists)
	switch {
	case err != nil && len(given) == 0: // not asked yet
		p.Lead = []string{"Say what is asked for."}
		p.Text, p.File = q.SQL, ""
		return p, nil
	case err != nil:
		p.Wrong, p.status = strings.ReplaceAll(sentence(err), "\n", "; "), http.StatusBadRequest
		return p, nil
	}
	return s.answered(r, q.SQL, values, p)
}

// formOfQuestion asks for the values of a question; nil where it has none.
func formOfQuestion(q question.Question, given map[string]string, lists question.Lists) *form {
	if len(q.Params) == 0 {
		return nil
	}
	f := &form{Button: "Ask"}
	for _, p := range q.Params {
		value := given[p.Name]
		if value == "" {
			value = p.Default
		}
		one := field{Name: p.Name, Label: p.Name, Value: value, Hint: strings.TrimPrefix(string(p.Kind)+", "+p.Says, "code, ")}
		one.Hint = strings.TrimSuffix(one.Hint, ", ")
		if p.Kind == question.Code {
			one.Among = append([]string{""}, lists[p.List]...)
		}
		f.Fields = append(f.Fields, one)
	}
	return f
}

func (s site) answered(r *http.Request, text string, values map[string]any, p page) (page, error) {
	limit := onScreen
	if formOf(r) != "" {
		limit = most
	}
	part, err := partAsked(r)
	if err != nil {
		return page{}, err
	}
	p.Text = text
	if table.Streams(formOf(r)) {
		if p, err = s.flow(r, text, values, p); !errors.Is(err, warehouse.ErrRefused) { // an EXPLAIN is no table
			if err != nil {
				return s.mistaken(r, p, text, err)
			}
			return p, nil
		}
	}
	found, more, err := s.ask(r, local, text, values, limit)
	if err != nil {
		return s.mistaken(r, p, text, err)
	}
	if more && limit == most {
		p.File += fmt.Sprintf("-first-%d", most)
	}
	g := gridOf("", found, part, linked(found))
	g.parts(r, part, len(found.Rows))
	if more {
		g.Caption = fmt.Sprintf("%s: the first %s; a file has up to %s", g.Caption, count(onScreen), count(most))
	}
	p.Grids = []grid{g}
	return p, nil
}

// mistaken is the page of a question that DuckDB does not understand: its message has a
// caret under the analyst's own line, and the text stands there to be mended.
func (s site) mistaken(r *http.Request, p page, text string, err error) (page, error) {
	for _, known := range []error{warehouse.ErrBusy, warehouse.ErrTimeLimit, warehouse.ErrNothingPublished, r.Context().Err()} {
		if known != nil && errors.Is(err, known) {
			return page{}, err
		}
	}
	out := s.editor(text)
	out.Title, out.Wrong, out.Text, out.status = p.Title, "The question could not be answered.", err.Error(), http.StatusBadRequest
	if errors.Is(err, warehouse.ErrRefused) {
		out.status = http.StatusForbidden
	}
	return out, nil
}

// formOf is the ending that the address of a request had, empty for a page.
func formOf(r *http.Request) string {
	ending, _ := r.Context().Value(endingKey{}).(string)
	return ending
}

type endingKey struct{}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// safeName makes a part of a file's name of some words.
func safeName(words string) string { return strings.Trim(unsafe.ReplaceAllString(words, "-"), "-") }
