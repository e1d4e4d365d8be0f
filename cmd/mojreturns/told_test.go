package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// planted is in what a sender may write anywhere: a name, which no rule finds in a text.
const planted = "Xyzzy"

// What a sender wrote is repeated by no command, on either stream or in a log, unless it is
// safe to; nor does it stand in what the store says of a file, or in any relation that a
// question may read. What is kept of the files themselves has it. Some seconds: each is a
// command, and six of them build.
func TestNothingAsSentIsTold(t *testing.T) {
	dir := ranOffice(t)
	plantFiles(t, dir)
	const period = "2023-24-Q4"
	inbox := func(version int) string {
		return filepath.Join(dir, "inbox", fmt.Sprintf("p_referrals_2023-24_v%d.csv", version))
	}
	commands := [][]string{
		{"land", "--dry-run"}, {"run", "--period", period, "--verbose"}, {"check", "--period", period}, {"status", "--period", period},
		{"rejects", "--format", "csv"}, {"rejects", "--values"}, {"rejects", "--compare", "--format", "csv"},
		{"trace", "R01", "--period", period, "--as-sent", "--format", "csv"},
		{"provider", "show", "P"}, {"chase", "--period", period}, {"conditions", "--period", period, "--breaches"}, {"land", "--format", "csv"},
		{"provider", "suggest", filepath.Join(dir, "inbox", "of 07700 900123.csv")},
	}
	for _, v := range []int{2, 4} {
		commands = append(commands, []string{"provider", "suggest", inbox(v), "--provider", "P"}, []string{"land", inbox(v), "--dry-run", "--format", "csv"})
	}
	var all strings.Builder
	tell := func(args ...string) string {
		_, text := said(append(args, "--workspace", dir)...)
		all.WriteString(text)
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(strings.ToLower(line), strings.ToLower(planted)) || strings.Contains(line, "900123") {
				t.Errorf("%s: %s", strings.Join(args, " "), line)
			}
		}
		return text
	}
	for _, args := range commands {
		tell(args...)
	}
	for _, want := range []string{"sheet 2 (", "the nearest header is (", "nobody claims the header (", "not shown, since", "all have the header", "as_sent", "xx"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is said nowhere, so the test does not see what it should", want)
		}
	}
	tables, err := csv.NewReader(strings.NewReader(call(t, "query", "--workspace", dir, "--format", "csv",
		"SELECT schema_name, table_name FROM duckdb_tables() UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"))).ReadAll()
	if err != nil || len(tables) < 10 {
		t.Fatal(len(tables), err)
	}
	var each []string
	for _, name := range tables[1:] {
		each = append(each, fmt.Sprintf("SELECT '%[2]s' AS relation, count(*) AS rows FROM %[1]q.%[2]q t WHERE t::VARCHAR ILIKE '%%%[3]s%%'", name[0], name[1], planted))
	}
	if found := call(t, "query", "--workspace", dir, "--format", "csv", "FROM ("+strings.Join(each, " UNION ALL ")+") WHERE rows > 0"); strings.Count(found, "\n") > 1 {
		t.Errorf("it stands in: %s", found)
	}
	notTold(t, filepath.Join(dir, "store"))
}

// notTold looks into what the store says of files, apart from what is kept of them.
func notTold(t *testing.T, store string) {
	t.Helper()
	err := filepath.WalkDir(store, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if name := d.Name(); name == "landing" || name == "staged" || name == "published" {
				return fs.SkipDir
			}
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(strings.ToLower(string(text)), strings.ToLower(planted)) {
			t.Errorf("%s has it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// plantFiles puts files into the inbox that have it in a header, as a sheet's name, in a
// coded column, in a column nobody claims, and in the place of a header that is missing.
func plantFiles(t *testing.T, dir string) {
	t.Helper()
	header := []string{"referral_id", "service_code", "victim_pseudo_id", "referral_received_date", "referral_source_code", "referral_outcome_code", "crime_type_code", "da_related", "la_code"}
	rows := func(version int, head []string, more func(i int, row []string) []string) [][]string {
		out := [][]string{head}
		for i := range 12 {
			row := []string{fmt.Sprintf("R%d", 1000*version+i), "S", fmt.Sprintf("%016x", 1000*version+i), fmt.Sprintf("2024-01-%02d", 1+i), "POL", "ACC", "TFT", "N", "E06000001"}
			out = append(out, more(i, row))
		}
		return out
	}
	write := func(version int, rows [][]string) {
		var text strings.Builder
		w := csv.NewWriter(&text)
		err := w.WriteAll(rows)
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "inbox", fmt.Sprintf("p_referrals_2023-24_v%d.csv", version)), []byte(text.String()), 0o660)); err != nil {
			t.Fatal(err)
		}
	}
	write(2, rows(2, append(header, "Plover "+planted, planted+"s"), func(i int, row []string) []string {
		if i > 9 {
			row[6] = fmt.Sprintf("Plugh%c %s", 'a'+i, planted) // a word in two rows may be one of a list
		}
		return append(row, "Dunlin "+planted, "1.23457E+18")
	}))
	write(3, rows(3, append(header[:4:4], "referral source "+planted, "referral_outcome_code", "crime_type_code", "da_related", "la_code"), func(_ int, row []string) []string { return row }))
	book := excelize.NewFile()
	for _, name := range []string{"Plover " + planted, "Dunlin " + planted} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	put := func(sheet string, rows [][]string) {
		for i, row := range rows {
			if err := book.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	put("Plover "+planted, rows(4, append(header, "Plover "+planted), func(_ int, row []string) []string { return append(row, planted) }))
	put("Dunlin "+planted, [][]string{{"a", "b"}, {"1", "2"}})
	save := func(version int) {
		if err := book.SaveAs(filepath.Join(dir, "saved.xlsx")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "saved.xlsx"), filepath.Join(dir, "inbox", fmt.Sprintf("p_referrals_2023-24_v%d.csv", version))); err != nil {
			t.Fatal(err)
		}
	}
	save(4)
	put("Dunlin "+planted, rows(5, header, func(_ int, row []string) []string { return row })) // and now nobody says which is meant
	save(5)
}
