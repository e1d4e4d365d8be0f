package contract

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Profile is what the values under one header of a file look like.
type Profile struct {
	Header string
	Filled int64
	Fits   map[string]int64 // how many of them have each form of Forms
	Values []Frequent       // different ones, the most frequent first; not all if there are many
}

// Frequent is a value and how many rows have it.
type Frequent struct {
	Text string
	Rows int64
}

// Proposal is how the columns of a contract may come from a file's headers.
type Proposal struct {
	Contract
	Profiles  []Profile
	Columns   map[string]Match // contract column to where it comes from
	Lists     Lists
	Registers map[string][]string
	hints     Hints
	score     float64
}

// Hints are what is known of other people's words before a file is looked at.
type Hints struct {
	Words map[string][]string // what headers say and columns mean, such as client for victim
	// Own are the headers that the provider's mapping gives to a feed's columns, as
	// FEED.COLUMN; Others those of other providers.
	Own, Others map[string][]string
	// Means are our codes for words, by list, in small letters: near enough to be asked.
	Means      map[string]map[string]string
	Registered map[string]string // what each fund, service and provider is called
}

// Match is a header proposed for a column, and how sure that is.
type Match struct {
	At    int // header position, from 0
	score float64
	doubt string // what somebody must look at; empty if nothing
}

// Propose finds, for each contract, the headers whose names and values are most
// like its columns, and gives the proposals, the best first.
func Propose(contracts []Contract, profiles []Profile, lists Lists, registers map[string][]string, hints Hints) []Proposal {
	var out []Proposal
	for _, c := range contracts {
		p := Proposal{Contract: c, Profiles: profiles, Columns: map[string]Match{}, Lists: lists, Registers: registers, hints: hints}
		p.assign(hints.Words)
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Proposal) int { return cmp.Compare(b.score, a.score) })
	return out
}

// likely and sure are the scores from which a header is proposed for a column, and
// from which nobody need look at it; two columns closer than near could change places.
const (
	likely = 0.55
	sure   = 0.85
	near   = 0.1
)

// mostCodes is more than any list of codes has: a header with more different
// values has other things.
const mostCodes = 60

type candidate struct {
	column, at int
	score      float64
}

