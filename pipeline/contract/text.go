package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/register"
)

// everything, in place of one of the provider's codes, takes in whatever is not
// translated and not ours.
const everything = "*"

// text is the provider's value of a column: its staged text without blanks
// around it, its code translated; or the configured constant.
func (j judge) text(col Column) string {
	if constant, given := j.Mapping.Constants[col.Name]; given {
		return quote(constant)
	}
	text := j.sent(col)
	if text == "" {
		return "NULL::VARCHAR"
	}
	text = j.filled(text)
	translated := j.translated(col, text)
	if rest, given := j.translations(col)[everything]; given {
		return fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL AND %[2]s IS NULL THEN %[3]s ELSE %[1]s END", translated, j.parse(col, translated), quote(rest))
	}
	return translated
}

// variants are the quotation marks, dashes and spaces that one program writes in
// place of another's, and plainVariants what they are looked up as, one for one.
const (
	variants      = "‘’´“”–—\u00a0"
	plainVariants = "'''\"\"-- "
)

// folded is the SQL for a text as codes are looked up by: in small letters, with
// plain quotation marks, dashes and spaces. It stands here and not among the rules,
// since a return sealed with older rules is made again with them.
func folded(text string) string {
	return fmt.Sprintf("lower(translate(%s, %s, %s))", text, quote(variants), quote(plainVariants))
}

// fold is a text folded.
func fold(s string) string {
	plain := []rune(plainVariants)
	for i, r := range []rune(variants) {
		s = strings.ReplaceAll(s, string(r), string(plain[i]))
	}
	return strings.ToLower(strings.TrimSpace(s))
}

// filled is a text that is nothing where it is one of the words for that.
func (j judge) filled(text string) string {
	if len(j.Spec.Blanks) == 0 {
		return text
	}
	return fmt.Sprintf("CASE WHEN lower(%[1]s) IN (%[2]s) THEN NULL ELSE %[1]s END", text, quoteAll(lowered(j.Spec.Blanks)))
}

// translated is a text with our code in place of the provider's.
func (j judge) translated(col Column, text string) string {
	translations := j.translations(col)
	cases := ""
	for _, theirs := range slices.Sorted(maps.Keys(translations)) {
		if theirs != everything {
			cases += fmt.Sprintf(" WHEN %s THEN %s", quote(fold(theirs)), quote(translations[theirs]))
		}
	}
	if cases == "" {
		return text
	}
	return fmt.Sprintf("CASE %s%s ELSE %s END", folded(text), cases, text)
}

func lowered(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, strings.ToLower(w))
	}
	return out
}

// translations are the provider's codes of a column with ours: those the mapping
// gives the column, and of a yes/no column the spellings it gives all of them.
func (j judge) translations(col Column) map[string]string {
	own := j.Spec.Codes[col.Name]
	if len(j.Spec.YesNo) == 0 || col.Type != "yes/no" && col.Type != "yes/no/not known" {
		return own
	}
	out := maps.Clone(own)
	if out == nil {
		out = map[string]string{}
	}
	known := map[string]bool{}
	for theirs := range own {
		known[strings.ToLower(theirs)] = true
	}
	codes := j.codes(col, j.lists)
	for answer, words := range j.Spec.YesNo {
		for _, word := range words {
			if slices.Contains(codes, answer) && !known[strings.ToLower(word)] {
				out[word] = answer
			}
		}
	}
	return out
}

// sent is the staged text that a column is made of; empty where there is none.
func (j judge) sent(col Column) string {
	if d, ok := j.Mapping.Derived[col.Name]; ok {
		text := j.derive(d)
		if d.Factor != "" {
			text = j.product(col, j.filled(text), d.Factor)
		}
		return text
	}
	if at, ok := j.Mapping.Columns[col.Name]; ok {
		return fmt.Sprintf("tidy(c%d)", at+1)
	}
	return ""
}

// derive is a text made from another; one that cannot be made stays as it was
// sent, and is judged so.
func (j judge) derive(d Derivation) string {
	text := fmt.Sprintf("tidy(c%d)", d.At+1)
	if d.Part != "" {
		text = fmt.Sprintf("CASE WHEN regexp_matches(%[1]s, %[2]s) THEN regexp_extract(%[1]s, %[2]s, 1) ELSE %[1]s END", text, quote(d.Part))
	}
	switch d.As {
	case AsFinancialYear:
		return fmt.Sprintf("coalesce(financial_year_of(%s), %s)", j.date(text), text)
	case AsLedgerPeriod:
		return fmt.Sprintf("coalesce(((month(%s) + 8) %% 12 + 1)::VARCHAR, %s)", j.date(text), text)
	case AsLineNumber:
		return fmt.Sprintf(`CASE WHEN %[1]s IS NOT NULL THEN (row_number() OVER (PARTITION BY %[1]s ORDER BY "row"))::VARCHAR END`, text)
	}
	return text
}

