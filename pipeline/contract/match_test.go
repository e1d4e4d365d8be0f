package contract_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/register"
)

func header(s string) []string { return strings.Split(s, ",") }

// ledger_control is fund_code, financial_year, period and net_total, all required.
func TestMatch(t *testing.T) {
	type names = map[string]register.Names
	inOrder := map[string]int{"fund_code": 0, "financial_year": 1, "period": 2, "net_total": 3}
	for _, c := range []struct {
		name      string
		header    string
		names     names
		constants map[string]string
		want      contract.Mapping
	}{
		{name: "by name", header: "fund_code,financial_year,period,net_total", want: contract.Mapping{Columns: inOrder}},
		{name: "by title", header: "Fund,Financial year,Period,Net total", want: contract.Mapping{Columns: inOrder}},
		{name: "case, spaces, punctuation, non-breaking space, byte order mark", header: "\ufeffFUND-CODE, Financial\u00a0Year ,period.,Net_Total (£)",
			want: contract.Mapping{Columns: inOrder}},
		{name: "in another order, with more", header: "Net total,Comment,,Period,Fund,Financial year,comment",
			want: contract.Mapping{Columns: map[string]int{"fund_code": 4, "financial_year": 5, "period": 3, "net_total": 0}, Unused: []string{"Comment", "comment"}}},
		{name: "by the provider's names, any of them", header: "Pot,Year,Month,Amount",
			names: names{"fund_code": {"Pot"}, "financial_year": {"FY", "year"}, "period": {"Month"}, "net_total": {"amount"}},
			want:  contract.Mapping{Columns: inOrder}},
		{name: "a configured name wins over the name", header: "fund_code,financial_year,period,net_total,Booked total",
			names: names{"net_total": {"Booked total"}},
			want:  contract.Mapping{Columns: map[string]int{"fund_code": 0, "financial_year": 1, "period": 2, "net_total": 4}, Unused: []string{"net_total"}}},
		{name: "a configured name takes its header from another column", header: "Period,Fund,Financial year,Month,Net total",
			names: names{"fund_code": {"Period"}, "period": {"Month"}},
			want:  contract.Mapping{Columns: map[string]int{"fund_code": 0, "financial_year": 2, "period": 3, "net_total": 4}, Unused: []string{"Fund"}}},
		{name: "the name where no configured name is there", header: "fund_code,financial_year,period,net_total",
			names: names{"net_total": {"Booked total"}}, want: contract.Mapping{Columns: inOrder}},
		{name: "a name with a star, where no other is there", header: "VAT amount,Fund,Year,Period,Amount paid",
			names: names{"financial_year": {"*year*"}, "net_total": {"Total", "*total*", "*amount*paid"}},
			want:  contract.Mapping{Columns: map[string]int{"fund_code": 1, "financial_year": 2, "period": 3, "net_total": 4}, Unused: []string{"VAT amount"}}},
		{name: "a name with a star takes no header that is another column's", header: "Fund,Financial year,Period,Period total",
			names: names{"net_total": {"*period*"}}, want: contract.Mapping{Columns: inOrder}},
		{name: "a constant takes its column from the file", header: "fund_code,financial_year,period,net_total",
			constants: map[string]string{"fund_code": "CORE"},
			want: contract.Mapping{Columns: map[string]int{"financial_year": 1, "period": 2, "net_total": 3},
				Constants: map[string]string{"fund_code": "CORE"}, Unused: []string{"fund_code"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := feed(t, "ledger_control").Match(header(c.header), c.names, c.constants)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("- wanted, + got:\n%s", diff)
			}
		})
	}
}

func TestMatchRefuses(t *testing.T) {
	type names = map[string]register.Names
	for _, c := range []struct {
		name      string
		header    string
		names     names
		constants map[string]string
		want      string
		missing   []string
	}{
		{name: "missing, and one is near", header: "Fund,Financial year,Period,Net totel", missing: []string{"net_total"},
			want: `the column net_total is missing; the nearest header is "Net totel": rename it, or name it in the provider's mapping`},
		{name: "missing, and none is near", header: "Fund,Financial year,Period", missing: []string{"net_total"},
			want: "the column net_total is missing, and no header is like it: add it"},
		{name: "found twice", header: "Fund,Financial year,Period,Net total,FUND_CODE",
			want: `the headers "Fund" (column 1) and "FUND_CODE" (column 5) each mean the column fund_code; keep one, or name it in the provider's mapping`},
		{name: "two configured names, both there", header: "A,B,Financial year,Period,Net total", names: names{"fund_code": {"A", "B"}},
			want: `the headers "A" (column 1) and "B" (column 2) each mean the column fund_code; keep one, or name it in the provider's mapping`},
		{name: "two headers that a name with a star means", header: "Fund,Financial year,Period,Net,Nett", names: names{"net_total": {"net*"}},
			want: `the headers "Net" (column 4) and "Nett" (column 5) each mean the column net_total; keep one, or name it in the provider's mapping`},
		{name: "one header configured for two columns", header: "Pot,Financial year,Period", names: names{"fund_code": {"Pot"}, "net_total": {"pot"}},
			want: `the provider's mapping gives the header "Pot" to both fund_code and net_total; give it to one`},
		{name: "several at once, in order", header: "Fund,Fund code,Year,Net total",
			names:     names{"zone": {"Z"}, "area": {"A"}},
			constants: map[string]string{"town": "T", "period": " "},
			missing:   []string{"financial_year"},
			want: `the provider's mapping names the column "area", which the contract ledger_control does not have
the provider's mapping names the column "zone", which the contract ledger_control does not have
the provider's constant for period is blank; give it a value or take it away
the provider's constants name the column "town", which the contract ledger_control does not have
the headers "Fund" (column 1) and "Fund code" (column 2) each mean the column fund_code; keep one, or name it in the provider's mapping
the column financial_year is missing, and no header is like it: add it`},
		{name: "no header at all", header: "", missing: []string{"fund_code", "financial_year", "period", "net_total"},
			want: `the column fund_code is missing, and no header is like it: add it
the column financial_year is missing, and no header is like it: add it
the column period is missing, and no header is like it: add it
the column net_total is missing, and no header is like it: add it`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := feed(t, "ledger_control").Match(header(c.header), c.names, c.constants)
			if err == nil {
				t.Fatalf("it was taken: %+v", m)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("- wanted, + got:\n%s", diff)
			}
			if diff := cmp.Diff(c.missing, m.Missing); diff != "" {
				t.Errorf("missing: - wanted, + got:\n%s", diff)
			}
		})
	}
}

