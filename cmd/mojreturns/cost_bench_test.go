package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/workspace"
)

// byHand is the script that does by hand what a run does, to be measured beside it.
var byHand = flag.String("by-hand", "", "path of a Python script that BenchmarkYear runs as INBOX BLANK.xlsx OUT.xlsx")

// BenchmarkExample measures the processor time of the first run on the small
// example, of the same again with nothing changed, and of one with one file of its
// twelve corrected. The yardstick is the program before builds were made cheap
// (commit 674ca1d), which took 8.9 s on the same quiet two cores.
func BenchmarkExample(b *testing.B) {
	const landed = 8.9
	var first, again, corrected cost
	for b.Loop() {
		dir := copyOfExample(b)
		first.add(ran(b, dir))
		again.add(ran(b, dir))
		correct(b, filepath.Join(dir, "inbox", "hub_referrals_2023-24_q2.csv"))
		corrected.add(ran(b, dir))
	}
	seconds := first.processor.Seconds() / float64(b.N)
	b.ReportMetric(seconds, "processor-s/run")
	b.ReportMetric(seconds/landed, "of-landed")
	b.ReportMetric(again.processor.Seconds()/first.processor.Seconds(), "unchanged-of-first")
	b.ReportMetric(corrected.processor.Seconds()/first.processor.Seconds(), "corrected-of-first")
}

// BenchmarkYear measures the wall time of a run on a synthetic year of 20,000
// referrals, files to filled return and briefing with nothing cached, beside a
// script that reads, groups and writes the same inbox by hand.
func BenchmarkYear(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "year")
	if said, err := program("synth", dir, "--referrals", "20000", "--seed", "7").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, said)
	}
	var ours, theirs cost
	for b.Loop() {
		if err := os.RemoveAll(filepath.Join(dir, "store")); err != nil {
			b.Fatal(err)
		}
		ours.add(ran(b, dir))
		if *byHand != "" {
			theirs.add(measured(b, scripted(b, dir)))
		}
	}
	b.ReportMetric(ours.wall.Seconds()/float64(b.N), "wall-s/run")
	b.ReportMetric(ours.processor.Seconds()/float64(b.N), "processor-s/run")
	if *byHand != "" {
		fmt.Printf("\n20000 referrals: ours %.1f s, by hand %.1f s, ratio %.2f (must 1.5, aim 0.5)\n",
			ours.wall.Seconds()/float64(b.N), theirs.wall.Seconds()/float64(b.N), ours.wall.Seconds()/theirs.wall.Seconds())
	}
}

// cost is what processes took together.
type cost struct{ wall, processor time.Duration }

func (c *cost) add(more cost) {
	c.wall += more.wall
	c.processor += more.processor
}

func copyOfExample(b *testing.B) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "cleveland")
	for _, part := range []string{"inbox", workspace.ConfigFile} {
		if err := copied(filepath.Join("..", "..", "testdata", "cleveland", part), filepath.Join(dir, part)); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

func ran(b *testing.B, dir string) cost {
	b.Helper()
	return measured(b, program("run", "--workspace", dir, "--period", "2023-24-Q4", "--quiet"))
}

func scripted(b *testing.B, dir string) *exec.Cmd {
	b.Helper()
	blanks, err := filepath.Glob(filepath.Join("..", "..", "templates", "returns", "moj-quarterly", "*.xlsx"))
	if err != nil || len(blanks) != 1 {
		b.Fatalf("one blank workbook is needed, there are %q: %v", blanks, err)
	}
	return exec.Command("/usr/bin/python3", *byHand, filepath.Join(dir, "inbox"), blanks[0], filepath.Join(b.TempDir(), "by-hand.xlsx"))
}

func measured(b *testing.B, c *exec.Cmd) cost {
	b.Helper()
	start := time.Now()
	if said, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%q: %v\n%s", c.Args, err, said)
	}
	return cost{wall: time.Since(start), processor: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
}

// correct sends a file again with its last row left out.
func correct(b *testing.B, path string) {
	b.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimRight(string(content), "\r\n"), "\n")
	if err := os.WriteFile(path, []byte(strings.Join(lines[:len(lines)-1], "")), 0o660); err != nil {
		b.Fatal(err)
	}
}
