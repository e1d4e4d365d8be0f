package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
)

// Mapping says where each contract column stands in a file.
type Mapping struct {
	Columns   map[string]int    // contract column to header position, from 0
	Constants map[string]string // contract column to its one value
	Derived   map[string]Derivation
	Unused    []string // headers no column claims, in the file's order
	Missing   []string // required columns neither sent nor constant, in the contract's order
}

// Derivation is a contract column made from the text of a header.
type Derivation struct {
	At       int // header position, from 0
	As, Part string
	Factor   string // what its number is multiplied by, as an exact decimal; empty for none
}

// Told is how a mistake tells of a header that the sender gave, its quotation marks
// included; nil as it stands.
type Told func(header string) string

func (t Told) of(header string) string {
	if t == nil {
		return fmt.Sprintf("%q", header)
	}
	return t(header)
}

// MatchFeed does what Match does, by all that a provider's feed says.
func (c Contract) MatchFeed(header []string, feed register.Feed, told Told) (Mapping, error) {
	derived := map[string]Derivation{}
	constants := maps.Clone(feed.Constants)
	var errs []error
	for _, column := range slices.Sorted(maps.Keys(feed.Derive)) {
		d, at, err := c.derive(header, column, feed.Derive[column], told)
		if err != nil {
			errs = append(errs, err)
		}
		if d {
			by, err := factor(feed.Derive[column])
			if err != nil {
				errs = append(errs, fmt.Errorf("the column %s: %w", column, err))
			}
			derived[column] = Derivation{At: at, As: feed.Derive[column].As, Part: feed.Derive[column].Part, Factor: by}
		}
		if constants == nil {
			constants = map[string]string{}
		}
		constants[column] = "derived" // taken from the header, so that no header is claimed for it
	}
	m, err := c.match(header, feed.Columns, constants, told)
	for column := range feed.Derive {
		delete(m.Constants, column)
	}
	m.Derived = derived
	m.Unused = slices.DeleteFunc(m.Unused, func(h string) bool {
		for _, d := range derived {
			if header[d.At] == h {
				return true
			}
		}
		return false
	})
	return m, errors.Join(append(errs, err)...)
}

// derive finds the header that a column is made from.
func (c Contract) derive(header []string, column string, d register.Derived, told Told) (found bool, at int, err error) {
	if err := c.checkDerived(column, d); err != nil {
		return false, 0, err
	}
	col, _ := c.Column(column)
	places := placesOf(header, d.From)
	switch {
	case len(places) > 1:
		return false, 0, twice(col, header, places, told)
	case len(places) == 0 && col.Constraints.Required:
		if near := nearest(header, d.From); near != "" {
			return false, 0, fmt.Errorf("the column %s is made from %q, and no header is that; the nearest is %s: rename it, or name it in the provider's mapping", column, strings.Join(d.From, `" or "`), told.of(near))
		}
		return false, 0, fmt.Errorf("the column %s is made from %q, and no header is that", column, strings.Join(d.From, `" or "`))
	case len(places) == 0:
		return false, 0, nil
	}
	return true, places[0], nil
}

// Heads says whether a header has every column that the feed cannot do without, by
// all that a provider's feed says.
func (c Contract) Heads(header []string, feed register.Feed) bool {
	m, _ := c.MatchFeed(header, feed, nil) // what else is wrong with it is told when it is read
	for _, col := range c.Columns {
		d, derived := feed.Derive[col.Name]
		if derived && col.Constraints.Required && len(placesOf(header, d.From)) == 0 {
			return false
		}
	}
	return len(m.Missing) == 0
}

// placesOf finds the headers that are one of the names, or else those that are
// like the first name with * in it that any is like.
func placesOf(header []string, names []string) []int {
	of := func(is func([]string, string) bool, names []string) (places []int) {
		for i, h := range header {
			if is(names, h) {
				places = append(places, i)
			}
		}
		return places
	}
	places := of(isOne, names)
	for i := 0; i < len(names) && len(places) == 0; i++ {
		places = of(isLike, names[i:i+1])
	}
	return places
}

// What a column can be derived as: of a date, or of a text that several rows share.
const (
	AsFinancialYear = "financial year"
	AsLedgerPeriod  = "ledger period"
	AsLineNumber    = "line number"
)

// Match finds the contract's columns in a header. A header is a column's when
// it is one of the names the provider is configured to use, else its name or
// title; case, spaces and punctuation do not matter. A configured name takes
// its header from every other column, and a constant takes its column from the
// file. Every problem is reported: a required column that is missing, a column
// found twice, a configured column the contract does not have.
func (c Contract) Match(header []string, names map[string]register.Names, constants map[string]string) (Mapping, error) {
	return c.match(header, names, constants, nil)
}

