package signoff_test

import (
	"cmp"
	"container/heap"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
)

// kind is a row that an office has, or could have, and where it counts.
type kind struct {
	row   []string
	at    []int // in the reading's list, in order
	there []int // the rows of the office that are of it; those that count alike are one kind
}

// kinds are the rows, and such rows with another value in a column that something hidden
// is by, faulty ones too. Where they count is asked of the program.
func (s told) kinds(t *testing.T, r reading) []kind {
	t.Helper()
	header := s.rows[0]
	column := func(name string) int { return slices.Index(header, name) }
	id, person := column("referral_id"), column("victim_pseudo_id")
	candidates, from := slices.Clone(s.rows), make([]int, len(s.rows))
	for i := range s.rows {
		from[i] = i
	}
	for name, most := range s.hiddenBy(r) {
		at := column(name)
		often := map[string]int{}
		for _, row := range s.rows[1:] {
			often[row[at]]++
		}
		tried := slices.Sorted(maps.Keys(often))
		tried = append(slices.DeleteFunc(tried[:min(most, len(tried))], func(v string) bool { return v == "" }), "", "?", "NK")
		for i, row := range s.rows[1:] {
			if i%4 > 0 && often[row[at]] > 20 {
				continue // so many are enough
			}
			for _, value := range tried {
				if value != row[at] {
					other := slices.Clone(row)
					other[at] = value
					candidates, from = append(candidates, other), append(from, 0)
				}
			}
		}
	}
	for i, row := range candidates[1:] {
		row = slices.Clone(row)
		row[id], row[person] = fmt.Sprintf("SA-%05d", 50000+i), fmt.Sprintf("%032x", 1<<40+i)
		candidates[i+1] = row
	}
	ws := s.sent(t, candidates)
	v := example.View(t, ws, example.Quarter(t, s.periods[len(s.periods)-1]))
	counts := make([][]int, len(candidates)+1)
	for i, f := range r.list {
		behind := map[string]bool{}
		for _, n := range s.behind(t, v, f) {
			behind[n] = true
		}
		for n := 2; n <= len(candidates); n++ { // a spreadsheet's numbers
			if behind[fmt.Sprint(n)] != (f.Place.Category == returns.Complete) {
				counts[n] = append(counts[n], i)
			}
		}
	}
	byPlace := map[string]int{}
	var out []kind
	for i, row := range candidates {
		if i == 0 {
			continue
		}
		key := fmt.Sprint(counts[i+1])
		at, had := byPlace[key]
		if !had {
			at = len(out)
			byPlace[key] = at
			out = append(out, kind{row: row, at: counts[i+1]})
		}
		if from[i] > 0 {
			out[at].there = append(out[at].there, from[i])
		}
	}
	return out
}

// hiddenBy are the columns of the referrals that what is hidden is by, with how many of
// their values are tried: all of a breakdown's, a few of a column whose account is hidden.
func (s told) hiddenBy(r reading) iter.Seq2[string, int] {
	feed, _ := s.ws.Contract("referrals")
	tried := map[string]int{}
	for place := range r.hidden() {
		for _, c := range feed.Columns {
			switch {
			case place.Code == feed.Feed+"."+c.Name:
				tried[c.Name] = max(3, tried[c.Name])
			case place.Dimension != "" && place.Period != "" && c.List != "" && c.List == s.ws.Metrics.Coded(place.Dimension, place.Code):
				tried[c.Name] = 50
			}
		}
	}
	return func(yield func(string, int) bool) {
		for _, name := range slices.Sorted(maps.Keys(tried)) {
			if !yield(name, tried[name]) {
				return
			}
		}
	}
}

// behind are the numbers of the rows that count in a figure.
func (s told) behind(t *testing.T, v *published.View, f archive.Released) []string {
	t.Helper()
	held := returns.Held{Place: f.Place, Field: f.Field}
	feed, _, quality := strings.Cut(f.Place.Code, ".")
	switch {
	case quality:
		held.Column, held.Field = f.Place.Code, cmp.Or(f.Place.Category, "rows")
		if f.Place.Category == returns.Complete {
			held.Field = "percent complete" // gives those that are not
		}
	case f.Place.Period == "" && feed != "referrals":
		return nil
	case f.Place.Period == "":
		held.Column, held.Field = "referrals.referral_id", "rows" // all that were delivered
	}
	parts, err := v.TraceHeld(t.Context(), s.ws.Returns[0], held)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, part := range parts {
		column := func(name string) int {
			return slices.IndexFunc(part.Rows.Columns, func(c table.Column) bool { return c.Name == name })
		}
		at, standing := column("row"), column("standing")
		for _, row := range part.Rows.Rows {
			accepted := standing >= 0 && row[standing] != "rejected"
			if f.Place.Dimension != returns.Standing || accepted == (f.Place.Category == "accepted") {
				out = append(out, fmt.Sprint(row[at]))
			}
		}
	}
	return out
}

// edit is one row in place of another: what that does to the figures of the list, and the
// kinds of row that do it.
type edit struct {
	by    []step
	pairs [][2]int // the kind that goes and the kind that comes
}

// step is a figure of the list, changed.
type step struct{ at, by int }

// edits are those that change few figures, and where.
type edits struct {
	r     reading
	kinds []kind
	all   []edit
	at    map[step][]int // the edits that change a figure so
}

// farthest is how many figures an edit may change.
const farthest = 8

