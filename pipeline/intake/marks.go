package intake

import (
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/annotate"
	"mojreturns/pipeline/typed"
)

// marks says where in the provider's file each fault stands, in the file's own words.
func marks(s typed.Staged, faults []found) []annotate.Fault {
	guarded := map[[2]int]bool{} // cells of which no fault may repeat the value
	for _, f := range faults {
		if columns, _ := columns(s, f); f.value == typed.Withheld && len(columns) > 0 {
			guarded[[2]int{f.row, columns[0]}] = true
		}
	}
	called := func(column string) string { return called(s, column) }
	var out []annotate.Fault
	for _, f := range faults {
		columns, name := columns(s, f)
		m := annotate.Fault{Sheet: s.Table.Sheet, Row: f.row, Columns: columns, Name: name, Value: f.value,
			Rule: contractName.ReplaceAllStringFunc(f.rule, called), Rejects: f.severity == "reject"}
		message := f.message
		if len(columns) > 0 && guarded[[2]int{f.row, columns[0]}] && f.value != "" {
			m.Value = typed.Withheld
			message = strings.ReplaceAll(message, `"`+f.value+`"`, typed.Withheld)
		}
		m.Message = inTheirWords(s, message, f.column, m.Value)
		out = append(out, m)
	}
	return out
}

// columns are where the columns of a fault stand, from 1, and their headers; the
// contract's own name of a column that the file does not have.
func columns(s typed.Staged, f found) (columns []int, name string) {
	if f.column == "" {
		return nil, ""
	}
	names := strings.Split(f.column, ", ")
	if f.rule != "duplicate key" {
		names = []string{f.column}
	}
	var headers []string
	for _, n := range names {
		at, ok := at(s, n)
		if ok {
			columns = append(columns, at+1)
		}
		headers = append(headers, called(s, n))
	}
	return columns, strings.Join(headers, ", ")
}

// at is where a column of the contract, or a header, stands in the file.
func at(s typed.Staged, column string) (int, bool) {
	if d, ok := s.Mapping.Derived[column]; ok {
		return d.At, true
	}
	if at, ok := s.Mapping.Columns[column]; ok {
		return at, true
	}
	at := slices.Index(s.Table.Header, column)
	return at, at >= 0
}

// called is what the file calls a column.
func called(s typed.Staged, column string) string {
	if at, ok := at(s, column); ok {
		if header := strings.TrimSpace(s.Table.Header[at]); header != "" {
			return header
		}
	}
	return column
}

var contractName = regexp.MustCompile(`[a-z0-9]+(_[a-z0-9]+)+`)

// inTheirWords puts the headers of the file into a sentence that speaks of the
// contract's columns, but not into the value that it repeats, and says what to do
// where it only says what is wrong.
func inTheirWords(s typed.Staged, message, column, value string) string {
	const hold = "\x00"
	quoted := `"` + value + `"`
	message = strings.Replace(message, quoted, hold, 1)
	if rest, ok := strings.CutPrefix(message, column+" "); ok && column != "" {
		message = called(s, column) + " " + rest
	}
	message = contractName.ReplaceAllStringFunc(message, func(column string) string { return called(s, column) })
	message = strings.Replace(message, hold, quoted, 1)
	if !strings.Contains(message, "; ") {
		message += "; correct it"
	}
	return message
}
