package extract

import "bytes"

// untype takes off what people type, and programs write, so that Excel keeps a text
// as it is: ="0940" and '0940 are 0940. A mark before words is part of them.
func (r *recordReader) untype() {
	for i, f := range r.fields {
		if len(f) < 2 || f[0] != '=' && f[0] != '\'' {
			continue
		}
		inner := bytes.TrimRight(f[1:], " ")
		switch {
		case f[0] == '\'' && bytes.IndexByte([]byte("0123456789+-=@."), f[1]) >= 0 && bytes.IndexByte(f[1:], '\'') < 0:
			r.fields[i] = f[1:]
		case f[0] == '=' && len(inner) >= 2 && inner[0] == '"' && inner[len(inner)-1] == '"':
			inner = inner[1 : len(inner)-1]
			if plain := bytes.ReplaceAll(inner, []byte(`""`), nil); bytes.IndexByte(plain, '"') < 0 {
				r.fields[i] = bytes.ReplaceAll(inner, []byte(`""`), []byte(`"`))
			}
		}
	}
}

// cutOff says whether the line last read is of a text that breaks off in it.
func cutOff(l lines) bool {
	switch r := l.(type) {
	case *recordReader:
		return r.cutOff()
	case *keptRows:
		return r.cutOff()
	}
	return false
}

// cutOff says whether the record last read is the file's last and was broken off: it
// has no line end, as every program writes one behind a row that it leaves short.
func (r *recordReader) cutOff() bool {
	return r.eof && r.pos == r.end && r.end > 0 && r.buf[r.end-1] != '\n' && r.buf[r.end-1] != '\r'
}
