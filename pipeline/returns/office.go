package returns

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Office is what a form of our own is made for: the office's code lists, and what its
// return binds the description's scopes to.
type Office struct {
	Lists  fs.FS            // reference/*.csv
	Scopes map[string]Bound // by name; money_2, money_3 ... are more of what money is
}

// Bound is a fund or service that a scope of a form stands for.
type Bound struct {
	Name  string   // as the form says it
	Lines []string // of a fund: the budget lines it allows; empty for all
}

var numbered = regexp.MustCompile(`^(.+)_([2-9]|[1-9][0-9]+)$`)

// Base is the scope that a numbered one is more of: money of money_2.
func Base(scope string) string {
	if m := numbered.FindStringSubmatch(scope); m != nil {
		return m[1]
	}
	return scope
}

// all are the names of a scope and those that are more of it, in order.
func (o Office) all(scope string) []string {
	names := []string{scope}
	for name := range o.Scopes {
		if name != scope && Base(name) == scope {
			names = append(names, name)
		}
	}
	number := func(name string) int {
		n, _ := strconv.Atoi(strings.TrimPrefix(name, scope+"_")) // 0 for the scope itself
		return n
	}
	slices.SortFunc(names, func(a, b string) int { return number(a) - number(b) })
	return names
}

// For is the description of an office's own form: each sheet that is for `each` of its
// scope has the rows, or is there, once for every one that the office's return binds,
// and rows of what a fund allows are that fund's.
func (d Description) For(o Office) Description {
	var sheets []Sheet
	for _, s := range d.Sheets {
		scopes := []string{s.Scope}
		if s.Each != "" {
			scopes = o.all(s.Scope)
		}
		if s.Each != eachSheet {
			sheets = append(sheets, s.blocks(o, scopes))
			continue
		}
		for i, scope := range scopes {
			one := s.blocks(o, []string{scope})
			if len(scopes) > 1 {
				one.Title += ": " + o.Scopes[scope].Name
			}
			if i > 0 {
				one.Name = fmt.Sprintf("%s_%d", s.Name, i+1)
			}
			sheets = append(sheets, one)
		}
	}
	d.Sheets = sheets
	return d
}

// blocks is the sheet with its rows for each scope, one block below the other. Where
// there are several, the first column says of whom the row is.
func (s Sheet) blocks(o Office, scopes []string) Sheet {
	out := s
	named := len(scopes) > 1 && s.Of.Header != ""
	if named {
		out.Columns = append([]Column{s.Of}, s.Columns...)
	}
	out.Rows = nil
	for i, scope := range scopes {
		bound, known := o.Scopes[scope]
		for _, r := range s.Rows {
			r.Labels = slices.Clone(r.Labels)
			for j := range r.Labels {
				r.Labels[j] = strings.ReplaceAll(r.Labels[j], "{n}", strconv.Itoa(i+1))
			}
			if named {
				r.Labels = append([]string{bound.Name}, r.Labels...)
			}
			if r.Scope == "" {
				r.Scope = scope
			}
			if r.Allowed && known {
				r.Only = bound.Lines
			}
			out.Rows = append(out.Rows, r)
		}
	}
	return out
}

// Make makes a form of our own for an office: the files of its folder, with name, title
// and version for a description. The same description and office give the same bytes.
func Make(d Description, o Office) (map[string][]byte, error) {
	own := d.For(o)
	blank, err := Blank(own, o.Lists)
	if err != nil {
		return nil, err
	}
	rows, err := Map(own, o.Lists)
	if err != nil {
		return nil, err
	}
	return templateFiles(blank, rows, d)
}

// MakeAgain is Make from the description in a folder, which goes with the files.
func MakeAgain(files fs.FS, o Office) (map[string][]byte, error) {
	d, err := ReadDescription(files)
	if err != nil {
		return nil, err
	}
	if len(d.Sheets) == 0 {
		return nil, fmt.Errorf("the form %s was issued, not made here: its %s describes no sheets", d.Name, descriptionFile)
	}
	made, err := Make(d, o)
	if err != nil {
		return nil, err
	}
	made[descriptionFile], err = fs.ReadFile(files, descriptionFile)
	return made, err
}

// Fits says why the form of a folder is not what its description makes for an office;
// nil where it is, and where the form is somebody else's.
func (t Template) Fits(o Office) error {
	if len(t.description.Sheets) == 0 {
		return nil
	}
	want, err := Map(t.description.For(o), o.Lists)
	if err != nil {
		return err
	}
	if slices.Equal(want, t.rows) {
		return nil
	}
	var differs []string
	for _, part := range []struct {
		what      string
		from, not []Row
	}{{"it has no row for", want, t.rows}, {"it has rows for", t.rows, want}} {
		if said := apart(part.from, part.not); len(said) > 0 {
			differs = append(differs, part.what+" "+strings.Join(said, ", "))
		}
	}
	if len(differs) == 0 {
		differs = []string{"its words or their order differ"}
	}
	return fmt.Errorf("the form %s was made for other lists or scopes than this office's: %s", t.Name, strings.Join(differs, "; "))
}

// apart says in a few words what some rows show and others do not.
func apart(rows, others []Row) []string {
	shown := func(r Row) string {
		switch {
		case strings.Contains(r.Category, " x "): // its parts stand alone as well
			return ""
		case r.Category != "":
			return r.Dimension + " " + r.Category
		case r.figures() || r.ofFund():
			return r.scope()
		}
		return ""
	}
	const told = 6
	var out []string
	more := 0
	for _, r := range rows {
		said := shown(r)
		if said == "" || slices.Contains(out, said) || slices.ContainsFunc(others, func(o Row) bool { return shown(o) == said }) {
			continue
		}
		if len(out) == told {
			more++
			continue
		}
		out = append(out, said)
	}
	if more > 0 {
		out = append(out, "and more")
	}
	return out
}
