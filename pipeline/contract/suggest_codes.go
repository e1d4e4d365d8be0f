package contract

import (
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/strict"
)

// writeCodes says how yes and no are spelled, and translates the provider's codes
// where they are labels of ours. Where they only share words with one it is said in a
// comment, so that nothing counts as what nobody decided; so is what is like none.
func (p Proposal) writeCodes(w *writer, about About) {
	yesNo := p.yesNo()
	if len(yesNo) > 0 {
		w.line("  yes_no:", "")
		for _, answer := range []string{"Y", "N", "NK"} {
			if words := yesNo[answer]; len(words) > 0 {
				w.line("    "+answer+": "+quotedFlow(words), "")
			}
		}
	}
	heading := "  codes:"
	for _, col := range p.Contract.Columns {
		m, ok := p.Columns[col.Name]
		if !ok || !strings.HasPrefix(p.typeName(col), `"code_`) {
			continue
		}
		lines := p.translations(col, p.Profiles[m.At], yesNo, about)
		if !slices.ContainsFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "#") }) {
			for _, l := range lines {
				w.line("  # in "+col.Name+", "+strings.TrimPrefix(l, "# "), "")
			}
			continue
		}
		if heading != "" {
			w.line(heading, "")
			heading = ""
		}
		w.line("    "+col.Name+":", "")
		for _, l := range lines {
			w.line("      "+l, "")
		}
	}
}

// translations are the lines for one column.
func (p Proposal) translations(col Column, profile Profile, yesNo map[string][]string, about About) []string {
	translated := p.translate(col, profile)
	codes := p.codes(col, p.Lists)
	blanks := p.blanks()
	var sure, unsure, rest []string
	hidden := 0
	for _, v := range profile.Values {
		ours, ok := translated[v.Text]
		near := p.nearLabel(col, v.Text)
		switch {
		case ok && v.Text == ours, slices.Contains(blanks, v.Text):
		case ok && col.Type != "code" && slices.Contains(yesNo[ours], v.Text):
		case ok:
			sure = append(sure, fmt.Sprintf("%s: %q", quoted(v.Text), ours))
		case about.Shows != nil && !about.Shows(v, near != ""):
			hidden++
		case near != "" && slices.Contains(codes, near):
			unsure = append(unsure, fmt.Sprintf("# %s: %q   # unsure: %d rows; our label is %q", quoted(v.Text), near, v.Rows, p.label(col, near)))
		case len(rest) < 30:
			rest = append(rest, fmt.Sprintf("# %s (%d rows) is none of ours: %s", quoted(v.Text), v.Rows, strings.Join(codes, ", ")))
		}
	}
	if hidden > 0 {
		rest = append(rest, fmt.Sprintf("# not shown, since what stands in one row may be somebody's: %d more", hidden))
	}
	return slices.Concat(sure, unsure, rest)
}

func (p Proposal) label(col Column, code string) string {
	for _, row := range p.Lists[col.List] {
		if row["code"] == code {
			return row["label"]
		}
	}
	return ""
}

// yesNo gathers how yes, no and not known are spelled, over all columns that ask so.
func (p Proposal) yesNo() map[string][]string {
	out := map[string][]string{}
	for _, col := range p.Contract.Columns {
		m, ok := p.Columns[col.Name]
		if !ok || col.Type != "yes/no" && col.Type != "yes/no/not known" {
			continue
		}
		for _, v := range p.Profiles[m.At].Values {
			answer := answerOf(v.Text)
			if v.Text != answer && answer != "no answer" && slices.Contains(p.codes(col, p.Lists), answer) && !slices.Contains(out[answer], v.Text) {
				out[answer] = append(out[answer], v.Text)
			}
		}
	}
	for _, words := range out {
		slices.Sort(words)
	}
	return out
}

func quoted(s string) string {
	if text := strict.Scalar(s); strings.HasPrefix(text, `"`) {
		return text
	}
	return `"` + s + `"`
}

func quotedFlow(words []string) string {
	var out []string
	for _, word := range words {
		out = append(out, quoted(word))
	}
	return "[" + strings.Join(out, ", ") + "]"
}
