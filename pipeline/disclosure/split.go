package disclosure

import "fmt"

// hideSplits hides that all of a hidden group are of one kind, or none of one: who knows
// of somebody in the group would know the kind. It hides what that takes, until no group
// hidden on the way has such a cell beside it. Where the outputs say it whatever is hidden,
// as where no other kind has anybody, the cell stays: that is no reason to refuse.
func (m *model) hideSplits() {
	m.unsaid = true
	defer func() { m.unsaid = false }()
	byID := map[ID]*cellState{}
	for _, c := range m.cells {
		byID[c.Cell.ID] = c
	}
	tried := map[*cellState]bool{}
	for again := true; again; {
		again = false
		for _, c := range m.cells {
			for _, group := range c.Cell.Beside {
				if g := byID[group]; g != nil && g.Hidden && !c.Hidden && !tried[c] {
					tried[c], again = true, true
					m.hideSplit(c, group)
				}
			}
		}
	}
}

// hideSplit hides a cell, if the zero that it tells of can then be another number.
func (m *model) hideSplit(cell *cellState, group ID) {
	why := fmt.Sprintf("tells of what kind all of %s are", group)
	cell.hide(why)
	for _, c := range cell.prints {
		if c.value > 0 {
			continue
		}
		v := m.find(c, true, patience)
		if v == nil {
			v, _, _ = m.settle(c)
		}
		if v == nil {
			cell.Hidden, cell.Why = false, ""
			return
		}
		for step := v; step != nil; step = step.before {
			for _, other := range step.count.cells {
				other.hide(why)
			}
		}
	}
}
