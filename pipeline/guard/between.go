package guard

import (
	"maps"
	"slices"

	"mojreturns/pipeline/metrics"
)

// breakdown is a metric's code and a dimension of it, or none for its totals.
type breakdown = [2]string

// addBetween adds to what is seen the totals that no output shows and that stand
// between figures that are shown: R07, which nobody prints, is out of R02 and is whom
// R08S is of, so that R08S is of no more than R02. One that is tied to a single other can
// always be made to fit, and so can a breakdown that nobody prints.
func (g Guard) addBetween(s seen) {
	ties := slices.DeleteFunc(g.ties(), func(tie []breakdown) bool {
		return slices.ContainsFunc(tie, func(b breakdown) bool { return !s.breakdowns[b] && b[1] != "" })
	})
	for again := true; again; {
		near := map[breakdown]map[breakdown]bool{}
		for _, tie := range ties {
			for _, b := range tie {
				if near[b] == nil {
					near[b] = map[breakdown]bool{}
				}
				for _, other := range tie {
					near[b][other] = true
				}
			}
		}
		before := len(ties)
		ties = slices.DeleteFunc(ties, func(tie []breakdown) bool {
			return slices.ContainsFunc(tie, func(b breakdown) bool { return !s.breakdowns[b] && len(near[b]) < 3 }) // itself, and one other
		})
		again = len(ties) < before
	}
	for _, b := range slices.Concat(ties...) {
		s.breakdowns[b] = true
	}
}

// ties are the breakdowns that one relation names together, each once.
func (g Guard) ties() [][]breakdown {
	var out [][]breakdown
	for _, id := range g.identities {
		var tie []breakdown
		for _, o := range slices.Concat(id.left, id.right) {
			tie = append(tie, breakdown{o.code, o.dimension})
		}
		out = append(out, tie)
	}
	for _, code := range slices.Sorted(maps.Keys(g.Metrics)) {
		m := g.Metrics[code]
		if m.Count.Kind != metrics.Formula {
			continue
		}
		for _, p := range m.Count.Formula.Parts() {
			if _, guarded := g.Metrics[p.Code]; guarded {
				out = append(out, []breakdown{{code, ""}, {p.Code, p.Dimension}})
			}
		}
	}
	return out
}
