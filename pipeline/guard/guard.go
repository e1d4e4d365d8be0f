// Package guard decides which figures an output may show, given all that was
// given out before. It tells disclosure control what holds between the figures;
// the search itself is in package disclosure.
//
// A public release is held against what the ministry and readers of the briefing have,
// each in turn. What the ministry is told openly (people trained, or all where it has
// switched the hiding off) is no secret from the ministry. A small count of a service that
// no output prints is guarded where the area's and the other services' are printed
// (2026-11-26). People who were trained are always guarded in the briefing, and in the
// return where the configuration says so (2026-11-24).
//
// What outputs say of rows of people is guarded as the people are: how a return's columns
// are filled and how many rows of a delivery were accepted. That all rows a return counts
// are those accepted is not taken to be known, only that they are no more. Where rows for
// quarters to come were delivered already, an output guards what the later ones of its kind
// will have to hide, so that what it says of all rows keeps none of them in (2026-11-28).
//
// A release is a seal, or a briefing given out. It is kept with the figures it did not
// print: which of them changed since is then known and not guessed. A figure that was
// hidden in one is hidden still where the next year begins with it (cases open at the
// year's end). A small count that was restated to nothing is guarded like any other;
// where all else stayed, the output is refused, and the refusal names it (2026-11-26).
package guard

