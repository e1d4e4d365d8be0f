package extract

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// sheet writes one sheet again.
func (s *stripping) sheet(ctx context.Context, n int, of sheet) error {
	var seen observed
	lines, err := s.open(ctx, of, &seen) // reads the shared texts too
	if err != nil {
		return err
	}
	if err := lines.close(); err != nil {
		return err
	}
	out, err := s.part(sheetPart(n))
	if err != nil {
		return err
	}
	out.raw(`<worksheet xmlns="` + mainSpace + `">`)
	w := sheetStripper{stripping: s, out: out, name: of.name}
	filtered := seen.filtered // by a table, whose part is not kept
	err = s.read(of.part, sheetSpace, "worksheet", func(m *markup) error {
		w.m = m
		return m.each(func() error {
			if filtered && (m.is(sheetSpace, "mergeCells") || m.is(sheetSpace, "dataValidations")) {
				out.raw(someFilter)
				filtered = false
			}
			if m.is(sheetSpace, "autoFilter") {
				filtered = false
			}
			return w.around(ctx)
		})
	})
	if filtered {
		out.raw(someFilter)
	}
	out.raw("</worksheet>")
	return errors.Join(err, out.flush())
}

// someFilter says that rows are filtered out, and not by which words.
const someFilter = `<autoFilter ref="A1"><filterColumn colId="0"/></autoFilter>`

// sheetStripper writes what is named of a sheet.
type sheetStripper struct {
	*stripping
	m    *markup
	out  *markupWriter
	rows int64
	name string // of the sheet

	row  int64 // as the reader numbers it
	next int   // the column of a cell that does not say its own
}

// notOfTheTable say what is lost with a part of a sheet.
var notOfTheTable = map[string]string{
	"headerFooter": "headers and footers", "hyperlinks": "links", "legacyDrawing": "comments", "drawing": "drawings", "oleObjects": "embedded files",
	"controls": "form controls", "picture": "pictures", "tableParts": "table names", "extLst": "extensions", "customProperties": "custom data",
	"protectedRanges": "protection", "sheetProtection": "protection", "scenarios": "scenarios", "conditionalFormatting": "conditional formats",
}

// around writes a part of the sheet.
func (w *sheetStripper) around(ctx context.Context) error {
	m := w.m
	if m.space != sheetSpace {
		w.taken["extensions"] = true
		return nil
	}
	switch string(m.name) {
	case "sheetFormatPr":
		w.out.tag(m, "sheetFormatPr", "baseColWidth", "defaultColWidth", "defaultRowHeight", "customHeight", "zeroHeight")
		w.out.raw("/>")
	case "cols":
		return w.group("cols", func() {
			if m.is(sheetSpace, "col") {
				w.out.tag(m, "col", "min", "max", "width", "style", "hidden", "customWidth", "bestFit", "outlineLevel", "collapsed")
				w.out.raw("/>")
			}
		})
	case "mergeCells":
		return w.group("mergeCells", func() {
			if m.is(sheetSpace, "mergeCell") {
				w.out.tag(m, "mergeCell", "ref")
				w.out.raw("/>")
			}
		})
	case "autoFilter": // that there is one, not by which words
		w.out.tag(m, "autoFilter", "ref")
		w.out.raw(">")
		err := m.each(func() error {
			if m.is(sheetSpace, "filterColumn") {
				w.out.tag(m, "filterColumn", "colId")
				w.out.raw("/>")
			}
			return nil
		})
		w.out.raw("</autoFilter>")
		return err
	case "dataValidations":
		return w.validations()
	case "sheetData":
		w.out.raw("<sheetData>")
		err := m.each(func() error { return w.oneRow(ctx) })
		w.out.raw("</sheetData>")
		return err
	default:
		if what := notOfTheTable[string(m.name)]; what != "" {
			w.taken[what] = true
		}
	}
	return nil
}

// group writes elements within one, which is left out where there are none.
func (w *sheetStripper) group(name string, one func()) error {
	begun := false
	err := w.m.each(func() error {
		if !begun {
			w.out.raw("<" + name + ">")
			begun = true
		}
		one()
		return nil
	})
	if begun {
		w.out.raw("</" + name + ">")
	}
	return err
}

// ofCells is a rule's formula that speaks of numbers and of cells of a sheet.
var ofCells = regexp.MustCompile(`^=?('?[^'"\[\]]{1,31}'?!)?\$?[A-Z]{1,3}\$?[0-9]{1,7}(:\$?[A-Z]{1,3}\$?[0-9]{1,7})?$|^-?[0-9.]{1,20}$`)

