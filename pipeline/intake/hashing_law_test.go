package intake_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/pseudonym"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// However a file is laid out, it is read with its client numbers hashed at the door as it
// is where somebody has put the same hashes into its cells beforehand: the same rows under
// the same numbers, the same cells. It is slow for its ten offices.
func TestHashedAtTheDoorAsBeforehand(t *testing.T) {
	t.Parallel()
	key, err := pseudonym.Parse(keyOfPool)
	if err != nil {
		t.Fatal(err)
	}
	head := []any{"referral_id", "service_code", "Client No", "referral_received_date", "referral_source_code", "referral_outcome_code", "crime_type_code", "da_related", "la_code"}
	row := func(id int, number string) []any {
		return []any{fmt.Sprint("A", id), "SP", number, time.Date(2023, 11, id, 0, 0, 0, 0, time.UTC), "POL", "ACC", []string{"TFT", "ZZZ"}[id%2], "N", "E06000001"}
	}
	texts := func(from ...[]any) (out string) {
		for _, r := range from {
			for i, v := range r {
				if day, ok := v.(time.Time); ok {
					v = day.Format(time.DateOnly)
				}
				out += strings.Repeat(";", min(i, 1)) + fmt.Sprint(v)
			}
			out += "\r\n"
		}
		return out
	}
	book := func(t *testing.T, options *excelize.WorkbookPropsOptions, sheets []string, rows map[string][][]any, hidden ...string) []byte {
		t.Helper()
		b := excelize.NewFile()
		defer b.Close()
		for i, sheet := range sheets {
			if _, err := b.NewSheet(sheet); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				if err := b.DeleteSheet("Sheet1"); err != nil {
					t.Fatal(err)
				}
			}
			for j, r := range rows[sheet] {
				if err := b.SetSheetRow(sheet, fmt.Sprintf("A%d", j+1), &r); err != nil {
					t.Fatal(err)
				}
			}
		}
		if options != nil {
			if err := b.SetWorkbookProps(options); err != nil {
				t.Fatal(err)
			}
		}
		for _, sheet := range hidden {
			if err := b.SetSheetVisible(sheet, false); err != nil {
				t.Fatal(err)
			}
		}
		out, err := b.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	as := func(n string, hashed bool) string {
		if !hashed {
			return n
		}
		hash, _ := key.Of(n)
		return hash
	}
	true1904 := true
	for _, c := range []struct {
		name, file string
		feed       func(*register.Feed)
		content    func(t *testing.T, hashed bool) []byte
	}{
		{"a text with titles and totals", "p_2023-24_v1.csv", func(f *register.Feed) {
			f.Encoding, f.Totals, f.Skip = "windows-1252", []register.RowRule{{Columns: register.Names{"Client No"}, Pattern: "^total"}}, []register.RowRule{{Columns: register.Names{"la_code"}, Pattern: "^void$"}}
		}, func(t *testing.T, hashed bool) []byte {
			void := row(9, as("700009", hashed))
			void[8] = "void"
			text := "Our clients;\x963\r\n\r\n" + texts(head, row(1, as("SA-700123", hashed)), row(2, as("700124", hashed)), void, row(3, ""), []any{"", "", "Total 3"})
			return []byte(text + texts(row(4, as("700124", hashed))) + "A5;SP;" + as("700125", hashed)) // which breaks off
		}},
		{"the second sheet", "p_2023-24_v1.xlsx", func(f *register.Feed) { f.SheetNumber = 2 }, func(t *testing.T, hashed bool) []byte {
			return book(t, nil, []string{"Read me", "Data", "Lookup"}, map[string][][]any{"Read me": {{"Made on", "Monday"}}, "Data": {{"Title"}, nil, head, row(1, as("700123", hashed)), nil, row(2, as("CX-1", hashed))}, "Lookup": {{"x", "y"}}})
		}},
		{"every sheet, some hidden", "p_2023-24_v1.xlsx", func(f *register.Feed) { f.Sheets = "all" }, func(t *testing.T, hashed bool) []byte {
			return book(t, nil, []string{"Apr", "Away", "May"}, map[string][][]any{"Apr": {head, row(1, as("700123", hashed))}, "Away": {head, row(5, as("700123", hashed))}, "May": {{"May"}, head, row(2, as("0700123", hashed)), row(3, as("700124", hashed))}}, "Away")
		}},
		{"a header of two rows", "p_2023-24_v1.xlsx", func(f *register.Feed) {
			f.HeaderRows, f.Columns = 2, map[string]register.Names{"victim_pseudo_id": {"Client No"}}
		}, func(t *testing.T, hashed bool) []byte {
			upper, lower := append([]any{}, head...), append([]any{}, head...)
			upper[2], lower[2] = "Client", "No"
			for i := range lower {
				if i != 2 {
					lower[i] = ""
				}
			}
			return book(t, nil, []string{"Data"}, map[string][][]any{"Data": {{"Ours"}, upper, lower, row(1, as("700123", hashed)), row(2, as("700124", hashed))}})
		}},
		{"days from 1904", "p_2023-24_v1.xlsx", func(*register.Feed) {}, func(t *testing.T, hashed bool) []byte {
			return book(t, &excelize.WorkbookPropsOptions{Date1904: &true1904}, []string{"Data"}, map[string][][]any{"Data": {head, row(1, as("700123", hashed)), row(2, as("700124", hashed))}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var both [2]string
			for i, beforehand := range []bool{false, true} {
				ws := doorOf(t)
				feed := &ws.Register.Providers[0].Feeds[0]
				*feed = register.Feed{Feed: "referrals", Files: "p_{year}_v{version}.*", Delivered: "refresh", Columns: map[string]register.Names{"victim_pseudo_id": {"Client No"}}}
				if c.feed(feed); !beforehand {
					feed.Pseudonym = register.Names{"victim_pseudo_id"}
				}
				file := filepath.Join(ws.Dir, c.file)
				if err := os.WriteFile(file, c.content(t, beforehand), 0o600); err != nil {
					t.Fatal(err)
				}
				if l := landOne(t, ws, file, landing.Given{}); l.Status != landing.StatusLanded {
					t.Fatalf("%s: %s", l.Status, l.Message)
				}
				both[i] = staged(t, ws)
			}
			if diff := cmp.Diff(both[1], both[0]); diff != "" || strings.Count(both[0], "\n") < 2 {
				t.Errorf("beforehand and at the door: %s\n%s", diff, both[0])
			}
		})
	}
}

// staged is every row that is staged, in order.
func staged(t *testing.T, ws *workspace.Workspace) string {
	t.Helper()
	scratch := &warehouse.Scratch{}
	defer scratch.Close()
	conn, err := scratch.Open(t.Context(), ws.Settings)
	if err != nil {
		t.Fatal(err)
	}
	type one struct{ Row string }
	found, err := warehouse.Select[one](t.Context(), conn, "SELECT t::VARCHAR AS row FROM read_parquet('"+filepath.ToSlash(ws.Path("staged"))+"/*.parquet') t ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, r := range found {
		out.WriteString(r.Row + "\n")
	}
	return out.String()
}
