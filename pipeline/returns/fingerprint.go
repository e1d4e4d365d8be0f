package returns

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/lists"
)

// Fingerprint is what a blank was like when its cell map was written: its sheets,
// words, formulas, merged cells, rules for entries, names, and the format and
// lock of every mapped cell. A blank that differs is not filled.
type Fingerprint []trait

// trait is one thing about a workbook, a sheet or a cell. For a defined name, at
// is the name.
type trait struct{ sheet, at, what, is string }

// What a trait is about.
const (
	traitSheet     = "sheet"     // its number in the order of sheets, and whether it is shown
	traitProtected = "protected" // whether locked cells are closed
	traitMerged    = "merged"
	traitAccepts   = "accepts" // a rule for entries
	traitSays      = "says"    // words; those of a label are in the map
	traitFormula   = "formula"
	traitFormat    = "format" // of the numbers in a mapped cell
	traitLocked    = "locked" // whether a mapped cell is closed to people
	traitName      = "name"   // what a defined name stands for
)

var fingerprintColumns = []string{"sheet", "cell", "what", "is"}

// MakeFingerprint takes the fingerprint of a blank under its cell map.
func MakeFingerprint(blank []byte, rows []Row) (Fingerprint, error) {
	b, err := readBook(blank)
	if err != nil {
		return nil, err
	}
	return b.fingerprint(rows), nil
}

// fingerprint lists the traits in order: of the workbook, then sheet by sheet.
func (b *book) fingerprint(rows []Row) Fingerprint {
	var f Fingerprint
	mapped, labels := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		mapped[r.place()] = mapped[r.place()] || r.fills()
		labels[r.Sheet+"!"+r.LabelCell] = true
	}
	for _, n := range b.root.child("definedNames").all("definedName") {
		if hidden := n.yes("hidden", false); !hidden {
			f = append(f, trait{b.ownerOf(n), n.attr("name"), traitName, n.text})
		}
	}
	for i, s := range b.sheets {
		shown := "shown"
		if s.state != "" && s.state != "visible" {
			shown = "hidden"
		}
		f = append(f, trait{s.name, "", traitSheet, fmt.Sprintf("%d %s", i+1, shown)},
			trait{s.name, "", traitProtected, yesNo(s.protected())})
		for _, ref := range slices.Sorted(slices.Values(s.merged())) {
			f = append(f, trait{s.name, ref, traitMerged, "yes"})
		}
		f = append(f, s.rules()...)
		for _, at := range s.addresses() {
			place, c := s.name+"!"+at, s.cells[at]
			switch {
			case c.formula != "" && c.movedBy == [2]int{}:
				f = append(f, trait{s.name, at, traitFormula, c.formula})
			case c.formula != "":
				f = append(f, trait{s.name, at, traitFormula, "as the cells beside it: " + c.formula})
			case labels[place] && !mapped[place]:
				f = append(f, trait{s.name, at, traitSays, labelWords})
			case c.text != "" && !c.number && !mapped[place]:
				f = append(f, trait{s.name, at, traitSays, c.text})
			}
		}
		for _, r := range rows {
			if r.Sheet == s.name && r.fills() {
				f = append(f, trait{s.name, r.Cell, traitFormat, b.lookOf(s, r.Cell).format},
					trait{s.name, r.Cell, traitLocked, yesNo(s.protected() && b.lookOf(s, r.Cell).locked)})
			}
		}
	}
	return f
}

// ownerOf is the sheet that a defined name belongs to; empty for one of the workbook.
func (b *book) ownerOf(name *node) string {
	local := name.attr("localSheetId")
	if i, err := strconv.Atoi(local); err == nil && i >= 0 && i < len(b.sheets) {
		return b.sheets[i].name
	}
	return local
}

// rules are the sheet's rules for what may be entered.
func (s *sheet) rules() []trait {
	var out []trait
	for _, n := range s.parts("dataValidations") {
		words := []string{n.attr("type"), n.attr("operator"), n.child("formula1").text, n.child("formula2").text}
		if !n.yes("allowBlank", false) {
			words = append(words, "an entry is required")
		}
		words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
		out = append(out, trait{s.name, n.attr("sqref"), traitAccepts, strings.Join(words, " ")})
	}
	slices.SortFunc(out, func(a, b trait) int { return strings.Compare(a.at+a.is, b.at+b.is) })
	return out
}

func yesNo(yes bool) string { return map[bool]string{true: "yes", false: "no"}[yes] }

// differences says how a workbook differs from the fingerprint.
func (f Fingerprint) differences(blank *book) []string {
	var rows []Row // those whose cells the fingerprint knows
	for _, t := range f {
		if t.what == traitFormat {
			rows = append(rows, Row{Sheet: t.sheet, Cell: t.at, Kind: kindText})
		}
	}
	type key struct{ sheet, at, what string }
	was, is := map[key]string{}, map[key]string{}
	for _, t := range f {
		was[key{t.sheet, t.at, t.what}] = t.is
	}
	now := blank.fingerprint(rows)
	for _, t := range now {
		is[key{t.sheet, t.at, t.what}] = t.is
	}
	gone, moved := f.sheetsGone(now)
	out := moved
	for _, t := range f {
		if now, there := is[key{t.sheet, t.at, t.what}]; !gone[t.sheet] && t.is != labelWords && (now != t.is || !there) {
			out = append(out, t.changed(now))
		}
	}
	for _, t := range now {
		if _, had := was[key{t.sheet, t.at, t.what}]; !had && !gone[t.sheet] {
			out = append(out, t.added())
		}
	}
	return out
}

// labelWords stand in a fingerprint for words that the cell map has.
const labelWords = "(as the cell map says)"