// sourceText is the provider's own text where a translation may have changed it.
func (j judge) sourceText(col Column) string {
	if d, ok := j.Mapping.Derived[col.Name]; ok {
		return fmt.Sprintf("tidy(c%d)", d.At+1)
	}
	at, sent := j.Mapping.Columns[col.Name]
	if _, given := j.Mapping.Constants[col.Name]; given || !sent || len(j.translations(col)) == 0 {
		return ""
	}
	return fmt.Sprintf("tidy(c%d)", at+1)
}

// parse is the SQL that takes a text as the column's type; NULL if it is not one.
// The words it uses are in queries/model/00_forms.sql.
func (j judge) parse(col Column, t string) string {
	switch col.Type {
	case "code", "yes/no", "yes/no/not known":
		return fmt.Sprintf("TRY_CAST(%s AS %s)", t, j.typeName(col))
	case "date":
		return j.date(t)
	case "datetime":
		return j.datetime(t)
	case "time":
		return "as_time(" + t + ")"
	case "integer", "number", "money":
		if j.Mapping.Derived[col.Name].Factor == "" { // else its styles were read before the factor
			t = j.number(col, t)
		}
		return fmt.Sprintf("as_%s(%s)", col.Type, t)
	}
	switch {
	case col.Register != "":
		return fmt.Sprintf("CASE WHEN %s IN (%s) THEN %s END", t, quoteAll(append([]string{""}, j.Registers[col.Register]...)), t)
	case col.Constraints.Pattern != "":
		return fmt.Sprintf("CASE WHEN regexp_full_match(%s, %s) THEN %s END", t, quote(col.Constraints.Pattern), t)
	}
	return t
}

// date takes a text as a date in the first of the mapping's styles that it fits.
func (j judge) date(t string) string {
	has := func(style string) bool { return slices.Contains(j.Spec.Dates, style) }
	if has("times") {
		t = "without_time(" + t + ")"
	}
	forms := []string{"as_date(" + t + ")"}
	for _, style := range []struct{ name, form string }{{"day-first", "as_day_first"}, {"month-first", "as_month_first"}, {"month-names", "as_month_name"}} {
		if has(style.name) && has("two-digit-years") {
			forms = append(forms, style.form+"_short("+t+")") // first, since the year 24 would fit the other
		}
		if has(style.name) {
			forms = append(forms, style.form+"("+t+")")
		}
	}
	if has("serials") {
		forms = append(forms, j.serial(t))
	}
	if len(forms) == 1 {
		return forms[0]
	}
	return "coalesce(" + strings.Join(forms, ", ") + ")"
}

// serial takes the number by which the source's workbook counts a day as that day.
func (j judge) serial(t string) string {
	from, err := time.Parse(time.DateOnly, j.DaysFrom)
	if err != nil {
		return "as_serial_date(" + t + ")"
	}
	later := int(from.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
	return fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, '[0-9]{5}') THEN as_serial_date((TRY_CAST(%[1]s AS INTEGER) + %[2]d)::VARCHAR) END", t, later)
}

// datetime takes a text as a date in the mapping's styles with a time after it.
func (j judge) datetime(t string) string {
	styles := slices.DeleteFunc(slices.Clone(j.Spec.Dates), func(style string) bool { return style == "iso" || style == "times" })
	if len(styles) == 0 {
		return "as_datetime(" + t + ")"
	}
	return fmt.Sprintf("coalesce(as_datetime(%[1]s), %[2]s + as_time(nullif(time_after(%[1]s), '')))", t, j.date("without_time("+t+")"))
}

// number makes a text ready to be taken as a number, by the column's styles.
func (j judge) number(col Column, t string) string {
	words := numberWords()
	for _, style := range register.NumberStyles() {
		if slices.Contains(j.Spec.Numbers[col.Name], style) {
			t = words[style] + "(" + t + ")"
		}
	}
	return t
}

// numberWords are the words of 00_forms.sql for the styles of numbers.
func numberWords() map[string]string {
	return map[string]string{"accounting": "accounting_plain", "credit-marks": "credit_before", "minus-after": "minus_before", "thousands": "without_thousands",
		"percent": "without_percent", "share": "percent_as_share", "pence": "pence_in_pounds"}
}
