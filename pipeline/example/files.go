package example

import (
	"context"
	"encoding/csv"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

// Same compares two numbers exactly to nine places, other texts to the letter.
func Same(want, got string) bool {
	w, ok1 := new(big.Rat).SetString(want)
	g, ok2 := new(big.Rat).SetString(got)
	if !ok1 || !ok2 {
		return want == got
	}
	difference := new(big.Rat).Sub(w, g)
	return difference.Abs(difference).Cmp(big.NewRat(1, 1_000_000_000)) <= 0
}

// ReadRows reads a CSV as rows of column name to value; a file that is not
// there has none.
func ReadRows(t testing.TB, file string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		if !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return nil
	}
	records, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// Put lands a file under a name.
func Put(t testing.TB, ws *workspace.Workspace, name, from string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(ws.Dir, name)
	if err := os.WriteFile(path, text, 0o660); err != nil {
		t.Fatal(err)
	}
	landed, err := intake.Land(context.Background(), ws, []string{path}, landing.Given{})
	if err != nil || landed[0].Status != landing.StatusLanded {
		t.Fatalf("%+v, %v", landed, err)
	}
}

// Sends lands a version of the advocacy provider's referrals with one column more,
// or other texts, and gives what became of it.
func Sends(t testing.TB, ws *workspace.Workspace, change func(rows [][]string) [][]string) landing.Landed {
	t.Helper()
	rows := change(ReadCSV(t, filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")))
	file := filepath.Join(ws.Dir, "slt_referrals_2023-24_v9.csv")
	WriteCSV(t, file, rows)
	landed, err := intake.Land(context.Background(), ws, []string{file}, landing.Given{})
	if err != nil {
		t.Fatal(err)
	}
	return landed[0]
}

// WithColumn adds a column with the same few values in its first rows.
func WithColumn(header string, values ...string) func([][]string) [][]string {
	return func(rows [][]string) [][]string {
		rows[0] = append(rows[0], header)
		for i := range rows[1:] {
			value := ""
			if i < len(values) {
				value = values[i]
			}
			rows[i+1] = append(rows[i+1], value)
		}
		return rows
	}
}

// ReadFile reads a file.
func ReadFile(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// ChangeReferrals sends another version of the advocacy provider's referrals.
func ChangeReferrals(t testing.TB, ws *workspace.Workspace, change func(rows [][]string) [][]string) {
	t.Helper()
	rows := change(ReadCSV(t, filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")))
	file := filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v5.csv")
	WriteCSV(t, file, rows)
	if _, err := intake.Land(context.Background(), ws, []string{file}, landing.Given{}); err != nil {
		t.Fatal(err)
	}
}

// ReadCSV reads a CSV as records, the header first.
func ReadCSV(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// WriteCSV writes records as CSV.
func WriteCSV(t testing.TB, file string, rows [][]string) {
	t.Helper()
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o660); err != nil {
		t.Fatal(err)
	}
}
