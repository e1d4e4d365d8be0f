package briefing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"mojreturns/pipeline/narrative"
)

// known is a figure as the build has it; a hidden one has no value.
type known struct{ value, n, unit, marker string }

// speak reads the figures that the text may show, which are all that can be found, and
// says a binding in words.
func speak(ctx context.Context, db Querier, r Request, answers map[string][]row, words map[string]string) (func(narrative.Binding) string, error) {
	figures, err := figuresOf(ctx, db)
	if err != nil {
		return nil, err
	}
	periods := map[string]string{"this": r.Period, "to-date": answers["period"][0]["to_date"], "last-quarter": r.Before, "last-year": r.LastYear}
	find := func(b narrative.Binding, when string) known {
		scope := r.MoneyScope
		if r.OfService(b.Code) {
			scope = r.ActivityScope
		}
		f, ok := figures[[5]string{b.Code, scope, periods[when], b.Dimension, b.Category}]
		if !ok {
			f.marker = "x"
		}
		return f
	}
	return func(b narrative.Binding) string {
		switch b.Ask {
		case narrative.Word:
			return words[b.Item]
		case narrative.Row:
			return rowSaid(answers[b.Question], b.Item)
		case narrative.Number:
			f := find(b, b.When)
			return said(known{value: f.n, marker: f.marker}, b)
		case narrative.Change:
			return change(find(b, "this"), find(b, b.When), b.When)
		}
		return said(find(b, b.When), b)
	}, nil
}

func figuresOf(ctx context.Context, db Querier) (map[[5]string]known, error) {
	rows, err := db.QueryContext(ctx, "SELECT code, scope, period, dimension, category, value::VARCHAR, n::VARCHAR, unit, marker FROM figure")
	if err != nil {
		return nil, fmt.Errorf("cannot read the figures of the text: %w", err)
	}
	defer rows.Close()
	out := map[[5]string]known{}
	for rows.Next() {
		var at [5]string
		var value, n, unit, marker sql.NullString
		if err := rows.Scan(&at[0], &at[1], &at[2], &at[3], &at[4], &value, &n, &unit, &marker); err != nil {
			return nil, err
		}
		out[at] = known{value.String, n.String, unit.String, marker.String}
	}
	return out, rows.Err()
}

// said is a figure within a sentence, where no shorthand can stand.
func said(f known, b narrative.Binding) string {
	if f.unit == "share" && f.marker == "" {
		if shown := share(f.value, "", f.n); shown == tooFew {
			f.marker = "u"
		} else if shown != notAvailable {
			return strings.Replace(shown, "(n = ", "(of ", 1)
		}
	}
	if words := inWords(f); words != "" {
		return words
	}
	text := figure(f.value, f.unit, "")
	switch v := number(f.value); {
	case b.Many == "":
		return text
	case v.Cmp(big.NewRat(1, 1)) == 0:
		return text + " " + b.One
	case v.Sign() == 0:
		return "no " + b.Many
	}
	return text + " " + b.Many
}

// What a sentence says where there is no figure.
const notApplicableYet, notAvailableYet = "not applicable", "not available yet"

// inWords says why there is no figure; nothing where there is one.
func inWords(f known) string {
	switch {
	case f.marker == "c":
		return "a number not shown, to protect people"
	case f.marker == "u":
		return "a share of too few people to show"
	case f.marker == "z":
		return notApplicableYet
	case f.marker != "" || f.value == "":
		return notAvailableYet
	}
	return ""
}

// change says how a figure moved, in neutral words: what is better is for people to say.
func change(now, before known, when string) string {
	than := map[string]string{"last-quarter": "in the quarter before", "last-year": "a year before"}[when]
	switch {
	case now.marker == "c" || before.marker == "c":
		return "a change not shown, to protect people"
	case inWords(now) != "" || inWords(before) != "":
		return "with nothing to compare " + than
	}
	moved := new(big.Rat).Sub(number(now.value), number(before.value))
	size := figure(new(big.Rat).Abs(moved).RatString(), now.unit, "")
	if now.unit == "share" {
		size = decimal(new(big.Rat).Abs(new(big.Rat).Mul(moved, big.NewRat(100, 1))), 1) + " percentage points"
	}
	switch moved.Sign() {
	case 1:
		return size + " more than " + than
	case -1:
		return size + " fewer than " + than
	}
	return "the same as " + than
}

// rowsThere tells of rows that the text names and their question's answer has not.
func rowsThere(pack narrative.Pack, answers map[string][]row) error {
	var errs []error
	for _, b := range pack.Bindings() {
		answer := answers[b.Question]
		if b.Ask != narrative.Row || len(answer) == 0 {
			continue
		}
		var items []string
		for _, r := range answer {
			items = append(items, r["item"])
		}
		if !slices.Contains(items, b.Item) {
			errs = append(errs, fmt.Errorf("%s: {%s:%s} names a row that the question does not have; it has %s", b.At, b.Question, b.Item, strings.Join(items, ", ")))
		}
	}
	return errors.Join(errs...)
}

// rowSaid is the value of a row of a question's answer.
func rowSaid(answer []row, item string) string {
	for _, r := range answer {
		if r["item"] == item {
			return said(known{value: r["value"], n: r["value_n"], unit: r["unit"], marker: r["value_marker"]}, narrative.Binding{})
		}
	}
	return notAvailableYet
}

// gravity counts the conditions, the gravest first, and names those to look at.
func gravity(conditions []row) string {
	titles := map[string][]string{}
	for _, c := range conditions {
		titles[c["status"]] = append(titles[c["status"]], c["title"])
	}
	if len(conditions) == 0 {
		return "none was worked out"
	}
	said := fmt.Sprintf("%d not met, %d at risk, %d met", len(titles["not met"]), len(titles["at risk"]), len(titles["met"]))
	for _, status := range []string{"not met", "at risk"} {
		if list := titles[status]; len(list) > 0 {
			said += ". " + strings.ToUpper(status[:1]) + status[1:] + ": " + strings.Join(list, "; ")
		}
	}
	return said
}
