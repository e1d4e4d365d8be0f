package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// blockSize is how much of a file is looked at together; mostRecord bounds one
// record, which only a quotation mark that is never closed can make so long.
const (
	blockSize  = 4 << 20
	mostRecord = 64 << 20
)

var delimiters = []struct {
	name string
	char byte
}{{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}}

// csvReader splits text into records. It works on blocks of bytes and gives
// fields as slices of them, so that five million rows cost no allocation each.
type csvReader struct {
	src      io.Reader
	buf      []byte
	pos, end int
	eof      bool
	comma    byte
	row      int64 // of the record last read: blank lines count, quoted line ends do not
	line     int64 // the text line that the next record starts on
	started  int64 // the text line that the record last read started on
	fields   [][]byte
	scratch  []byte
	checked  int // up to where buf is known to be valid UTF-8
}

func readCSV(f io.Reader, o Options, out *parquetFile) (Table, error) {
	table := Table{Encoding: o.Encoding}
	if table.Encoding == "" {
		table.Encoding = "utf-8"
	}
	if table.Encoding == "windows-1252" {
		f = transform.NewReader(f, charmap.Windows1252.NewDecoder())
	}
	r := &csvReader{src: f, buf: make([]byte, blockSize), line: 1}
	if err := r.start(o, &table); err != nil {
		return table, err
	}
	if err := r.header(o, &table); err != nil {
		return table, err
	}
	out.begin(len(table.Header)); if false {var err error
		return table, err
	}
	for {
		more, err := r.next()
		if err != nil || !more {
			return table, err
		}
		if blank(r.fields) {
			continue
		}
		if err := out.add(r.row, r.started, r.fields, oddLength(r.fields, len(table.Header))); err != nil {
			return table, err
		}
	}
}

// oddLength says whether a record has another number of fields than the
// header; empty ones at its end do no harm.
func oddLength(fields [][]byte, width int) bool {
	if len(fields) <= width {
		return len(fields) < width
	}
	return !blank(fields[width:])
}

func blank(fields [][]byte) bool {
	for _, f := range fields {
		if len(bytes.TrimSpace(f)) > 0 {
			return false
		}
	}
	return true
}

// start skips a byte order mark and finds the delimiter.
func (r *csvReader) start(o Options, table *Table) error {
	if err := r.fill(); err != nil {
		return err
	}
	if bytes.HasPrefix(r.buf[:r.end], []byte("\xef\xbb\xbf")) {
		r.pos = 3
	}
	for _, d := range delimiters {
		if o.Delimiter == d.name {
			r.comma, table.Delimiter = d.char, d.name
			return nil
		}
	}
	// the delimiter that splits the first line with anything in it the most
	lines := bytes.FieldsFunc(r.buf[r.pos:min(r.end, r.pos+64<<10)], func(c rune) bool { return c == '\n' || c == '\r' })
	first := []byte{}
	for _, l := range lines {
		if len(bytes.Trim(l, " ,;\t")) > 0 {
			first = l
			break
		}
	}
	most := -1
	for _, d := range delimiters {
		if n := bytes.Count(first, []byte{d.char}); n > most {
			most, r.comma, table.Delimiter = n, d.char, d.name
		}
	}
	return nil
}

// header reads up to the header row.
func (r *csvReader) header(o Options, table *Table) error {
	for {
		more, err := r.next()
		if err != nil {
			return err
		}
		if !more {
			return refuse("the file has no header: its first row must name the columns")
		}
		if o.HeaderRow == 0 && blank(r.fields) || r.row < int64(o.HeaderRow) {
			continue
		}
		for _, f := range r.fields {
			table.Header = append(table.Header, strings.TrimSpace(string(f)))
		}
		for len(table.Header) > 1 && table.Header[len(table.Header)-1] == "" {
			table.Header = table.Header[:len(table.Header)-1]
		}
		table.HeaderRow = int(r.row)
		return nil
	}
}

// next reads one record into fields; false at the end of the file. The fields
// hold until the next call.
func (r *csvReader) next() (bool, error) {
	for {
		n, lines, err := r.record()
		if err != nil {
			return false, err
		}
		if n > 0 {
			r.pos += n
			r.row++
			r.started = r.line
			r.line += lines
			return true, nil
		}
		if r.eof {
			return false, nil
		}
		if r.end-r.pos > mostRecord {
			return false, r.unclosed()
		}
		if err := r.fill(); err != nil {
			return false, err
		}
	}
}

// fill reads more of the file behind what is left of the block.
func (r *csvReader) fill() error {
	copy(r.buf, r.buf[r.pos:r.end])
	r.end -= r.pos
	r.checked = max(r.checked-r.pos, 0)
	r.pos = 0
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	for r.end < len(r.buf) && !r.eof {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if errors.Is(err, io.EOF) {
			r.eof = true
		} else if err != nil {
			return err
		}
	}
	return r.check()
}