// validations writes the rules for entries that speak of cells and numbers; their
// messages, and lists that stand in the rule itself, are texts that nobody screens.
func (w *sheetStripper) validations() error {
	m, begun := w.m, false
	err := m.each(func() error {
		if !m.is(sheetSpace, "dataValidation") {
			return nil
		}
		var tag bytes.Buffer
		rule := newMarkupWriter(&tag)
		rule.tag(m, "dataValidation", "type", "operator", "allowBlank", "sqref", "errorStyle")
		if len(m.attribute("prompt"))+len(m.attribute("promptTitle"))+len(m.attribute("error"))+len(m.attribute("errorTitle")) > 0 {
			w.taken["messages of rules for entries"] = true
		}
		rule.raw(` showErrorMessage="1">`)
		keeps := true
		err := m.each(func() (err error) {
			name, text := string(m.name), []byte(nil)
			if m.space != sheetSpace || name != "formula1" && name != "formula2" {
				return nil
			}
			if text, err = beside(m); err != nil {
				return err
			}
			keeps = keeps && ofCells.Match(text)
			rule.raw("<" + name + ">")
			rule.escaped(text)
			rule.raw("</" + name + ">")
			return nil
		})
		rule.raw("</dataValidation>")
		if err := errors.Join(err, rule.flush()); err != nil {
			return err
		}
		if !keeps {
			w.taken["lists in rules for entries"] = true
			return nil
		}
		if !begun {
			w.out.raw("<dataValidations>")
			begun = true
		}
		w.out.raw(tag.String())
		return nil
	})
	if begun {
		w.out.raw("</dataValidations>")
	}
	return err
}

// oneRow writes a row with its cells.
func (w *sheetStripper) oneRow(ctx context.Context) error {
	m := w.m
	if !m.is(sheetSpace, "row") {
		return nil
	}
	if w.rows++; w.rows%4096 == 0 && ctx.Err() != nil {
		return ctx.Err()
	}
	w.row, w.next = w.row+1, 0
	if said, err := strconv.ParseInt(string(bytes.TrimSpace(m.attribute("r"))), 10, 64); err == nil {
		w.row = said
	}
	w.out.tag(m, "row", "r", "s", "customFormat", "ht", "hidden", "customHeight", "outlineLevel", "collapsed")
	w.out.raw(">")
	err := m.each(w.cell)
	w.out.raw("</row>")
	return err
}

// typeOf is a cell's type as the reader takes it, by its first letter: n where none is
// said, t for a text that stands in the cell.
func typeOf(said []byte) byte {
	switch {
	case string(said) == "str":
		return 't'
	case len(said) > 0:
		return said[0]
	}
	return 'n'
}

// beside is a text that the reader passes over: nothing, where it is none.
func beside(m *markup) ([]byte, error) {
	text, err := appendOwn(nil, 0, m)
	var tooLong *Refusal
	if errors.As(err, &tooLong) || !utf8.Valid(text) {
		return nil, nil
	}
	return text, err
}

// neverSaved is the formula of a cell whose value was not saved with it.
const neverSaved = "NA()"

// cell writes a cell: its style, its type and its value, as the reader takes it.
func (w *sheetStripper) cell() error {
	m := w.m
	if !m.is(sheetSpace, "c") {
		return nil
	}
	w.out.tag(m, "c", "r", "s")
	at := w.next
	if said := m.attribute("r"); said != nil {
		at, _ = cellOf(said)
	}
	w.next = at + 1
	kind := typeOf(m.attribute("t"))
	var text, said []byte
	valued, formula := false, false
	err := m.each(func() (err error) {
		inline, plain := m.is(sheetSpace, "is"), m.is(sheetSpace, "v")
		switch {
		case m.is(sheetSpace, "f"):
			formula = true
			said, err = beside(m)
			return err
		case inline && kind == 'i' || plain && kind != 'i':
			if valued {
				return errMarkup
			}
			valued = true
		default:
			return nil
		}
		if inline {
			text, err = appendRich(nil, m)
		} else {
			text, err = appendPlainText(nil, m)
		}
		return err
	})
	if err != nil {
		return err
	}
	if formula && (valued || string(said) != neverSaved) {
		w.taken["formulas"] = true
	}
	if valued && w.blot.hits(w.name, w.row, at) {
		kind, text = 'i', []byte(w.blot.Mark)
	}
	switch {
	case formula && !valued:
		w.out.raw("><f>" + neverSaved + "</f></c>")
		return nil
	case !valued:
		w.out.raw("/>")
		return nil
	case kind == 'i':
		kind, text = 's', strconv.AppendInt(nil, int64(w.own(text)), 10)
	case kind == 's':
		old, err := strconv.Atoi(string(bytes.TrimSpace(text)))
		if err != nil || w.shared.text(old) == nil {
			return errMarkup
		}
		text = strconv.AppendInt(nil, int64(w.number(old)), 10)
	}
	switch kind {
	case 'n':
	case 's', 'b', 'd', 'e':
		w.out.raw(` t="` + string(kind) + `"`)
	default:
		w.out.raw(` t="str"`)
	}
	w.out.raw("><v>")
	w.out.text(text)
	w.out.raw("</v></c>")
	return nil
}
