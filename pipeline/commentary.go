package pipeline

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// commentaryColumns are those of a file of comments: the cell, what it is about
// (for whoever writes), the words, who wrote them (a role), and when.
var commentaryColumns = []string{"sheet", "cell", "about", "text", "by", "date"}

// commentaryPath is where people write a return's comments for a period.
func (p *Pipeline) commentaryPath(r Return, at period.Period) string {
	return filepath.Join(p.Dir, "commentary", r.Name, at.Label+".csv")
}

// commentary is the file of comments as it is; nil where nobody wrote any.
func (p *Pipeline) commentary(r Return, at period.Period) ([]byte, error) {
	if p.again != nil {
		return p.again.commentary, nil
	}
	text, err := os.ReadFile(p.commentaryPath(r, at))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// comments are what people wrote for a return, by cell. Mistakes in the file are
// reported together, each with its line.
func (p *Pipeline) comments(r Return, at period.Period, template returns.Template) (map[string]string, error) {
	text, err := p.commentary(r, at)
	if err != nil || text == nil {
		return nil, err
	}
	file := filepath.ToSlash(filepath.Join("commentary", r.Name, at.Label+".csv"))
	out := map[string]string{}
	var errs []error
	wrong := func(line int, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...)))
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	column := func(record []string, name string) string {
		if i := slices.Index(header, name); i >= 0 {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	for _, name := range []string{"sheet", "cell", "text"} {
		if !slices.Contains(header, name) {
			return nil, fmt.Errorf("%s:1: there is no column %q; `mojreturns return comments` writes the file to start from", file, name)
		}
	}
	open := template.CommentCells()
	for {
		record, err := in.Read()
		if err == io.EOF {
			return out, errors.Join(errs...)
		}
		if err != nil {
			return nil, errors.Join(append(errs, fmt.Errorf("%s: %w", file, err))...)
		}
		line, _ := in.FieldPos(0)
		cell := column(record, "sheet") + "!" + column(record, "cell")
		words := column(record, "text")
		switch {
		case words == "":
		case !slices.ContainsFunc(open, func(c returns.CommentCell) bool { return c.Cell == cell }):
			wrong(line, "%s is not a cell of the return that people write in", cell)
		case out[cell] != "":
			wrong(line, "%s is there already", cell)
		case column(record, "by") == "":
			wrong(line, "%s has words and nobody who wrote them: put a role in the column \"by\"", cell)
		case inWords(p.personal, words) != "":
			wrong(line, "%s seems to have %s in it: take it out (the words are not repeated here)", cell, inWords(p.personal, words))
		default:
			out[cell] = words
		}
	}
}

// StartComments writes the file of a return's comments for a period, with a line
// for each cell that people write in. What is written already is never touched.
func (p *Pipeline) StartComments(name string, at period.Period) (string, error) {
	r, err := p.configured(name)
	if err != nil {
		return "", err
	}
	files, err := p.template(r)
	if err != nil {
		return "", err
	}
	template, err := returns.Open(files)
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
	path := p.commentaryPath(r, at)
	return path, writeOnce(path, text.Bytes())
}
