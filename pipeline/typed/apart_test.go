package typed_test

import (
	"strings"
	"testing"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// An age is withheld from a row in its sender's words, whether its header is the column's
// or the column is made of it.
func TestRecordWithholdsAges(t *testing.T) {
	c := contract.Contract{Columns: []contract.Column{{Name: "referral_id"}, {Name: "age_years", Band: "age_band"}}}
	row := []any{"A1", "34", nil}
	safe, err := personal.ParseSafe(nil, nil, []string{"Ref", "Age"})
	if err != nil {
		t.Fatal(err)
	}
	ws := &workspace.Workspace{Safe: safe}
	for name, m := range map[string]contract.Mapping{
		"header":  {Columns: map[string]int{"referral_id": 0, "age_years": 1}},
		"derived": {Columns: map[string]int{"referral_id": 0}, Derived: map[string]contract.Derivation{"age_years": {At: 1}}},
	} {
		s := typed.Staged{Contract: c, Mapping: m, Table: extract.Table{Header: []string{"Ref ", "Age", "Note"}}}
		if got := s.Record(ws, row); got != "Ref: A1; Age: (withheld)" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A header may be a column's own and have others made of it: each is known, its own first.
func TestMadeOfAHeader(t *testing.T) {
	s := typed.Staged{Contract: contract.Contract{Columns: []contract.Column{{Name: "year"}, {Name: "paid"}, {Name: "note"}}},
		Mapping: contract.Mapping{Columns: map[string]int{"paid": 2}, Derived: map[string]contract.Derivation{"year": {At: 2}}}}
	if got := strings.Join(s.Made(2), " "); got != "paid year" {
		t.Errorf("the header has %q", got)
	}
	if got := s.Made(0); len(got) != 0 {
		t.Errorf("a header nobody claims has %q", got)
	}
}
