package synth_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/synth"
	"mojreturns/templates"
)

var update = flag.Bool("update", false, "write the example workspace anew")

const example = "../../testdata/cleveland"

// sendLate writes the file that the README's last step has arrive late: the advocacy
// provider's referrals with two rows mended.
func sendLate(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "inbox", "slt_referrals_2023-24_v4.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for wrong, right := range map[string]string{",31/02/2024,": ",2023-10-18,", ",POLICE,": ",POL,"} {
		if bytes.Count(text, []byte(wrong)) != 1 {
			t.Fatalf("not one row has %q", wrong)
		}
		text = bytes.Replace(text, []byte(wrong), []byte(right), 1)
	}
	late := filepath.Join(dir, "late")
	if err := errors.Join(os.MkdirAll(late, 0o770), os.WriteFile(filepath.Join(late, "slt_referrals_2023-24_v5.csv"), text, 0o660)); err != nil {
		t.Fatal(err)
	}
}

// TestExampleIsWhatSynthMakes holds the committed example to the code that
// makes it; -update writes it anew.
func TestExampleIsWhatSynthMakes(t *testing.T) {
	dir := t.TempDir()
	if *update {
		dir = example
		if err := os.RemoveAll(filepath.Join(example, "inbox")); err != nil {
			t.Fatal(err)
		}
	} else {
		config, err := os.ReadFile(filepath.Join(example, "mojreturns.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "mojreturns.yaml"), config, 0o660); err != nil {
			t.Fatal(err)
		}
	}
	summary, err := synth.Cleveland(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "README.md"), readme(summary), 0o660); err != nil {
		t.Fatal(err)
	}
	sendLate(t, dir)
	made, committed := tree(t, dir), tree(t, example)
	for name, content := range made {
		if !bytes.Equal(content, committed[name]) {
			t.Errorf("%s differs from what synth makes; `go test ./pipeline/synth -update` writes it", name)
		}
	}
	if len(made) != len(committed) {
		t.Errorf("synth makes %d files, %d are committed", len(made), len(committed))
	}
	if len(summary.Faults) < 36 {
		t.Errorf("only %d faults are in the example; a few dozen are wanted", len(summary.Faults))
	}
}

func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "inbox", "*"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, file := range append(files, filepath.Join(dir, "README.md")) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(file)] = content
	}
	return out
}

// readme describes the example: its files, and its faults.
func readme(s synth.Summary) []byte {
	var b bytes.Buffer
	b.WriteString(`# The example workspace

Cleveland, financial year 2023-24. The fund's terms are those of the published decision record 23/24-0017; every row of every
file is synthetic, made by ` + "`go test ./pipeline/synth -update`" + `, and is about nobody.

Two providers and the finance ledger send: the stalking advocacy service (files ` + "`slt_*`" + `), the victim hub (` + "`hub_*`" + `, whose headers,
codes, dates and encoding are its own and are translated in ` + "`mojreturns.yaml`" + `), and finance (` + "`finance_*`" + `). The training workbook has a title above
one of its headers. The hub sends each quarter's rows and sends some again later, when their cases have closed; some of its cases were open when
the year began. Eligible spend on the uplift comes to £21,900.00 of £22,528.57; one commitment lies outside its spend window and one rescheduled
session outside its delivery window, so those two conditions are at risk. ` + "`late/`" + ` has the file that the last step of the program's README has arrive
late: two of the referrals mended.

| File | Sheet | Rows |
| --- | --- | --- |
`)
	for _, f := range s.Files {
		fmt.Fprintf(&b, "| %s | %s | %d |\n", f.Name, f.Sheet, f.Rows)
	}
	b.WriteString(`
## Faults that are in it on purpose

Row is the row a spreadsheet shows. Rejected rows count for nothing; in kept rows the field is emptied; an accepted row is well formed and a check lists it.

| File | Sheet | Row | Column | What is wrong | What becomes of the row |
| --- | --- | --- | --- | --- | --- |
`)
	for _, f := range s.Faults {
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s |\n", f.File, f.Sheet, f.Row, f.Column, f.What, f.Fate)
	}
	return b.Bytes()
}

func TestSameSeedSameBytes(t *testing.T) {
	made := func(seed uint64) (map[string][]byte, string) {
		dir := t.TempDir()
		if _, err := synth.Write(context.Background(), dir, synth.Options{Referrals: 300, Seed: seed, Faults: 0.05}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "README.md"), nil, 0o660); err != nil {
			t.Fatal(err)
		}
		config, err := os.ReadFile(filepath.Join(dir, "mojreturns.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		return tree(t, dir), string(config)
	}
	a, configA := made(7)
	b, configB := made(7)
	other, _ := made(8)
	if configA != configB {
		t.Error("the configurations differ")
	}
	differ := 0
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs between two makings of the same seed", name)
		}
		if !bytes.Equal(a[name], other[name]) {
			differ++
		}
	}
	if len(a) != 10 || differ < 5 {
		t.Errorf("%d files, of which %d differ under another seed", len(a), differ)
	}
}

// TestEveryContractColumnIsThere: the files are made from the contracts.
func TestEveryContractColumnIsThere(t *testing.T) {
	dir := t.TempDir()
	if _, err := synth.Write(context.Background(), dir, synth.Options{Referrals: 50, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	contracts, err := contract.Load(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range contracts {
		content, err := os.ReadFile(filepath.Join(dir, "inbox", c.Feed+"_2023-24_v1.csv"))
		if err != nil {
			t.Errorf("%s: %v", c.Feed, err)
			continue
		}
		header, _, _ := strings.Cut(string(content), "\n")
		names := strings.Split(header, ",")
		for _, col := range c.Columns {
			if !slices.Contains(names, col.Name) {
				t.Errorf("%s has no column %s", c.Feed, col.Name)
			}
		}
	}
}
