package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/register"
)

// setting is something that is said of a feed on the sheet Settings. Answers are those it
// can have; none means any text.
type setting struct {
	key, label, meaning string
	answers             []string
	of                  string // what the column "of" names: "column", "header", "answer" or nothing
	several             bool   // it may have several answers, a row each
	get                 func(f register.Feed) []said
	set                 func(f *register.Feed, s said) error
}

// said is one answer, and what it is of.
type said struct{ of, answer string }

// text is a setting that is one text.
func text(key, label, meaning string, at func(f *register.Feed) *string, answers ...string) setting {
	return setting{key: key, label: label, meaning: meaning, answers: answers,
		get: func(f register.Feed) []said { return one(cellOf(*at(&f)), *at(&f) == "") },
		set: func(f *register.Feed, s said) error { *at(f) = textOf(s.answer); return nil }}
}

// number is a setting that is one whole number.
func number(key, label, meaning string, at func(f *register.Feed) *int) setting {
	return setting{key: key, label: label, meaning: meaning,
		get: func(f register.Feed) []said { return one(strconv.Itoa(*at(&f)), *at(&f) == 0) },
		set: func(f *register.Feed, s said) error {
			n, err := strconv.Atoi(strings.TrimSpace(s.answer))
			if err != nil || n < 0 {
				return fmt.Errorf("%q is not a whole number", s.answer)
			}
			*at(f) = n
			return nil
		}}
}

// names is a setting of several texts.
func names(key, label, meaning string, at func(f *register.Feed) *register.Names, answers ...string) setting {
	return setting{key: key, label: label, meaning: meaning, answers: answers, several: true,
		get: func(f register.Feed) (out []said) {
			for _, name := range *at(&f) {
				out = append(out, said{"", cellOf(name)})
			}
			return out
		},
		set: func(f *register.Feed, s said) error { *at(f) = append(*at(f), textOf(s.answer)); return nil }}
}

// rowRules is a setting of rules that pick rows.
func rowRules(key, label, meaning string, at func(f *register.Feed) *[]register.RowRule) setting {
	return setting{key: key, label: label, meaning: meaning, several: true, of: "header",
		get: func(f register.Feed) (out []said) {
			for _, rule := range *at(&f) {
				out = append(out, said{cellOfNames(rule.Columns), cellOf(rule.Pattern)})
			}
			return out
		},
		set: func(f *register.Feed, s said) error {
			*at(f) = append(*at(f), register.RowRule{Columns: namesOf(s.of), Pattern: textOf(s.answer)})
			return nil
		}}
}

func one(answer string, nothing bool) []said {
	if nothing {
		return nil
	}
	return []said{{"", answer}}
}

func expected(f *register.Feed) *register.Expected {
	f.Expected = cmp.Or(f.Expected, &register.Expected{})
	return f.Expected
}

func awaited(f register.Feed) register.Expected {
	if f.Expected == nil {
		return register.Expected{}
	}
	return *f.Expected
}

