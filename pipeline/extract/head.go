package extract

import (
	"context"
	"errors"
	"os"
)

// Head is the beginning of one table of a file: its first rows as they stand.
type Head struct {
	Sheet     string // of a workbook
	Encoding  string // of a text
	Delimiter string // of a text: the one that divides most of these rows into as many values
	Rows      []int64
	Values    [][]string
}

// Heads reads the first rows of every visible sheet of the file at src, delivered
// under name, or of the text; a file that cannot be read gives a *Refusal.
func Heads(ctx context.Context, src, name string, o Options) ([]Head, error) {
	f, err := os.Open(src)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	kind, archive, err := sniff(f, name)
	if err != nil {
		return nil, named(err, name)
	}
	if kind == text {
		head, err := textHead(f)
		return []Head{head}, named(err, name)
	}
	book, err := openWorkbook(kind, archive, o)
	if err != nil {
		return nil, named(err, name)
	}
	var out []Head
	for _, s := range visible(book.sheets()) {
		l, err := book.open(ctx, s, &observed{})
		if err != nil {
			return nil, named(err, name)
		}
		head := Head{Sheet: s.name}
		err = head.read(l)
		if err := errors.Join(err, l.close()); err != nil {
			return nil, named(err, name)
		}
		out = append(out, head)
	}
	return out, nil
}

// read takes the first rows that hold anything.
func (h *Head) read(l lines) error {
	for {
		more, err := l.next()
		row, _ := l.at()
		if err != nil || !more || row > headerRows {
			return err
		}
		if values := l.values(); !blank(values) {
			h.Rows, h.Values = append(h.Rows, row), append(h.Values, texts(values))
		}
	}
}

// textHead reads the first rows of a text under each delimiter, and keeps those of
// the one that divides most of them into as many values.
func textHead(f *os.File) (best Head, err error) {
	encoding, err := detect(f)
	if err != nil {
		return Head{}, err
	}
	r := &recordReader{line: 1}
	if r.src, encoding, err = decode(f, encoding); err != nil {
		return Head{}, err
	}
	r.encoding = encoding
	if err := r.fill(); err != nil {
		return Head{}, err
	}
	var said Options
	r.separatorLine(&said)
	most := -1
	for _, d := range delimiters {
		if said.Delimiter != "" && said.Delimiter != d.name {
			continue
		}
		ahead := &ahead{*r}
		ahead.fields, ahead.scratch = nil, nil
		ahead.delimit(d.char)
		head := Head{Encoding: encoding, Delimiter: d.name}
		if err := head.read(ahead); err != nil {
			return Head{}, err
		}
		widths := map[int]int{}
		for _, row := range head.Values {
			widths[len(row)] += len(row)
		}
		for _, values := range widths {
			if values > most {
				best, most = head, values
			}
		}
	}
	return best, nil
}
