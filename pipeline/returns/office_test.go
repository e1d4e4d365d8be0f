package returns_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/queries"
)

// twoFunds is an office with councils of its own, two funds and two services.
func twoFunds(t *testing.T) returns.Office {
	t.Helper()
	lists := fstest.MapFS{}
	files, err := fs.Glob(queries.Files, "reference/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := fs.ReadFile(queries.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		lists[name] = &fstest.MapFile{Data: text}
	}
	lists["reference/local_authority.csv"] = &fstest.MapFile{Data: []byte("code,label,population_2021\nE07000301,Calderwick,92338\nE07000302,Ashby Vale,136531\nOOA,Outside the area,\nNK,Not known,\n")}
	return returns.Office{Lists: lists, Scopes: map[string]returns.Bound{
		"money":      {Name: "Core grant"},
		"money_2":    {Name: "Uplift", Lines: []string{"TRN-VEN", "TRN-DEL"}},
		"money_10":   {Name: "Tenth", Lines: []string{"MGT"}},
		"activity":   {Name: "Advocacy"},
		"activity_2": {Name: "All services"},
	}}
}

// A form made for an office has the rows of its councils, the lines of its funds and a
// block for each fund and service, and nothing of anybody else's.
func TestMadeForAnOffice(t *testing.T) {
	office := twoFunds(t)
	files, err := returns.MakeAgain(quarterly(t), office)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(files["blank.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first := func(sheet string, columns int) []string {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range rows[5:] {
			out = append(out, strings.Join(r[:min(columns, len(r))], " | "))
		}
		return out
	}
	said := strings.Join(first("T01_Funding", 1), "\n")
	if want := "Fund\nFund 1\nFund 2\nFund 3"; said != want {
		t.Errorf("T01 says\n%s\nwant\n%s", said, want)
	}
	spend := first("T02_Spend", 2)
	said = strings.Join(spend[len(spend)-7:], "\n")
	if want := "Uplift | TRN-VEN Training venue\nUplift | TRN-DEL Training delivery\nUplift | All other budget lines\nUplift | Total\nTenth | MGT Management and overheads\nTenth | All other budget lines\nTenth | Total"; said != want || spend[0] != "Fund | Budget line" {
		t.Errorf("T02 begins with %q and ends with\n%s\nwant\n%s", spend[0], said, want)
	}
	whole := strings.Join(spend, "\n") // the core grant allows every line, among them those of staff
	if !strings.Contains(whole, "Core grant | STF-SAL") || !strings.Contains(whole, "Core grant | OTH Other\nCore grant | All other budget lines\nCore grant | Total") {
		t.Errorf("T02 says\n%s", whole)
	}
	people := strings.Join(first("T10_Equality", 3), "\n")
	for _, want := range []string{"Service | Characteristic | Group", "Advocacy | Local authority | Calderwick", "All services | Local authority | Ashby Vale\nAll services | Local authority | Outside the area"} {
		if strings.Count(people, want) != 1 {
			t.Errorf("T10 says %q %d times", want, strings.Count(people, want))
		}
	}
	if strings.Contains(people, "Middlesbrough") {
		t.Error("T10 has a council of another area")
	}
	items, err := returns.LintTemplate(inMemory(files))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if !i.OK && i.Level == "essential" && !strings.Contains(i.Item, "pelling") { // names of the office are no words of ours
			t.Errorf("%s: %s", i.Item, i.Evidence)
		}
	}
}

// The figure of a row is that of its block, and a form fits the office it was made for
// and no other.
func TestMadeFormFitsItsOffice(t *testing.T) {
	office := twoFunds(t)
	files, err := returns.MakeAgain(quarterly(t), office)
	if err != nil {
		t.Fatal(err)
	}
	form, err := returns.Open(inMemory(files))
	if err != nil {
		t.Fatal(err)
	}
	bound := map[string]string{"money": "fund:A", "money_2": "fund:B", "money_10": "fund:C", "activity": "service:S", "activity_2": "all"}
	at, err := period.Parse("2023-24-Q4")
	if err != nil {
		t.Fatal(err)
	}
	cells, err := form.Cells(bound, at)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]int{} // how many police referrals of the third quarter, by scope
	lines := map[string]string{}
	for _, c := range cells {
		if c.Place.Code == "R01" && c.Place.Category == "POL" && c.Place.Period == "2023-24-Q3" {
			of[c.Place.Scope]++
		}
		if c.Place.Code == "S02" && c.Place.Dimension == "budget_line" && c.Place.Period == "2023-24-Q1" {
			lines[c.Place.Scope] += c.Place.Category + " "
		}
	}
	if len(of) != 2 || of["service:S"] != 1 || of["all"] != 1 {
		t.Errorf("police referrals stand in %v, want once for the service and once for all", of)
	}
	if lines["fund:B"] != "TRN-VEN TRN-DEL (other) " || lines["fund:C"] != "MGT (other) " {
		t.Errorf("the funds show the lines %v", lines)
	}
	if err := form.Fits(office); err != nil {
		t.Errorf("the office it was made for: %v", err)
	}
	office.Scopes["activity_3"] = returns.Bound{Name: "Another service"}
	if err := form.Fits(office); err == nil || !strings.Contains(err.Error(), "it has no row for activity_3") {
		t.Errorf("with one more service: %v", err)
	}
	delete(office.Scopes, "activity_3")
	office.Scopes["money_2"] = returns.Bound{Name: "Uplift", Lines: []string{"TRN-VEN"}}
	if err := form.Fits(office); err == nil {
		t.Error("a line taken from a fund is not noticed")
	}
	if err := form.Fits(returns.Office{Lists: queries.Files}); err == nil || !strings.Contains(err.Error(), "it has no row for la E06000001") {
		t.Errorf("the program's own lists: %v", err)
	}
	if _, err := returns.MakeAgain(fstest.MapFS{"description.yaml": {Data: []byte("name: moj-2025\ntitle: T\nversion: \"1\"\n")}}, office); err == nil {
		t.Error("an issued form was made")
	}
}

func inMemory(files map[string][]byte) fs.FS {
	out := fstest.MapFS{}
	for name, content := range files {
		out[name] = &fstest.MapFile{Data: content}
	}
	return out
}
