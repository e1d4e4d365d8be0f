package intake

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/mapping"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// SuggestBook proposes how files of a provider are mapped, as a workbook to fill in. What
// the provider's mapping says already is in it, and stays. It writes nothing to the store.
func SuggestBook(ctx context.Context, ws *workspace.Workspace, paths []string, feed, provider string) ([]byte, error) {
	p, known := ws.Register.Provider(provider)
	if !known {
		p = register.Provider{Code: provider}
	}
	if p.Name == p.Code {
		p.Name = "" // only a service names it so far
	}
	p.Feeds = slices.Clone(p.Feeds)
	book := mapping.Book{Provider: p, Seen: make([]mapping.Seen, len(p.Feeds))}
	var names []string
	for _, path := range paths {
		names = append(names, ws.Masked(filepath.Base(path)))
	}
	patterns := patternsOf(names)
	for _, path := range paths {
		if name := filepath.Base(path); ws.Masked(name) == name { // else the one who takes it names the file
			book.Files = append(book.Files, name)
		}
		all, _, err := propose(ctx, ws, path, feed, provider)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ws.Masked(filepath.Base(path)), err)
		}
		for _, one := range all {
			if err := addProposed(ws, &book, one, patterns[ws.Masked(filepath.Base(path))]); err != nil {
				return nil, err
			}
		}
	}
	for i := range book.Seen {
		mayShow(&book.Seen[i])
	}
	return mapping.Write(book, offers(ws, provider))
}

// offers is what a workbook offers to choose from.
func offers(ws *workspace.Workspace, provider string) mapping.About {
	return mapping.About{Contracts: ws.Contracts, Lists: ws.Lists, Registers: ws.Registers(provider), Registered: ws.Registered(), Marking: ws.Marking()}
}

// addProposed adds a proposal to the book: to the feed that takes files of such names
// already, or as a new one. What it is not sure of is taken out of the mapping and asked.
func addProposed(ws *workspace.Workspace, b *mapping.Book, one proposed, files string) error {
	var feeds []register.Feed
	if err := strict.Read("the proposal", []byte(one.yaml), &feeds).Err(); err != nil {
		return err
	}
	feeds[0].Files = files
	f, guesses := feeds[0], map[string]mapping.Guess{}
	f.Columns = maps.Clone(f.Columns)
	for name, m := range one.Columns {
		if m.Doubt() != "" {
			delete(f.Columns, name)
		}
	}
	for name, value := range f.Constants {
		if value == contract.Undecided {
			value = ""
		}
		guesses["constants."+name] = mapping.Guess{Value: value, Why: "no value is known"}
		if value != "" {
			guesses["constants."+name] = mapping.Guess{Value: value, Why: "it may be the only one there can be"}
		}
	}
	f.Constants = nil
	for name, d := range f.Derive {
		if d.As == contract.AsFinancialYear || d.As == contract.AsLedgerPeriod {
			continue // nothing else can be meant
		}
		how := "its text too"
		if d.As != "" {
			how = "made: " + d.As
		}
		guesses["constants."+name] = mapping.Guess{Why: fmt.Sprintf("or choose the header %q and how \"%s\" on a row of its own", strings.Join(d.From, " or "), how)}
		delete(f.Derive, name)
	}
	guesses["delivered"] = mapping.Guess{Value: f.Delivered, Why: "does each file replace the last, or add to it?"}
	f.Delivered = ""
	if len(f.Blanks) > 0 {
		guesses["blanks"] = mapping.Guess{Value: strings.Join(f.Blanks, ", "), Why: "taken for a value not given, in every column?"}
		f.Blanks = nil
	}
	if f.Sheets != "" {
		guesses["sheets"] = mapping.Guess{Value: f.Sheets, Why: "several sheets have this header: " + strings.Join(one.about.Alike, ", ")}
		f.Sheets = ""
	}
	at := slices.IndexFunc(b.Provider.Feeds, func(o register.Feed) bool { return o.Feed == f.Feed && o.Files == f.Files })
	if at < 0 {
		at = len(b.Provider.Feeds)
		b.Provider.Feeds = append(b.Provider.Feeds, f)
		b.Seen = append(b.Seen, mapping.Seen{Guesses: guesses})
	} else {
		join(&b.Provider.Feeds[at], f)
	}
	s := &b.Seen[at]
	addHeaders(ws, s, b.Provider.Feeds[at], one)
	addWords(s, one)
	return nil
}

// join adds what another file of a feed shows to what is said of it already.
func join(f *register.Feed, more register.Feed) {
	f.Columns = maps.Clone(f.Columns)
	for name, headers := range more.Columns {
		if _, there := f.Columns[name]; !there {
			if f.Columns == nil {
				f.Columns = map[string]register.Names{}
			}
			f.Columns[name] = headers
		}
	}
	for column, words := range more.Codes {
		if f.Codes == nil {
			f.Codes = map[string]map[string]string{}
		}
		all := maps.Clone(words)
		maps.Copy(all, f.Codes[column])
		f.Codes[column] = all
	}
	for answer, words := range more.YesNo {
		if f.YesNo == nil {
			f.YesNo = map[string]register.Names{}
		}
		f.YesNo[answer] = united(f.YesNo[answer], words)
	}
	f.Dates = united(f.Dates, more.Dates)
}

