// Package catalogue lists what the program knows and does, made from the rule
// files themselves: every metric, condition, check, view, feed, column, code
// list and code, what it means, where the return shows it, and its SQL as it stands. It
// needs no warehouse, so it can be read before anything has been built.
package catalogue

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/strict"
)

// Kind is what an entry is.
type Kind string

// The kinds of entry, in the order the catalogue has them.
const (
	Metric    Kind = "metric"
	Condition Kind = "condition"
	Check     Kind = "check"
	View      Kind = "view"
	Feed      Kind = "feed"
	Column    Kind = "column"
	List      Kind = "list"
	Code      Kind = "code"
)

// Kinds are all of them, in order.
func Kinds() []Kind { return []Kind{Metric, Condition, Check, View, Feed, Column, List, Code} }

// Entry is one thing the catalogue explains.
type Entry struct {
	Kind Kind
	// Code names the entry and no other of its kind: R01, referrals,
	// referrals.victim_sex_code, sex, sex.F.
	Code string
	// Name is the short name: referrals_received, or a code by itself.
	Name string
	// Title is what people call it, Meaning the whole explanation in sentences.
	Title, Meaning string
	// Anchor is its place on the page: the code itself for what has SQL.
	Anchor string
	// Facts are what else the files say of it, in the order to show.
	Facts []Fact
	// Uses are the cells of the returns that show it.
	Uses []Use
	// SQL is the file's SQL as it stands; a formula and a list have none.
	SQL string
	// File is where the rule is written.
	File string
}

// Fact is one thing said of an entry, as one or more values.
type Fact struct {
	Name   string
	Values []Value
}

// Value is words, with the anchor of the entry they name where they name one.
type Value struct{ Text, Anchor string }

// Text is the fact's values in one line.
func (f Fact) Text() string {
	var words []string
	for _, v := range f.Values {
		words = append(words, v.Text)
	}
	return strings.Join(words, ", ")
}

// Fact finds what is said of an entry under a name, as one line.
func (e Entry) Fact(name string) string {
	for _, f := range e.Facts {
		if f.Name == name {
			return f.Text()
		}
	}
	return ""
}

// Beyond is the meaning without the title it begins with, for where the title
// stands above it already; empty where there is no more to say.
func (e Entry) Beyond() string {
	return strings.TrimSpace(strings.TrimPrefix(e.Meaning, sentence(e.Title)))
}

// say adds a fact; empty words are left out, and a fact without any too.
func (e *Entry) say(name string, values ...Value) {
	values = slices.DeleteFunc(values, func(v Value) bool { return v.Text == "" })
	if len(values) > 0 {
		e.Facts = append(e.Facts, Fact{name, values})
	}
}

// words are values that name no entry.
func words(texts ...string) []Value {
	var out []Value
	for _, t := range texts {
		out = append(out, Value{Text: t})
	}
	return out
}

// Catalogue is every entry, grouped by kind, each kind by code (columns and
// codes in the order of their files).
type Catalogue struct{ Entries []Entry }

// files is what the entries are made from.
type files struct {
	queries   fs.FS
	set       *metrics.Set
	contracts []contract.Contract
	lists     []list
	relations relations
}

// Load reads a queries and a templates folder, workspace's own files laid over
// already. Mistakes in every file are reported together.
func Load(queries, templates fs.FS) (*Catalogue, error) {
	f := files{queries: queries}
	var errs [5]error
	f.set, errs[0] = metrics.Load(queries)
	f.contracts, errs[1] = contract.Load(templates)
	f.lists, errs[2] = loadLists(queries)
	f.relations, errs[3] = loadRelations(queries)
	var uses map[string][]Use
	uses, errs[4] = loadUses(templates)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	c := &Catalogue{}
	for _, make := range []func() ([]Entry, error){f.metrics, f.conditions, f.checks, f.views, f.feeds, f.columns, f.codeLists, f.codes} {
		entries, err := make()
		if err != nil {
			return nil, err
		}
		c.Entries = append(c.Entries, entries...)
	}
	for i, e := range c.Entries {
		if e.Kind != Code && e.Kind != List {
			c.Entries[i].Uses = uses[e.Code]
		}
	}
	c.namedIn(f)
	c.apart()
	return c, nil
}

// apart makes anchors that two entries would share different, since a list such
// as dimension.csv may give a code twice.
func (c *Catalogue) apart() {
	seen := map[string]bool{}
	for i := range c.Entries {
		e := &c.Entries[i]
		for seen[e.Anchor] {
			e.Anchor += "-again"
		}
		seen[e.Anchor] = true
	}
}

// Of lists the entries of one kind.
func (c *Catalogue) Of(kind Kind) []Entry {
	var out []Entry
	for _, e := range c.Entries {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// Find looks for an entry by its code, then by its short name, then by words
// that must all be in its code, title or meaning. Capitals do not matter; no
// kind means any.
func (c *Catalogue) Find(kind Kind, text string) []Entry {
	text = strings.ToLower(strings.TrimSpace(text))
	among := func(wanted func(Entry) bool) []Entry {
		var out []Entry
		for _, e := range c.Entries {
			if (kind == "" || e.Kind == kind) && wanted(e) {
				out = append(out, e)
			}
		}
		return out
	}
	if text == "" {
		return among(func(Entry) bool { return true })
	}
	if found := among(func(e Entry) bool { return strings.ToLower(e.Code) == text }); len(found) > 0 {
		return found
	}
	if found := among(func(e Entry) bool { return strings.ToLower(e.Name) == text }); len(found) > 0 {
		return found
	}
	return among(func(e Entry) bool {
		all := strings.ToLower(strings.Join([]string{e.Code, e.Name, e.Title, e.Meaning}, " "))
		return !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !strings.Contains(all, w) })
	})
}

// near is the most letters that may be wrong in a code or name for it to be offered.
const near = 2

// Near lists a few codes and names that look like a text nothing was found for.
func (c *Catalogue) Near(kind Kind, text string) []string {
	text = strings.ToLower(strings.TrimSpace(text))
	for wrong := 1; wrong <= near; wrong++ {
		var out []string
		for _, e := range c.Entries {
			for _, name := range []string{e.Code, e.Name} {
				close := len(name) > wrong && strict.Distance(strings.ToLower(name), text) == wrong
				if close && (kind == "" || e.Kind == kind) && !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
		if len(out) > 0 {
			return out[:min(len(out), 5)]
		}
	}
	return nil
}
