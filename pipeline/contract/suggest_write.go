package contract

import (
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/strict"
)

// About is what a proposal says of a file besides its columns.
type About struct {
	File, Files string // its name, and the pattern made of it
	Sheet       string // empty where there is no choice
	SheetNumber int    // in its stead, where the name is not to be repeated
	Told        Told   // how comments tell of a header
	// Shows says whether a word of a coded column, like one of ours or not, may be shown;
	// nil that all may.
	Shows       func(word Frequent, like bool) bool
	Alike       []string // the sheets that have one header, where several do
	HeaderRow   int      // to be stated; 0 where it is found by the names
	Encoding    string
	Delimiter   string // empty where it is the usual one
	Delivered   string
	Read        string            // how it was read, in words
	Totals, End map[string]string // patterns of rows that are no payments, with where they stand
	Notes       []string
	Nearest     string // another feed that it might be
	Personal    []string
}

// writer writes lines of YAML, each with what there is to say of it.
type writer struct{ strings.Builder }

func (w *writer) line(text, comment string) {
	if comment != "" {
		text += "   # " + strings.ReplaceAll(comment, "\n", " ")
	}
	w.WriteString("      " + text + "\n")
}

// YAML writes a proposal as it goes under the feeds of a provider. What it is not
// sure of stands beside it in comments.
func (p Proposal) YAML(about About) string {
	w := &writer{}
	w.line("# A proposal for "+about.File+", read as "+about.Read+".", "")
	w.line("# Look at every line marked \"unsure\" and every \"?\", put it under the provider's feeds, and see what", "")
	w.line("# it does with: mojreturns land --dry-run FILE", "")
	for _, n := range about.Notes {
		w.line("# "+n, "")
	}
	for _, n := range about.Personal {
		w.line("# "+n, "")
	}
	w.line("- feed: "+p.Feed, about.Nearest)
	w.line("  files: "+strict.Scalar(about.Files), "unsure: {year} is a financial year, {version} a number, {date} a date, * anything")
	w.line("  delivered: "+about.Delivered, "unsure: refresh if each file replaces the last, increment if it adds to it")
	if about.Sheet != "" {
		w.line("  sheet: "+strict.Scalar(about.Sheet), "one of several; sheet_pattern or sheet_number find one whose name changes")
	}
	if about.SheetNumber > 0 {
		w.line(fmt.Sprintf("  sheet_number: %d", about.SheetNumber), "one of several, by its place among those that are seen; its name may be somebody's")
	}
	if len(about.Alike) > 0 {
		w.line("  sheets: all", "unsure: the sheets "+strings.Join(about.Alike, ", ")+" have one header; sheet_pattern picks some of them")
	}
	if about.HeaderRow > 0 {
		w.line(fmt.Sprintf("  header_row: %d", about.HeaderRow), "too few names are known to find it by")
	}
	if about.Encoding != "" {
		w.line("  encoding: "+about.Encoding, "")
	}
	if about.Delimiter != "" {
		w.line("  delimiter: "+about.Delimiter, "")
	}
	if styles, unsure := p.dateStyles(); len(styles) > 0 {
		comment := ""
		if unsure {
			comment = "unsure: no day after the 12th shows which is the day and which the month"
		}
		w.line("  dates: "+flow(styles), comment)
	}
	p.writeColumns(w)
	p.writePseudonyms(w)
	p.writeMissing(w, about.Told)
	p.writeStyles(w)
	p.writeCodes(w, about)
	writeRules(w, "totals", about.Totals)
	writeRules(w, "end", about.End)
	p.writeUnclaimed(w, about.Told)
	return w.String()
}

func (p Proposal) writeColumns(w *writer) {
	heading := "  columns:"
	for _, col := range p.Contract.Columns {
		m, ok := p.Columns[col.Name]
		header := ""
		if ok {
			header = p.Profiles[m.At].Header
		}
		if !ok || isOne([]string{col.Name, col.Title}, header) {
			continue // nothing to say: it goes by its own name
		}
		if heading != "" {
			w.line(heading, "")
			heading = ""
		}
		w.line(fmt.Sprintf("    %s: %s", col.Name, strict.Scalar(header)), m.doubt)
	}
}

