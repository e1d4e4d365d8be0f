package draft

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// commentaryColumns are those of a file of comments: the cell, what it is about
// (for whoever writes), the words, who wrote them (a role), and when.
var commentaryColumns = []string{"sheet", "cell", "about", "text", "by", "date"}

// comments are what people wrote for a return, by cell. Mistakes in the file are
// reported together, each with its line.
func comments(ws *workspace.Workspace, r workspace.Return, at period.Period, template returns.Template) (map[string]string, error) {
	text, err := ws.Commentary(r, at)
	if err != nil || text == nil {
		return nil, err
	}
	file := filepath.ToSlash(filepath.Join("commentary", r.Name, at.Label+".csv"))
	out := map[string]string{}
	var errs []error
	if !utf8.Valid(text) { // what Excel saves as plain CSV: £ and accents would be lost without a word
		line := 1 + bytes.Count(text[:bytes.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError })], []byte("\n"))
		return nil, fmt.Errorf("%s:%d: the file is not UTF-8, so its £ or accents cannot be read: in Excel save it as \"CSV UTF-8 (Comma delimited)\"", file, line)
	}
	list, err := lists.Read(file, text, "sheet", "cell", "text")
	if err != nil {
		return nil, fmt.Errorf("%w\n`mojreturns return comments` writes the file to start from", err)
	}
	open := template.CommentCells()
	for _, row := range list.Rows {
		cell := strings.TrimSpace(row.Get("sheet")) + "!" + strings.TrimSpace(row.Get("cell"))
		wrong := func(format string, args ...any) { errs = append(errs, row.Wrong(format, args...)) }
		words := strings.TrimSpace(row.Get("text"))
		switch {
		case words == "":
		case !slices.ContainsFunc(open, func(c returns.CommentCell) bool { return c.Cell == cell }):
			wrong("%s is not a cell of the return that people write in", cell)
		case out[cell] != "":
			wrong("%s is there already", cell)
		case strings.TrimSpace(row.Get("by")) == "":
			wrong("%s has words and nobody who wrote them: put a role in the column \"by\"", cell)
		case personal.InWords(ws.Personal, words) != "":
			wrong("%s seems to have %s in it: take it out (the words are not repeated here)", cell, personal.InWords(ws.Personal, words))
		default:
			out[cell] = words
		}
	}
	return out, errors.Join(errs...)
}

// StartComments writes the file of a return's comments for a period, with a line
// for each cell that people write in. What is written already is never touched.
func StartComments(ws *workspace.Workspace, name string, at period.Period) (string, error) {
	r, err := ws.Return(name)
	if err != nil {
		return "", err
	}
	template, err := ws.Form(r)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	text.WriteString("\uFEFF") // without it Excel misreads what is not ASCII
	out := csv.NewWriter(&text)
	out.UseCRLF = true
	records := [][]string{commentaryColumns}
	for _, c := range template.CommentCells() {
		sheet, cell, _ := strings.Cut(c.Cell, "!")
		records = append(records, []string{sheet, cell, c.About, "", "", ""})
	}
	if err := out.WriteAll(records); err != nil {
		return "", err
	}
	path := ws.CommentaryPath(r, at)
	return path, workspace.WriteOnce(path, text.Bytes())
}
