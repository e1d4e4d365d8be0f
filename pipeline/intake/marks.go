package intake

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/annotate"
	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// marks says where in the provider's file each fault stands, in the file's own words.
func marks(ws *workspace.Workspace, s typed.Staged, faults []found) []annotate.Fault {
	guarded := map[[2]int]bool{} // cells of which no fault may repeat the value
	for _, f := range faults {
		if columns, _ := columns(s, f); personal.Unsaid(f.value) && len(columns) > 0 {
			guarded[[2]int{f.row, columns[0]}] = true
		}
	}
	sentences := sentencesFor(ws, s)
	called := func(column string) string { return called(s, column) }
	var out []annotate.Fault
	for _, f := range faults {
		columns, name := columns(s, f)
		m := annotate.Fault{Sheet: s.Table.Sheet, Row: f.row, Columns: columns, Name: name, Value: f.value,
			Rule: contractName.ReplaceAllStringFunc(f.rule, called), Rejects: f.severity == "reject"}
		if len(columns) > 0 && guarded[[2]int{f.row, columns[0]}] && f.value != "" && !personal.Unsaid(f.value) {
			m.Value = typed.Withheld
		}
		m.Message = sentences.of(f, called(f.column), m.Value)
		out = append(out, m)
	}
	return out
}

// sentences are those of a feed's rules in the sender's words, by column and rule.
type sentences map[[2]string]string

func sentencesFor(ws *workspace.Workspace, s typed.Staged) sentences {
	out := sentences{}
	to := contract.Sender{Feed: s.Spec, Called: func(column string) string { return called(s, column) }, Registers: ws.Registers(s.Provider)}
	for _, r := range s.Contract.RulesFor(ws.Lists, to) {
		out[[2]string{r.Column, r.Name}] = r.Sentence
	}
	return out
}

// of is the sentence of a fault, which says what to do.
func (s sentences) of(f found, header, value string) string {
	sentence := cmp.Or(s[[2]string{f.column, f.rule}], s[[2]string{"", f.rule}], f.message)
	switch {
	case value == "":
		value = "blank"
	case personal.Unsaid(value):
	default:
		value = `"` + value + `"`
	}
	if !strings.Contains(sentence, "; ") {
		sentence += "; correct it"
	}
	return strings.NewReplacer("{column}", header, "{value}", value).Replace(sentence)
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

// called is what the file calls a column; of one that it does not have, what its
// mapping does, or else the contract.
func called(s typed.Staged, column string) string {
	if at, ok := at(s, column); ok {
		if header := strings.TrimSpace(s.Table.Header[at]); header != "" {
			return header
		}
	}
	return s.Spec.Called(column)
}

// contractName is what a name of the contract's columns of two words and more looks like.
var contractName = regexp.MustCompile(`[a-z0-9]+(_[a-z0-9]+)+`)

// refusalFor says why nothing of a file was taken in, in the sender's words.
func refusalFor(s typed.Staged) string {
	return strings.ReplaceAll(s.Contract.ForSender(s.Spec, s.Refused), "\n", "; ")
}
