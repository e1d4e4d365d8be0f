package catalogue

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/lists"
)

func (f files) feeds() ([]Entry, error) {
	readers := map[string][]Value{} // of each feed, the rules
	for _, r := range f.rules() {
		for _, feed := range f.reads(r.Anchor, map[string]bool{}) {
			readers[feed] = append(readers[feed], Value{r.Anchor, r.Anchor})
		}
	}
	var out []Entry
	for _, c := range f.contracts {
		e := Entry{Kind: Feed, Code: c.Feed, Name: c.Feed, Title: c.Title,
			Anchor: "feed-" + c.Feed, File: "templates/extracts/" + c.Feed + ".yaml"}
		e.Meaning = sentences(c.Title, c.Description)
		e.say("Key", words(strings.Join(c.Key, " + "))...)
		for _, r := range c.References {
			e.say("Refers to", Value{strings.Join(r.Columns, " + ") + " is that of " + r.To.Feed, "feed-" + r.To.Feed})
		}
		var columns []Value
		for _, col := range c.Columns {
			columns = append(columns, Value{col.Name, columnAnchor(c.Feed, col.Name)})
		}
		e.say("Columns", columns...)
		e.say("Read by", readers[c.Feed]...)
		out = append(out, e)
	}
	return out, nil
}

func columnAnchor(feed, column string) string { return "column-" + feed + "." + column }

func (f files) columns() ([]Entry, error) {
	var out []Entry
	for _, k := range f.contracts {
		for _, c := range k.Columns {
			e := Entry{Kind: Column, Code: k.Feed + "." + c.Name, Name: c.Name, Title: c.Title,
				Anchor: columnAnchor(k.Feed, c.Name), File: "templates/extracts/" + k.Feed + ".yaml"}
			e.Meaning = sentences(c.Title, c.Note)
			e.say("Feed", Value{k.Feed + ": " + k.Title, "feed-" + k.Feed})
			e.say("Type", words(c.Type)...)
			e.say("Required", words(required(c))...)
			if slices.Contains(k.Key, c.Name) {
				e.say("Key", words("part of what names a row of this feed")...)
			}
			if c.List != "" {
				e.say("Code list", Value{c.List, listAnchor(c.List)})
			}
			if len(c.Constraints.Enum) > 0 {
				e.say("Also permitted", words(c.Constraints.Enum...)...)
			}
			e.say("Rules", words(ruleWords(c)...)...)
			e.say("A bad value", words(badValue(c))...)
			out = append(out, e)
		}
	}
	return out, nil
}

func required(c contract.Column) string {
	switch w := c.RequiredWhen; {
	case c.Constraints.Required:
		return "yes"
	case w != nil && w.Equals != "":
		return "where " + w.Column + " is " + w.Equals
	case w != nil:
		return "where " + w.Column + " is given"
	}
	return "no"
}

func badValue(c contract.Column) string {
	if c.OnError == "reject" {
		return "rejects its row"
	}
	return "empties the field; the row is kept"
}

