package signoff_test

import (
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

var witnesses = flag.Int("witnesses", 10, "of how many hidden counts of one quarter witnesses are looked for; 0: of all, of two")

// For each hidden count of each output there is another set of rows of which the program
// makes all that a reader was shown, and that count another: a witness. It is looked for
// among rows alone, and takes none of the program's relations on trust: which rows are
// behind a figure is asked of the program, for each row that an office could have had, and
// what is printed of the witness is made by it. It takes seconds: an office is built for
// all that its rows could be, and again for each few witnesses. (-witnesses 0 looks for all.)
//
// And it can fail: where the largest of the hidden sources is shown after all, others that
// it protected have no witness.
func TestEveryHiddenCountHasAWitness(t *testing.T) {
	t.Parallel()
	periods := []string{"2023-24-Q3", "2023-24-Q4"}
	if *witnesses > 0 {
		periods = periods[1:]
	}
	s := toldBy(t, example.Small(t), periods...)
	r := s.reader(t, disclosure.Ministry)
	if len(r.hidden()) < 20 {
		t.Errorf("only %d counts are hidden, too few to tell", len(r.hidden()))
	}
	e := r.edits(s.kinds(t, r))
	places := slices.SortedFunc(maps.Keys(r.hidden()), figure.Compare)
	if *witnesses > 0 {
		places = places[:*witnesses]
	}
	for _, place := range r.without(t, e, places) {
		t.Errorf("%v can be worked out: no other rows give what is shown", place)
	}
	shown := r.show(t)
	found := true
	for place, i := range r.hidden() {
		if place.Category == shown.Category {
			_, ok := e.find(i)
			found = found && ok
		}
	}
	if found {
		t.Errorf("%v is shown, and all that is hidden has a witness", shown)
	}
}

// show shows the largest of the hidden sources.
func (r reading) show(t *testing.T) (shown figure.Place) {
	t.Helper()
	most := int64(0)
	for place, i := range r.hidden() {
		if n := people(t, r.list[i].Value); place.Dimension == "source" && place.Period == "2023-24-Q4" && n > most {
			shown, most = place, n
		}
	}
	for i, f := range r.list {
		if f.Place == shown {
			r.list[i].Shows = fmt.Sprint(most)
		}
	}
	return shown
}

// told is what an office gave out of one build, and its rows.
type told struct {
	ws      *workspace.Workspace
	periods []string
	rows    [][]string // of the referrals, the header first
}

// toldBy has an office seal its returns and release their briefings to the public.
func toldBy(t *testing.T, ws *workspace.Workspace, periods ...string) told {
	t.Helper()
	s := told{ws: ws, periods: periods, rows: example.ReadCSV(t, filepath.Join(ws.Dir, "inbox", referralsFile))}
	for _, label := range periods {
		at := example.Quarter(t, label)
		seals(t, ws, at)
		waived, _ := reasons(t, ws, at)
		if _, err := draft.Release(t.Context(), example.View(t, ws, at), disclosure.Public, "performance analyst", waived); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

const referralsFile = "slt_referrals_2023-24_v4.csv"

// reading is what one reader was given, each figure once: shown if it ever was.
type reading struct {
	s    told
	list []archive.Released
}

func (s told) reader(t *testing.T, audience string) reading {
	t.Helper()
	var files []string
	for _, at := range s.periods {
		all, err := archive.Read(s.ws, example.Quarter(t, at).Year)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all.Releases() {
			if (r.Audience == audience || r.Audience == disclosure.Public) && !slices.Contains(files, r.File) {
				files = append(files, r.File)
			}
		}
	}
	g, err := guard.For(s.ws, disclosure.Public)
	if err != nil {
		t.Fatal(err)
	}
	at := map[returns.Printed]int{}
	out := reading{s: s}
	for _, file := range files {
		list, err := archive.ReadReleased(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			_, people := g.Metrics[f.Place.Code]
			i, had := at[f.Printed]
			switch {
			case !people || !f.IsPrinted():
			case !had:
				at[f.Printed] = len(out.list)
				out.list = append(out.list, f)
			case !f.IsHidden():
				out.list[i].Shows = f.Shows
			}
		}
	}
	return out
}

func people(t *testing.T, v returns.Value) int64 {
	t.Helper()
	n, err := strconv.ParseInt(figure.Plain(v.Value), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hidden are the counts that the reader is not to know, and where they are among the list.
func (r reading) hidden() map[figure.Place]int {
	out := map[figure.Place]int{}
	for i, f := range r.list {
		if f.IsHidden() && f.Field == "value" {
			out[f.Place] = i
		}
	}
	for _, f := range r.list {
		if !f.IsHidden() && f.Field == "value" {
			delete(out, f.Place)
		}
	}
	return out
}

// without are the hidden counts that no witness was found for.
func (r reading) without(t *testing.T, e edits, left []figure.Place) []figure.Place {
	t.Helper()
	hidden := r.hidden()
	var none []figure.Place
	for len(left) > 0 {
		var all change // several at once, while they leave each other alone
		for _, place := range left {
			if all.by[hidden[place]] != 0 {
				continue
			}
			one, ok := e.find(hidden[place])
			if !ok {
				none = append(none, place)
				continue
			}
			if both := e.together(slices.Concat(all.edits, one.edits)); e.rows(both) != nil {
				all = both
			}
		}
		if len(all.edits) == 0 {
			break
		}
		other := r.s.made(t, e.rows(all))
		for _, f := range r.list {
			v := other[f.Place]
			if !strings.HasPrefix(f.Shows, "[") && figure.Plain(v.Part(f.Field)) != figure.Plain(f.Value.Part(f.Field)) {
				t.Errorf("a witness shows %v %s as %q, and %q was printed", f.Place, f.Field, v.Part(f.Field), f.Value.Part(f.Field))
			}
		}
		before := len(left)
		left = slices.DeleteFunc(left, func(p figure.Place) bool {
			return slices.Contains(none, p) || other[p].Value != r.list[hidden[p]].Value.Value
		})
		if t.Logf("%d rows changed are a witness for %d counts", len(all.edits), before-len(left)); len(left) == before {
			t.Fatalf("%d rows changed change none of %v", len(all.edits), left)
		}
	}
	return none
}

// made builds an office of other rows, and gives all its figures.
func (s told) made(t *testing.T, rows [][]string) map[figure.Place]returns.Value {
	t.Helper()
	ws := s.sent(t, rows)
	out := map[figure.Place]returns.Value{}
	for _, at := range s.periods {
		f, err := guard.FiguresShown(t.Context(), example.View(t, ws, example.Quarter(t, at)))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(out, f.Values)
	}
	return out
}

// sent is the office with other referrals, built.
func (s told) sent(t *testing.T, rows [][]string) *workspace.Workspace {
	t.Helper()
	ws := example.Small(t)
	example.ChangeReferrals(t, ws, func([][]string) [][]string { return rows })
	if _, err := builds.Build(t.Context(), ws); err != nil {
		t.Fatal(err)
	}
	return ws
}
