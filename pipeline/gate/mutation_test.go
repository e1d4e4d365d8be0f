package gate_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func TestMain(m *testing.M) { example.Main(m) }

var mutations = flag.Int("mutations", 8, "how many random services and funds TestPrintedCategoriesAddUp drafts the return of")

// mostOf is how many services, each with a fund of its own, an office has at most: what
// takes time is an office's build.
const mostOf = 40

// partial is an office with a table of money, one of referrals and one of people.
func partial() example.Kept {
	return example.Kept{
		Files:  []string{referrals, spend, profile},
		Rules:  []string{"R01", "R02", "R13", "R17", "S01", "S02", "S03", "S03P", "S04", "S06", "S07", "C14", "K01"},
		Sheets: []string{"Declaration", "T02_Spend", "T04_Source", "T05_Outcome", "T10_Equality"},
	}
}

// Of services and funds whose files, lists and terms somebody changed at random, a draft
// that is made adds up: in each table the printed rows of a breakdown come to the printed
// total. The workbook is read here by its words alone. A hundred take twenty seconds;
// -mutations draws more of them, always the same ones first.
func TestPrintedCategoriesAddUp(t *testing.T) {
	made := example.Part(t, partial())
	drafted, refused := 0, 0
	for first := 0; first < *mutations; first += mostOf {
		o := newOffice(t, made.Dir, first, min(mostOf, *mutations-first))
		v := o.published(t)
		for i, r := range o.returns() {
			err := check(t, v, r)
			switch {
			case errors.Is(err, workspace.ErrRefused):
				refused++
			case err != nil:
				t.Errorf("number %d (%s): %v", first+i, strings.Join(o.done[i], "; "), err)
			default:
				drafted++
			}
		}
		if err := errors.Join(v.Close(), os.RemoveAll(o.dir)); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d drafted, %d refused", drafted, refused)
	}
	if drafted == 0 || refused == 0 {
		t.Errorf("%d drafted and %d refused: nothing is shown", drafted, refused)
	}
}

// check drafts a return and adds up what it prints.
func check(t *testing.T, v *published.View, r workspace.Return) error {
	v.Workspace.Returns = []workspace.Return{r}
	out, err := draft.Return(t.Context(), v, r.Name, filepath.Join(v.Workspace.Dir, "draft.xlsx"))
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
