package extract

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// odsCell is what a cell of an OpenDocument says of itself.
type odsCell struct {
	kind           string // its value type
	value, shown   []byte // as the file has it, as it is seen
	valued         bool
	formula, wrong bool
	format         format
	styled         bool // the file says how it is shown
}

// take gives the cell's text as an Excel workbook would have it.
func (c odsCell) take() (cellKind, format, []byte) {
	value := string(bytes.TrimSpace(c.value))
	switch {
	case c.wrong, (c.kind == "float" || c.kind == "currency") && isError(c.shown):
		return errorCell, format{}, c.shown
	case c.kind == "float", c.kind == "currency":
		return numberCell, format{}, appendNumber(nil, value, c.filled(value), false)
	case c.kind == "percentage":
		return numberCell, format{}, appendNumber(nil, value, format{kind: percentage}, false)
	case c.kind == "date":
		return c.date(value)
	case c.kind == "time":
		return numberCell, format{}, c.clock(value)
	case c.kind == "boolean":
		is, text := truthOf(c.value)
		return is, format{}, text
	case c.valued && len(c.shown) == 0:
		return textCell, format{}, c.value
	}
	return textCell, format{}, c.shown
}

// isError says whether a text is what spreadsheet programs show of a formula that
// came to nothing.
func isError(shown []byte) bool {
	switch string(shown) {
	case "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!":
		return true
	}
	number, found := bytes.CutPrefix(shown, []byte("Err:"))
	return found && len(number) > 0 && len(bytes.Trim(number, "0123456789")) == 0
}

// filled is the format of a number that is shown with zeros before it.
func (c odsCell) filled(value string) format {
	if c.styled {
		return format{zeros: c.format.zeros, before: c.format.before}
	}
	if len(c.shown) > len(value) && bytes.HasSuffix(c.shown, []byte(value)) && len(bytes.Trim(c.shown, "0123456789")) == 0 {
		return format{zeros: len(c.shown)}
	}
	return format{}
}

// date gives a date, with its time of day where that is shown.
func (c odsCell) date(value string) (cellKind, format, []byte) {
	f := c.format
	if !c.styled {
		f = format{kind: dateOnly, short: groups(c.shown) < 3}
		if len(c.shown) == 0 || bytes.IndexByte(c.shown, ':') >= 0 {
			f.kind = dateAndTime
		}
	}
	at, err := time.Parse("2006-01-02T15:04:05", value)
	switch {
	case err != nil:
		return dateCell, f, isoDate([]byte(value))
	case f.kind == timeOnly:
		return numberCell, f, at.Round(time.Second).AppendFormat(nil, clockForm(at))
	case f.kind == dateOnly || at.Round(time.Second).Equal(at.Truncate(24*time.Hour)):
		return dateCell, f, at.AppendFormat(nil, time.DateOnly)
	}
	return dateCell, f, at.Round(time.Second).AppendFormat(nil, "2006-01-02T15:04:05")
}

func clockForm(at time.Time) string {
	if at.Round(time.Second).Second() != 0 {
		return "15:04:05"
	}
	return "15:04"
}

// groups counts the runs of letters and digits in a text.
func groups(text []byte) int {
	return len(bytes.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("-/. ,\u00a0", c) }))
}

// clock writes a duration such as PT09H30M00S as a time: 09:30, or 36:00 where it is
// longer than a day and shown so.
func (c odsCell) clock(value string) []byte {
	rest, found := strings.CutPrefix(value, "PT")
	var hours, minutes, seconds float64
	for _, unit := range []struct {
		mark string
		to   *float64
	}{{"H", &hours}, {"M", &minutes}, {"S", &seconds}} {
		number, after, has := strings.Cut(rest, unit.mark)
		if !has {
			continue
		}
		var err error
		if *unit.to, err = strconv.ParseFloat(number, 64); err != nil {
			return []byte(value)
		}
		rest = after
	}
	all := hours*3600 + minutes*60 + seconds
	if !found || rest != "" || !(all >= 0 && all < 1e12) {
		return []byte(value)
	}
	kind := timeOnly
	if all >= 86400 && (c.styled && c.format.kind == duration || !c.styled && bytes.HasPrefix(c.shown, strconv.AppendInt(nil, int64(all)/3600, 10))) {
		kind = duration
	}
	return appendTime(nil, value, all/86400, kind, false)
}
