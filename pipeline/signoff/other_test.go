package signoff_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/signoff"
)

// A form with fewer rows than there are sources sends the rest to an other row: it is
// printed, traced, sealed, verified and compared as any figure is.
func TestOtherRowOfAForm(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.Small(t)
	file := filepath.Join(ws.Dir, "templates", "returns", "moj-quarterly", "map.csv")
	var kept []string
	others := 0
	for _, line := range strings.SplitAfter(string(example.ReadFile(t, file)), "\n") {
		if strings.Contains(line, ",R01,value,activity,") && strings.Contains(line, ",source,SELF,") {
			continue // the form has no row for those who came by themselves
		}
		if changed := strings.Replace(line, ",source,POL,", ",source,(other),", 1); changed != line {
			line = changed
			others++
		}
		kept = append(kept, line)
	}
	if others == 0 || os.WriteFile(file, []byte(strings.Join(kept, "")), 0o660) != nil {
		t.Fatal("the map was not changed")
	}
	at := example.Quarter(t, "2023-24-Q4")
	sealed := seals(t, ws, at)
	content, err := os.ReadFile(filepath.Join(sealed.Dir, "return.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	figures := example.FiguresOf(t, ws, "2023-24-Q3")
	counted := 0
	for place, v := range figures.Values {
		if place.Code == "R01" && place.Scope == "service:STK-ADV" && place.Period == "2023-24-Q3" && (place.Category == "POL" || place.Category == "SELF") {
			counted += whole(t, v.Value)
		}
	}
	shows, err := book.GetCellValue("T04_Source", "D7", excelize.Options{RawCellValue: true})
	if err != nil || whole(t, shows) != counted || counted == 0 {
		t.Errorf("the other row shows %q (%v), of police and self-referrals there were %d", shows, err, counted)
	}
	held, err := published.Mapped(ws, "", "T04_Source!D7", at)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := example.View(t, ws, at).TraceSent(ctx, "", held, false)
	rows := 0
	for _, p := range parts {
		rows += len(p.Rows.Rows)
	}
	if err != nil || rows != counted {
		t.Errorf("%d rows stand behind it (%v), want %d", rows, err, counted)
	}
	if verified, err := signoff.Verify(ctx, ws, signoff.Asked{Period: at}); err != nil || !verified.OK() {
		t.Errorf("%+v, %v", verified, err)
	}
	moved, err := signoff.Diff(ctx, ws, "", at, 0, 0)
	if err != nil || len(moved) > 0 {
		t.Errorf("nothing has come, and %+v moved (%v)", moved, err)
	}
}

// whole reads a whole number, written with noughts after its point or without.
func whole(t *testing.T, text string) int {
	t.Helper()
	digits, _, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatalf("%q is not a whole number: %v", text, err)
	}
	return n
}
