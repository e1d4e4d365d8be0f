package gate_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func TestMain(m *testing.M) { example.Main(m) }

var mutations = flag.Int("mutations", 6, "how many random offices TestPrintedCategoriesAddUp drafts the return of")

// partial is an office with a table of money, one of referrals and one of people.
func partial() example.Kept {
	return example.Kept{
		Files:  []string{"slt_referrals_2023-24_v4.csv", "finance_spend_2023-24_v12.csv", "finance_budget_profile_2023-24_v3.csv"},
		Rules:  []string{"R01", "R02", "R13", "R17", "S01", "S02", "S03", "S03P", "S04", "S06", "S07", "C14", "K01"},
		Sheets: []string{"Declaration", "T02_Spend", "T04_Source", "T05_Outcome", "T10_Equality"},
	}
}

// Of an office whose files and lists somebody changed at random, a draft that is made
// adds up: in each table the printed rows of a breakdown come to the printed total. The
// workbook is read here by its words alone. It takes about a second for each office;
// -mutations draws more of them, always the same ones first.
func TestPrintedCategoriesAddUp(t *testing.T) {
	made := example.Part(t, partial())
	open := "\ndisclosure: {ministry: {off: true, reason: so that every number is there to be added}}\n"
	config := filepath.Join(made.Dir, workspace.ConfigFile)
	if err := os.WriteFile(config, append(example.ReadFile(t, config), open...), 0o660); err != nil {
		t.Fatal(err)
	}
	drafted, refused := 0, 0
	for seed := range *mutations {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(made.Dir)); err != nil {
			t.Fatal(err)
		}
		done := mutate(t, dir, random)
		err := check(t, dir)
		switch {
		case errors.Is(err, workspace.ErrRefused):
			refused++
		case err != nil:
			t.Errorf("seed %d (%s): %v", seed, strings.Join(done, "; "), err)
		default:
			drafted++
		}
	}
	if drafted == 0 || refused == 0 {
		t.Errorf("%d drafted and %d refused: nothing is shown", drafted, refused)
	}
	t.Logf("%d drafted, %d refused", drafted, refused)
}

// check drafts the office's return and adds up what it prints.
func check(t *testing.T, dir string) error {
	ctx := t.Context()
	ws := example.OpenPart(t, dir, partial())
	if _, err := intake.Land(ctx, ws, nil, landing.Given{}); err != nil {
		return err
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		return err
	}
	v, err := published.Open(ctx, ws, example.Quarter(t, "2023-24-Q4"))
	if err != nil {
		return err
	}
	defer v.Close()
	out, err := draft.Return(ctx, v, "", filepath.Join(dir, "draft.xlsx"))
	if err != nil {
		return err
	}
	content, err := os.ReadFile(out.Path)
	if err != nil {
		return err
	}
	return addsUp(content)
}

// table is where a sheet has the rows of its breakdowns and its total, counted from 1.
type table struct {
	sheet          string
	grouped        bool // the first column names the breakdown, the second the category
	total          string
	first, columns int // the first column of figures, and how many there are
}

// addsUp reads a workbook as a reader would: rows under a header down to the total.
func addsUp(content []byte) error {
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		return err
	}
	defer book.Close()
	var errs []error
	for _, of := range []table{
		{"T02_Spend", false, "Total", 2, 10}, {"T04_Source", false, "Total", 2, 5}, {"T05_Outcome", false, "Total", 2, 5}, {"T10_Equality", true, "Total", 3, 1},
	} {
		rows, err := book.GetRows(of.sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		start := slices.IndexFunc(rows, func(r []string) bool { return len(r) > of.first }) + 1
		end := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 1 && (r[0] == of.total || of.grouped && r[1] == of.total) })
		if start < 1 || end <= start {
			return fmt.Errorf("%s: no table was found", of.sheet)
		}
		for column := of.first - 1; column < of.first-1+of.columns; column++ {
			sums, hidden := map[string]int64{}, map[string]bool{}
			for _, r := range rows[start:end] {
				group := ""
				if of.grouped {
					group = r[0]
				}
				n, shown := pence(r[column])
				sums[group] += n
				hidden[group] = hidden[group] || !shown
			}
			total, shown := pence(rows[end][column])
			for group, sum := range sums {
				if shown && !hidden[group] && sum != total {
					errs = append(errs, fmt.Errorf("%s column %d %s: the rows come to %d, the total is %d", of.sheet, column+1, group, sum, total))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// pence reads a number in hundredths; false where a cell shows a marker.
func pence(text string) (int64, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, text == "[z]"
	}
	if n < 0 {
		return int64(n*100 - 0.5), true
	}
	return int64(n*100 + 0.5), true
}

// mutate changes an office's files and lists in one to three ways, and says how.
func mutate(t *testing.T, dir string, random *rand.Rand) []string {
	of := func(list ...string) string { return list[random.IntN(len(list))] }
	var done []string
	for range 1 + random.IntN(3) {
		switch random.IntN(4) {
		case 0: // a list of the office's own: a code more, and rows that have it
			list, column := "local_authority", "la_code"
			if random.IntN(2) == 0 {
				list, column = "referral_source", "referral_source_code"
			}
			code := of("NEW1", "NEW2")
			addCode(t, dir, list, code)
			done = append(done, list+" gains "+code+", "+change(t, dir, "slt_referrals_2023-24_v4.csv", column, code, random))
		case 1: // codes changed for others, or for nothing
			column := of("la_code", "referral_source_code", "referral_outcome_code", "sex_code", "ethnicity_code", "age_years")
			done = append(done, change(t, dir, "slt_referrals_2023-24_v4.csv", column, of("", "NK", "OTH", "E06000001", "POL", "1", "XXX"), random))
		case 2: // money on another line
			done = append(done, change(t, dir, "finance_spend_2023-24_v12.csv", "budget_line_code", of("STF-SAL", "OTH", "MGT", "TRN-DEL", ""), random))
		case 3:
			done = append(done, change(t, dir, "finance_budget_profile_2023-24_v3.csv", "budget_line_code", of("STF-SAL", "MGT", "TRN-MAT"), random))
		}
	}
	return done
}

// change puts a value into some rows of a column of a file.
func change(t *testing.T, dir, name, column, value string, random *rand.Rand) string {
	file := filepath.Join(dir, "inbox", name)
	rows := example.ReadCSV(t, file)
	at := slices.Index(rows[0], column)
	if at < 0 {
		t.Fatalf("%s has no column %s", name, column)
	}
	n := 0
	for _, row := range rows[1:] {
		if random.IntN(10) == 0 {
			row[at] = value
			n++
		}
	}
	example.WriteCSV(t, file, rows)
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
