package extract_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/extract"
)

// BenchmarkStage stages a CSV like a provider's referrals: 200,000 rows of 41
// columns, most of them codes, flags and dates.
func BenchmarkStage(b *testing.B) {
	const rows = 200_000
	src := filepath.Join(b.TempDir(), "referrals.csv")
	size := writeReferrals(b, src, rows)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := extract.Stage(context.Background(), src, "referrals.csv", filepath.Join(b.TempDir(), "staged.parquet"), extract.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// writeReferrals writes one column of ids, one of hashes, twelve of dates, six of
// numbers, and codes, each column blank as often as it would be.
func writeReferrals(b *testing.B, path string, rows int) int64 {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	names := make([]string, 41)
	for i := range names {
		names[i] = fmt.Sprintf("column_%d", i+1)
	}
	fmt.Fprintln(w, strings.Join(names, ","))
	first := time.Date(2023, 4, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		fmt.Fprintf(w, "SLT-%08d,%016x%016x", i, random.Uint64(), random.Uint64())
		for column := 2; column < len(names); column++ {
			switch {
			case random.IntN(10) < column%5:
				w.WriteString(",")
			case column < 14:
				fmt.Fprintf(w, ",%s", first.AddDate(0, 0, random.IntN(365)).Format(time.DateOnly))
			case column < 20:
				fmt.Fprintf(w, ",%d", random.IntN(90))
			default:
				fmt.Fprintf(w, ",%s", []string{"POL", "SELF", "Y", "N", "NK", "E06000002", "STK", "HIGH"}[random.IntN(8)])
			}
		}
		w.WriteString("\n")
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// BenchmarkWorkbook stages a workbook of 200,000 rows of 10 columns, and has
// openpyxl walk the same file in its read-only way, where this machine has it.
func BenchmarkWorkbook(b *testing.B) {
	const rows = 200_000
	src := filepath.Join(b.TempDir(), "referrals.xlsx")
	writeWorkbook(b, src, rows)
	b.ReportAllocs()
	for b.Loop() {
		table, err := extract.Stage(context.Background(), src, "referrals.xlsx", filepath.Join(b.TempDir(), "staged.parquet"), extract.Options{})
		if err != nil || table.Rows != rows {
			b.Fatalf("%d rows: %v", table.Rows, err)
		}
	}
	ours := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(rows/ours, "rows/s")
	python := pythonWithOpenpyxl()
	if python == "" {
		b.Log("openpyxl not measured: no Python with it is on this machine")
		return
	}
	start := time.Now()
	out, err := exec.Command(python, "-c", `import openpyxl, sys
sheet = openpyxl.load_workbook(sys.argv[1], read_only=True).worksheets[0]
sheet.reset_dimensions()
print(sum(1 for row in sheet.iter_rows(values_only=True)))`, src).CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != fmt.Sprint(rows+1) {
		b.Fatalf("openpyxl: %v: %s", err, got)
	}
	theirs := time.Since(start).Seconds()
	b.ReportMetric(theirs, "openpyxl-s")
	b.ReportMetric(ours/theirs, "of-openpyxl")
	if ours > theirs {
		b.Errorf("staging took %.1f s, and openpyxl's walk %.1f s", ours, theirs)
	}
}

func pythonWithOpenpyxl() string {
	for _, name := range []string{"/usr/bin/python3", "python3", "python"} {
		if exec.Command(name, "-c", "import openpyxl").Run() == nil {
			return name
		}
	}
	return ""
}

// writeWorkbook writes ids, codes, dates, numbers, and texts of which none is another's.
func writeWorkbook(b *testing.B, path string, rows int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	book := excelize.NewFile()
	day, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		b.Fatal(err)
	}
	w, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	header := make([]any, 10)
	for i := range header {
		header[i] = fmt.Sprintf("column_%d", i+1)
	}
	for i := range rows + 1 {
		row := header
		if i > 0 {
			row = []any{fmt.Sprintf("SLT-%08d", i), []string{"POL", "SELF", "NK"}[random.IntN(3)], excelize.Cell{StyleID: day, Value: 45000 + random.IntN(365)}, random.IntN(90), float64(random.IntN(100000)) / 100,
				[]any{"Y", "N", nil}[random.IntN(3)], fmt.Sprintf("note %016x", random.Uint64()), "E06000002", excelize.Cell{StyleID: day, Value: 45000 + random.IntN(365)}, random.IntN(2) == 0}
		}
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := w.SetRow(cell, row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := book.SaveAs(path); err != nil {
		b.Fatal(err)
	}
}
