package intake_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
)

// ownNames lists the columns whose headers need no mapping, since they are our own words.
var ownNames = regexp.MustCompile(`known by their own names: (.*)`)

// What others call our columns: each file of header_variants.csv has the example's values
// under its headers and no other column, and the proposal finds each. It takes seconds,
// since every file is looked at as each feed.
func TestSuggestsUnderOtherHeaders(t *testing.T) {
	t.Parallel()
	ws := example.Cleveland(t)
	inbox := filepath.Join(ws.Dir, "inbox")
	from := map[string]string{"referrals": "slt_referrals_2023-24_v4.csv", "spend": "finance_spend_2023-24_v12.csv"}
	forget(ws)
	variants := map[string][]map[string]string{} // by file
	for _, row := range example.ReadRows(t, example.File(t, "testdata", "extracts", "header_variants.csv")) {
		variants[row["feed"]+row["file"]] = append(variants[row["feed"]+row["file"]], row)
	}
	for name, list := range variants {
		given := example.ReadCSV(t, filepath.Join(inbox, from[list[0]["feed"]]))
		rows := make([][]string, len(given))
		for _, v := range list {
			at := slices.Index(given[0], v["column"])
			rows[0] = append(rows[0], v["header"])
			for i, row := range given[1:] {
				rows[i+1] = append(rows[i+1], row[at])
			}
		}
		file := filepath.Join(ws.Dir, name+".csv")
		example.WriteCSV(t, file, rows)
		text, feeds := suggestion(t, ws, file, list[0]["feed"], "SLT")
		for _, v := range list {
			got := feeds[0].Columns[v["column"]]
			if own := len(got) == 0 && !strings.Contains(text, strconv.Quote(v["header"])) && ownNames.MatchString(text) &&
				slices.Contains(strings.Split(ownNames.FindStringSubmatch(text)[1], ", "), v["column"]); !own && !slices.Contains(got, v["header"]) {
				t.Errorf("%s: %s is proposed to come from %q, and not from %q", name, v["column"], got, v["header"])
			}
		}
		if t.Failed() {
			t.Log(text)
		}
	}
}