func (r reading) edits(kinds []kind) edits {
	e := edits{r: r, kinds: kinds, at: map[step][]int{}}
	same := map[string]int{}
	for from, gone := range kinds {
		for to, comes := range kinds {
			if len(gone.there) == 0 {
				break
			}
			by := difference(gone.at, comes.at)
			if len(by) == 0 {
				continue
			}
			key := fmt.Sprint(by)
			i, had := same[key]
			if !had {
				i = len(e.all)
				same[key] = i
				e.all = append(e.all, edit{by: by})
				for _, s := range by {
					e.at[s] = append(e.at[s], i)
				}
			}
			e.all[i].pairs = append(e.all[i].pairs, [2]int{from, to})
		}
	}
	return e
}

// difference is what changes where a row that counts in some figures gives way to one
// that counts in others; both are in order. None where that is too many.
func difference(gone, comes []int) []step {
	var out [farthest]step
	n := 0
	for len(gone) > 0 || len(comes) > 0 {
		var s step
		switch {
		case len(comes) == 0 || len(gone) > 0 && gone[0] < comes[0]:
			s, gone = step{gone[0], -1}, gone[1:]
		case len(gone) == 0 || comes[0] < gone[0]:
			s, comes = step{comes[0], 1}, comes[1:]
		default:
			gone, comes = gone[1:], comes[1:]
			continue
		}
		if n == farthest {
			return nil
		}
		out[n] = s
		n++
	}
	return slices.Clone(out[:n])
}

// change is some edits, and what they do together.
type change struct {
	edits []int
	by    map[int]int
}

func (e edits) together(list []int) change {
	out := change{edits: list, by: map[int]int{}}
	for _, i := range list {
		for _, s := range e.all[i].by {
			if out.by[s.at] += s.by; out.by[s.at] == 0 {
				delete(out.by, s.at)
			}
		}
	}
	return out
}

// rows are the office's, changed; none where too few are of the kinds that go, or where
// a mark would be of nobody.
func (e edits) rows(v change) [][]string {
	for at, n := range v.by {
		if f := e.r.list[at]; f.Field == "value" {
			if had, err := strconv.ParseInt(figure.Plain(f.Value.Value), 10, 64); err != nil || had+int64(n) < min(had, 1) {
				return nil
			}
		}
	}
	header, out, used := e.r.s.rows[0], slices.Clone(e.r.s.rows), map[int]int{}
	for n, i := range v.edits {
		done := false
		for _, pair := range e.all[i].pairs {
			there := e.kinds[pair[0]].there
			if done = used[pair[0]] < len(there); !done {
				continue
			}
			row := slices.Clone(e.kinds[pair[1]].row)
			row[slices.Index(header, "referral_id")] = fmt.Sprintf("SA-%05d", 70000+n)
			row[slices.Index(header, "victim_pseudo_id")] = fmt.Sprintf("%032x", 2<<40+n)
			out[there[used[pair[0]]]] = row
			used[pair[0]]++
			break
		}
		if !done {
			return nil
		}
	}
	return out
}

// tried is a change that is looked at: the edits before, and one more.
type tried struct {
	before       *tried
	edit         int
	uneven, size int // shown figures that are not as they were; edits
}

func (v *tried) edits() (out []int) {
	for ; v != nil; v = v.before {
		out = append(out, v.edit)
	}
	slices.Sort(out)
	return out
}

// find looks for a small change of a hidden figure that leaves all that is shown.
func (e edits) find(target int) (change, bool) {
	const patience, most = 2000, 8
	queue, seen := &byRank{}, map[string]bool{}
	push := func(before *tried, by map[int]int, i int) {
		v := &tried{before: before, edit: i, size: 1}
		if before != nil {
			v.uneven, v.size = before.uneven, before.size+1
		}
		for _, s := range e.all[i].by {
			switch {
			case e.r.list[s.at].IsHidden():
			case by[s.at] == 0:
				v.uneven++
			case by[s.at]+s.by == 0:
				v.uneven--
			}
		}
		if v.size <= most {
			heap.Push(queue, v)
		}
	}
	for _, by := range []int{1, -1} {
		for _, i := range e.at[step{target, by}] {
			push(nil, nil, i)
		}
	}
	for looked := 0; queue.Len() > 0 && looked < patience; {
		v := heap.Pop(queue).(*tried)
		c := e.together(v.edits())
		if key := fmt.Sprint(c.edits); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		looked++
		if v.uneven == 0 {
			if c.by[target] != 0 && e.rows(c) != nil {
				return c, true
			}
			continue
		}
		for _, i := range e.ways(c) {
			push(v, c.by, i)
		}
	}
	return change{}, false
}

// ways are the edits that put right the shown figure that the fewest can.
func (e edits) ways(c change) []int {
	var ways []int
	found := false
	for _, at := range slices.Sorted(maps.Keys(c.by)) {
		by := 1
		if c.by[at] > 0 {
			by = -1
		}
		if can := e.at[step{at, by}]; !e.r.list[at].IsHidden() && (!found || len(can) < len(ways)) {
			ways, found = can, true
		}
	}
	return ways
}

// byRank is a queue of changes, those that leave most as it is first.
type byRank []*tried

func (q byRank) Len() int           { return len(q) }
func (q byRank) Less(i, j int) bool { return q[i].uneven+2*q[i].size < q[j].uneven+2*q[j].size }
func (q byRank) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *byRank) Push(v any)        { *q = append(*q, v.(*tried)) }
func (q *byRank) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
