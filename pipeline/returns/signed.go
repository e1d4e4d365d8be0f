package returns

import (
	"fmt"
	"strings"
)

// signs tells whether a row's cell shows something of the declaration: its words, or
// the condition that it answers.
func (r Row) signs(condition string) bool {
	return r.Kind == kindText && strings.Contains(r.Code, "{declared_") || r.Kind == kindCondition && r.Code == condition
}

// OnlySigned proves that a return as sealed differs from the one submitted in no
// cell but those of the declaration and of the condition that it answers.
func (t Template) OnlySigned(submitted, sealed []byte, condition string) error {
	was, err := readBook(submitted)
	if err != nil {
		return err
	}
	is, err := readBook(sealed)
	if err != nil {
		return err
	}
	written := map[string]shown{}
	for _, r := range t.rows {
		if s, ok := is.sheet(r.Sheet); ok && r.fills() && r.signs(condition) {
			written[r.place()] = shown{s.cells[r.Cell].text, s.cells[r.Cell].number}
		}
	}
	if changed := changes(was, is, written); len(changed) > 0 {
		return fmt.Errorf("approving may change the cells of the declaration alone; this is a fault of the program:\n%s", strings.Join(changed, "\n"))
	}
	return nil
}
