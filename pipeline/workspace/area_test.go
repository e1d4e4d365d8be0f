package workspace_test

import (
	"strings"
	"testing"

	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/workspace"
	"mojreturns/queries"
)

// What the Office for National Statistics published of the census of 2021: 59,597,542
// usual residents of England and Wales, who live in 318 local authorities and 43 police
// force areas. Tables of the census differ from each other by a few people in each
// council, since it changes small counts.
func TestAreasAreAllOfEnglandAndWales(t *testing.T) {
	list, err := lists.Open(queries.Files, "reference/area.csv")
	if err != nil {
		t.Fatal(err)
	}
	areas, names, councils, residents := map[string]string{}, map[string]bool{}, map[string]bool{}, 0
	for _, row := range list.Rows {
		area, err := workspace.AreaCalled(queries.Files, row.Get("area"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range area.Councils {
			if c.Code == row.Get("code") {
				residents += c.Residents
			}
			if c.Residents < 2000 || c.Residents > 1_200_000 || c.Name == "" || len(c.Code) != 9 {
				t.Errorf("%s: %+v", area.Name, c)
			}
		}
		areas[row.Get("area")], councils[row.Get("code")], names[row.Get("area_name")] = area.Name, true, true
	}
	if len(areas) != 43 || len(names) != 43 || len(councils) != 318 || len(list.Rows) != 318 {
		t.Errorf("%d areas of %d names, %d councils in %d rows", len(areas), len(names), len(councils), len(list.Rows))
	}
	if off := residents - 59_597_542; off < -100 || off > 100 {
		t.Errorf("%d residents", residents)
	}
}

func TestAreaCalled(t *testing.T) {
	for called, want := range map[string]string{
		"Cleveland": "E23000013 Cleveland 4", "cleveland police": "E23000013 Cleveland 4", " E23000013": "E23000013 Cleveland 4",
		"Devon and Cornwall": "E23000035 Devon & Cornwall 12", "City of London": "E23000034 London, City of 1", "metropolitan police": "E23000001 Metropolitan Police 32",
		"London": "", "Northmoor": "", "": "", "West": "",
	} {
		got := ""
		if a, err := workspace.AreaCalled(queries.Files, called); err == nil {
			got = a.Code + " " + a.Name + " " + string(rune('0'+len(a.Councils)/10)) + string(rune('0'+len(a.Councils)%10))
			got = strings.Replace(got, " 0", " ", 1)
		} else if !strings.Contains(err.Error(), "there are Avon and Somerset, Bedfordshire") {
			t.Errorf("%q: %v", called, err)
		}
		if got != want {
			t.Errorf("%q is %q, not %q", called, got, want)
		}
	}
}

func TestReadCouncils(t *testing.T) {
	councils, err := workspace.ReadCouncils("c.csv", []byte("\ufeffcode,name,residents\nN1,Moor End,\"12,300\"\nN2,Fen Side,\n"))
	if err != nil || len(councils) != 2 || councils[0].Residents != 12300 || councils[1].Residents != 0 {
		t.Errorf("%+v, %v", councils, err)
	}
	_, err = workspace.ReadCouncils("c.csv", []byte("code,name,residents\nN1,Moor End,many\nN1,Fen Side,5\n,X,\nN4,Y,-3\n"))
	for _, want := range []string{`c.csv:2: residents are "many"`, `c.csv:3: the code "N1" stands twice`, "c.csv:4: a council has a code and a name", `c.csv:5: residents are "-3"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	list, err := workspace.CouncilList(queries.Files, councils)
	if err != nil || !strings.HasPrefix(string(list), "code,label,population_2021\nN1,Moor End,12300\nN2,Fen Side,\nOOA,") || strings.Contains(string(list), "Hartlepool") {
		t.Errorf("%s, %v", list, err)
	}
}
