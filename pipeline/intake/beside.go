package intake

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/pseudonym"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/typed"
)

// A client number that is hashed in its own column must not stay beside it, as a
// reference or within one: what would be kept of the row would tell it all the same.

// beside is how often a column has the row's own client number.
type beside struct {
	filled, same int   // rows; those in which the cell is the number
	within       int   // those in which a long number is there, alone or among others
	row          int64 // the first
}

// What is not met by chance. A number of few digits may be an age or a count, and is
// one if not every second row has it.
const (
	longNumber = 5 // characters
	fewRows    = 3
)

// lookBeside looks for a row's client number in its other cells.
func (s *hashed) lookBeside(number string, r *extract.Row) {
	number = pseudonym.Normal(number)
	if number == "" {
		return
	}
	for at := len(s.beside); at < len(r.Values); at++ {
		s.beside = append(s.beside, beside{})
	}
	for at, cell := range r.Values {
		if slices.Contains(s.places, at) || len(cell) == 0 {
			continue
		}
		b := &s.beside[at]
		b.filled++
		same, within := holds(string(cell), number)
		if !same && !within {
			continue
		}
		b.row = cmp.Or(b.row, r.Row)
		if same {
			b.same++
		}
		if len(number) >= longNumber {
			b.within++
		}
	}
}

// holds says whether a cell is a client number, or has it among other words.
func holds(cell, number string) (same, within bool) {
	text := strings.ToUpper(cell)
	if !strings.Contains(text, number) && !strings.ContainsFunc(text, varied) {
		return false, false // as most cells, of which there are many
	}
	if pseudonym.Normal(cell) == number {
		return true, true
	}
	for {
		at := strings.Index(text, number)
		if at < 0 {
			return false, false
		}
		before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:at], "0")) // 00123 is 123
		after, _ := utf8.DecodeRuneInString(text[at+len(number):])
		if !letterOrDigit(before) && !letterOrDigit(after) {
			return false, true
		}
		text = text[at+len(number):]
	}
}

// varied tells of what a normal form may be without, within a number.
func varied(r rune) bool { return r <= ' ' || r > '~' }

func letterOrDigit(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// clientNumbers says which columns of a table are headed as client numbers that the
// mapping hashes in other files of the provider, and not in this one.
func (f *screening) clientNumbers(s typed.Staged) (said []string) {
	provider, _ := f.Register.Provider(f.sender())
	var names register.Names
	for _, feed := range provider.Feeds {
		for _, column := range feed.Pseudonym {
			names = append(append(names, column), feed.Columns[column]...)
		}
	}
	for _, header := range s.Table.Header {
		if contract.Means(names, header) && (f.hashed == nil || !contract.Means(f.hashed.said.Headers, header)) {
			said = append(said, fmt.Sprintf("the column %s is headed as client numbers, which are hashed in other files of %s; drop, or pseudonym, under this feed takes them out of it too", f.Safe.Quoted(header), provider.Code))
		}
	}
	return said
}

// sender is whose file it is, by the feeds that claim it.
func (f *screening) sender() string {
	for _, s := range f.tables {
		if s.Provider != "" {
			return s.Provider
		}
	}
	return ""
}

// besides says which other columns hold client numbers; empty for none.
func (h *hashing) besides() string {
	var said []string
	for _, sheet := range slices.Sorted(maps.Keys(h.sheets)) {
		s := h.sheets[sheet]
		for at, b := range s.beside {
			if b.within == 0 && (b.same < fewRows || 2*b.same < b.filled) {
				continue
			}
			name := fmt.Sprintf("column %d, which has no header,", at+1)
			if at < len(s.table.Header) && strings.TrimSpace(s.table.Header[at]) != "" {
				name = "the column " + h.called(s.table.Header[at])
			}
			if sheet != "" {
				name += " of the sheet " + h.called(sheet)
			}
			said = append(said, fmt.Sprintf("%s holds the row's client number too (row %d the first)", name, b.row))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return "client numbers would be kept, so nothing of this file was: " + strings.Join(said, "; ") + "; send it without, or name the column under pseudonym or drop in the provider's mapping"
}