// settings are all that is said of a feed, in the order of the sheet.
func settings() []setting {
	type feed = register.Feed
	return []setting{
		text("feed", "Feed", "what the file is about", func(f *feed) *string { return &f.Feed }),
		text("files", "Names of its files", "{year} is 2026-27, {quarter} 1 to 4, {date} 2026-07-31 or 20260731, {version} a number, * anything",
			func(f *feed) *string { return &f.Files }),
		text("delivered", "Delivered as", "refresh: each file replaces the one before; increment: it adds to it",
			func(f *feed) *string { return &f.Delivered }, "refresh", "increment"),
		{key: "expected.from", label: "Awaited from", meaning: "the first day of the first period awaited, such as 2026-04-01; blank: nothing is awaited",
			get: func(f feed) []said { return one(awaited(f).From.String(), awaited(f).From.IsZero()) },
			set: func(f *feed, s said) error { return expected(f).From.FromText(s.answer) }},
		{key: "expected.every", label: "Awaited every", meaning: "how often it is awaited", answers: []string{"month", "quarter", "year"},
			get: func(f feed) []said { return one(cellOf(awaited(f).Every), awaited(f).Every == "") },
			set: func(f *feed, s said) error { expected(f).Every = textOf(s.answer); return nil }},
		{key: "expected.within", label: "Working days after the period", meaning: "by when it is due",
			get: func(f feed) []said { return one(strconv.Itoa(awaited(f).Within), awaited(f).Within == 0) },
			set: number("", "", "", func(f *feed) *int { return &expected(f).Within }).set},
		names("dates", "Dates are written", "day-first is 31/03/26, month-first 03/31/26; two-digit-years are added to either",
			func(f *feed) *register.Names { return &f.Dates }, register.DateStyles()...),
		{key: "numbers", label: "Numbers are written", meaning: "of one of our columns: what its numbers look like", of: "column", several: true, answers: register.NumberStyles(),
			get: func(f feed) (out []said) {
				for _, column := range sorted(f.Numbers) {
					for _, style := range f.Numbers[column] {
						out = append(out, said{column, cellOf(style)})
					}
				}
				return out
			},
			set: func(f *feed, s said) error { put(&f.Numbers, s.of, textOf(s.answer)); return nil }},
		names("blanks", "Words for no value", "taken for nothing, in any column", func(f *feed) *register.Names { return &f.Blanks }),
		text("sheet", "Sheet", "its name; blank: it is found by its header", func(f *feed) *string { return &f.Sheet }),
		text("sheet_pattern", "Sheet, by a pattern", "a regular expression for its name", func(f *feed) *string { return &f.SheetPattern }),
		number("sheet_number", "Sheet, by its place", "1 is the first of those shown", func(f *feed) *int { return &f.SheetNumber }),
		text("sheets", "Sheets", "all: every sheet with the feed's header is read", func(f *feed) *string { return &f.Sheets }, "all"),
		number("header_row", "Row of the header", "blank: it is found by its names", func(f *feed) *int { return &f.HeaderRow }),
		number("header_rows", "Rows of the header", "2 joins names of groups to those below", func(f *feed) *int { return &f.HeaderRows }),
		number("skip_rows", "Rows left out below the header", "straight below it", func(f *feed) *int { return &f.SkipRows }),
		rowRules("skip", "Rows left out", "a regular expression for the header's cell; no header: the first cell filled in", func(f *feed) *[]register.RowRule { return &f.Skip }),
		rowRules("totals", "Rows of totals", "left out and shown", func(f *feed) *[]register.RowRule { return &f.Totals }),
		rowRules("end", "First row after the table", "it and all below are left out", func(f *feed) *[]register.RowRule { return &f.End }),
		text("encoding", "Encoding", "of a CSV file; blank: utf-8", func(f *feed) *string { return &f.Encoding }, "utf-8", "windows-1252", "detect"),
		text("delimiter", "Delimiter", "of a CSV file; blank: it is found", func(f *feed) *string { return &f.Delimiter }, "comma", "semicolon", "tab", "pipe"),
		{key: "pseudonym", label: "Client numbers are hashed in", meaning: "one of our columns, before anything of a file is kept", several: true, of: "answer",
			get: func(f feed) (out []said) {
				for _, name := range f.Pseudonym {
					out = append(out, said{"", name})
				}
				return out
			},
			set: func(f *feed, s said) error { f.Pseudonym = append(f.Pseudonym, s.answer); return nil }},
		number("keep_months", "Months that files are kept", "after the end of their year; blank: for good", func(f *feed) *int { return &f.KeepMonths }),
	}
}

// put adds a name to those of a key.
func put(m *map[string]register.Names, key, name string) {
	if *m == nil {
		*m = map[string]register.Names{}
	}
	(*m)[key] = append((*m)[key], name)
}

func sorted[V any](m map[string]V) (keys []string) {
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// field is something that is said of the provider on the sheet Start.
type field struct {
	label, meaning string
	at             func(p *register.Provider) *string
}

func fields() []field {
	type provider = register.Provider
	return []field{
		{"Code", "short, of letters and digits: services name the provider by it", func(p *provider) *string { return &p.Code }},
		{"Name", "what people call it", func(p *provider) *string { return &p.Name }},
		{"Key group", "blank, unless it shares clients' keyed hashes with another provider", func(p *provider) *string { return &p.People }},
		{"Contact", "whom the office writes to about files: a role or a mailbox", func(p *provider) *string { return &p.Contact }},
		{"Chased by", "who at the office does so: a role", func(p *provider) *string { return &p.ChasedBy }},
	}
}

// how a column comes from a header; the last word of each is what the mapping says.
const (
	asItIs   = "as it is"
	another  = "another name of it"
	ownName  = "by its own name"
	notUsed  = "not used"
	takenOut = "taken out before it is kept"
	constant = "one value in every row"
	made     = "its text too"
	madeOf   = "made: "
)

func hows() []string {
	return []string{asItIs, another, ownName, notUsed, takenOut, constant, made, madeOf + "financial year", madeOf + "ledger period", madeOf + "line number"}
}