// writePseudonyms proposes to hash what tells people apart and is no hash. Left in, it
// keeps client numbers out of the store from the first file on.
func (p Proposal) writePseudonyms(w *writer) {
	var columns []string
	for _, col := range p.Contract.Columns {
		m, ok := p.Columns[col.Name]
		if ok && col.Pseudonym && p.Profiles[m.At].Filled > 0 && p.valueLikeness(col, p.Profiles[m.At]) < 0.5 {
			columns = append(columns, col.Name)
		}
	}
	if len(columns) > 0 {
		w.line("  pseudonym: "+flow(columns), "unsure: few of its values are keyed hashes; client numbers become such before anything is kept, by a key that `mojreturns pseudonymise --people` makes")
	}
}

// writeMissing fills required columns that no header gives: made from another, or
// with the one value there can be, or with a "?" that rejects every row until
// somebody decides.
func (p Proposal) writeMissing(w *writer, told Told) {
	var derive, constants []string
	for _, col := range p.Contract.Columns {
		if _, found := p.Columns[col.Name]; found || !col.Constraints.Required {
			continue
		}
		if made := p.derived(col); made != "" {
			derive = append(derive, "    "+col.Name+": "+made)
			continue
		}
		value, why := p.constant(col, told)
		constants = append(constants, fmt.Sprintf("    %s: %s   # unsure: no header is like it; %s", col.Name, strict.Scalar(value), why))
	}
	for _, part := range []struct {
		heading string
		lines   []string
	}{{"  derive:", derive}, {"  constants:", constants}} {
		if len(part.lines) > 0 {
			w.line(part.heading, "")
		}
		for _, l := range part.lines {
			w.line(l, "")
		}
	}
}

// derived says how a column can be made from another's header; empty if it cannot.
func (p Proposal) derived(col Column) string {
	date, dated := p.fullestDate()
	switch {
	case col.Type == "date" && dated:
		return fmt.Sprintf("{from: %s}   # unsure: the file has no other date for it", strict.Scalar(p.Profiles[date].Header))
	case plain(col.Title) == "financialyear" && dated:
		return fmt.Sprintf("{from: %s, as: %s}", strict.Scalar(p.Profiles[date].Header), AsFinancialYear)
	case plain(col.Title) == "period" && col.Type == "integer" && dated:
		return fmt.Sprintf("{from: %s, as: %s}", strict.Scalar(p.Profiles[date].Header), AsLedgerPeriod)
	case col.Type == "integer" && slices.Contains(p.Key, col.Name):
		if key, ok := p.surest(func(c Column) bool { return slices.Contains(p.Key, c.Name) }); ok {
			return fmt.Sprintf("{from: %s, as: %s}   # unsure: rows that share it are taken for lines of one item", strict.Scalar(p.Profiles[key].Header), AsLineNumber)
		}
	}
	if part, ok := p.part(col); ok {
		return fmt.Sprintf("{from: %s}   # unsure: right only if there is nothing to add to it", strict.Scalar(p.Profiles[part].Header))
	}
	return ""
}

// surest is the header of the surest match among columns of a kind.
func (p Proposal) surest(kind func(Column) bool) (at int, ok bool) {
	best := 0.0
	for _, other := range p.Contract.Columns {
		if m, found := p.Columns[other.Name]; found && kind(other) && m.score > best {
			best, at, ok = m.score, m.At, true
		}
	}
	return at, ok
}

// fullestDate is the header of the dates that fewest rows lack; of several, one that no row
// may lack.
func (p Proposal) fullestDate() (at int, ok bool) {
	var most int64
	needed := false
	for _, col := range p.Contract.Columns {
		m, found := p.Columns[col.Name]
		if !found || col.Type != "date" {
			continue
		}
		filled, required := p.Profiles[m.At].Filled, col.Constraints.Required
		if !ok || filled > most || filled == most && required && !needed {
			at, ok, most, needed = m.At, true, filled, required
		}
	}
	return at, ok
}

// part is the header of an amount that a sum the file does not give must be.
func (p Proposal) part(sum Column) (at int, ok bool) {
	if _, found := p.Columns[sum.Name]; found {
		return 0, false
	}
	return p.surest(func(c Column) bool { return slices.Contains(sum.AddsUp, c.Name) })
}

