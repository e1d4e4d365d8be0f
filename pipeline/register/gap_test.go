package register_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/register"
)

func TestGapsOfAYear(t *testing.T) {
	t.Parallel()
	day := func(text string) register.Date {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return register.Date{Time: d}
	}
	from, to := day("2024-04-01").Time, day("2025-03-31").Time
	ended := register.Fund{Code: "OLD", SpendFrom: day("2023-04-01"), SpendBy: day("2024-03-31"), Maximum: &register.Award{Date: day("2023-04-01")}}
	next := register.Fund{Code: "NEW", SpendFrom: day("2024-04-01"), SpendBy: day("2025-03-31"), Maximum: &register.Award{Date: day("2024-04-01")}}
	unawarded, open := next, ended
	unawarded.Maximum, open.SpendBy = nil, register.Date{}
	match := register.Fund{Code: "MATCH", Match: true}
	service := register.Service{Code: "S", Fund: "OLD"}
	over := service
	over.To = day("2024-03-31")
	later := service
	later.From = day("2025-04-01")
	for _, c := range []struct {
		name     string
		funds    []register.Fund
		services []register.Service
		bound    []string
		want     []string // of whom
	}{
		{"nothing of the year is there", []register.Fund{ended, match}, []register.Service{service}, []string{"OLD"}, []string{"funds", "S", "OLD"}},
		{"all is there", []register.Fund{ended, next}, []register.Service{over, later}, []string{"NEW"}, nil},
		{"a fund without its maximum", []register.Fund{ended, unawarded}, nil, nil, []string{"NEW"}},
		{"a fund without an end goes on", []register.Fund{open}, []register.Service{service}, []string{"OLD"}, nil},
	} {
		var got []string
		for _, g := range (register.Register{Funds: c.funds, Services: c.services}).Gaps(from, to, c.bound) {
			got = append(got, g.Of)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}
