package guard

import (
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/typed"
)

// farSide is how many people at least must lie beyond a median or a percentile that is
// shown: it says how many that is of a known number.
const farSide = 10

// hideOrder hides order statistics of few people, and those of the very people whose
// share is hidden: a median of 2 days tells that half were seen within 2. What it hides
// gives nothing away, so it comes after all else was decided.
func (g Guard) hideOrder(printed []returns.Printed, figures map[figure.Place]returns.Value, hidden map[returns.Printed]bool) {
	type rows struct { // of a metric, when they count, and where
		sql  string
		when metrics.When
		at   figure.Place
	}
	of := func(m metrics.Metric, at figure.Place) rows {
		at.Code = ""
		return rows{m.SQL, m.When, at}
	}
	shares := map[rows]bool{}
	for _, f := range printed {
		if m := g.Metrics[f.Place.Code]; hidden[f] && m.Count.Kind == metrics.Share {
			shares[of(m, f.Place)] = true
		}
	}
	for _, f := range printed {
		m, guarded := g.Metrics[f.Place.Code]
		beyond := map[metrics.CountKind]int64{metrics.Median: 2, metrics.P90: 10}[m.Count.Kind] // one in so many
		if !guarded || beyond == 0 || f.Field != "value" || figures[f.Place].Value == "" {
			continue
		}
		if n, ok := typed.Whole(figures[f.Place].N); !ok || n/beyond < farSide || shares[of(m, f.Place)] {
			hidden[f] = true
		}
	}
}
