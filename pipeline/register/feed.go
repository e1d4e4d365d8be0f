package register

import (
	"fmt"
	"slices"

	"mojreturns/pipeline/strict"
)

// Feed is how one provider sends one feed.
type Feed struct {
	// Feed is the contract's name, such as referrals.
	Feed string `yaml:"feed" json:"feed"`
	// Files is the pattern of the file's name. {year} stands for a financial
	// year (2023-24), {version} for a whole number, {date} for 2024-01-31 or
	// 20240131, * for anything.
	Files string `yaml:"files" json:"files"`
	// Sheet and HeaderRow say where the table stands; empty and 0 mean "find it".
	Sheet     string `yaml:"sheet" json:"sheet"`
	HeaderRow int    `yaml:"header_row" json:"header_row"`
	// SheetPattern is a regular expression for the sheet's name, SheetNumber its
	// place among those shown, from 1: one of the three at most.
	SheetPattern string `yaml:"sheet_pattern" json:"sheet_pattern,omitempty"`
	SheetNumber  int    `yaml:"sheet_number" json:"sheet_number,omitempty"`
	// Sheets is "all" where every visible sheet with the feed's header is read, of those
	// that SheetPattern picks if it is given. Empty means that there must be one.
	Sheets string `yaml:"sheets" json:"sheets,omitempty"`
	// HeaderRows is how many rows make the header; 2 joins names of groups to those below.
	HeaderRows int `yaml:"header_rows" json:"header_rows,omitempty"`
	// SkipRows are left out straight below the header, Skip wherever they stand.
	// Totals are left out and shown; from the first End on, everything is left out.
	SkipRows int       `yaml:"skip_rows" json:"skip_rows,omitempty"`
	Skip     []RowRule `yaml:"skip" json:"skip,omitempty"`
	Totals   []RowRule `yaml:"totals" json:"totals,omitempty"`
	End      []RowRule `yaml:"end" json:"end,omitempty"`
	// Encoding is utf-8, windows-1252 or detect; empty means utf-8.
	Encoding string `yaml:"encoding" json:"encoding"`
	// Delimiter is comma, semicolon, tab or pipe; empty means "find it".
	Delimiter string `yaml:"delimiter" json:"delimiter"`
	// Delivered is refresh (each delivery replaces the last of its year) or
	// increment (every delivery counts).
	Delivered string `yaml:"delivered" json:"delivered"`
	// Dates are the styles of its dates, of DateStyles; ISO is understood under all.
	Dates Names `yaml:"dates" json:"dates"`
	// Numbers are, for a contract column, the styles of its numbers, of NumberStyles.
	Numbers map[string]Names `yaml:"numbers" json:"numbers,omitempty"`
	// YesNo gives, for Y, N and NK, how the provider writes them in any yes/no column.
	YesNo map[string]Names `yaml:"yes_no" json:"yes_no,omitempty"`
	// Blanks are texts that stand for nothing, such as N/A, in any column.
	Blanks Names `yaml:"blanks" json:"blanks,omitempty"`
	// Columns names, for a contract column, the headers the provider uses. A name
	// with * in it, which stands for anything, counts where no other does.
	Columns map[string]Names `yaml:"columns" json:"columns"`
	// Constants gives, for a contract column the provider does not send, its one value.
	Constants map[string]string `yaml:"constants" json:"constants"`
	// Derive makes a contract column out of a header's text: one header may serve
	// several columns so.
	Derive map[string]Derived `yaml:"derive" json:"derive,omitempty"`
	// Codes translates the provider's values: contract column, theirs, ours. A value
	// not among them must be ours already, or is rejected and listed; "*" takes it in.
	Codes map[string]map[string]string `yaml:"codes" json:"codes"`
	// Drop names columns of people's data that are taken out before anything of a file is
	// kept: its own bytes then never are, but a text without them.
	Drop Names `yaml:"drop" json:"drop,omitempty"`
	// Pseudonym names contract columns whose headers hold client numbers: each becomes a
	// keyed hash before anything of a file is kept, which then is a text, as with Drop.
	Pseudonym Names `yaml:"pseudonym" json:"pseudonym,omitempty"`
	// KeepMonths is how long a file is kept after the end of its financial year; 0
	// means for good.
	KeepMonths int `yaml:"keep_months" json:"keep_months,omitempty"`
	// Expected says what should arrive; nil means nothing is awaited.
	Expected *Expected `yaml:"expected" json:"expected"`
}