// sheetsGone names the sheets that are not there any more, and those that came.
func (f Fingerprint) sheetsGone(now Fingerprint) (gone map[string]bool, told []string) {
	gone = map[string]bool{}
	place := func(t trait) string { number, _, _ := strings.Cut(t.is, " "); return number }
	for _, t := range f {
		if t.what != traitSheet || slices.ContainsFunc(now, func(n trait) bool { return n.what == traitSheet && n.sheet == t.sheet }) {
			continue
		}
		gone[t.sheet] = true
		text := fmt.Sprintf("the sheet %q is gone", t.sheet)
		for _, n := range now {
			fresh := !slices.ContainsFunc(f, func(o trait) bool { return o.what == traitSheet && o.sheet == n.sheet })
			if n.what == traitSheet && fresh && place(n) == place(t) {
				gone[n.sheet] = true
				text = fmt.Sprintf("the sheet %q is gone; in its place is %q", t.sheet, n.sheet)
			}
		}
		told = append(told, text)
	}
	return gone, told
}

// changed says what became of a trait; now is empty where it is gone.
func (t trait) changed(now string) string {
	where := t.sheet + "!" + t.at
	switch t.what {
	case traitSheet:
		return fmt.Sprintf("the sheet %q was number %s and is now number %s", t.sheet, t.is, now)
	case traitProtected:
		return fmt.Sprintf("the sheet %q was %sprotected and now is%s", t.sheet, map[bool]string{true: "", false: "not "}[t.is == "yes"], map[bool]string{true: "", false: " not"}[now == "yes"])
	case traitMerged:
		return fmt.Sprintf("%s were merged cells and are not any more", where)
	case traitAccepts:
		if now == "" {
			return fmt.Sprintf("%s had a rule for entries (%s), which is gone", where, t.is)
		}
		return fmt.Sprintf("%s had a rule for entries (%s), which is now: %s", where, t.is, now)
	case traitSays:
		return fmt.Sprintf("%s said %q and now says %q", where, t.is, now)
	case traitFormula:
		return fmt.Sprintf("%s had the formula %q and now has %q", where, t.is, now)
	case traitFormat:
		return fmt.Sprintf("%s was shown as %q and is now shown as %q", where, t.is, now)
	case traitLocked:
		return fmt.Sprintf("%s was %s and is now %s", where, lockWords[t.is], lockWords[now])
	}
	if now == "" {
		return fmt.Sprintf("the defined name %q%s is gone", t.at, t.ofSheet())
	}
	return fmt.Sprintf("the defined name %q%s stood for %s and now stands for %s", t.at, t.ofSheet(), t.is, now)
}

// ofSheet names the sheet of a defined name that belongs to one.
func (t trait) ofSheet() string {
	if t.sheet == "" {
		return ""
	}
	return fmt.Sprintf(" of the sheet %q", t.sheet)
}

var lockWords = map[string]string{"yes": "protected", "no": "open to people"}

// added says that a trait is new.
func (t trait) added() string {
	where := t.sheet + "!" + t.at
	switch t.what {
	case traitSheet, traitProtected:
		return fmt.Sprintf("there is a new sheet %q", t.sheet)
	case traitMerged:
		return fmt.Sprintf("%s are merged cells now", where)
	case traitAccepts:
		return fmt.Sprintf("%s has a new rule for entries: %s", where, t.is)
	case traitSays:
		return fmt.Sprintf("%s is new and says %q", where, t.is)
	case traitFormula:
		return fmt.Sprintf("%s has a new formula %q", where, t.is)
	case traitName:
		return fmt.Sprintf("there is a new defined name %q%s", t.at, t.ofSheet())
	}
	return fmt.Sprintf("%s is new: %s %s", where, t.what, t.is)
}

// Write writes the fingerprint as CSV.
func (f Fingerprint) Write(w io.Writer) error {
	out := csv.NewWriter(w)
	records := [][]string{fingerprintColumns}
	for _, t := range f {
		records = append(records, []string{t.sheet, t.at, t.what, t.is})
	}
	return out.WriteAll(records)
}

// readFingerprint reads what Write wrote.
func readFingerprint(content []byte) (Fingerprint, error) {
	list, err := lists.ReadExactly(fingerprintFile, content, fingerprintColumns...)
	if err != nil {
		return nil, err
	}
	var f Fingerprint
	for _, r := range list.Rows {
		f = append(f, trait{r.Fields[0], r.Fields[1], r.Fields[2], r.Fields[3]})
	}
	return f, nil
}

// templateFiles are the files of a template's folder.
func templateFiles(blank []byte, rows []Row, d Description) (map[string][]byte, error) {
	b, err := readBook(blank)
	if err != nil {
		return nil, err
	}
	ending := ".xlsx"
	for name := range b.parts {
		if strings.HasSuffix(name, "vbaProject.bin") {
			ending = ".xlsm"
		}
	}
	var cellMap, fingerprint bytes.Buffer
	if err := WriteMap(&cellMap, rows); err != nil {
		return nil, err
	}
	if err := b.fingerprint(rows).Write(&fingerprint); err != nil {
		return nil, err
	}
	about := fmt.Appendf(nil, "name: %q\ntitle: %q\nversion: %q\n", d.Name, d.Title, d.Version)
	if d.Marking != "" { // blank extracts and saved tables go by it
		about = fmt.Appendf(about, "marking: %q\n", d.Marking)
	}
	return map[string][]byte{blankFile + ending: blank, mapFile: cellMap.Bytes(), fingerprintFile: fingerprint.Bytes(), descriptionFile: about}, nil
}