// Each contract is known by its names and by its titles, whole or with only
// what is required.
func TestRecogniseEach(t *testing.T) {
	contracts := load(t)
	for _, c := range contracts {
		var names, titles, required []string
		for _, col := range c.Columns {
			names, titles = append(names, col.Name), append(titles, col.Title)
			if col.Constraints.Required {
				required = append(required, col.Name)
			}
		}
		for _, h := range [][]string{names, titles, required} {
			if got, err := contract.Recognise(contracts, h); err != nil || got.Feed != c.Feed {
				t.Errorf("%s, header %v: got %q, %v", c.Feed, h, got.Feed, err)
			}
		}
	}
}

func TestRecogniseRefuses(t *testing.T) {
	contracts := load(t)
	for header, want := range map[string]string{
		"Supplier,Amount paid": "the header fits no contract, and none is near; is the header row the right one?",
		"referral_id,service_code,victim_pseudo_id,referral_received_date,referral_source_code,referral_outcome_code,crime_type_code": "the header fits no contract; the nearest is referrals, which also needs da_related, la_code",
		"Fund,Financial year,Period,Net total,Budget line,Profile amount":                                                             "the header fits 2 contracts, budget_profile and ledger_control; say which it is with --feed",
	} {
		got, err := contract.Recognise(contracts, strings.Split(header, ","))
		if err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %q, %v\nwant %s", header, got.Feed, err, want)
		}
	}
}

// What is said to the one who sent the file speaks of headers as they write them, and
// not of the mapping, which is the office's.
func TestSentencesForTheSender(t *testing.T) {
	referrals := feed(t, "referrals")
	theirs := register.Feed{Columns: map[string]register.Names{"referral_id": {"Case *", "Case reference"}, "crime_type_code": {"Crime"}, "la_code": {"Council"}},
		Derive: map[string]register.Derived{"service_code": {From: register.Names{"Service name"}}},
		Codes:  map[string]map[string]string{"crime_type_code": {"Stalking": "STK", "stalked": "STK", "*": "OTH"}},
		YesNo:  map[string]register.Names{"Y": {"Ja"}}, Dates: register.Names{"two-digit-years", "day-first"}}
	_, err := referrals.MatchFeed([]string{"Case ref", "Crime", "Councils", "Council (2)"}, theirs, nil)
	if err == nil {
		t.Fatal("the header was taken")
	}
	got := referrals.ForSender(theirs, err.Error())
	for _, want := range []string{`the column "Service name" is missing`, `the column "Council" is missing; the nearest header is "Councils": rename it`, "the column victim_pseudo_id is missing"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "mapping") || strings.Contains(got, "la_code") || strings.Contains(got, "referral_id") {
		t.Error(got)
	}
	sentences := map[[2]string]string{}
	called := func(column string) string { return "their " + column }
	for _, r := range referrals.RulesFor(lists(t), contract.Sender{Feed: theirs, Called: called, Registers: map[string][]string{"service": {"A", "B"}, "fund": {"F"}}}) {
		sentences[[2]string{r.Column, r.Name}] = r.Sentence
	}
	for place, want := range map[[2]string]string{
		{"da_related", "form"}:              "{column} is {value}, which is not a code we know; use Ja, N or NK, or tell us what it means",
		{"risk_tool_code", "required when"}: "{column} is blank; it is needed when their crime_type_code is Stalking",
		{"closure_date", "form"}:            "{column} is {value}, which is not a date that exists; write it as 31/03/2024",
		{"service_code", "form"}:            "{column} is {value}, which is not a service of yours; use A or B",
		{"fund_code", "form"}:               "{column} is {value}, which is not a fund we know; use F",
	} {
		if sentences[place] != want {
			t.Errorf("%v: %q", place, sentences[place])
		}
	}
}