func united(a, b register.Names) register.Names {
	out := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// addHeaders says of each header what its values look like, and what it may be.
func addHeaders(ws *workspace.Workspace, s *mapping.Seen, f register.Feed, one proposed) {
	for i, profile := range one.Profiles {
		if strings.TrimSpace(profile.Header) == "" || personal.InWords(ws.Personal, profile.Header) != "" || slices.ContainsFunc(s.Headers, func(h mapping.Header) bool { return h.Name == profile.Header }) {
			continue
		}
		h := mapping.Header{Name: profile.Header, Shape: shapes(profile)}
		for name, m := range one.Columns {
			col, _ := one.Column(name)
			if m.At == i {
				h.Column, h.Own, h.Why = name, col.OwnName(profile.Header), strings.TrimPrefix(m.Doubt(), "unsure: ")
			}
		}
		for _, says := range one.about.Personal {
			if h.Column == "" && strings.Contains(says, profile.Header) {
				h.Why = "It may be of a person: choose \"taken out before it is kept\". " + says
			}
		}
		s.Headers = append(s.Headers, h)
	}
}

// addWords counts the words of the coded columns.
func addWords(s *mapping.Seen, one proposed) {
	for _, col := range one.Contract.Columns {
		m, found := one.Columns[col.Name]
		if !found || !one.Coded(col) && col.Register == "" {
			continue
		}
		for _, w := range one.Meanings(col, m.At) {
			if col.Asks() {
				s.Yes = countWord(s.Yes, w, w.Code == w.Text)
				continue
			}
			if s.Words == nil {
				s.Words = map[string][]mapping.Word{}
			}
			s.Words[col.Name] = countWord(s.Words[col.Name], w, w.Code == w.Text)
		}
	}
}

func countWord(words []mapping.Word, w contract.Meaning, ours bool) []mapping.Word {
	at := slices.IndexFunc(words, func(o mapping.Word) bool { return o.Text == w.Text })
	if at < 0 {
		return append(words, mapping.Word{Text: w.Text, Rows: w.Rows, Ours: ours, Guess: cmp.Or(w.Code, w.Near)})
	}
	words[at].Rows += w.Rows
	return words
}

// aWord is what a word of a list looks like: few letters and words, no long number, no
// address of any kind.
var aWord = regexp.MustCompile(`^[\pL\d&/,.()+'’ -]{1,50}$`)

var manyDigits = regexp.MustCompile(`\d{4}`)

// showsWord tells whether a word of a coded column may be shown to be translated: one that
// stands in one row only and is like no label of ours, or does not look like a word of a
// list, could be a person's.
func showsWord(w contract.Frequent, like bool) bool {
	return w.Text != typed.Withheld && aWord.MatchString(w.Text) && !manyDigits.MatchString(w.Text) && len(strings.Fields(w.Text)) <= 7 && (w.Rows >= 2 || like)
}

// mayShow takes out words that may not be shown.
func mayShow(s *mapping.Seen) {
	keep := func(words []mapping.Word) []mapping.Word {
		return slices.DeleteFunc(words, func(w mapping.Word) bool {
			return !showsWord(contract.Frequent{Text: w.Text, Rows: w.Rows}, w.Guess != "" || w.Ours)
		})
	}
	s.Yes = keep(s.Yes)
	for column := range s.Words {
		s.Words[column] = keep(s.Words[column])
	}
}

// shapes says what most values under a header look like, without any of them.
func shapes(p contract.Profile) string {
	rows := map[string]int64{}
	for _, v := range p.Values {
		rows[shapeOf(v.Text)] += v.Rows
	}
	names := slices.SortedFunc(maps.Keys(rows), func(a, b string) int { return cmp.Or(cmp.Compare(rows[b], rows[a]), cmp.Compare(a, b)) })
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names[:min(2, len(names))], "; ")
}

var runs = regexp.MustCompile(`\pL+|\d+|\s+|[^\pL\d\s]`)

// longestShape is how many parts a shape says one by one.
const longestShape = 7

// shapeOf is a value's shape, such as "2 letters, 6 digits".
func shapeOf(text string) string {
	if hexadecimal.MatchString(text) {
		return fmt.Sprintf("%d letters and digits", len(text))
	}
	parts := runs.FindAllString(text, -1)
	if len(parts) > longestShape {
		return "a longer text"
	}
	var out []string
	for _, part := range parts {
		n := len([]rune(part))
		switch first := []rune(part)[0]; {
		case strings.TrimSpace(part) == "":
			out = append(out, "a space")
		case first >= '0' && first <= '9':
			out = append(out, several(n, "digit"))
		case unicode.IsLetter(first):
			out = append(out, several(n, "letter"))
		default:
			out = append(out, part)
		}
	}
	return strings.Join(out, ", ")
}

var hexadecimal = regexp.MustCompile(`^[0-9a-f]{16,64}$`)

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
