package contract

import "strings"

// Choice is a code that a column may have and what it means; the label is empty where
// the code says all.
type Choice struct{ Code, Label string }

// String is what people choose by, such as "Police (POL)".
func (c Choice) String() string {
	if c.Label == "" || c.Label == c.Code {
		return c.Code
	}
	return c.Label + " (" + c.Code + ")"
}

// Choices are the codes or the registered names that a column may have; none where any
// value of its type will do. registered is what each registered code is called.
func (c Contract) Choices(col Column, lists Lists, registers map[string][]string, registered map[string]string) []Choice {
	var out []Choice
	if col.Register != "" {
		for _, code := range registers[col.Register] {
			out = append(out, Choice{code, registered[code]})
		}
		return out
	}
	if !c.Coded(col) {
		return nil
	}
	labels := map[string]string{}
	for _, row := range lists[(&blank{Contract: c}).listName(col)] {
		labels[row["code"]] = row["label"]
	}
	for _, code := range c.codes(col, lists) {
		out = append(out, Choice{code, labels[code]})
	}
	return out
}

// Coded says whether a column has values of a list.
func (c Contract) Coded(col Column) bool { return strings.HasPrefix(c.typeName(col), `"code_`) }

// Choice is a column as people choose it, such as "Case status (case_status_code)".
func (col Column) Choice() string { return Choice{col.Name, col.Title}.String() }