// ruleWords are the rules a value must keep, in words.
func ruleWords(c contract.Column) []string {
	var out []string
	add := func(wanted bool, format string, args ...any) {
		if wanted {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	k := c.Constraints
	if k.Minimum != nil {
		add(true, "%d or more", *k.Minimum)
	}
	if k.Maximum != nil {
		add(true, "%d or less", *k.Maximum)
	}
	add(k.MaxLength > 0, "at most %d characters", k.MaxLength)
	add(c.Form != "", "%s", c.Form)
	add(k.Pattern != "", "the pattern %s", k.Pattern)
	add(c.Register != "", "a %s of the configuration", c.Register)
	add(len(c.NotBefore) > 0, "not before %s", strings.Join(c.NotBefore, " or "))
	add(len(c.AddsUp) > 0, "the sum of %s", strings.Join(c.AddsUp, " and "))
	add(c.Scale != "", "on the scale that %s names", c.Scale)
	add(c.Band != "", "kept only as a band of the list %s", c.Band)
	return out
}

// list is a code list as its file has it.
type list struct {
	name   string
	header []string
	rows   [][]string
}

func loadLists(queries fs.FS) ([]list, error) {
	names, err := fs.Glob(queries, "reference/*.csv")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []list
	for _, name := range names {
		read, err := lists.Open(queries, name)
		if err != nil {
			return nil, err
		}
		l := list{name: strings.TrimSuffix(path.Base(name), ".csv"), header: read.Columns}
		for _, row := range read.Rows {
			l.rows = append(l.rows, row.Fields)
		}
		out = append(out, l)
	}
	return out, nil
}

func listAnchor(name string) string { return "list-" + name }

func (l list) file() string { return "queries/reference/" + l.name + ".csv" }

func (l list) column(row []string, name string) string {
	if i := slices.Index(l.header, name); i >= 0 {
		return row[i]
	}
	return ""
}

// code is what a row of the list is known by: its first column.
func (l list) code(row []string) string { return row[0] }

// titles are the columns that say in words what a code is.
var titles = []string{"label", "title"}

// title is what a row is called; where the list has no words for it, all it says.
func (l list) title(row []string) string {
	for _, t := range titles {
		if words := l.column(row, t); words != "" {
			return words
		}
	}
	var out []string
	for i, name := range l.header[1:] {
		if row[i+1] != "" {
			out = append(out, plain(name)+" "+row[i+1])
		}
	}
	if len(out) == 0 {
		return row[0]
	}
	return strings.Join(out, ", ")
}

func plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

func (f files) codeLists() ([]Entry, error) {
	var out []Entry
	for _, l := range f.lists {
		e := Entry{Kind: List, Code: l.name, Name: l.name, Title: capital(plain(l.name)), Anchor: listAnchor(l.name), File: l.file()}
		var columns []Value
		for _, k := range f.contracts {
			for _, c := range k.Columns {
				if c.List == l.name || c.Band == l.name {
					columns = append(columns, Value{k.Feed + "." + c.Name, columnAnchor(k.Feed, c.Name)})
				}
			}
		}
		dimensions := words(f.dimensionsOf(l.name)...)
		read, err := f.readIn(l.name)
		if err != nil {
			return nil, err
		}
		e.Meaning = sentences(e.Title, l.purpose(columns, len(dimensions)))
		e.say("Columns of the list", words(l.header...)...)
		e.say("Permitted in", columns...)
		e.say("Breakdowns", dimensions...)
		e.say("Read by", read...)
		out = append(out, e)
	}
	return out, nil
}

func (l list) purpose(columns []Value, dimensions int) string {
	size := "A list of " + strconv.Itoa(len(l.rows)) + " rows"
	switch {
	case len(columns) > 0 && dimensions > 0:
		return size + ": what " + Fact{Values: columns}.Text() + " may say, and how figures are broken down by it"
	case len(columns) > 0:
		return size + ": what " + Fact{Values: columns}.Text() + " may say"
	case dimensions > 0:
		return size + " by which figures are broken down"
	}
	var named []string
	for _, h := range l.header {
		named = append(named, plain(h))
	}
	return size + ", each with " + strings.Join(named, ", ") + "; the program's rules read it"
}

// dimensionsOf are the breakdowns whose categories a list names, with where a
// blank is counted.
func (f files) dimensionsOf(name string) []string {
	var out []string
	for _, l := range f.lists {
		if l.name != "dimension" {
			continue
		}
		for _, row := range l.rows {
			if l.column(row, "list") == name {
				out = append(out, fmt.Sprintf("%s (a blank counts as %s)", l.column(row, "dimension"), l.column(row, "blank")))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (f files) codes() ([]Entry, error) {
	var out []Entry
	for _, l := range f.lists {
		for _, row := range l.rows {
			code := l.code(row)
			e := Entry{Kind: Code, Code: l.name + "." + code, Name: code, Title: l.title(row),
				Anchor: "code-" + l.name + "." + anchorWord(code), File: l.file()}
			e.say("List", Value{l.name, listAnchor(l.name)})
			var more []string
			for i, name := range l.header {
				if i > 0 && !slices.Contains(titles, name) && row[i] != "" {
					e.say(capital(plain(name)), words(row[i])...)
					more = append(more, plain(name)+" "+row[i])
				}
			}
			e.Meaning = sentences(e.Title)
			if said := strings.Join(more, ", "); said != "" && said != e.Title {
				e.Meaning = sentences(e.Title, capital(said))
			}
			out = append(out, e)
		}
	}
	return out, nil
}

// anchorWord is a code as part of an anchor, which holds no spaces.
func anchorWord(code string) string { return strings.Join(strings.Fields(code), "-") }
