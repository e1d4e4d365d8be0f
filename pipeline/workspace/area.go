package workspace

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/strict"
)

// Councils is the file of a workspace that lists the local authorities of its area.
const Councils = "reference/local_authority.csv"

// Area is a police force area with its councils, to take on an office with.
type Area struct {
	Code, Name string
	Councils   []Council
}

// Council is a local authority, and its residents at the census of 2021; 0 where nobody
// says.
type Council struct {
	Code, Name string
	Residents  int
}

// AreaCalled finds one of the areas of England and Wales in reference/area.csv by its
// code or its name.
func AreaCalled(rules fs.FS, called string) (Area, error) {
	list, err := lists.Open(rules, "reference/area.csv", "area", "area_name", "code", "label", "population_2021")
	if err != nil {
		return Area{}, err
	}
	var found Area
	var names []string
	for _, row := range list.Rows {
		code, name := row.Get("area"), row.Get("area_name")
		names = append(names, name)
		if !strings.EqualFold(code, strings.TrimSpace(called)) && plainName(name) != plainName(called) {
			continue
		}
		residents, err := strconv.Atoi(row.Get("population_2021"))
		if err != nil {
			return Area{}, row.Wrong("population_2021 is %q, not a number", row.Get("population_2021"))
		}
		found.Code, found.Name = code, name
		found.Councils = append(found.Councils, Council{row.Get("code"), row.Get("label"), residents})
	}
	if found.Code == "" {
		slices.Sort(names)
		return Area{}, fmt.Errorf("no police force area is called %q; there are %s; for another give --councils FILE.csv", called, strings.Join(slices.Compact(names), ", "))
	}
	return found, nil
}

// checkCouncils tells of a known area whose councils the office's own list has not, as where it
// was copied from another office.
func (ws *Workspace) checkCouncils(at strict.Place) {
	listed := map[string]bool{}
	for _, row := range ws.Lists["local_authority"] {
		listed[row["code"]] = true
	}
	var named []string
	for _, row := range ws.Lists["area"] {
		if row["area"] == ws.Register.Area.Code {
			if listed[row["code"]] {
				return
			}
			named = append(named, row["label"])
		}
	}
	if len(named) > 0 {
		at.Wrong("the list of councils has none of this area's (%s): take queries/%s away, and they are there, or write it as `mojreturns init DIR --area %s` does", strings.Join(named, ", "), Councils, ws.Register.Area.Code)
	}
}

// plainName is a name without what people vary: "Devon & Cornwall Police".
func plainName(name string) string {
	words := strings.Fields(strings.NewReplacer("&", " and ", ",", " ", "-", " ").Replace(strings.ToLower(name)))
	words = slices.DeleteFunc(words, func(w string) bool {
		return w == "police" || w == "constabulary" || w == "the" || w == "of" || w == "city"
	})
	if strings.Contains(strings.ToLower(name), "city of") || strings.HasSuffix(strings.ToLower(name), "city of") {
		words = append(words, "city") // London, City of; not the Metropolitan Police
	}
	return strings.Join(words, " ")
}

// ReadCouncils reads a list of councils that a person made: code, name and, where known,
// residents. Mistakes are told together.
func ReadCouncils(file string, text []byte) ([]Council, error) {
	list, err := lists.Read(file, text, "code", "name")
	if err != nil {
		return nil, err
	}
	var out []Council
	var wrong []string
	seen := map[string]bool{}
	for _, row := range list.Rows {
		c := Council{Code: strings.TrimSpace(row.Get("code")), Name: strings.TrimSpace(row.Get("name"))}
		text := strings.ReplaceAll(strings.TrimSpace(row.Get("residents")), ",", "")
		residents, err := strconv.Atoi(text)
		switch {
		case c.Code == "" || c.Name == "":
			wrong = append(wrong, row.Wrong("a council has a code and a name").Error())
		case seen[c.Code]:
			wrong = append(wrong, row.Wrong("the code %q stands twice", c.Code).Error())
		case text != "" && (err != nil || residents < 1):
			wrong = append(wrong, row.Wrong("residents are %q, not a number of people", row.Get("residents")).Error())
		}
		seen[c.Code], c.Residents = true, residents
		out = append(out, c)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s lists no council", file)
	}
	return out, nil
}

// CouncilList is the code list of an office's councils, with what the program's own list
// has besides councils: outside the area, and not known.
func CouncilList(rules fs.FS, councils []Council) ([]byte, error) {
	list, err := lists.Open(rules, Councils, "code", "label", "population_2021")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	record := func(code, label, residents string) { _ = w.Write([]string{code, label, residents}) } // told by Flush
	record("code", "label", "population_2021")
	for _, c := range councils {
		residents := ""
		if c.Residents > 0 {
			residents = strconv.Itoa(c.Residents)
		}
		record(c.Code, c.Name, residents)
	}
	for _, row := range list.Rows {
		if row.Get("population_2021") == "" {
			record(row.Get("code"), row.Get("label"), "")
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
