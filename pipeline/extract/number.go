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
	percentage
)

// format is how a number is shown.
type format struct {
	kind   numberKind
	short  bool   // a date without its year or its day
	zeros  int    // a whole number is filled up to so many digits
	before string // and this put before it
}

// formatOf reads a number format: one of Excel's own by number, or custom code.
func formatOf(id int, codes map[int]string) format {
	if code, ok := codes[id]; ok {
		return formatOfCode(code)
	}
	switch {
	case id == 9, id == 10:
		return format{kind: percentage}
	case id == 14, id == 15:
		return format{kind: dateOnly}
	case id == 16, id == 17: // 10-Dec, Dec-10
		return format{kind: dateOnly, short: true}
	case id >= 18 && id <= 21, id == 45, id == 47:
		return format{kind: timeOnly}
	case id == 22:
		return format{kind: dateAndTime}
	case id == 46:
		return format{kind: duration}
	}
	return format{}
}

// formatOfCode looks for the letters of days and hours in the part of a format
// for positive numbers, outside quotation marks and brackets.
func formatOfCode(code string) format {
	var days, years, hours, months, elapsed, percent bool
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
		case code[i] == '%':
			percent = true
		case c == 'd':
			days = true
		case c == 'y':
			years = true
		case c == 'h' || c == 's':
			hours = true
		case c == 'm':
			months = true
		}
	}
	switch {
	case days || years || hours || months || elapsed:
		return dated(days, years, months, hours, elapsed)
	case percent:
		return format{kind: percentage}
	}
	return zerosOf(code)
}

// dated is the format of dates, times or both, by what it shows of them.
func dated(days, years, months, hours, elapsed bool) format {
	switch {
	case (days || years) && (hours || elapsed):
		return format{kind: dateAndTime}
	case days || years:
		return format{kind: dateOnly, short: !days || !years}
	case elapsed:
		return format{kind: duration}
	case hours:
		return format{kind: timeOnly}
	}
	return format{kind: dateOnly, short: true}
}

// zerosOf reads a format of zeros alone, with or without a text before them:
// 00000 shows 123 as 00123, and "SLT-"00000 as SLT-00123.
func zerosOf(code string) format {
	code, _, _ = strings.Cut(code, ";")
	before := ""
	for code != "" && code[0] != '0' {
		switch {
		case code[0] == '"':
			text, rest, closed := strings.Cut(code[1:], `"`)
			if !closed {
				return format{}
			}
			before, code = before+text, rest
		case code[0] == '\\' && len(code) > 1:
			before, code = before+code[1:2], code[2:]
		case code[0] == '-':
			before, code = before+"-", code[1:]
		default:
			return format{}
		}
	}
	if len(code) < 2 || strings.Trim(code, "0") != "" || strings.ContainsAny(before, "£$€") {
		return format{}
	}
	return format{zeros: min(len(code), 32), before: before}
}

// skip is how many bytes to pass over to be at the closing mark.
func skip(s string, mark byte) int {
	if at := strings.IndexByte(s, mark); at >= 0 {
		return at + 1
	}
	return len(s)
}

// appendNumber writes a number as its format shows it to be, in ISO form.
func appendNumber(to []byte, text string, f format, from1904 bool) []byte {
	switch {
	case f.zeros > 0:
		return appendFilled(to, text, f)
	case f.kind == plainNumber:
		return appendPlain(to, text)
	}
	number, err := strconv.ParseFloat(text, 64)
	if err == nil && f.kind == percentage && math.Abs(number) < 1e12 {
		return append(appendPlain(to, strconv.FormatFloat(number*100, 'g', 15, 64)), '%')
	}
	if err != nil || !(number >= 0 && number < 2958466) { // the year 10000
		return append(to, text...)
	}
	return appendTime(to, text, number, f.kind, from1904)
}

// appendTime writes a number of days, of which the fraction is the time.
func appendTime(to []byte, text string, number float64, kind numberKind, from1904 bool) []byte {
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

// appendFilled writes a whole number with the zeros and the text before it that
// its format shows.
func appendFilled(to []byte, text string, f format) []byte {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return appendPlain(to, text)
	}
	to = append(to, f.before...)
	for n := len(text); n < f.zeros; n++ {
		to = append(to, '0')
	}
	return append(to, text...)
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
// stays as it is, however long; one that has lost digits keeps its exponent, so that it
// shows.
func appendPlain(to []byte, text string) []byte {
	if strings.Trim(text, "0123456789") == "" {
		return append(to, text...)
	}
	number, err := strconv.ParseFloat(text, 64)
	size := math.Abs(number)
	if err != nil || math.IsInf(number, 0) || size > 0 && size < 1e-15 {
		return append(to, text...)
	}
	if size >= 1e15 && strings.ContainsAny(text, "eE") {
		digits := strconv.FormatFloat(number, 'E', 14, 64)
		mantissa, exponent, _ := strings.Cut(digits, "E")
		return append(to, strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")+"E"+exponent...)
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