// check refuses bytes that are no text: what is not UTF-8, and NUL.
func (r *csvReader) check() error {
	fresh := r.buf[r.checked:r.end]
	if !r.eof { // a character may be cut at the end of the block
		for i := 1; i <= 3 && i <= len(fresh); i++ {
			if c := fresh[len(fresh)-i]; utf8.RuneStart(c) {
				if c >= utf8.RuneSelf && !utf8.FullRune(fresh[len(fresh)-i:]) {
					fresh = fresh[:len(fresh)-i]
				}
				break
			}
		}
	}
	if utf8.Valid(fresh) && bytes.IndexByte(fresh, 0) < 0 {
		r.checked += len(fresh)
		return nil
	}
	at := 0
	for at < len(fresh) {
		c, size := utf8.DecodeRune(fresh[at:])
		if c == 0 || c == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	line := r.line + lineEnds(r.buf[r.pos:r.checked+at])
	sentence := fmt.Sprintf("line %d holds a byte (0x%02X) that is not UTF-8: save the file as \"CSV UTF-8\" and send it again, or have the provider's mapping say encoding: windows-1252", line, fresh[at])
	if fresh[at] == 0 {
		sentence = fmt.Sprintf("line %d holds a NUL byte, which no text has: the file is damaged, so save it again as \"CSV UTF-8\" and send that", line)
	}
	return &Refusal{Sentence: sentence, Line: line}
}

// lineEnds counts the line ends in a text: \n, \r\n, or \r alone.
func lineEnds(b []byte) int64 {
	n := int64(bytes.Count(b, []byte{'\n'}))
	for i, c := range b {
		if c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			n++
		}
	}
	return n
}

// record splits the record at pos. It returns its length in bytes, line end
// included, and the line ends in it; 0 when the block ends before it does.
func (r *csvReader) record() (length int, lines int64, err error) {
	b := r.buf[r.pos:r.end]
	if len(b) == 0 {
		return 0, 0, nil
	}
	r.fields, r.scratch = r.fields[:0], r.scratch[:0]
	i, start := 0, 0
	for {
		if i < len(b) && b[i] == '"' && i == start {
			field, next, ends, closed := r.quoted(b, i)
			if !closed {
				if r.eof {
					return 0, 0, r.unclosedAt(r.line + lines)
				}
				return 0, 0, nil
			}
			lines += ends
			r.fields = append(r.fields, field)
			if i = next; i < len(b) && b[i] == r.comma {
				i++
				start = i
				continue
			}
		} else {
			for i < len(b) && b[i] != r.comma && b[i] != '\n' && b[i] != '\r' {
				i++
			}
			if i == len(b) && !r.eof {
				return 0, 0, nil
			}
			r.fields = append(r.fields, b[start:i])
			if i < len(b) && b[i] == r.comma {
				i++
				start = i
				continue
			}
		}
		switch { // the record's end
		case i == len(b):
			if !r.eof {
				return 0, 0, nil
			}
			return i, lines + 1, nil
		case b[i] == '\r' && i+1 == len(b) && !r.eof:
			return 0, 0, nil
		case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
			return i + 2, lines + 1, nil
		}
		return i + 1, lines + 1, nil
	}
}

// quoted reads a field in quotation marks at i. Doubled marks are one mark;
// text between the closing mark and the delimiter belongs to the field.
func (r *csvReader) quoted(b []byte, i int) (field []byte, next int, lines int64, closed bool) {
	from := len(r.scratch)
	i++
	plain := i
	for {
		at := bytes.IndexByte(b[i:], '"')
		if at < 0 {
			return nil, 0, 0, false
		}
		i += at
		if i+1 == len(b) && !r.eof {
			return nil, 0, 0, false
		}
		if i+1 < len(b) && b[i+1] == '"' {
			r.scratch = append(r.scratch, b[plain:i+1]...)
			i += 2
			plain = i
			continue
		}
		break
	}
	inside := b[plain:i]
	i++
	tail := i
	for i < len(b) && b[i] != r.comma && b[i] != '\n' && b[i] != '\r' {
		i++
	}
	if i == len(b) && !r.eof {
		return nil, 0, 0, false
	}
	if len(r.scratch) == from && tail == i {
		return inside, i, lineEnds(inside), true
	}
	r.scratch = append(append(r.scratch, inside...), b[tail:i]...)
	field = r.scratch[from:len(r.scratch):len(r.scratch)]
	return field, i, lineEnds(field), true
}

func (r *csvReader) unclosed() error { return r.unclosedAt(r.line) }

func (r *csvReader) unclosedAt(line int64) error {
	return &Refusal{Line: line, Sentence: fmt.Sprintf("the quotation mark that opens a value on line %d is never closed: close it, or double it (\"\") if it belongs to the text, and send the file again", line)}
}
