package register

import (
	"maps"
	"slices"
	"strings"

	"mojreturns/pipeline/strict"
)

// DateStyles are the ways to write a date that a mapping can name. The forms
// themselves are in queries/model/00_forms.sql.
func DateStyles() []string {
	return []string{"iso", "day-first", "month-first", "month-names", "two-digit-years", "times", "serials"}
}

// NumberStyles are the ways to write a number that a mapping can name, in the
// order in which they are taken off the text.
func NumberStyles() []string {
	return []string{"accounting", "credit-marks", "minus-after", "thousands", "pence", "percent", "share"}
}

// checkStyles tells of styles of dates and numbers, and spellings of yes and no,
// that cannot be.
func (f Feed) checkStyles(at strict.Place, about string) {
	for i, style := range f.Dates {
		if !slices.Contains(DateStyles(), style) {
			at.In("dates").Nth(i).Wrong("%s: dates is %q; it can be %s", about, style, strings.Join(DateStyles(), " or "))
		}
	}
	if slices.Contains(f.Dates, "day-first") && slices.Contains(f.Dates, "month-first") {
		at.In("dates").Wrong("%s: dates are both day-first and month-first; say which: 01/02/2024 cannot be both", about)
	}
	for _, column := range slices.Sorted(maps.Keys(f.Numbers)) {
		for i, style := range f.Numbers[column] {
			if !slices.Contains(NumberStyles(), style) {
				at.In("numbers").In(column).Nth(i).Wrong("%s: the numbers of %s are %q; they can be %s",
					about, column, style, strings.Join(NumberStyles(), " or "))
			}
		}
	}
	f.checkYesNo(at.In("yes_no"), about)
}

func (f Feed) checkYesNo(at strict.Place, about string) {
	meant := map[string]string{}
	for _, answer := range slices.Sorted(maps.Keys(f.YesNo)) {
		if !slices.Contains([]string{"Y", "N", "NK"}, answer) {
			at.In(answer).WrongKey("%s: yes_no says how %q is written; it can be of Y, N or NK", about, answer)
		}
		for i, word := range f.YesNo[answer] {
			if other := meant[strings.ToLower(word)]; other != "" {
				at.In(answer).Nth(i).Wrong("%s: yes_no takes %q both for %s and for %s; give it to one", about, word, other, answer)
			}
			meant[strings.ToLower(word)] = answer
		}
	}
}

// Called is the first header by which a provider's mapping names a column of the
// contract; the column itself where it names none.
func (f Feed) Called(column string) string {
	names := append(slices.Clone(f.Columns[column]), f.Derive[column].From...)
	for _, name := range names {
		if name != "" && !strings.Contains(name, "*") {
			return name
		}
	}
	return column
}
