package briefing

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"mojreturns/pipeline/narrative"
)

// Request says what the briefing is about, and what the warehouse cannot know.
type Request struct {
	Pack     narrative.Pack
	Period   string // as written, such as 2023-24-Q4
	Before   string // the quarter before it; empty where it is no quarter
	LastYear string // the same period of the year before
	// OfService tells whether a metric has figures of a service: those are the activity's,
	// all others the fund's.
	OfService   func(code string) bool
	PeriodWords string // the same in words
	// MoneyScope is a fund, such as fund:CORE-UPL-2324: training and money are
	// its. ActivityScope is what referrals are counted for.
	MoneyScope, MoneyName       string
	ActivityScope, ActivityName string
	Office                      string
	Threshold                   int // the smallest count of people that is shown, zero apart
	// Frozen is when the data were frozen, in the time zone it is written in.
	Frozen time.Time
	Build  string
	// LastRelease says which pack its audience was given before; empty for none.
	LastRelease string
}

// Querier answers questions: a warehouse, or one connection to it.
type Querier interface {
	QueryContext(ctx context.Context, query string, arguments ...any) (*sql.Rows, error)
}

// Collect reads everything the page shows from a published warehouse, through
// the files in briefing/ of queries. It fails if the warehouse has no such
// period; a figure that is not there is shown as not available.
func Collect(ctx context.Context, db Querier, queries fs.FS, r Request) (Data, error) {
	found, err := load(queries)
	if err != nil {
		return Data{}, err
	}
	answers := map[string][]row{}
	for _, name := range needed(r.Pack) {
		if answers[name], err = found[name].ask(ctx, db, r); err != nil {
			return Data{}, fmt.Errorf("cannot collect the briefing: %w", err)
		}
	}
	if len(answers["period"]) != 1 {
		return Data{}, fmt.Errorf("there is no briefing for %q: it is made for a quarter, a half or a year that the warehouse covers", r.Period)
	}
	if err := rowsThere(r.Pack, answers); err != nil {
		return Data{}, err
	}
	period := answers["period"][0]
	words := map[string]string{"period": r.PeriodWords, "period-end": period["period_end"], "to-date": period["to_date_words"], "year": period["year"], "window": period["window"],
		"last-release": r.LastRelease, "unchanged": unchanged(r.LastRelease),
		"fund": r.MoneyName, "service": r.ActivityName, "office": r.Office, "conditions": gravity(answers["conditions"]),
		"largest-hidden": strconv.Itoa(r.Threshold - 1)}
	tables := map[string]Table{}
	for name, answer := range answers {
		if name == "period" {
			continue
		}
		if tables[name], err = found[name].tableOf(answer, func(text string) string { return filled(text, words) }); err != nil {
			return Data{}, fmt.Errorf("%s: %w", found[name].file, err)
		}
	}
	say, err := speak(ctx, db, r, answers, words)
	if err != nil {
		return Data{}, err
	}
	d := Data{Office: r.Office, Period: r.PeriodWords, Frozen: r.Frozen.Format("2 January 2006, 15:04"), Build: r.Build}
	d.Title, d.Sections = Write(r.Pack, tables, say)
	d.Bound = bound(r.Pack, say)
	return d, nil
}

// bound lists the figures of the text, each with what it reads.
func bound(pack narrative.Pack, say func(narrative.Binding) string) []Bound {
	var out []Bound
	for _, b := range pack.Bindings() {
		if b.Ask == narrative.Word {
			continue
		}
		one := Bound{At: b.At, Code: b.Code, Dimension: b.Dimension, Category: b.Category, Asks: string(b.Ask), Reads: say(b)}
		if b.Ask == narrative.Row {
			one.Row = b.Question + ":" + b.Item
		} else {
			one.When = b.When
		}
		out = append(out, one)
	}
	return out
}

// unchanged is said where nothing reads otherwise than before.
func unchanged(last string) string {
	if last == "" {
		return "No briefing was released before this one."
	}
	return "Every total that " + last + " also gave reads as it did then."
}

// needed are the questions that a pack asks, and those that its words are made of.
func needed(pack narrative.Pack) []string {
	out := append([]string{"period"}, pack.Tables()...)
	for _, b := range pack.Bindings() {
		if b.Ask == narrative.Row {
			out = append(out, b.Question)
		}
		if b.Ask == narrative.Word && b.Item == "conditions" {
			out = append(out, "conditions")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// filled puts words into a caption, such as {fund}.
func filled(text string, words map[string]string) string {
	var pairs []string
	for name, said := range words {
		pairs = append(pairs, "{"+name+"}", said)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
