package extract_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
