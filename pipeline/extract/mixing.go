package extract

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// mixing finds, in a text read as Windows-1252, rows that were written in UTF-8, as
// where rows of one file are pasted into another.
type mixing struct {
	unicode, windows []int64 // the first rows of each
	unicodes, others int     // how many there are
}

// look looks at a record as it was decoded.
func (m *mixing) look(row int64, record []byte) {
	if at := bytes.IndexFunc(record, func(c rune) bool { return c >= utf8.RuneSelf }); at < 0 {
		return
	}
	unicode, windows := false, false
	var run []byte
	end := func() {
		if len(run) > 0 && utf8.Valid(run) {
			unicode = true
		} else if len(run) > 0 {
			windows = true
		}
		run = run[:0]
	}
	for _, c := range string(record) {
		if c < utf8.RuneSelf {
			end()
		} else if b, ok := charmap.Windows1252.EncodeRune(c); ok {
			run = append(run, b)
		}
	}
	end()
	if unicode {
		m.unicode, m.unicodes = first(m.unicode, row), m.unicodes+1
	}
	if windows {
		m.windows, m.others = first(m.windows, row), m.others+1
	}
}

// first keeps the first few rows.
func first(rows []int64, row int64) []int64 {
	if len(rows) > 10 {
		return rows
	}
	return append(rows, row)
}

// note says it for people.
func (m *mixing) note() string {
	switch {
	case m.unicodes > 0 && m.others > 0:
		return fmt.Sprintf("the file mixes two encodings: %s in UTF-8, %s in Windows-1252; all was read as Windows-1252, so letters such as \u00e9 and the £ of the former are wrong: save the file as \"CSV UTF-8\" and send it again",
			rowsAre(m.unicodes, m.unicode), rowsAre(m.others, m.windows))
	case m.unicodes > 0:
		return fmt.Sprintf("%s in UTF-8 but read as Windows-1252, so letters such as \u00e9 and the £ are wrong: have the provider's mapping say encoding: detect", rowsAre(m.unicodes, m.unicode))
	}
	return ""
}

func rowsAre(n int, rows []int64) string {
	if n == 1 {
		return "row " + rowList(rows) + " is written"
	}
	return "rows " + rowList(rows) + " are written"
}
