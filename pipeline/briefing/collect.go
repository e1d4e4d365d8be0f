package briefing

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"time"

	"mojreturns/pipeline/chart"
	"mojreturns/pipeline/narrative"
)

// Request says what the briefing is about, and what the warehouse cannot know.
type Request struct {
	Pack   narrative.Pack
	Period string // as written, such as 2023-24-Q4
	Before string // the quarter before it; empty where it has none in its year
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
	for _, s := range sections {
		if answers[s.name], err = ask(ctx, db, found[s.name], s.columns, r); err != nil {
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
	quarters := answers["referrals"]
	d := Data{
		Office: r.Office, Period: r.PeriodWords, Money: r.MoneyName, Activity: r.ActivityName,
		Frozen: r.Frozen.Format("2 January 2006, 15:04"), Build: r.Build,
		LargestHidden: r.Threshold - 1,
		ToDate:        period["to_date_words"], Year: period["year"],
		Funding: funding(answers["money"]), Training: training(answers["training"]),
		Organisations: organisations(answers["organisations"]),
		Quarters:      quartersShown(quarters),
	}
	if d.Chart, err = draw(onlyQuarters(quarters), period["year"]); err != nil {
		return Data{}, err
	}
	if err := d.area(answers); err != nil {
		return Data{}, err
	}
	for _, c := range answers["conditions"] {
		d.Conditions = append(d.Conditions, Condition{c["code"], c["title"], c["status"], c["evidence"], c["basis"]})
	}
	for _, f := range answers["deliveries"] {
		d.Deliveries = append(d.Deliveries, delivery(f))
	}
	for _, m := range answers["missing"] {
		d.Missing = append(d.Missing, Missing{m["provider"], strings.ReplaceAll(m["feed"], "_", " "), m["period"], m["detail"]})
	}
	say, err := speak(ctx, db, r, answers, d)
	if err != nil {
		return Data{}, err
	}
	d.Title, d.Sections = Write(r.Pack, say)
	return d, nil
}

// draw makes the chart of what was received in each quarter; of one that is not shown
// the chart is not even told the number.
func draw(quarters []row, year string) (Chart, error) {
	c := chart.Chart{ID: "received", Kind: chart.Column, Series: []chart.Series{{Name: "Referrals received"}}}
	for _, q := range quarters {
		v := chart.Value{Shown: figure(q["received"], "", q["received_marker"])}
		if q["received_marker"] == "" {
			v.Value = q["received"]
		}
		c.Labels = append(c.Labels, q["label"])
		c.Series[0].Values = append(c.Series[0].Values, v)
	}
	svg, err := c.SVG()
	return Chart{Title: "Referrals received in each quarter of " + year, Sentence: c.Sentence(), SVG: template.HTML(svg)}, err
}

func funding(rows []row) []Fact {
	var facts []Fact
	for _, r := range rows {
		facts = append(facts, Fact{r["label"], figure(r["value"], r["unit"], r["marker"]), r["note"]})
	}
	return facts
}

// delivery says what a feed's files hold.
func delivery(f row) Delivery {
	show := func(name string) string { return figure(f[name], "", f[name+"_marker"]) }
	return Delivery{f["provider"], strings.ReplaceAll(f["feed"], "_", " "), show("files"), show("rows"), show("accepted"), show("rejected")}
}

func training(rows []row) []Measure {
	var measures []Measure
	for _, r := range rows {
		measures = append(measures, Measure{r["label"],
			measure(r["value"], r["unit"], r["marker"], r["n"]),
			measure(r["to_date_value"], r["unit"], r["to_date_marker"], r["to_date_n"])})
	}
	return measures
}

func measure(value, unit, marker, n string) string {
	if unit == "share" {
		return share(value, marker, n)
	}
	return figure(value, unit, marker)
}

func organisations(rows []row) []Organisation {
	var list []Organisation
	for _, r := range rows {
		o := Organisation{r["label"], figure(r["completions"], "", r["marker"]), figure(r["people"], "", r["people_marker"]), notApplicable}
		switch {
		case r["front_line_marker"] != "" || r["marker"] != "":
			o.FrontLine = figure("", "", cmp.Or(r["front_line_marker"], r["marker"]))
		case number(r["completions"]).Sign() > 0:
			o.FrontLine = share(part(r["front_line"], r["front_line_known"]), "", r["front_line_known"])
		}
		list = append(list, o)
	}
	return list
}

func onlyQuarters(rows []row) []row {
	var list []row
	for _, r := range rows {
		if r["total"] != "true" {
			list = append(list, r)
		}
	}
	return list
}

func quartersShown(rows []row) []Quarter {
	var list []Quarter
	for _, r := range rows {
		show := func(name string) string { return figure(r[name], "", r[name+"_marker"]) }
		list = append(list, Quarter{r["label"], r["months"], show("received"), show("valid"), show("started"), show("still_open"), r["total"] == "true"})
	}
	return list
}