import (
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// Version counts the changes of what this package and disclosure hide of the same
// figures: a draft made by an older one is made again. TestMarksAreOfThisVersion fails
// where the marks change and it does not.
const Version = 7

func policy(d workspace.Disclosure, audience string) disclosure.Policy {
	policy := disclosure.Policy{Audience: audience, Threshold: d.Smallest()}
	if audience == disclosure.Ministry {
		policy.Off, policy.Reason = d.Ministry.Off, d.Ministry.Reason
	}
	return policy
}

// Guard turns figures into the cells and relations that disclosure control works on.
type Guard struct {
	set        *metrics.Set
	delegates  bool
	identities []identity
	unions     []union
	lists      map[string][]map[string]string // the code lists
	accounts   []account
	told       workspace.Disclosure // what the ministry is told as it is
	// metrics are those that show something of people who are guarded, by code,
	// and the conditions that do.
	Metrics map[string]metrics.Metric
}

// For is for what goes to an audience.
func For(ws *workspace.Workspace, audience string) (Guard, error) {
	identities, err := parseIdentities(ws.Lists["relation"])
	g := Guard{set: ws.Metrics, delegates: ws.Disclosure.Delegates || audience != disclosure.Ministry, identities: identities, told: ws.Disclosure,
		unions: unions(ws.Register), lists: ws.Lists, Metrics: map[string]metrics.Metric{}}
	for _, m := range ws.Metrics.Metrics {
		if g.guarded(m) {
			g.Metrics[m.Code] = m
		}
	}
	for _, c := range ws.Metrics.Conditions {
		if m, ok := g.Metrics[c.Tells]; ok {
			m.Code, m.By, m.When.Kind = c.Code, nil, "upto"
			g.Metrics[c.Code] = m
		}
	}
	g.addAccounts(ws)
	return g, err
}

// protects tells whether a metric counts people who are guarded.
func (g Guard) protects(m metrics.Metric) bool {
	return m.Protect == "victims" || m.Protect == "delegates" && g.delegates
}

// guarded tells whether a metric shows something of people who are guarded:
// itself, or by a part of its formula.
func (g Guard) guarded(m metrics.Metric) bool {
	if m.Count.Kind != "formula" {
		return g.protects(m)
	}
	return slices.ContainsFunc(m.Count.Formula.Parts(), func(part metrics.Part) bool {
		of, ok := g.set.Metric(part.Code)
		return ok && g.guarded(of)
	})
}

// Percent is the part of a figure that is its share of its breakdown's total.
const Percent = "percent of total"

// cells are what a printed figure tells; none where it is about nobody who is
// guarded, or has no value. A statistic of nobody, marked [z] or 0, tells that its
// number is 0.
func (g Guard) cells(printed returns.Printed, figures map[figure.Place]returns.Value) ([]disclosure.Cell, error) {
	m, guarded := g.Metrics[printed.Place.Code]
	v, ok := figures[printed.Place]
	if !ok || !guarded {
		return nil, nil
	}
	c := disclosure.Cell{ID: IDOf(printed.Place), Kind: disclosure.Count, Open: g.told.Ministry.Off || !Guard{set: g.set, delegates: g.told.Delegates}.guarded(m)}
	statistic := m.Count.Kind != "rows" && m.Count.Kind != "distinct"
	if statistic && v.N == "0" && (v.Marker == "z" || v.Marker == "") {
		return g.nobody(m, c), nil
	}
	if v.Marker == "z" && v.N == "0" {
		return []disclosure.Cell{c}, nil // no such fund or service yet: it tells that there was nobody
	}
	if v.Marker != "" || v.Value == "" {
		return nil, nil
	}
	var err error
	number := func(text string) int64 {
		n, ok := typed.Whole(text)
		if !ok && err == nil {
			err = fmt.Errorf("%s %s: %q is not a whole number of people", printed.Place.Code, printed.Field, text)
		}
		return n
	}
	switch printed.Field {
	case "n", "numerator", "denominator":
		c.ID, c.N = c.ID.Of(printed.Field), number(v.Part(printed.Field))
		return []disclosure.Cell{c}, err
	case Percent:
		total := figures[printed.Place.Total()]
		c.ID, c.Kind, c.N, c.Numerator = c.ID.Of(Percent), disclosure.Share, number(total.Value), number(v.Value)
		return []disclosure.Cell{c}, err
	}
	switch kind := m.Count.Kind; {
	case kind == "rows" || kind == "distinct":
		c.N = number(v.Value)
	case kind == "share" || kind == "formula" && g.isShare(m):
		c.Kind, c.N, c.Numerator = disclosure.Share, number(v.Denominator), number(v.Numerator)
	default:
		c.Kind, c.N = disclosure.Statistic, number(v.N)
	}
	return []disclosure.Cell{c}, err
}

// nobody are the zeros that a statistic without a value tells of.
func (g Guard) nobody(m metrics.Metric, c disclosure.Cell) []disclosure.Cell {
	counted := parts(m)
	if m.Count.Kind == "formula" && g.isShare(m) {
		counted = []string{disclosure.Numerator, disclosure.Denominator}
	}
	var out []disclosure.Cell
	for _, part := range counted {
		if part != "" {
			c.ID = c.ID.Of(part)
			out = append(out, c)
		}
	}
	return out
}

// isShare tells whether a formula is one guarded count out of another.
func (g Guard) isShare(m metrics.Metric) bool {
	d := m.Count.Formula.Division()
	return d != nil && d == m.Count.Formula && g.countPart(d.Left) && g.countPart(d.Right)
}

func (g Guard) countPart(n *metrics.Node) bool {
	if n.Part == nil {
		return false
	}
	m, ok := g.set.Metric(n.Part.Code)
	return ok && g.protects(m) && (m.Count.Kind == "rows" || m.Count.Kind == "distinct")
}

// IDOf names a figure as disclosure control does.
func IDOf(at figure.Place) disclosure.ID {
	return disclosure.ID{Code: at.Code, Scope: at.Scope, Period: at.Period, Dimension: at.Dimension, Category: at.Category}
}

// identity is a relation between counts in every scope and period: left is right,
// perhaps, or at most right.
type identity struct {
	left, right []operand
	atMost      bool
	perhaps     bool // often so; the attacker is taken to know where it is
	text        string
}

// operand is a count in an identity, added or taken away. A category of * stands
// for each one in turn.
type operand struct {
	times                           int64
	code, part, dimension, category string
}

// parseIdentities reads reference/relation.csv.
func parseIdentities(rows []map[string]string) ([]identity, error) {
	var out []identity
	for i, row := range rows {
		id := identity{atMost: row["is"] == "at most", perhaps: row["is"] == "perhaps =", text: row["left"] + " " + row["is"] + " " + row["right"]}
		var err error
		if id.left, err = parseOperands(row["left"]); err == nil {
			id.right, err = parseOperands(row["right"])
		}
		if err == nil && row["is"] != "=" && !id.atMost && !id.perhaps {
			err = fmt.Errorf("%q must be =, perhaps = or at most", row["is"])
		}
		if err != nil {
			return nil, fmt.Errorf("reference/relation.csv:%d: %w", i+2, err)
		}
		out = append(out, id)
	}
	return out, nil
}

func parseOperands(text string) ([]operand, error) {
	var out []operand
	times := int64(1)
	for _, word := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, " + ", "\n+\n"), " - ", "\n-\n"), "\n") {
		if word == "+" || word == "-" {
			times = map[string]int64{"+": 1, "-": -1}[word]
			continue
		}
		o := operand{times: times}
		head, rest, narrowed := strings.Cut(word, "[")
		o.code, o.part, _ = strings.Cut(head, ":")
		if narrowed {
			var ok bool
			if o.dimension, o.category, ok = strings.Cut(strings.TrimSuffix(rest, "]"), "="); !ok {
				return nil, fmt.Errorf("%q is not a count such as R02[crime_type=STK]", word)
			}
		}
		if o.code == "" || !slices.Contains([]string{"", "n", "numerator", "denominator"}, o.part) {
			return nil, fmt.Errorf("%q is not a count such as R02[crime_type=STK] or R06:denominator", word)
		}
		out = append(out, o)
	}
	return out, nil
}
