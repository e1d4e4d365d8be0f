package mapping

import (
	"encoding/json"
	"strings"
)

// between stands between several names in one cell.
const between = " | "

// cellOf is how a text stands in a cell: as it is, or in quotation marks where blanks at
// its ends, or nothing at all, would be lost or misread.
func cellOf(s string) string {
	if s != "" && s == strings.TrimSpace(s) && !strings.HasPrefix(s, `"`) && !strings.Contains(s, "|") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0xfffe || r == 0xffff || r == '\u00a0' }) && !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a text can always be written
	}
	return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(b.String()), "|", `\u007c`), "_x", `\u005fx`)
}

// textOf is the text that a cell stands for.
func textOf(cell string) string {
	cell = strings.TrimSpace(cell)
	var s string
	if strings.HasPrefix(cell, `"`) && json.Unmarshal([]byte(cell), &s) == nil {
		return s
	}
	return cell
}

func cellOfNames(names []string) string {
	var out []string
	for _, name := range names {
		out = append(out, cellOf(name))
	}
	return strings.Join(out, between)
}

func namesOf(cell string) (out []string) {
	if strings.TrimSpace(cell) == "" {
		return nil
	}
	for _, part := range strings.Split(cell, "|") {
		out = append(out, textOf(part))
	}
	return out
}
