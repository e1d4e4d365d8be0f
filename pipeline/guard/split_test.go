package guard

import (
	"fmt"
	"testing"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
)

// crossing says how many completed, of each type of organisation: front line and others.
func (s *story) crossing(t *testing.T, of map[string][2]int) (total figure.Place) {
	t.Helper()
	at := func(dimension, category string) figure.Place {
		p := place("TR03", dimension, category)
		p.Scope = "fund:CORE-UPL-2324"
		return p
	}
	var front, others int
	for _, o := range s.v.Workspace.Lists["organisation_type"] {
		n := of[o["code"]]
		front, others = front+n[0], others+n[1]
		s.says(at("organisation_type", o["code"]), count(fmt.Sprint(n[0]+n[1])))
		s.says(at("organisation_type x front_line", o["code"]+" x Y"), count(fmt.Sprint(n[0])))
		s.says(at("organisation_type x front_line", o["code"]+" x N"), count(fmt.Sprint(n[1])))
	}
	s.values[at("front_line", "Y")], s.values[at("front_line", "N")] = count(fmt.Sprint(front)), count(fmt.Sprint(others))
	s.says(at("", ""), count(fmt.Sprint(front+others)))
	share := at("", "")
	share.Code = "TR05"
	v := count(fmt.Sprint(front + others))
	v.Numerator, v.Denominator, v.Value = fmt.Sprint(front), v.N, fmt.Sprint(float64(front)/float64(front+others))
	s.says(share, v)
	return at("", "")
}

// Of a hidden group it is not told that all of it are front line, or none: neither beside
// it, nor by one subtraction, nor by a share of all.
func TestNoHiddenGroupIsOfOneKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		of     map[string][2]int
		hidden map[string]bool // by category, or the share of all
	}{
		{"all", map[string][2]int{"POL": {20, 8}, "PRB": {3, 0}, "LA": {7, 6}}, map[string]bool{"PRB x Y": true, "PRB x N": true, "HSG x N": false}},
		{"none", map[string][2]int{"POL": {20, 8}, "PRB": {0, 3}, "LA": {7, 6}}, map[string]bool{"PRB x Y": true, "PRB x N": true}},
		{"some", map[string][2]int{"POL": {20, 8}, "PRB": {3, 1}, "LA": {7, 6}}, map[string]bool{"share": false}},
		{"all of everybody", map[string][2]int{"POL": {20, 0}, "PRB": {3, 0}, "LA": {7, 0}}, map[string]bool{"PRB x N": true, "share": true}},
		{"all of a group that is shown", map[string][2]int{"POL": {20, 0}, "PRB": {6, 9}, "LA": {7, 6}}, map[string]bool{"POL x N": false, "share": false}},
	} {
		s := newStory(t)
		total := s.crossing(t, c.of)
		guarded, err := Protect(s.v, disclosure.Public, s.printed, s.values)
		if err != nil {
			t.Fatal(err)
		}
		hidden, zeros := map[string]bool{}, 0
		for f, is := range guarded.Hidden {
			if f.Place.Code == "TR05" {
				hidden["share"] = is
			} else if hidden[f.Place.Category] = is; is && s.values[f.Place].Value == "0" {
				zeros++
			}
		}
		for what, want := range c.hidden {
			if hidden[what] != want {
				t.Errorf("%s: %s is hidden %v", c.name, what, hidden[what])
			}
		}
		if hidden[""] || guarded.Hidden[s.printed[0]] && zeros > 3 {
			t.Errorf("%s: of %v, %v are hidden", c.name, total, hidden)
		}
	}
}