// assign gives each column the header most like it, the most alike first.
func (p *Proposal) assign(words map[string][]string) {
	var all []candidate
	for i, col := range p.Contract.Columns {
		for at, profile := range p.Profiles {
			if score := p.likeness(col, profile, words); score >= likely {
				all = append(all, candidate{i, at, score})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	taken := map[int]bool{}
	required := 0
	for _, c := range all {
		col := p.Contract.Columns[c.column]
		if _, found := p.Columns[col.Name]; found || taken[c.at] {
			continue
		}
		taken[c.at] = true
		p.Columns[col.Name] = Match{At: c.at, score: c.score, doubt: p.doubt(c, all)}
		p.score += min(c.score, 2)
		if col.Constraints.Required {
			required++
		}
	}
	p.score += 6 * float64(required) / float64(max(1, p.required()))
}

// doubt says why somebody should look at a candidate.
func (p Proposal) doubt(c candidate, all []candidate) string {
	col := p.Contract.Columns[c.column]
	key := p.Feed + "." + col.Name
	if isOne(append([]string{col.Name, col.Title}, p.hints.Own[key]...), p.Profiles[c.at].Header) {
		return ""
	}
	if isOne(p.hints.Others[key], p.Profiles[c.at].Header) {
		return "unsure: another provider calls it so"
	}
	for _, other := range all {
		name := p.Contract.Columns[other.column].Name
		if _, found := p.Columns[name]; other.at == c.at && other.column != c.column && !found && other.score > c.score-near {
			return "unsure: or is it " + name + "?"
		}
	}
	switch {
	case p.Profiles[c.at].Filled > 0 && p.valueLikeness(col, p.Profiles[c.at]) < 0.5:
		return "unsure: its name is like " + strings.ToLower(col.Title) + ", but few of its values are"
	case c.score < sure:
		return "unsure: is this " + strings.ToLower(col.Title) + "?"
	}
	return ""
}

// likeness says how much a header is like a column, by its name and its values.
func (p Proposal) likeness(col Column, profile Profile, words map[string][]string) float64 {
	if plain(profile.Header) == "" {
		return 0
	}
	name := max(nameLikeness(profile.Header, strings.TrimSuffix(col.Name, "_code"), words), nameLikeness(profile.Header, col.Title, words))
	value := p.valueLikeness(col, profile)
	exact := isOne([]string{col.Name, col.Title}, profile.Header)
	empty := profile.Filled == 0
	key := p.Feed + "." + col.Name
	switch {
	case isOne(p.hints.Own[key], profile.Header):
		return 4
	case exact:
		return 2 + value
	case isOne(p.hints.Others[key], profile.Header) && (value >= 0.5 || empty):
		return 1.2 + value
	case empty:
		return name * 0.8
	case p.listed(col) && value >= 0.75 && len(profile.Values) > 1, col.Constraints.Pattern != "" && value >= 0.9:
		return 0.7*value + name
	case col.Type == "yes/no" && value == 1 && p.asksItself(col, profile):
		return 0.6 + name
	case p.identifies(col) && unique(profile): // by its shape: one for each row, all alike
		return 0.5 + name
	case col.Type != "text" && value < 0.5:
		if name < 0.6 || col.Type != "code" && name < 0.9 {
			return 0
		}
		return 0.8*name + 0.2*value
	case col.Type == "text":
		return name
	}
	return name + 0.2*value
}

// identifies says whether a column is the key of its rows by itself.
func (p Proposal) identifies(col Column) bool {
	return len(p.Key) == 1 && p.Key[0] == col.Name && col.Type == "text" && col.Constraints.Pattern == ""
}

// unique says whether no value stands in two rows, and all are of one form with digits: an
// identifier, not a note.
func unique(profile Profile) bool {
	if profile.Filled < 5 || len(profile.Values) < 5 || profile.Fits["date"] > profile.Filled/2 {
		return false
	}
	forms, most := map[string]int{}, 0
	for _, v := range profile.Values {
		if v.Rows > 1 {
			return false
		}
		form := digits.ReplaceAllString(v.Text, "0")
		forms[form]++
		most = max(most, forms[form])
	}
	return 10*most >= 9*len(profile.Values) && slices.ContainsFunc(profile.Values, func(v Frequent) bool { return digits.MatchString(v.Text) })
}

var digits = regexp.MustCompile(`[0-9]+`)

// listed says whether a column's values are of a list long enough to tell it by.
func (p Proposal) listed(col Column) bool {
	return col.Type == "code" || col.Register != ""
}

// valueLikeness is the share of a header's values that the column could take,
// as they are or translated; half where any text would do.
func (p Proposal) valueLikeness(col Column, profile Profile) float64 {
	if profile.Filled == 0 {
		return 0
	}
	share := func(n int64) float64 { return float64(n) / float64(profile.Filled) }
	counted := func(fits func(string) bool) float64 {
		var n, of int64
		for _, v := range profile.Values {
			of += v.Rows
			if fits(v.Text) {
				n += v.Rows
			}
		}
		return float64(n) / float64(max(1, of))
	}
	switch {
	case col.Type == "date", col.Type == "datetime":
		return share(profile.Fits["date"])
	case col.Type == "time":
		return share(profile.Fits["time"])
	case col.Type == "integer", col.Type == "number", col.Type == "money":
		return share(profile.Fits["any "+col.Type])
	case col.Type != "text" && len(profile.Values) > mostCodes:
		return 0
	case col.Type != "text":
		t := p.translate(col, profile)
		return counted(func(v string) bool { return t[v] != "" || col.Type == "code" && p.nearLabel(col, v) != "" })
	case col.Register != "":
		return counted(func(v string) bool { return p.registered(col, v) != "" })
	case col.Constraints.Pattern != "":
		pattern, err := regexp.Compile("^(" + col.Constraints.Pattern + ")$")
		if err != nil {
			return 0
		}
		return counted(pattern.MatchString)
	}
	return 0.5
}

// nameLikeness is how many of the words of a header and of a column's name the
// two share, from 0 to 1.
func nameLikeness(header, name string, words map[string][]string) float64 {
	ours, theirs := wordsOf(name), wordsOf(header)
	found := map[int]bool{}
	matched := 0
	for _, t := range theirs {
		meanings := append([]string{t}, words[t]...)
		hit := false
		for i, o := range ours {
			if slices.ContainsFunc(meanings, func(m string) bool { return sameWord(m, o) }) {
				found[i], hit = true, true
			}
		}
		if hit {
			matched++
		}
	}
	return float64(matched+len(found)) / float64(max(1, len(ours)+len(theirs)))
}

// wordsOf are the words of a name in small letters, without those that say nothing.
func wordsOf(s string) []string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains([]string{"of", "the", "a", "by", "in", "is", "was", "code", "flag"}, w)
	})
}

// sameWord takes two words that begin alike for one: closed and closure.
func sameWord(a, b string) bool {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return a == b || n >= 4 && max(len(a), len(b))-n < n
}

// Score says how much of the contract was found, to compare proposals by.
func (p Proposal) Score() float64 { return p.score }

// Claims says whether a column comes from the header at a position.
func (p Proposal) Claims(at int) bool {
	for _, m := range p.Columns {
		if m.At == at {
			return true
		}
	}
	return false
}
