package extract

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// markupWriter writes XML piece by piece; the first error stays.
type markupWriter struct {
	out *bufio.Writer
	err error
}

func newMarkupWriter(w io.Writer) *markupWriter {
	return &markupWriter{out: bufio.NewWriterSize(w, 64<<10)}
}

func (w *markupWriter) raw(text string) {
	if w.err == nil {
		_, w.err = w.out.WriteString(text)
	}
}

// escaped writes text as it stands in an element or between double quotation marks.
// What no document may hold is left out, as the reader takes it.
func (w *markupWriter) escaped(text []byte) {
	from := 0
	for i, c := range text {
		said := ""
		switch {
		case c == '<':
			said = "&lt;"
		case c == '>':
			said = "&gt;"
		case c == '&':
			said = "&amp;"
		case c == '"':
			said = "&quot;"
		case c == '\r':
			said = "&#13;"
		case c == '\n':
			said = "&#10;"
		case c == '\t':
			said = "&#9;"
		case c >= ' ':
			continue
		}
		w.raw(string(text[from:i]))
		w.raw(said)
		from = i + 1
	}
	w.raw(string(text[from:]))
}

// text writes a cell's text: what XML cannot hold, and what would be taken for it, as
// spreadsheets write it.
func (w *markupWriter) text(text []byte) {
	from := 0
	for i, c := range text {
		said := ""
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			said = fmt.Sprintf("_x%04X_", c)
		case c == '_' && escapes(text[i:]):
			said = "_x005F_"
		default:
			continue
		}
		w.escaped(text[from:i])
		w.raw(said)
		from = i + 1
	}
	w.escaped(text[from:])
}

// escapes tells whether a text begins as an escaped character does.
func escapes(b []byte) bool {
	if len(b) < 7 || b[1] != 'x' || b[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return err == nil
}

// tag writes the tag just read, with those of its attributes that are named, and without
// its end.
func (w *markupWriter) tag(m *markup, name string, attributes ...string) {
	w.raw("<" + name)
	for _, g := range m.given {
		if len(g.prefix) > 0 {
			continue
		}
		for _, wanted := range attributes {
			if string(g.name) == wanted {
				w.raw(" " + wanted + `="` + string(bytes.ReplaceAll(bytes.ReplaceAll(g.value, []byte(`"`), []byte("&quot;")), []byte("<"), []byte("&lt;"))) + `"`)
			}
		}
	}
}

func (w *markupWriter) flush() error {
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

func digits(n int) string { return strconv.Itoa(n) }
