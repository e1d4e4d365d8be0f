package extract

import (
	"bytes"
	"fmt"
)

// wordsSeen is what the words of a text column show of a spreadsheet program
// having been at them before the text was written.
type wordsSeen struct {
	exponent, monthDay, midnight example
	plain                        bool    // there are other words too
	pence, thousands             example // a comma before one or two digits, before three
}

// word looks at a word of a column and says whether its row is wanted.
func (o *observed) word(column int, word []byte) bool {
	seen := &o.columns[column].words
	switch {
	case len(word) == 0:
	case hasExponent(word):
		seen.exponent.add(0, word)
		return seen.exponent.n == 1
	case isMonthDay(word):
		seen.monthDay.add(0, word)
		return seen.monthDay.n == 1
	case string(word) == "00:00:00":
		seen.midnight.add(0, word)
		return seen.midnight.n == 1
	default:
		seen.plain = true
		return seen.comma(word)
	}
	return false
}

// comma looks at an amount with a comma, which marks decimals in some countries and
// thousands in others.
func (s *wordsSeen) comma(word []byte) bool {
	at := bytes.LastIndexByte(word, ',')
	if at < 1 || len(word) > 32 {
		return false
	}
	whole, rest := bytes.Trim(word[:at], "-+(£ \u00a0"), bytes.TrimRight(word[at+1:], ") ")
	if len(whole) == 0 || len(bytes.Trim(whole, "0123456789,. ")) > 0 {
		return false
	}
	digits, _, point := bytes.Cut(rest, []byte("."))
	if len(bytes.Trim(digits, "0123456789")) > 0 {
		return false
	}
	switch {
	case (len(digits) == 1 || len(digits) == 2) && !point && bytes.IndexByte(whole, ',') < 0:
		s.pence.add(0, word)
		return s.pence.n == 1
	case len(digits) == 3:
		s.thousands.add(0, word)
		return s.thousands.n == 1
	}
	return false
}

// wordAt tells the row of the example just taken.
func (c *columnSeen) wordAt(row int64) {
	for _, e := range []*example{&c.words.exponent, &c.words.monthDay, &c.words.midnight, &c.words.pence, &c.words.thousands} {
		if e.n == 1 && e.row == 0 {
			e.row = row
		}
	}
}

// hasExponent says whether a word is a number of twelve digits or more as a
// spreadsheet shows it, such as 1.23457E+18.
func hasExponent(b []byte) bool {
	n := len(b)
	if n < 5 || b[n-3] != '+' || b[n-4]|0x20 != 'e' || b[n-2] < '1' || b[n-2] > '9' || b[n-1] < '0' || b[n-1] > '9' {
		return false
	}
	if b[n-2] == '1' && b[n-1] == '0' {
		return false
	}
	return len(bytes.Trim(b[:n-4], "0123456789.")) == 0
}

// isMonthDay says whether a word is a date as a spreadsheet shows what was typed
// as 10-12 or 11-16: 10-Dec, Nov-16.
func isMonthDay(b []byte) bool {
	day, month, found := bytes.Cut(b, []byte("-"))
	if !found {
		return false
	}
	if len(day) == 3 {
		day, month = month, day
	}
	return (len(day) == 1 || len(day) == 2) && len(bytes.Trim(day, "0123456789")) == 0 &&
		len(month) == 3 && bytes.Contains([]byte("JanFebMarAprMayJunJulAugSepOctNovDec"), month) && month[0] < 'a'
}

// notes say it for people.
func (s wordsSeen) notes(name string) []string {
	var notes []string
	if s.exponent.n > 0 {
		notes = append(notes, fmt.Sprintf("%s has a long number that a spreadsheet has shortened (%s) in row %d: its digits are lost; ask for the column as text", name, s.exponent.text, s.exponent.row))
	}
	if s.monthDay.n > 0 && s.plain {
		notes = append(notes, fmt.Sprintf("%s has a date without year or day in row %d%s", name, s.monthDay.row, amongOthers))
	}
	if s.midnight.n > 0 && s.exponent.n+s.monthDay.n == 0 && !s.plain {
		notes = append(notes, fmt.Sprintf("%s has nothing but 00:00:00: if these were dates, a spreadsheet has saved only the time of day, and they are lost; ask for the file again with its dates", name))
	}
	if s.pence.n > 0 && s.thousands.n > 0 {
		notes = append(notes, fmt.Sprintf("%s mixes decimal marks: the comma stands before pence in row %d, as in 1234,50, and before thousands in row %d, as in 1,234; check which is meant, and ask for amounts as 1234.50",
			name, s.pence.row, s.thousands.row))
	}
	return notes
}
