package pipeline

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
)

// Disclosure is how the office guards small counts of people.
type Disclosure struct {
	Threshold int  `yaml:"threshold" json:"threshold"` // the smallest count shown, zero apart; 0 means 5
	Delegates bool `yaml:"delegates" json:"delegates"` // whether the return guards people who were trained too, as the briefing does
	// Ministry may switch it off for the return, with a reason that is sealed with
	// it. The briefing is always guarded.
	Ministry struct {
		Off    bool   `yaml:"off" json:"off"`
		Reason string `yaml:"reason" json:"reason"`
	} `yaml:"ministry" json:"ministry"`
}

const usualThreshold = 5 // domain.md section 7.1: counts of 1 to 4 are hidden

func (d Disclosure) threshold() int {
	if d.Threshold == 0 {
		return usualThreshold
	}
	return d.Threshold
}

func (d Disclosure) policy(audience string) disclosure.Policy {
	policy := disclosure.Policy{Audience: audience, Threshold: d.threshold()}
	if audience == disclosure.Ministry {
		policy.Off, policy.Reason = d.Ministry.Off, d.Ministry.Reason
	}
	return policy
}

// guard turns figures into the cells and relations that disclosure control works on.
type guard struct {
	set        *metrics.Set
	delegates  bool
	identities []identity
	unions     []union
	told       Disclosure // what the ministry is told as it is
	// metrics are those that show something of people who are guarded, by code,
	// and the conditions that do.
	metrics map[string]metrics.Metric
}

// guard is for what goes to an audience.
func (p *Pipeline) guard(audience string) (guard, error) {
	identities, err := parseIdentities(p.lists["relation"])
	g := guard{set: p.metrics, delegates: p.Disclosure.Delegates || audience != disclosure.Ministry, identities: identities, told: p.Disclosure,
		unions: unions(p.Register), metrics: map[string]metrics.Metric{}}
	for _, m := range p.metrics.Metrics {
		if g.guarded(m) {
			g.metrics[m.Code] = m
		}
	}
	for _, c := range p.metrics.Conditions {
		if m, ok := g.metrics[c.Tells]; ok {
			m.Code, m.By, m.When.Kind = c.Code, nil, "upto"
			g.metrics[c.Code] = m
		}
	}
	return g, err
}

// protects tells whether a metric counts people who are guarded.
func (g guard) protects(m metrics.Metric) bool {
	return m.Protect == "victims" || m.Protect == "delegates" && g.delegates
}

// guarded tells whether a metric shows something of people who are guarded:
// itself, or by a part of its formula.
func (g guard) guarded(m metrics.Metric) bool {
	if m.Count.Kind != "formula" {
		return g.protects(m)
	}
	return slices.ContainsFunc(m.Count.Formula.Parts(), func(part metrics.Part) bool {
		of, ok := g.set.Metric(part.Code)
		return ok && g.guarded(of)
	})
}

// percent is the part of a figure that is its share of its breakdown's total.
const percent = "percent of total"

// cells are what a printed figure tells; none where it is about nobody who is
// guarded, or has no value. A statistic of nobody, marked [z] or 0, tells that its
// number is 0.
func (g guard) cells(printed returns.Printed, figures map[returns.Place]returns.Value) ([]disclosure.Cell, error) {
	m, guarded := g.metrics[printed.Place.Code]
	v, ok := figures[printed.Place]
	if !ok || !guarded {
		return nil, nil
	}
	c := disclosure.Cell{ID: idOf(printed.Place), Kind: disclosure.Count, Open: g.told.Ministry.Off || !guard{set: g.set, delegates: g.told.Delegates}.guarded(m)}
	statistic := m.Count.Kind != "rows" && m.Count.Kind != "distinct"
	if statistic && v.N == "0" && (v.Marker == "z" || v.Marker == "") {
		return g.nobody(m, c), nil
	}
	if v.Marker != "" || v.Value == "" {
		return nil, nil
	}
	var err error
	number := func(text string) int64 {
		n, ok := whole(text)
		if !ok && err == nil {
			err = fmt.Errorf("%s %s: %q is not a whole number of people", printed.Place.Code, printed.Field, text)
		}
		return n
	}
	switch printed.Field {
	case "n", "numerator", "denominator":
		c.ID, c.N = c.ID.Of(printed.Field), number(v.Part(printed.Field))
		return []disclosure.Cell{c}, err
	case percent:
		total := figures[printed.Place.Total()]
		c.ID, c.Kind, c.N, c.Numerator = c.ID.Of(percent), disclosure.Share, number(total.Value), number(v.Value)
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
func (g guard) nobody(m metrics.Metric, c disclosure.Cell) []disclosure.Cell {
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
func (g guard) isShare(m metrics.Metric) bool {
	d := m.Count.Formula.Division()
	return d != nil && d == m.Count.Formula && g.countPart(d.Left) && g.countPart(d.Right)
}

func (g guard) countPart(n *metrics.Node) bool {
	if n.Part == nil {
		return false
	}
	m, ok := g.set.Metric(n.Part.Code)
	return ok && g.protects(m) && (m.Count.Kind == "rows" || m.Count.Kind == "distinct")
}

func idOf(at returns.Place) disclosure.ID {
	return disclosure.ID{Code: at.Code, Scope: at.Scope, Period: at.Period, Dimension: at.Dimension, Category: at.Category}
}

// whole reads a decimal that is a whole number.
func whole(text string) (int64, bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
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
