package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// whole holds a PDF against the headings that must stand in it, each a bookmark of its own.
func whole(text []byte, headings []string) error {
	if !bytes.HasPrefix(text, []byte("%PDF-")) || !bytes.Contains(text[max(0, len(text)-1024):], []byte("%%EOF")) {
		return errors.New("what the browser printed is not a whole PDF; try again, or print the .html from a browser")
	}
	there := map[string]int{}
	for _, title := range titles(text) {
		there[unspaced(title)]++
	}
	var missing []string
	for _, h := range headings {
		if there[unspaced(h)]--; there[unspaced(h)] < 0 {
			missing = append(missing, fmt.Sprintf("%q", h))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the PDF is not whole: it lacks the section %s; the browser may be too old: print the .html from a newer one", strings.Join(missing, ", "))
	}
	return nil
}

// unspaced leaves the spaces out: where a heading goes on in a second line, the browser
// writes none.
func unspaced(text string) string { return strings.Join(strings.Fields(text), "") }

// headingsOf are the headings of a page.
func headingsOf(page []byte) (out []string, err error) {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, err
	}
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			var words strings.Builder
			for inner := range n.Descendants() {
				if inner.Type == html.TextNode {
					words.WriteString(inner.Data)
				}
			}
			out = append(out, strings.Join(strings.Fields(words.String()), " "))
		}
	}
	return out, nil
}

// titles are the bookmarks of a PDF (ISO 32000-1, 12.3.3: /Title of an outline item,
// a string of PDFDocEncoding or, behind a mark, UTF-16).
func titles(text []byte) (out []string) {
	for {
		at := bytes.Index(text, []byte("/Title"))
		if at < 0 {
			return out
		}
		text = bytes.TrimLeft(text[at+len("/Title"):], " \r\n")
		if len(text) == 0 {
			return out
		}
		var raw []byte
		switch text[0] {
		case '(':
			raw = literal(text[1:])
		case '<':
			raw = hexadecimal(text[1:])
		}
		if wide, ok := bytes.CutPrefix(raw, []byte("\xfe\xff")); ok {
			var units []uint16
			for i := 0; i+1 < len(wide); i += 2 {
				units = append(units, uint16(wide[i])<<8|uint16(wide[i+1]))
			}
			out = append(out, string(utf16.Decode(units)))
			continue
		}
		out = append(out, string(raw))
	}
}

// literal reads a string in brackets (7.3.4.2), from behind the first.
func literal(text []byte) (out []byte) {
	depth := 1
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			value, digits := 0, 0
			for digits < 3 && i+digits < len(text) && text[i+digits] >= '0' && text[i+digits] <= '7' {
				value, digits = value*8+int(text[i+digits]-'0'), digits+1
			}
			switch {
			case digits > 0:
				out, i = append(out, byte(value)), i+digits-1
			case bytes.IndexByte([]byte("nrtbf"), text[i]) >= 0:
				out = append(out, "\n\r\t\b\f"[bytes.IndexByte([]byte("nrtbf"), text[i])])
			default:
				out = append(out, text[i])
			}
			continue
		case c == '(':
			depth++
		case c == ')':
			depth--
			if depth == 0 {
				return out
			}
		}
		out = append(out, text[i])
	}
	return out
}

// hexadecimal reads a string of hexadecimal digits (7.3.4.3), from behind its <.
func hexadecimal(text []byte) (out []byte) {
	var digits []byte
	for _, c := range text {
		if c == '>' {
			break
		}
		if v := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20); v >= 0 {
			digits = append(digits, byte(v))
		}
	}
	if len(digits)%2 == 1 {
		digits = append(digits, 0)
	}
	for i := 0; i < len(digits); i += 2 {
		out = append(out, digits[i]<<4|digits[i+1])
	}
	return out
}
