package gate_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

// The files of the example that random offices are made from.
const (
	referrals = "slt_referrals_2023-24_v4.csv"
	spend     = "finance_spend_2023-24_v12.csv"
	profile   = "finance_budget_profile_2023-24_v3.csv"
)

// office is an office of many services, each with a fund of its own and changed in ways
// of its own: some of the example's rows, with other values in some of them.
type office struct {
	dir   string
	files map[string][][]string // rows by name of the file, the header first
	terms []string              // of each fund, as YAML
	from  []string              // when each service began
	done  [][]string            // what was changed of each
}

// newOffice draws an office: the first of its services is one of number, whatever is
// drawn beside it.
func newOffice(t *testing.T, from string, number, services int) office {
	o := office{dir: t.TempDir(), files: map[string][][]string{}}
	if err := os.CopyFS(o.dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	given := map[string][][]string{}
	for _, name := range partial().Files {
		given[name] = example.ReadCSV(t, filepath.Join(from, "inbox", name))
		o.files[name] = given[name][:1:1]
	}
	for i := range services {
		random := rand.New(rand.NewPCG(uint64(number+i), 1))
		rows := map[string][][]string{}
		for name, all := range given {
			rows[name] = owned(all, fmt.Sprintf("%03d", i))
		}
		o.terms, o.from, o.done = append(o.terms, ""), append(o.from, "2023-04-01"), append(o.done, nil)
		for range 1 + random.IntN(4) {
			o.done[i] = append(o.done[i], o.mutate(t, i, rows, random))
		}
		for name, changed := range rows {
			o.files[name] = append(o.files[name], changed[1:]...)
		}
	}
	return o
}

// owned is a copy of rows that are given to a service and a fund.
func owned(all [][]string, number string) [][]string {
	rows := [][]string{all[0]}
	for _, row := range all[1:] {
		row = slices.Clone(row)
		for column, value := range map[string]string{
			"referral_id": number + row[0], "service_code": "S" + number, "txn_id": number + row[0], "fund_code": "F" + number,
		} {
			if at := slices.Index(all[0], column); at >= 0 && row[at] != "" {
				row[at] = value
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// mutate changes the rows and terms of a service and its fund in one way, and says how.
func (o *office) mutate(t *testing.T, i int, rows map[string][][]string, random *rand.Rand) string {
	of := func(list ...string) string { return list[random.IntN(len(list))] }
	code := func(column string) string {
		return change(t, rows[referrals], column, of("", "NK", "OTH", "E06000001", "POL", "1", "99", "XXX", "NEW1", "ACC", "W1", "Y"), random)
	}
	line := func(name string) string {
		return change(t, rows[name], "budget_line_code", of("STF-SAL", "OTH", "MGT", "TRN-DEL", "TRN-MAT", "NEW1", ""), random)
	}
	amount := func() string { return fmt.Sprintf("%d.%02d", random.IntN(30000)-9000, random.IntN(100)) }
	switch random.IntN(11) {
	case 0: // a list of the office's own: a code more, and rows that have it
		list, column := "local_authority", "la_code"
		if random.IntN(2) == 0 {
			list, column = "referral_source", "referral_source_code"
		}
		addCode(t, o.dir, list, "NEW2")
		return list + " gains NEW2, " + change(t, rows[referrals], column, "NEW2", random)
	case 1:
		return code(of("la_code", "referral_source_code", "referral_outcome_code", "crime_type_code"))
	case 2:
		return code(of("sex_code", "ethnicity_code", "age_years", "disability_code", "religion_code", "sexual_orientation_code"))
	case 3:
		return line(spend)
	case 4:
		return line(profile)
	case 5: // money
		return change(t, rows[spend], of("net_amount", "gross_amount"), amount(), random)
	case 6:
		return change(t, rows[profile], of("profile_amount", "forecast_amount"), of(amount(), ""), random)
	case 7: // what decides whether money may be claimed
		column := of("txn_type", "capital", "service_from", "service_to", "vat_recoverable", "period")
		return change(t, rows[spend], column, of("ACR", "JNL", "Y", "N", "2022-01-01", "2024-05-01", "1", "12", "13"), random)
	case 8: // when things happened
		column := of("referral_received_date", "support_start_date", "closure_date", "first_contact_date")
		return change(t, rows[referrals], column, of("2023-01-31", "2023-06-30", "2023-07-01", "2024-03-31", "2024-04-01", "31/02/2024", ""), random)
	case 9: // rows that never came
		name := of(referrals, spend, profile)
		before := len(rows[name])
		rows[name] = slices.DeleteFunc(rows[name], func(r []string) bool { return r[0] != rows[name][0][0] && random.IntN(10) < 8 })
		return fmt.Sprintf("%s has %d of %d rows", name, len(rows[name]), before)
	default: // the terms of the fund and the service
		o.from[i] = of("2023-04-01", "2023-07-01", "2024-01-01")
		lines := "TRN-DEL"
		for _, line := range []string{"TRN-DEV", "TRN-VEN", "STF-SAL", "MGT"} {
			if random.IntN(2) == 0 {
				lines += ", " + line
			}
		}
		o.terms[i] = ", " + of("spend_by: 2024-03-31", "spend_by: 2023-12-31", "spend_from: 2023-10-04", "budget_lines: ["+lines+"]")
		return "the service is from " + o.from[i] + ", the fund has" + o.terms[i][1:]
	}
}

// change puts a value into some rows of a column.
func change(t *testing.T, rows [][]string, column, value string, random *rand.Rand) string {
	at := slices.Index(rows[0], column)
	if at < 0 {
		t.Fatalf("there is no column %s", column)
	}
	n := 0
	for _, row := range rows[1:] {
		if random.IntN(10) == 0 {
			row[at] = value
			n++
		}
	}
	return fmt.Sprintf("%s of %d rows is %q", column, n, value)
}

// addCode puts a code into an office's own copy of a list.
func addCode(t *testing.T, dir, list, code string) {
	file := filepath.Join(dir, "queries", "reference", list+".csv")
	from := file
	if _, err := os.Stat(file); err != nil {
		from = example.File(t, "queries", "reference", list+".csv")
	}
	rows := example.ReadCSV(t, from)
	if !slices.ContainsFunc(rows, func(r []string) bool { return r[0] == code }) {
		rows = append(rows, append([]string{code, "New"}, make([]string, len(rows[0])-2)...))
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o770); err != nil {
		t.Fatal(err)
	}
	example.WriteCSV(t, file, rows)
}

// returns are one for each service and its fund.
func (o office) returns() []workspace.Return {
	var out []workspace.Return
	for i := range o.terms {
		out = append(out, workspace.Return{Name: fmt.Sprintf("r%03d", i), Template: "moj-quarterly",
			Scopes: map[string]string{"money": fmt.Sprintf("fund:F%03d", i), "activity": fmt.Sprintf("service:S%03d", i)},
			Fields: map[string]string{"recipient": "Office", "area": "Area", "agreement": "agreement", "contact": "The analyst"}})
	}
	return out
}

// published writes the office, lands its files and publishes its figures.
func (o office) published(t *testing.T) *published.View {
	var funds, services strings.Builder
	for i, terms := range o.terms {
		fmt.Fprintf(&funds, "  - {code: F%03d, name: Fund, agreement: agreement, maximum: {amount: \"90000.00\", date: 2023-04-01, reference: award}%s}\n", i, terms)
		fmt.Fprintf(&services, "  - {code: S%03d, name: Service, provider: SLT, fund: F%03d, from: %s}\n", i, i, o.from[i])
	}
	config := "area: {code: E23000013, name: Area, office: Office}\ntime_zone: Europe/London\nfunds:\n" + funds.String() + "services:\n" + services.String() + `providers:
  - code: FIN
    name: Finance
    feeds:
      - {feed: spend, files: "finance_spend_{year}_v{version}.csv", delivered: refresh, expected: {from: 2023-04-01, every: quarter, within: 12}}
      - {feed: budget_profile, files: "finance_budget_profile_{year}_v{version}.csv", delivered: refresh, expected: {from: 2023-04-01, every: year, within: 12}}
  - code: SLT
    name: Provider
    feeds:
      - {feed: referrals, files: "slt_referrals_{year}_v{version}.csv", delivered: refresh, expected: {from: 2023-07-01, every: quarter, within: 10}}
disclosure: {ministry: {off: true, reason: so that every number is there to be added}}
`
	if err := os.WriteFile(filepath.Join(o.dir, workspace.ConfigFile), []byte(config), 0o660); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(o.files)) {
		example.WriteCSV(t, filepath.Join(o.dir, "inbox", name), o.files[name])
	}
	ctx, ws := t.Context(), example.OpenPart(t, o.dir, partial())
	landed, err := intake.Land(ctx, ws, nil, landing.Given{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range landed {
		if l.Status != landing.StatusLanded {
			t.Fatalf("%+v", l)
		}
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	v, err := published.Open(ctx, ws, example.Quarter(t, "2023-24-Q4"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
