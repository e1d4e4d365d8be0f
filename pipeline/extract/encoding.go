package extract

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	utf8Name    = "utf-8"
	utf16Name   = "utf-16"
	windowsName = "windows-1252"
	detectName  = "detect"
)

// detect reads a text through: it is UTF-8 if all of it is, else Windows-1252,
// which is what spreadsheet programs write otherwise. Text in Windows-1252 with a
// letter beyond ASCII is UTF-8 only by a rare chance.
func detect(f *os.File) (string, error) {
	name := utf8Name
	b := make([]byte, 1<<20)
	kept := 0 // of a character cut off
	for {
		n, err := f.Read(b[kept:])
		n += kept
		if err != nil && err != io.EOF {
			return "", err
		}
		whole := n
		if err == nil {
			whole = wholeRunes(b[:n])
		}
		if !utf8.Valid(b[:whole]) {
			name = windowsName
		}
		if err == io.EOF || name == windowsName {
			break
		}
		kept = copy(b, b[whole:n])
	}
	_, err := f.Seek(0, io.SeekStart)
	return name, err
}

// decode gives a file's text as UTF-8 and says what it was in: what its byte
// order mark says if it has one, else what the caller says, else UTF-8.
func decode(f io.Reader, encoding string) (text io.Reader, name string, err error) {
	b := bufio.NewReaderSize(f, 64<<10)
	mark, err := b.Peek(3)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		_, err := b.Discard(3)
		return b, utf8Name, err
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return transform.NewReader(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), utf16Name, nil
	case encoding == windowsName:
		return transform.NewReader(b, charmap.Windows1252.NewDecoder()), windowsName, nil
	}
	return b, utf8Name, nil
}

// check refuses, in what was read last, what is no text in the file's encoding.
func (r *recordReader) check() error {
	fresh := r.buf[r.checked:r.end]
	if !r.eof {
		fresh = fresh[:wholeRunes(fresh)]
	}
	if r.encoding == utf8Name && utf8.Valid(fresh) && bytes.IndexByte(fresh, 0) < 0 {
		if r.wide == 0 && utf8.RuneCount(fresh) < len(fresh) {
			at := bytes.IndexFunc(fresh, func(c rune) bool { return c >= utf8.RuneSelf })
			r.wide = r.line + lineEnds(r.buf[r.pos:r.checked+at])
		}
		r.checked += len(fresh)
		return nil
	}
	for at := 0; at < len(fresh); {
		c, size := utf8.DecodeRune(fresh[at:])
		if size > 1 && r.wide == 0 {
			r.wide = r.line + lineEnds(r.buf[r.pos:r.checked+at])
		}
		if trouble := r.trouble(c, size, fresh[at]); trouble != "" {
			line := r.line + lineEnds(r.buf[r.pos:r.checked+at])
			return &Refusal{Line: line, Sentence: fmt.Sprintf("line %d holds %s", line, trouble)}
		}
		at += size
	}
	r.checked += len(fresh)
	return nil
}

// wholeRunes is the length of a text without a character cut off at its end.
func wholeRunes(b []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return len(b) - i
			}
			break
		}
	}
	return len(b)
}

// trouble says what is wrong with a character and what to do; empty if nothing is.
func (r *recordReader) trouble(c rune, size int, first byte) string {
	switch {
	case c == 0:
		return "a NUL byte, which no text has: the file is damaged; export it again as \"CSV UTF-8\" and send that"
	case c == utf8.RuneError && size == 1 && r.wide > 0:
		return fmt.Sprintf("the byte 0x%02X, which is not UTF-8 (in Windows-1252 it is %q), though line %d is UTF-8: the file mixes two encodings, as where rows of one file are pasted into another; save it as \"CSV UTF-8\", look at those lines and send it again",
			first, charmap.Windows1252.DecodeByte(first), r.wide)
	case c == utf8.RuneError && size == 1:
		return fmt.Sprintf("the byte 0x%02X, which is not UTF-8 (in Windows-1252 it is %q): save the file as \"CSV UTF-8\" and send it again, or have the provider's mapping say encoding: windows-1252",
			first, charmap.Windows1252.DecodeByte(first))
	case c == utf8.RuneError && r.encoding == utf16Name:
		return "half a character of UTF-16: the file is damaged; export it again as \"CSV UTF-8\" and send that"
	case c == utf8.RuneError && r.encoding == windowsName:
		return "a byte that Windows-1252 does not have (0x81, 0x8D, 0x8F, 0x90 or 0x9D): save the file as \"CSV UTF-8\" and send it again"
	}
	return ""
}
