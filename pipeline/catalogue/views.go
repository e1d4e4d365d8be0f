package catalogue

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// relations are the views of queries/model by name, and the relations that the
// conditions share.
type relations map[string]relation

// relation is a view: its SQL as it is written, the same without comments and
// quoted words, the comment above it, and the file.
type relation struct {
	sql, text, file string
	notes           []string
}

var (
	viewForm   = regexp.MustCompile(`(?is)CREATE\s+VIEW\s+([a-z_]+)\s+AS\b(.*?)(?:;|$)`)
	sharedForm = regexp.MustCompile(`(?s)^\s*([a-z_]+) AS \((.*)\)\s*$`)
)

func loadRelations(queries fs.FS) (relations, error) {
	out := relations{}
	for pattern, form := range map[string]*regexp.Regexp{"model/*.sql": viewForm, "model/*.with": sharedForm} {
		names, err := fs.Glob(queries, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			content, err := fs.ReadFile(queries, name)
			if err != nil {
				return nil, err
			}
			text := strings.ReplaceAll(string(content), "\r\n", "\n")
			masked := masked(text)
			for _, at := range form.FindAllStringSubmatchIndex(masked, -1) {
				out[masked[at[2]:at[3]]] = relation{
					sql: strings.TrimSpace(text[at[4]:at[5]]), text: masked[at[4]:at[5]], file: path.Join("queries", name),
					notes: notes(strings.Split(above(text[:at[2]]), "\n"))}
			}
		}
	}
	return out, nil
}

// masked is SQL with its comments and quoted words blanked out, so that a name
// is a name and everything else stands where it stood.
func masked(sql string) string {
	blank := func(found string) string { return strings.Repeat(" ", len(found)) }
	return quotedForm.ReplaceAllStringFunc(commentForm.ReplaceAllStringFunc(sql, blank), blank)
}

// above is the comment that ends right above the last line of a text.
func above(text string) string {
	lines := strings.Split(text, "\n")
	end := len(lines) - 1
	from := end
	for from > 0 && strings.HasPrefix(lines[from-1], "--") {
		from--
	}
	return strings.Join(lines[from:end], "\n")
}

// read are the names after FROM and JOIN in SQL, each once, in order.
func read(sql string) []string {
	var out []string
	for _, m := range readsForm.FindAllStringSubmatch(bare(sql), -1) {
		if name := strings.ToLower(m[1]); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// linked are the views that SQL reads itself.
func (r relations) linked(sql string) []Value {
	var out []Value
	for _, name := range read(sql) {
		if _, ok := r[name]; ok {
			out = append(out, Value{Text: name, Anchor: viewAnchor(name)})
		}
	}
	return out
}

func viewAnchor(name string) string { return "view-" + name }

// views explains the views one by one.
func (f files) views() ([]Entry, error) {
	var out []Entry
	for _, name := range slices.Sorted(maps.Keys(f.relations)) {
		view := f.relations[name]
		e := Entry{Kind: View, Code: name, Name: name, Title: capital(plain(name)), Anchor: viewAnchor(name), SQL: view.sql, File: view.file}
		e.Meaning = sentences(append([]string{e.Title}, view.notes...)...)
		e.say("Reads", f.relations.linked(view.sql)...)
		e.say("Read by", f.readBy(name)...)
		e.say("Feeds", feedValues(f.relations.feeds(view.sql))...)
		out = append(out, e)
	}
	return out, nil
}

// readBy are the rules and views that read a view themselves.
func (f files) readBy(view string) []Value {
	var out []Value
	for _, rule := range f.rules() {
		if slices.Contains(read(f.sql(rule.Anchor)), view) {
			out = append(out, Value{rule.Anchor, rule.Anchor})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.relations)) {
		if slices.Contains(read(f.relations[name].sql), view) {
			out = append(out, Value{name, viewAnchor(name)})
		}
	}
	return out
}
