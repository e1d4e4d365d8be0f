package extract

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// numberKind says what a cell's number format shows its number as.
type numberKind int

const (
	plainNumber numberKind = iota
	dateOnly
	dateAndTime
	timeOnly
	duration // hours beyond 24 go on counting
)

// kindOf reads a number format: one of Excel's own by number, or custom code.
func kindOf(builtIn int, custom *string) numberKind {
	switch {
	case custom != nil:
		return kindOfCode(*custom)
	case builtIn >= 14 && builtIn <= 17:
		return dateOnly
	case builtIn >= 18 && builtIn <= 21, builtIn == 45, builtIn == 47:
		return timeOnly
	case builtIn == 22:
		return dateAndTime
	case builtIn == 46:
		return duration
	}
	return plainNumber
}

// kindOfCode looks for the letters of days and hours in the part of a format
// for positive numbers, outside quotation marks and brackets.
func kindOfCode(code string) numberKind {
	var days, hours, months, elapsed bool
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '\\' || code[i] == '_' || code[i] == '*': // the next character stands for itself
			i++
		case code[i] == '"':
			i += skip(code[i+1:], '"')
		case code[i] == '[':
			within, _, _ := strings.Cut(strings.ToLower(code[i+1:]), "]")
			elapsed = elapsed || within != "" && strings.Trim(within, within[:1]) == "" && strings.Contains("hms", within[:1])
			i += skip(code[i+1:], ']')
		case c == 'd' || c == 'y':
			days = true
		case c == 'h' || c == 's':
			hours = true
		case c == 'm':
			months = true
		}
	}
	switch {
	case days && (hours || elapsed):
		return dateAndTime
	case days:
		return dateOnly
	case elapsed:
		return duration
	case hours:
		return timeOnly
	case months:
		return dateOnly
	}
	return plainNumber
}

// skip is how many bytes to pass over to be at the closing mark.
func skip(s string, mark byte) int {
	if at := strings.IndexByte(s, mark); at >= 0 {
		return at + 1
	}
	return len(s)
}

// appendNumber writes a number as its format shows it to be, in ISO form.
func appendNumber(to []byte, text string, kind numberKind, from1904 bool) []byte {
	if kind == plainNumber {
		return appendPlain(to, text)
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number >= 0 && number < 2958466) { // the year 10000
		return append(to, text...)
	}
	seconds := int64(math.Round(number * 86400))
	at := time.Unix(0, 0).UTC().Add(time.Duration(seconds%86400) * time.Second)
	clock := "15:04"
	if seconds%60 != 0 {
		clock = "15:04:05"
	}
	if kind == duration && number >= 1 {
		to = strconv.AppendInt(to, seconds/3600, 10)
		return at.AppendFormat(to, clock[2:])
	}
	if kind == timeOnly || kind == duration || kind == dateAndTime && number < 1 {
		return at.AppendFormat(to, clock)
	}
	days := int(seconds / 86400)
	if kind == dateOnly {
		days = int(number)
	}
	day, ok := dayOf(days, from1904)
	if !ok {
		return appendPlain(to, text)
	}
	if to = day.AppendFormat(to, time.DateOnly); kind == dateAndTime && seconds%86400 != 0 {
		to = at.AppendFormat(to, "T15:04:05")
	}
	return to
}

// dayOf gives the day of a workbook's day number. The numbers from 1900 hold a
// 29 February 1900 that never was, and a day 0 that is none.
func dayOf(n int, from1904 bool) (time.Time, bool) {
	switch {
	case from1904:
		return time.Date(1904, 1, 1+n, 0, 0, 0, 0, time.UTC), true
	case n > 60:
		return time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC), true
	case n > 0 && n < 60:
		return time.Date(1899, 12, 31+n, 0, 0, 0, 0, time.UTC), true
	}
	return time.Time{}, false
}

// appendPlain writes a number without exponent, and without the noise that
// floating point leaves beyond the fifteen digits Excel keeps. A whole number
// stays as it is, however long.
func appendPlain(to []byte, text string) []byte {
	if strings.Trim(text, "0123456789") == "" {
		return append(to, text...)
	}
	number, err := strconv.ParseFloat(text, 64)
	if size := math.Abs(number); err != nil || size >= 1e21 || size > 0 && size < 1e-15 {
		return append(to, text...)
	}
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64); err == nil {
		number = rounded
	}
	return strconv.AppendFloat(to, number, 'f', -1, 64)
}

// isoDate drops the midnight of a date that the workbook holds as text.
func isoDate(text []byte) []byte {
	day, clock, _ := bytes.Cut(text, []byte("T"))
	if strings.Trim(string(clock), "0:.Z") == "" {
		return day
	}
	return text
}