func (c Contract) match(header []string, names map[string]register.Names, constants map[string]string, told Told) (Mapping, error) {
	m := matching{told: told, header: header, owner: map[int]string{}}
	for _, wrong := range c.checkMapping(names, constants) {
		m.errs = append(m.errs, wrong.error)
	}
	m.Mapping = Mapping{Columns: map[string]int{}, Constants: constants}
	for _, col := range c.Columns {
		m.claim(col, names[col.Name], isOne, true)
	}
	for _, col := range c.Columns {
		m.claim(col, []string{col.Name, col.Title}, isOne, false)
	}
	for _, col := range c.Columns {
		for _, name := range names[col.Name] {
			m.claim(col, []string{name}, isLike, false)
		}
	}
	for i, h := range header {
		if m.owner[i] == "" && plain(h) != "" {
			m.Unused = append(m.Unused, h)
		}
	}
	for _, col := range c.Columns {
		_, sent := m.Columns[col.Name]
		if _, constant := constants[col.Name]; col.Constraints.Required && !sent && !constant {
			m.Missing = append(m.Missing, col.Name)
			m.errs = append(m.errs, missing(col, names[col.Name], m.Unused, told))
		}
	}
	return m.Mapping, errors.Join(m.errs...)
}

type matching struct {
	Mapping
	told   Told
	header []string
	owner  map[int]string // header position to the column that has it
	errs   []error
}

// claim takes, for a column not found yet, the headers that are one of the
// names. What the configuration names may not be taken twice; a column's own
// name and title, and names with * in them, take only what is left.
func (m *matching) claim(col Column, names []string, is func([]string, string) bool, configured bool) {
	_, constant := m.Constants[col.Name]
	if _, found := m.Columns[col.Name]; found || constant {
		return
	}
	var found []int
	for i, h := range m.header {
		if owner := m.owner[i]; owner != "" && !configured || !is(names, h) {
			continue
		} else if owner != "" {
			m.errs = append(m.errs, fmt.Errorf("the provider's mapping gives the header %s to both %s and %s; give it to one", m.told.of(h), owner, col.Name))
		}
		found = append(found, i)
		m.owner[i] = col.Name
	}
	if len(found) > 1 {
		m.errs = append(m.errs, twice(col, m.header, found, m.told))
	}
	if len(found) > 0 {
		m.Columns[col.Name] = found[0]
	}
}

// Means says whether a header is one of the names, or like one of those with *.
func Means(names []string, header string) bool { return isOne(names, header) || isLike(names, header) }

// isOne says whether a header is one of the names.
func isOne(names []string, header string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return plain(name) != "" && !strings.Contains(name, "*") && plain(name) == plain(header)
	})
}

// isLike says whether a header is like one of the names that have * in them, which
// stands for anything.
func isLike(names []string, header string) bool {
	return plain(header) != "" && slices.ContainsFunc(names, func(name string) bool {
		return strings.Contains(name, "*") && plain(name) != "" && like(name, plain(header))
	})
}

func like(name, header string) bool {
	parts := strings.Split(name, "*")
	last := plain(parts[len(parts)-1])
	rest, ok := strings.CutPrefix(header, plain(parts[0]))
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, plain(part))
		ok, rest = ok && found, after
	}
	return ok && strings.HasSuffix(rest, last)
}

func twice(col Column, header []string, found []int, told Told) error {
	var places []string
	for _, at := range found {
		places = append(places, fmt.Sprintf("%s (column %d)", told.of(header[at]), at+1))
	}
	return fmt.Errorf("the headers %s each mean the column %s; keep one, or name it in the provider's mapping",
		strings.Join(places, " and "), col.Name)
}

func missing(col Column, names, unused []string, told Told) error {
	if near := nearest(unused, append([]string{col.Name, col.Title}, names...)); near != "" {
		return fmt.Errorf("the column %s is missing; the nearest header is %s: rename it, or name it in the provider's mapping", col.Name, told.of(near))
	}
	return fmt.Errorf("the column %s is missing, and no header is like it: add it", col.Name)
}

// Recognise finds the one contract whose required columns a header all has.
func Recognise(contracts []Contract, header []string) (Contract, error) {
	var fits []Contract
	var near Contract
	var nearMissing []string
	var most float64 // the largest share of required columns present
	for _, c := range contracts {
		m, _ := c.Match(header, nil, nil) // only what is missing decides
		if len(m.Missing) == 0 {
			fits = append(fits, c)
		} else if share := 1 - float64(len(m.Missing))/float64(c.required()); share > most {
			most, near, nearMissing = share, c, m.Missing
		}
	}
	var feeds []string
	for _, c := range fits {
		feeds = append(feeds, c.Feed)
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return Contract{}, fmt.Errorf("the header fits %d contracts, %s; say which it is with --feed", len(fits), strings.Join(feeds, " and "))
	case most == 0:
		return Contract{}, errors.New("the header fits no contract, and none is near; is the header row the right one?")
	}
	return Contract{}, fmt.Errorf("the header fits no contract; the nearest is %s, which also needs %s", near.Feed, strings.Join(nearMissing, ", "))
}

// required counts the columns a file must have.
func (c Contract) required() int {
	n := 0
	for _, col := range c.Columns {
		if col.Constraints.Required {
			n++
		}
	}
	return n
}

// plain is a header without what people vary: case, spaces, punctuation.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// nearest is the header most like one of the names, if any is at all.
func nearest(headers, names []string) string {
	best, found := 1.0, ""
	for _, h := range headers {
		for _, name := range names {
			a, b := plain(h), plain(name)
			if far := float64(strict.Distance(a, b)) / float64(max(len(a), len(b), 1)); far < best {
				best, found = far, h
			}
		}
	}
	if best > 0.6 {
		return ""
	}
	return found
}