// RowRule picks rows of a file by the text of one cell.
type RowRule struct {
	Columns Names  `yaml:"columns" json:"columns,omitempty"` // the header, by its names; none: the first cell that holds anything
	Pattern string `yaml:"pattern" json:"pattern"`           // a regular expression for its text; ^$ is a blank cell
}

// Derived says how a column is made from a header's text.
type Derived struct {
	From Names `yaml:"from" json:"from"` // the header, or the names it goes by
	// As is "financial year" (2023-24) or "ledger period" (1 is April) of a date, or
	// "line number", which counts the rows that share the text; empty takes the text itself.
	As string `yaml:"as" json:"as,omitempty"`
	// Part is a regular expression with one group: that part of the text. A text
	// that it does not fit stays whole, and is judged so.
	Part string `yaml:"part" json:"part,omitempty"`
	// Times and Divide take a number in another unit: by 60 hours are minutes. They are
	// exact decimals above 0; one of the two at most, and not with As.
	Times  string `yaml:"times" json:"times,omitempty"`
	Divide string `yaml:"divide" json:"divide,omitempty"`
}

// Expected says from when a feed is awaited, how often, and how many working
// days after the period's end it is due.
type Expected struct {
	From   Date   `yaml:"from" json:"from"`
	Every  string `yaml:"every" json:"every"` // month, quarter or year
	Within int    `yaml:"within" json:"within"`
}

// Names is one name or several; a list of one may be written as the word alone.
type Names []string

// How a feed is delivered, and how often one is awaited.
var (
	deliveries = []string{"refresh", "increment"}
	intervals  = []string{"month", "quarter", "year"}
)

// check tells what of a feed cannot be, but for its patterns and its mapping: they are
// held against what reads them.
func (f Feed) check(at strict.Place, provider string, known Known) {
	about := fmt.Sprintf("provider %q, feed %q", provider, f.Feed)
	if !slices.Contains(known.Feeds, f.Feed) {
		at.In("feed").Wrong("provider %q: no contract is called %q; %s", provider, f.Feed, strict.Instead(f.Feed, known.Feeds))
	}
	if f.Files == "" {
		at.In("files").Wrong("%s: files (the pattern of its file names) is missing; write files: \"name_{year}_v{version}.csv\"", about)
	}
	if !slices.Contains(deliveries, f.Delivered) {
		at.In("delivered").Wrong("%s: delivered is %q; it can be refresh (each file replaces the one before) or increment (every file counts)",
			about, f.Delivered)
	}
	if f.KeepMonths < 0 {
		at.In("keep_months").Wrong("%s: keep_months is %d; it is a number of months", about, f.KeepMonths)
	}
	if f.Sheets != "" && f.Sheets != "all" {
		at.In("sheets").Wrong("%s: sheets is %q; it can be all, or is left out", about, f.Sheets)
	}
	if f.Sheets != "" && (f.Sheet != "" || f.SheetNumber != 0) {
		at.In("sheets").Wrong("%s: sheets asks for all sheets, and sheet or sheet_number for one; keep one of the two", about)
	}
	f.checkStyles(at, about)
	if f.Expected != nil {
		f.Expected.check(at.In("expected"), about)
	}
}

func (e Expected) check(at strict.Place, about string) {
	if !slices.Contains(intervals, e.Every) {
		at.In("every").Wrong("%s: expected every %q; it can be month, quarter or year", about, e.Every)
	}
	if e.From.IsZero() {
		at.In("from").Wrong("%s: expected says not from when; write from: and the first day of the first period that is awaited", about)
	}
	if e.Within < 0 {
		at.In("within").Wrong("%s: expected within %d; it is a number of working days after the period's end", about, e.Within)
	}
}