// constant is the one value a column can have, or "?".
func (p Proposal) constant(col Column, told Told) (value, why string) {
	choice := p.Registers[col.Register]
	for _, other := range p.Contract.Columns {
		if slices.Contains(other.AddsUp, col.Name) && col.Type == "money" {
			return "0.00", "right only if the amounts hold none"
		}
	}
	switch header := p.couldBe(col); {
	case header != "":
		return Undecided, fmt.Sprintf("or is it the header %s?", told.of(header))
	case len(choice) == 1:
		return choice[0], "it is the only one registered"
	case col.Register != "":
		return Undecided, "it is one of " + strings.Join(choice, ", ")
	case strings.HasPrefix(p.typeName(col), `"code_`):
		return Undecided, "it is one of " + strings.Join(p.codes(col, p.Lists), ", ")
	}
	return Undecided, "have it sent, or say what it is in every row"
}

// couldBe is a header that no column has and whose name is a little like a column's.
func (p Proposal) couldBe(col Column) string {
	best, found := 0.3, ""
	for at, profile := range p.Profiles {
		name := max(nameLikeness(profile.Header, strings.TrimSuffix(col.Name, "_code"), p.hints.Words), nameLikeness(profile.Header, col.Title, p.hints.Words))
		if !p.Claims(at) && profile.Filled > 0 && name > best {
			best, found = name, profile.Header
		}
	}
	return found
}

// writeStyles says how numbers are written and which words stand for nothing.
func (p Proposal) writeStyles(w *writer) {
	heading := "  numbers:"
	for _, col := range p.Contract.Columns {
		styles := p.numberStyles(col)
		if len(styles) == 0 {
			continue
		}
		if heading != "" {
			w.line(heading, "")
			heading = ""
		}
		w.line(fmt.Sprintf("    %s: %s", col.Name, flow(styles)), "")
	}
	if blanks := p.blanks(); len(blanks) > 0 {
		w.line("  blanks: "+flow(blanks), "unsure: taken for a value not given, in every column")
	}
}

// blanks are words for nothing among the values of columns that no text will do
// for, unless one of them is a code.
func (p Proposal) blanks() []string {
	var out []string
	codes := map[string]bool{}
	for _, col := range p.Contract.Columns {
		m, ok := p.Columns[col.Name]
		if !ok || col.Type == "text" && col.Register == "" {
			continue
		}
		translated := p.translate(col, p.Profiles[m.At])
		for _, v := range p.Profiles[m.At].Values {
			if _, is := translated[v.Text]; is && col.Type == "code" {
				codes[fold(v.Text)] = true
			} else if slices.Contains(nothing(), fold(v.Text)) && !slices.Contains(out, v.Text) {
				out = append(out, v.Text)
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(out, func(word string) bool { return codes[fold(word)] })
}

func (p Proposal) writeUnclaimed(w *writer, told Told) {
	claimed := map[int]bool{}
	for _, m := range p.Columns {
		claimed[m.At] = true
	}
	for i, profile := range p.Profiles {
		if !claimed[i] && plain(profile.Header) != "" {
			w.line("  # nobody claims the header "+told.of(profile.Header)+fmt.Sprintf(", column %d", i+1), "")
		}
	}
	var own, absent []string
	for _, col := range p.Contract.Columns {
		m, found := p.Columns[col.Name]
		switch {
		case !found && !col.Constraints.Required:
			absent = append(absent, col.Name)
		case found && isOne([]string{col.Name, col.Title}, p.Profiles[m.At].Header):
			own = append(own, col.Name)
		}
	}
	for _, list := range []struct {
		say   string
		names []string
	}{{"known by their own names: ", own}, {"not in the file, or under names that show no likeness: ", absent}} {
		if len(list.names) > 0 {
			w.line("  # "+list.say+strings.Join(list.names, ", "), "")
		}
	}
}

func writeRules(w *writer, key string, rules map[string]string) {
	if len(rules) == 0 {
		return
	}
	w.line("  "+key+":", "")
	for _, pattern := range sortedKeys(rules) {
		w.line("    - {pattern: "+strict.Scalar(pattern)+"}", rules[pattern])
	}
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func flow(words []string) string {
	if len(words) == 1 {
		return strict.Scalar(words[0])
	}
	var out []string
	for _, word := range words {
		out = append(out, strict.Scalar(word))
	}
	return "[" + strings.Join(out, ", ") + "]"
}
