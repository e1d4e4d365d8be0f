package catalogue

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	commentForm = regexp.MustCompile(`(?m)--.*$`)
	quotedForm  = regexp.MustCompile(`'(?:[^']|'')*'`)
	readsForm   = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+([a-z_]+(?:\.[a-z_]+)?)`)
	renameForm  = regexp.MustCompile(`(?i)\b(?:[a-z]+\.)?([a-z_]+)(?:::[A-Z]+)? AS ([a-z_]+)\b`)
)

// bare is SQL without comments and quoted words, in which a name is a name.
func bare(sql string) string {
	return quotedForm.ReplaceAllString(commentForm.ReplaceAllString(sql, ""), "''")
}

// feeds are the feeds that SQL reads, through every view, sorted.
func (r relations) feeds(sql string) []string {
	var out []string
	seen := map[string]bool{}
	var read func(text string)
	read = func(text string) {
		for _, m := range readsForm.FindAllStringSubmatch(text, -1) {
			name := strings.ToLower(m[1])
			if seen[name] {
				continue
			}
			seen[name] = true
			if feed, ok := strings.CutPrefix(name, "typed."); ok {
				out = append(out, feed)
			} else if view, ok := r[name]; ok {
				read(view.text)
			}
		}
	}
	read(bare(sql))
	slices.Sort(out)
	return out
}

// names are what the model calls a feed's columns: its own name, and the one a
// view that reads the feed gives it without changing it.
func (r relations) names(feed, column string) []string {
	out := []string{column}
	for _, view := range r {
		if !strings.Contains(view.text, "typed."+feed) {
			continue
		}
		for _, m := range renameForm.FindAllStringSubmatch(view.text, -1) {
			if m[1] == column && !slices.Contains(out, m[2]) {
				out = append(out, m[2])
			}
		}
	}
	slices.Sort(out)
	return out
}

// sql is all the SQL of a rule, header expressions too.
func (f files) sql(code string) string {
	for _, m := range f.set.Metrics {
		if m.Code == code {
			by := strings.Join(breakdowns(m), " ")
			return strings.Join([]string{m.SQL, m.Count.Expr, m.When.Start, m.When.End, m.Prefer, by}, "\n")
		}
	}
	for _, c := range f.set.Conditions {
		if c.Code == code {
			return c.SQL()
		}
	}
	for _, c := range f.set.Checks {
		if c.Code == code {
			return c.SQL
		}
	}
	return ""
}

// figures are the codes of the figures a rule reads.
func (f files) figures(code string) []string {
	if m, ok := f.set.Metric(code); ok {
		return formulaCodes(m.Count.Formula)
	}
	var out []string
	for _, v := range f.named(f.sql(code), code) {
		out = append(out, v.Anchor)
	}
	return out
}

// reads are the feeds a rule reads, by itself and through the figures it reads.
func (f files) reads(code string, seen map[string]bool) []string {
	if seen[code] {
		return nil
	}
	seen[code] = true
	out := f.relations.feeds(f.sql(code))
	for _, part := range f.figures(code) {
		out = append(out, f.reads(part, seen)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (f files) feedsOf(code string) []Value {
	return feedValues(f.reads(code, map[string]bool{}))
}

func feedValues(feeds []string) []Value {
	var out []Value
	for _, feed := range feeds {
		out = append(out, Value{Text: feed, Anchor: "feed-" + feed})
	}
	return out
}

// rules are the codes of every metric, condition and check, with their titles.
func (f files) rules() []Value {
	var out []Value
	for _, m := range f.set.Metrics {
		out = append(out, Value{m.Code + " " + m.Title, m.Code})
	}
	slices.SortFunc(out, func(a, b Value) int { return strings.Compare(a.Anchor, b.Anchor) })
	for _, c := range f.set.Conditions {
		out = append(out, Value{c.Code + " " + c.Title, c.Code})
	}
	for _, c := range f.set.Checks {
		out = append(out, Value{c.Code + " " + c.Title, c.Code})
	}
	return out
}

// namedIn adds to each column the rules whose SQL names it. A name that two of
// the feeds a rule reads have is left out: the files do not say whose it is.
func (c *Catalogue) namedIn(f files) {
	owner := map[string][]string{} // feed and name, to the columns called that
	for _, k := range f.contracts {
		for _, col := range k.Columns {
			for _, name := range f.relations.names(k.Feed, col.Name) {
				owner[k.Feed+" "+name] = append(owner[k.Feed+" "+name], k.Feed+"."+col.Name)
			}
		}
	}
	named := map[string][]Value{}
	word := regexp.MustCompile(`[a-z_][a-z0-9_]*`)
	for _, rule := range f.rules() {
		text := bare(f.sql(rule.Anchor))
		feeds := f.relations.feeds(text)
		var done []string
		for _, name := range word.FindAllString(text, -1) {
			var columns []string
			for _, feed := range feeds {
				columns = append(columns, owner[feed+" "+name]...)
			}
			if len(columns) == 1 && !slices.Contains(done, columns[0]) {
				done = append(done, columns[0])
				named[columns[0]] = append(named[columns[0]], Value{rule.Anchor, rule.Anchor})
			}
		}
	}
	for i := range c.Entries {
		e := &c.Entries[i]
		if e.Kind == Column {
			e.say("Named in", named[e.Code]...)
		}
	}
}

// readIn are the rules and model files whose SQL reads a code list.
func (f files) readIn(list string) ([]Value, error) {
	wanted := regexp.MustCompile(`\breference\.` + regexp.QuoteMeta(list) + `\b`)
	var out []Value
	names, err := fs.Glob(f.queries, "model/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range names {
		text, err := fs.ReadFile(f.queries, name)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", name, err)
		}
		if wanted.MatchString(bare(string(text))) {
			out = append(out, Value{Text: path.Join("queries", name)})
		}
	}
	for _, rule := range f.rules() {
		if wanted.MatchString(bare(f.sql(rule.Anchor))) {
			out = append(out, Value{rule.Anchor, rule.Anchor})
		}
	}
	return out, nil
}
