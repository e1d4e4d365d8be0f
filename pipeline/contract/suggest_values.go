package contract

import (
	"slices"
	"strings"
)

// Form is a way to write a value that a column of a file is held against: the
// SQL says whether a text, {t}, is written so.
type Form struct{ Name, SQL string }

// Forms are those that a proposal looks for, by the words of 00_forms.sql.
func Forms() []Form {
	date := "without_time({t})"
	forms := []Form{
		{"iso", "as_date(" + date + ")"}, {"day-first", "as_day_first(" + date + ")"}, {"day-first short", "as_day_first_short(" + date + ")"},
		{"month-first", "as_month_first(" + date + ")"}, {"month-first short", "as_month_first_short(" + date + ")"},
		{"month-names", "as_month_name(" + date + ")"}, {"month-names short", "as_month_name_short(" + date + ")"},
		{"serials", "as_serial_date({t})"}, {"time", "as_time({t})"}, {"datetime", "as_datetime({t})"},
	}
	var dates []string
	for _, f := range forms[:8] {
		dates = append(dates, f.SQL)
	}
	any := "coalesce(" + strings.Join(dates, ", ") + ")"
	forms = append(forms, Form{"date", any}, Form{"times", "CASE WHEN {t} <> " + date + " THEN " + any + " END"})
	styles := map[string][]string{"integer": {"thousands", "minus-after"}, "number": {"thousands", "minus-after", "percent"}, "money": {"accounting", "credit-marks", "minus-after"}}
	words := numberWords()
	for _, kind := range []string{"integer", "number", "money"} {
		of := []string{"as_" + kind + "({t})"}
		forms = append(forms, Form{kind, of[0]})
		for _, style := range styles[kind] {
			sql := "as_" + kind + "(" + words[style] + "({t}))"
			of = append(of, sql)
			forms = append(forms, Form{kind + " " + style, sql})
		}
		forms = append(forms, Form{"any " + kind, "coalesce(" + strings.Join(of, ", ") + ")"})
	}
	return forms
}

// spellings are how people write yes, no and not known.
func spellings() map[string][]string {
	return map[string][]string{
		"Y":  {"y", "yes", "true", "t", "1", "x", "✓"},
		"N":  {"n", "no", "false", "f", "0"},
		"NK": {"nk", "not known", "unknown", "not recorded", "don't know", "not stated", "not asked", "?"},
	}
}

// nothing are words that stand for a value not given.
func nothing() []string {
	return []string{"n/a", "na", "-", "--", "nil", "none", "null", "tbc", "#n/a"}
}

// translate gives our code for each of a header's values that has one: it is a code
// or the label of one, or says yes or no.
func (p Proposal) translate(col Column, profile Profile) map[string]string {
	out := map[string]string{}
	codes := p.codes(col, p.Lists)
	labels := map[string]string{}
	for _, row := range p.Lists[col.List] {
		labels[fold(row["label"])] = row["code"]
	}
	for _, v := range profile.Values {
		if at := slices.IndexFunc(codes, func(code string) bool { return fold(code) == fold(v.Text) }); at >= 0 {
			out[v.Text] = codes[at]
		} else if code, ok := labels[fold(v.Text)]; ok && slices.Contains(codes, code) {
			out[v.Text] = code
		} else if answer := answerOf(v.Text); slices.Contains(codes, answer) {
			out[v.Text] = answer
		}
	}
	if col.Type == "yes/no" && len(out) == 0 && p.asksItself(col, profile) {
		for _, v := range profile.Values {
			out[v.Text] = "N"
			if sameName(col, v.Text) {
				out[v.Text] = "Y"
			}
		}
	}
	return out
}

// asksItself says whether a header has two values of which one is a yes/no
// column's own name: Capital and Revenue, where it asks whether it is capital.
func (p Proposal) asksItself(col Column, profile Profile) bool {
	return len(profile.Values) == 2 && slices.ContainsFunc(profile.Values, func(v Frequent) bool { return sameName(col, v.Text) })
}

func sameName(col Column, text string) bool {
	return slices.Contains([]string{plain(col.Name), plain(col.Title)}, plain(text))
}

func answerOf(text string) string {
	for answer, words := range spellings() {
		if slices.Contains(words, fold(text)) {
			return answer
		}
	}
	return "no answer"
}

// nearLabel is the code whose label has most words in common with a text; empty
// where none has, or two have as many.
func (p Proposal) nearLabel(col Column, text string) string {
	if answerOf(text) == "NK" {
		for _, code := range p.codes(col, p.Lists) {
			if slices.Contains(NotKnown, code) {
				return code
			}
		}
	}
	if code := p.hints.Means[col.List][fold(text)]; slices.Contains(p.codes(col, p.Lists), code) {
		return code
	}
	best, found := 0.49, ""
	telling := func(s string) string {
		return strings.Join(slices.DeleteFunc(wordsOf(s), func(w string) bool { return slices.Contains([]string{"no", "not", "or", "and", "with", "other"}, w) }), " ")
	}
	for _, row := range p.Lists[col.List] {
		switch like := nameLikeness(telling(text), telling(row["label"]), nil); {
		case like > best:
			best, found = like, row["code"]
		case like == best:
			found = ""
		}
	}
	return found
}

// dateStyles are the styles that the dates of the proposal are written in, and
// whether day and month could be the other way about.
func (p Proposal) dateStyles() (styles []string, unsure bool) {
	sum := map[string]int64{}
	for _, col := range p.Contract.Columns {
		if m, ok := p.Columns[col.Name]; ok && (col.Type == "date" || col.Type == "datetime") {
			for form, n := range p.Profiles[m.At].Fits {
				if form != "times" || col.Type == "date" {
					sum[form] += n
				}
			}
		}
	}
	// ISO is understood among the day-first ones
	day, month := max(sum["day-first"]-sum["iso"], sum["day-first short"]), max(sum["month-first"], sum["month-first short"])
	if day > 0 && day >= month {
		styles, unsure = append(styles, "day-first"), day == month
	} else if month > 0 {
		styles = append(styles, "month-first")
	}
	if sum["month-names"]+sum["month-names short"] > 0 {
		styles = append(styles, "month-names")
	}
	if sum["day-first short"]+sum["month-first short"]+sum["month-names short"] > 0 {
		styles = append(styles, "two-digit-years")
	}
	if sum["times"] > 0 {
		styles = append(styles, "times")
	}
	if sum["serials"] > 0 {
		styles = append(styles, "serials")
	}
	return styles, unsure
}

// numberStyles are those that a column's values need besides the forms that are
// understood anyway.
func (p Proposal) numberStyles(col Column) []string {
	m, ok := p.Columns[col.Name]
	if !ok {
		if m.At, ok = p.part(col); !ok {
			return nil
		}
	}
	fits := p.Profiles[m.At].Fits
	var out []string
	for _, f := range Forms() {
		if style, ok := strings.CutPrefix(f.Name, col.Type+" "); ok && fits[f.Name] > fits[col.Type] {
			out = append(out, style)
		}
	}
	return out
}
