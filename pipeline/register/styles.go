package register

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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

// checkStyles reports styles of dates and numbers, and spellings of yes and no,
// that cannot be.
func (f Feed) checkStyles() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, style := range f.Dates {
		if style != "" && !slices.Contains(DateStyles(), style) {
			add("dates is %q; it can be %s", style, strings.Join(DateStyles(), " or "))
		}
	}
	if slices.Contains(f.Dates, "day-first") && slices.Contains(f.Dates, "month-first") {
		add("dates are both day-first and month-first; say which: 01/02/2024 cannot be both")
	}
	for _, column := range slices.Sorted(maps.Keys(f.Numbers)) {
		for _, style := range f.Numbers[column] {
			if !slices.Contains(NumberStyles(), style) {
				add("the numbers of %s are %q; they can be %s", column, style, strings.Join(NumberStyles(), " or "))
			}
		}
	}
	meant := map[string]string{}
	for _, answer := range slices.Sorted(maps.Keys(f.YesNo)) {
		if !slices.Contains([]string{"Y", "N", "NK"}, answer) {
			add("yes_no says how %q is written; it can be of Y, N or NK", answer)
		}
		for _, word := range f.YesNo[answer] {
			if other := meant[strings.ToLower(word)]; other != "" {
				add("yes_no takes %q both for %s and for %s; give it to one", word, other, answer)
			}
			meant[strings.ToLower(word)] = answer
		}
	}
	return errs
}
