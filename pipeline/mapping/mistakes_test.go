package mapping_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/mapping"
	"mojreturns/pipeline/register"
)

// filledIn is a workbook as a person has it before them.
func filledIn(t testing.TB, a mapping.About) []byte {
	t.Helper()
	content, err := mapping.Write(mapping.Book{Files: []string{"a.csv"}, Provider: register.Provider{Code: "SH", Name: "Safe Harbour", Feeds: []register.Feed{{
		Feed: "referrals", Files: "sh_{year}.csv", Delivered: "refresh", Columns: map[string]register.Names{"referral_id": {"Case no"}, "age_years": {"Age"}},
		Constants: map[string]string{"service_code": "DA"}, Codes: map[string]map[string]string{"crime_type_code": {"Stalked": "STK"}}}}},
		Seen: []mapping.Seen{{Headers: []mapping.Header{{Name: "Team", Shape: "1 letter"}}, Words: map[string][]mapping.Word{"crime_type_code": {{Text: "Harassed", Rows: 3, Guess: "HAR"}}}}}}, a)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// find is the cell in a column, by its title, of the row in which a text stands.
func find(t *testing.T, f *excelize.File, sheet, text, title string) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	column := 0
	for i, row := range rows {
		for j, s := range row {
			if s == title {
				column = j + 1
			}
		}
		for _, s := range row {
			if s == text && column > 0 {
				at, _ := excelize.CoordinatesToCellName(column, i+1)
				return at
			}
		}
	}
	t.Fatalf("sheet %s has no row with %q", sheet, text)
	return ""
}

func changed(t *testing.T, content []byte, change func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	change(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What a person does wrong is told all together, each with its sheet and cell.
func TestMistakesAreToldTogether(t *testing.T) {
	a := about(t)
	var want []string
	content := changed(t, filledIn(t, a), func(f *excelize.File) {
		put := func(sheet, row, title, text, says string) {
			at := find(t, f, sheet, row, title)
			if err := f.SetCellStr(sheet, at, text); err != nil {
				t.Fatal(err)
			}
			want = append(want, "sheet "+sheet+", cell "+at+": "+says)
		}
		put("Columns", "Team", "Fill in: our column", "Age in years (age_years)", "")
		want[0] = "sheet Columns, cell " + find(t, f, "Columns", "Age", "Fill in: our column") + ": Age in years (age_years) is chosen already, in " +
			strings.TrimSuffix(want[0], ": ") // the row further down is told
		put("Columns", "Case no", "Fill in: how", "somehow", `"somehow" is not in the list`)
		put("Columns", "one value in every row", "Fill in: value, or part of the text", "Other service", `"Other service" is not in the list`)
		put("1 crime_type", "Harassed", "Fill in: our label", "Harrasment", `"Harrasment" is not in the list`)
		put("Settings", "Delivered as", "Fill in: answer", "weekly", `"weekly" is not in the list; it can be refresh, increment`)
		put("Settings", "Row of the header", "Fill in: answer", "five", `"five" is not a whole number`)
		put("Settings", "Awaited from", "Fill in: answer", "01/02/2026", `"01/02/2026" can be two days`)
		at := find(t, f, "Start", "Name", "Fill in: answer")
		if err := f.SetCellStr("Start", at, ""); err != nil {
			t.Fatal(err)
		}
		want = append(want, "sheet Start: the provider's name is missing")
	})
	says(t, content, a, want)
}

func says(t *testing.T, content []byte, a mapping.About, want []string) {
	t.Helper()
	_, problems, err := mapping.Read(content, a)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		found := 0
		for _, p := range problems {
			if strings.HasPrefix(p.String(), w) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%q is told %d times", w, found)
		}
	}
	if len(problems) != len(want) {
		t.Errorf("%d mistakes are told, of %d: %v", len(problems), len(want), problems)
	}
}

func TestSheetsThatAreGone(t *testing.T) {
	a := about(t)
	content := changed(t, filledIn(t, a), func(f *excelize.File) {
		if err := f.DeleteSheet("1 crime_type"); err != nil {
			t.Fatal(err)
		}
	})
	says(t, content, a, []string{"sheet Start, cell A15: the sheet \"1 crime_type\" is gone"})
}

// Rows that are sorted, put in between or above, and cells that a program trims change nothing.
func TestRowsMayMove(t *testing.T) {
	a := about(t)
	plain, _, err := mapping.Read(filledIn(t, a), a)
	if err != nil {
		t.Fatal(err)
	}
	moved, problems, err := mapping.Read(changed(t, filledIn(t, a), func(f *excelize.File) {
		for _, sheet := range []string{"Start", "Columns", "1 crime_type", "Settings"} {
			for _, row := range []int{1, 7, 8} {
				if err := f.InsertRows(sheet, row, 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		rows, _ := f.GetRows("Columns")
		last := len(rows)
		for i, row := range rows { // the first row of the table goes to the end
			if len(row) > 1 && row[1] == "Case no" {
				for j, text := range row {
					at, _ := excelize.CoordinatesToCellName(j+1, last+2)
					from, _ := excelize.CoordinatesToCellName(j+1, i+1)
					if f.SetCellStr("Columns", at, text) != nil || f.SetCellStr("Columns", from, "") != nil {
						t.Fatal("cannot move")
					}
				}
			}
		}
	}), a)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if got, want := yamlOf(moved), yamlOf(plain); got != want {
		t.Errorf("moved rows give\n%s\nnot\n%s", got, want)
	}
}

// What is not decided counts for nothing, and is told.
func TestOpenIsTold(t *testing.T) {
	a := about(t)
	filled, problems, err := mapping.Read(filledIn(t, a), a)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if got := filled.Provider.Feeds[0].Codes["crime_type_code"]; len(got) != 1 {
		t.Errorf("the words that are translated are %v", got)
	}
	var open []string
	for _, o := range filled.Open {
		open = append(open, o.String())
	}
	all := strings.Join(open, "\n")
	if len(open) != 2 || !strings.Contains(all, `header "Team"`) || !strings.Contains(all, `the word "Harassed" (3 rows) has no label. Perhaps Harassment (HAR).`) {
		t.Errorf("open are %q", open)
	}
}

// Whatever bytes come, they are read or refused.
func FuzzRead(f *testing.F) {
	a := mapping.About{}
	f.Add([]byte("PK\x03\x04"))
	f.Add(filledIn(f, a))
	f.Fuzz(func(t *testing.T, content []byte) {
		_, _, _ = mapping.Read(content, a)
	})
}
