package briefing

import (
	"math/big"
	"slices"
)

// fewest is the smallest count of people shown; zero is shown too.
const fewest = 5

// small says whether a count must be hidden.
func small(count string) bool {
	v, ok := new(big.Rat).SetString(count)
	return ok && v.Sign() > 0 && v.Cmp(big.NewRat(fewest, 1)) < 0
}

// hideSmall says which of the parts of a total must be hidden: the small ones,
// and, so that a single one cannot be had by taking the others from the total,
// the smallest other part that is not zero. The parts are (count, count) of
// the same people, hidden together.
func hideSmall(parts [][2]string) []bool {
	hide := make([]bool, len(parts))
	n := 0
	for i, p := range parts {
		if small(p[0]) || small(p[1]) {
			hide[i] = true
			n++
		}
	}
	if n != 1 {
		return hide
	}
	next := -1
	for i, p := range parts {
		if v := number(p[0]); !hide[i] && v.Sign() > 0 && (next < 0 || v.Cmp(number(parts[next][0])) < 0) {
			next = i
		}
	}
	if next >= 0 {
		hide[next] = true
	}
	return hide
}

func number(count string) *big.Rat {
	if v, ok := new(big.Rat).SetString(count); ok {
		return v
	}
	return new(big.Rat)
}

// hideColumn hides the small counts of a column of quarters, and with them
// the year to date they add up to. The chart and the table are given the same.
func hideColumn(rows []row, name string) {
	any := slices.ContainsFunc(rows, func(r row) bool { return r[name+"_marker"] == "" && small(r[name]) })
	for _, r := range rows {
		if r[name+"_marker"] == "" && (small(r[name]) || any && r["total"] == "true") {
			r[name], r[name+"_marker"] = "", "c"
		}
	}
}
