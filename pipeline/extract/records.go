package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// blockSize is how much of a text is looked at together; mostRecord bounds one
// record, which only a quotation mark that is never closed can make so long.
const (
	blockSize  = 1 << 20
	mostRecord = 64 << 20
)

// recordReader splits text into records. It works on blocks of bytes and gives
// fields as slices of them, so that five million rows cost no allocation each.
//
// Lines may end in CR LF, LF or CR, mixed. A value may be in quotation marks; a
// mark within it is doubled. A mark inside a value without them is text.
type recordReader struct {
	src      io.Reader
	encoding string // of the file; src is UTF-8 if the file is valid
	buf      []byte
	pos, end int   // what of buf is still to be read
	checked  int   // up to where buf is known to be good text
	wide     int64 // the text line of the first character beyond ASCII, or 0
	eof      bool

	delimiter byte
	ends      [256]bool // bytes that end a value without quotation marks

	row     int64 // of the record last read: blank lines count, quoted line ends do not
	started int64 // the text line that the record last read started on
	line    int64 // the text line that the next record starts on
	opened  int64 // the text line of a quotation mark that the block does not close, or 0
	fields  [][]byte
	scratch []byte  // values that are not as they stand in buf
	mixing  *mixing // watches for two encodings; nil where there can be one only
	typed   bool    // values are as somebody typed them into a spreadsheet
}

func (r *recordReader) delimit(delimiter byte) {
	r.delimiter = delimiter
	r.ends = [256]bool{'\n': true, '\r': true}
	r.ends[delimiter] = true
}

// next reads one record into fields; false at the end of the text. The fields
// hold until the next call.
func (r *recordReader) next() (bool, error) {
	for {
		n, lines, err := r.record()
		if err != nil {
			return false, err
		}
		if n > 0 {
			if r.mixing != nil {
				r.mixing.look(r.row+1, r.buf[r.pos:r.pos+n])
			}
			if r.typed {
				r.untype()
			}
			r.advance(n, lines)
			return true, nil
		}
		if r.eof {
			return false, nil
		}
		if r.end-r.pos >= mostRecord {
			return false, r.tooLong()
		}
		if err := r.fill(); err != nil {
			return false, err
		}
	}
}

func (r *recordReader) advance(n int, lines int64) {
	r.pos += n
	r.row++
	r.started = r.line
	r.line += lines
}

// fill reads more of the text behind what is left of the block.
func (r *recordReader) fill() error {
	copy(r.buf, r.buf[r.pos:r.end])
	r.end -= r.pos
	r.checked = max(r.checked-r.pos, 0)
	r.pos = 0
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, max(len(r.buf), blockSize))...)
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

// record splits the record at pos. It gives its length in bytes, line end
// included, and the line ends in it; 0 when the block ends before it does.
func (r *recordReader) record() (length int, lines int64, err error) {
	b := r.buf[r.pos:r.end]
	r.fields, r.scratch, r.opened = r.fields[:0], r.scratch[:0], 0
	i := 0
	for len(b) > 0 {
		var value []byte
		if i < len(b) && b[i] == '"' {
			var within int64
			if value, i, within, err = r.quoted(b, i, r.line+lines); err != nil || i == 0 {
				return 0, 0, err
			}
			lines += within
		} else {
			start := i
			for i < len(b) && !r.ends[b[i]] {
				i++
			}
			value = b[start:i]
		}
		if i == len(b) && !r.eof {
			return 0, 0, nil
		}
		r.fields = append(r.fields, value)
		if i < len(b) && b[i] == r.delimiter {
			i++
			continue
		}
		switch {
		case i == len(b):
			return i, lines + 1, nil
		case b[i] == '\r' && i+1 == len(b) && !r.eof: // a \n may follow
			return 0, 0, nil
		case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
			return i + 2, lines + 1, nil
		}
		return i + 1, lines + 1, nil
	}
	return 0, 0, nil
}

// quoted reads the value whose quotation mark is at b[open], on the given line.
// It gives what follows the value, and the line ends in it; next is 0 when the
// block ends before the value does.
func (r *recordReader) quoted(b []byte, open int, line int64) (value []byte, next int, lines int64, err error) {
	from := len(r.scratch)
	i := open + 1
	plain := i // from here the value stands as it is in b
	for {
		at := bytes.IndexByte(b[i:], '"')
		if at < 0 || i+at+1 == len(b) && !r.eof {
			return nil, 0, 0, r.unclosed(line)
		}
		i += at
		if i+1 == len(b) || b[i+1] != '"' {
			break
		}
		r.scratch = append(r.scratch, b[plain:i+1]...)
		i += 2
		plain = i
	}
	closed := i
	i++
	for i < len(b) && !r.ends[b[i]] {
		i++
	}
	lines = lineEnds(b[open:closed])
	switch {
	case i == len(b) && !r.eof:
		return nil, 0, 0, nil
	case lines > 0 && i > closed+1:
		return nil, 0, 0, &Refusal{Line: line, Sentence: fmt.Sprintf("the quotation mark that opens a value on line %d is closed only on line %d, in the middle of another value: one of the two marks does not belong; take it out, or double it (\"\") if it is part of the text, and send the file again", line, line+lines)}
	case len(r.scratch) == from && i == closed+1:
		return b[plain:closed], i, lines, nil
	}
	// "Smith" and Sons: what follows the mark is part of the value
	r.scratch = append(append(r.scratch, b[plain:closed]...), b[closed+1:i]...)
	return r.scratch[from:len(r.scratch):len(r.scratch)], i, lines, nil
}

// unclosed remembers where a quotation mark was opened; at the end of the text
// nothing can close it.
func (r *recordReader) unclosed(line int64) error {
	r.opened = line
	if !r.eof {
		return nil
	}
	return &Refusal{Line: line, Sentence: fmt.Sprintf("the quotation mark that opens a value on line %d is never closed: close it, take it out, or double it (\"\") if it is part of the text, and send the file again", line)}
}

func (r *recordReader) tooLong() error {
	if r.opened > 0 {
		r.eof = true
		return r.unclosed(r.opened)
	}
	return &Refusal{Line: r.line, Sentence: fmt.Sprintf("line %d is longer than %d MB: the file is not a table", r.line, mostRecord>>20)}
}

// lineEnds counts the line ends in a text: \n, \r\n, or \r alone.
func lineEnds(b []byte) int64 {
	n := bytes.Count(b, []byte{'\n'})
	for {
		at := bytes.IndexByte(b, '\r')
		if at < 0 {
			return int64(n)
		}
		b = b[at+1:]
		if len(b) == 0 || b[0] != '\n' {
			n++
		}
	}
}
