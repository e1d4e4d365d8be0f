package returns

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// prove reads the filled workbook again and compares what it means with the
// blank: every mapped cell reads as written, and nothing outside the map differs.
func prove(blank *book, filled []byte, written map[string]shown) error {
	is, err := readBook(filled)
	if err != nil {
		return fmt.Errorf("the filled workbook cannot be opened again: %w", err)
	}
	if differences := changes(blank, is, written); len(differences) > 0 {
		return fmt.Errorf("the filled workbook is not the blank with its mapped cells filled, so it is not kept; this is a fault of the program:\n%s", strings.Join(differences, "\n"))
	}
	return nil
}

// changes lists how a workbook differs in meaning from another, in order; written
// cells must read as they were written.
func changes(before, after *book, written map[string]shown) []string {
	out := append(partsChanged(before, after), mainChanged(before, after)...)
	for i, was := range before.sheets {
		if i < len(after.sheets) {
			out = append(out, sheetChanged(before, after, was, after.sheets[i], written)...)
		}
	}
	slices.Sort(out)
	return out
}

// partsChanged compares the parts that filling has no business with: pictures,
// drawings, tables, macros, styles, comments and whatever else there is.
func partsChanged(was, is *book) []string {
	var out []string
	judged := map[string]bool{was.main: true} // by what they mean, elsewhere
	for _, s := range was.sheets {
		judged[s.part] = s.root != nil
	}
	names := map[string]bool{}
	for _, b := range []*book{was, is} {
		for name := range b.parts {
			names[name] = true
		}
	}
	described, _ := is.target("", "core-properties")
	_, had := was.parts[described]
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before, kept := was.parts[name]
		now, there := is.parts[name]
		switch {
		case name == described || judged[name] && there:
		case !had && (name == "_rels/.rels" || name == "[Content_Types].xml") && describedOnly(before, now):
		case !there:
			out = append(out, name+": was in the workbook and is lost")
		case !kept:
			out = append(out, name+": was not in the workbook and is there now")
		case !sameMeaning(before, now):
			out = append(out, name+": has changed")
		}
	}
	return out
}

// sameMeaning tells whether two parts mean the same.
func sameMeaning(was, is []byte) bool {
	if bytes.Equal(was, is) {
		return true
	}
	a, err := parse(was)
	if err != nil {
		return false
	}
	b, err := parse(is)
	return err == nil && a.meaning() == b.meaning()
}

// describedOnly tells whether a part differs only by the element that leads to
// the document properties.
func describedOnly(was, is []byte) bool {
	a, err := parse(was)
	if err != nil {
		return false
	}
	b, err := parse(is)
	if err != nil {
		return false
	}
	b.kids = slices.DeleteFunc(b.kids, func(n *node) bool { return n.attr("ContentType") == coreType || n.attr("Id") == "mojreturnsCore" })
	return a.meaning() == b.meaning()
}

// mainChanged compares the part that lists sheets and names; how the workbook is
// calculated may differ.
func mainChanged(was, is *book) []string {
	var out []string
	if was.sheetNames() != is.sheetNames() {
		out = append(out, fmt.Sprintf("the order of the sheets: was %s, is %s", was.sheetNames(), is.sheetNames()))
	}
	for _, name := range kindsOf(was.root, is.root) {
		if name == "calcPr" {
			continue
		}
		if a, b := meaningOf(was.root, name), meaningOf(is.root, name); a != b {
			out = append(out, fmt.Sprintf("the %s: was %s, is %s", inWords(name), a, b))
		}
	}
	return out
}

// kindsOf are the names of the elements right below either of two.
func kindsOf(a, b *node) []string {
	names := map[string]bool{}
	for _, n := range slices.Concat(a.kids, b.kids) {
		names[n.name.Local] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// meaningOf is what all elements of a name right below another mean.
func meaningOf(n *node, name string) string {
	var out strings.Builder
	for _, k := range n.all(name) {
		out.WriteString(k.meaning())
	}
	return out.String()
}

// elementWords says what some elements of a workbook are to people.
var elementWords = map[string]string{"definedNames": "defined names", "sheets": "sheets, their order and whether they are shown", "mergeCells": "merged cells",
	"dataValidations": "data validation", "conditionalFormatting": "conditional formats", "sheetProtection": "protection", "tableParts": "tables",
	"cols": "columns", "sheetViews": "views", "workbookProtection": "protection of the workbook", "hyperlinks": "links"}

func inWords(element string) string {
	if words, ok := elementWords[element]; ok {
		return words
	}
	return element
}

// sheetChanged compares two sheets: their cells, the rows' own attributes, and
// everything else but the range that is said to be used.
func sheetChanged(before, after *book, was, is *sheet, written map[string]shown) []string {
	if was.root == nil || is.root == nil {
		return nil
	}
	var out []string
	for _, name := range kindsOf(was.root, is.root) {
		if name == "sheetData" || name == "dimension" {
			continue
		}
		if a, b := meaningOf(was.root, name), meaningOf(is.root, name); a != b {
			out = append(out, fmt.Sprintf("the %s of %s: was %s, is %s", inWords(name), was.name, a, b))
		}
	}
	rows := rowsOf(is)
	for number, a := range rowsOf(was) {
		if b := rows[number]; a != b {
			out = append(out, fmt.Sprintf("row %d of %s: was %s, is %s", number, was.name, a, b))
		}
	}
	addresses := map[string]bool{}
	for _, cells := range []map[string]cell{was.cells, is.cells} {
		for at := range cells {
			addresses[at] = true
		}
	}
	for at := range addresses {
		if d := cellChanged(before, after, was, is, at, written); d != "" {
			out = append(out, fmt.Sprintf("%s!%s: %s", was.name, at, d))
		}
	}
	return out
}

// rowsOf is what each row says of itself. A height that nobody set is not its own:
// it follows the words in the row.
func rowsOf(s *sheet) map[int]string {
	out, number := map[int]string{}, 0
	for _, r := range s.root.child("sheetData").all("row") {
		number, _ = rowNumber(r, number)
		own := &node{name: r.name}
		for _, a := range r.attrs {
			if a.Name.Local != "r" && (a.Name.Local != "ht" || r.yes("customHeight", false)) {
				own.attrs = append(own.attrs, a)
			}
		}
		out[number] = own.meaning()
	}
	return out
}

// cellChanged compares a cell. A mapped cell may only have its value changed, a
// formula may lose its last result.
func cellChanged(before, after *book, was, is *sheet, at string, written map[string]shown) string {
	a, b := was.cells[at], is.cells[at]
	want := shown{a.text, a.number}
	if value, mapped := written[was.name+"!"+at]; mapped {
		want = value
	}
	if a.formula != "" {
		want = shown{}
	}
	if got := (shown{b.text, b.number}); got != want {
		return fmt.Sprintf("was to be %s, is %s", want, got)
	}
	if a.formula != b.formula || a.movedBy != b.movedBy {
		return fmt.Sprintf("the formula was %q, is %q", a.formula, b.formula)
	}
	if before.lookOf(was, at).meaning != after.lookOf(is, at).meaning {
		return "the style has changed"
	}
	return ""
}

// String says what a cell shows.
func (s shown) String() string {
	if s.number {
		return "the number " + s.text
	}
	return fmt.Sprintf("%q", s.text)
}
