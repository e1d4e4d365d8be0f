package example

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// Kept is what an office keeps of the example: files of its inbox, metrics, conditions
// and checks by their codes, and sheets of its return.
type Kept struct{ Files, Rules, Sheets []string }

// small is what the small office keeps.
func small() Kept {
	return Kept{
		Files:  []string{"slt_referrals_2023-24_v4.csv", "finance_spend_2023-24_v12.csv", "finance_ledger_control_2023-24_v12.csv"},
		Rules:  []string{"R01", "R10", "R11", "R12", "R12S", "S01", "C12", "C14", "K01", "K02"},
		Sheets: []string{"Declaration", "T01_Funding", "T03_Conditions", "T04_Source", "T16_Quality", "T17_Narrative"},
	}
}

// Small is the office that stories of signing, restating, erasing and chasing are
// told of: the example with three of its files landed and published, six of its
// metrics and six sheets of its return. What remains of a sheet is laid out as in
// the example's; what it costs to build and draft is a fraction.
func Small(t testing.TB) *workspace.Workspace {
	t.Helper()
	return OpenPart(t, made.small.Copy(t, func() string { return landedAndBuilt(t, SmallUnbuilt(t)) }), small())
}

// SmallUnbuilt is the small office with its files, and more of the example's, in the
// inbox and nothing landed.
func SmallUnbuilt(t testing.TB, more ...string) *workspace.Workspace {
	t.Helper()
	keeps := small()
	keeps.Files = append(keeps.Files, more...)
	return Part(t, keeps)
}

// Part is an office that keeps a part of the example, with its files in the inbox and
// nothing landed.
func Part(t testing.TB, keeps Kept) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	from := File(t, "testdata", "cleveland")
	write(t, filepath.Join(dir, workspace.ConfigFile), ReadFile(t, filepath.Join(from, workspace.ConfigFile)))
	for _, file := range keeps.Files {
		write(t, filepath.Join(dir, "inbox", file), ReadFile(t, filepath.Join(from, "inbox", file)))
	}
	ws := Open(t, dir) // under all rules, which the whole form shows
	template, err := ws.Template(ws.Returns[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range keeps.form(t, template, keeps.queries(t, ws.Queries)) {
		write(t, filepath.Join(dir, "templates", "returns", ws.Returns[0].Template, name), content)
	}
	return OpenPart(t, dir, keeps)
}

// OpenSmall opens a copy of the small office.
func OpenSmall(t testing.TB, dir string) *workspace.Workspace {
	t.Helper()
	return OpenPart(t, dir, small())
}

// packOfPart is the text of a pack that speaks of the rules that every part keeps.
const packOfPart = `# Briefing for the Police and Crime Commissioner

## Summary

- **Money**: the award is {S01}.
- **Referrals**: {R01|referral|referrals} in {period}, {change R01 last-quarter}.

:::table decisions

:::table funds

:::table services

:::table referrals

:::table deliveries

:::table missing
`

// OpenPart opens a workspace under the rules that are kept. A workspace's own rules can
// add to the program's and change them, and take none away: hence not a folder.
func OpenPart(t testing.TB, dir string, keeps Kept) *workspace.Workspace {
	t.Helper()
	write(t, filepath.Join(dir, "templates", "briefing", "pack.md"), []byte(packOfPart))
	ws := Open(t, dir)
	ws.Queries = keeps.queries(t, ws.Queries)
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	return ws
}

func (k Kept) queries(t testing.TB, rules fs.FS) fs.FS {
	t.Helper()
	kept := fstest.MapFS{}
	err := fs.WalkDir(rules, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		code, _, _ := strings.Cut(path.Base(file), "_")
		if slices.Contains([]string{"metrics", "conditions", "checks"}, path.Dir(file)) && !slices.Contains(k.Rules, code) {
			return nil
		}
		text, err := fs.ReadFile(rules, file)
		if path.Dir(file) == "briefing" && bytes.Contains(text, []byte("\n-- shows:")) {
			if text = k.declared(text); !bytes.Contains(text, []byte("\n-- shows:")) {
				return err // nothing of what it asks is kept
			}
		}
		kept[file] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// declared leaves out of a question's headers the metrics that are not kept.
func (k Kept) declared(text []byte) []byte {
	var out []string
	for line := range strings.Lines(string(text)) {
		if codes, rest, ok := strings.Cut(strings.TrimPrefix(line, "-- shows:"), " of "); ok && strings.HasPrefix(line, "-- shows:") {
			codes, by, _ := strings.Cut(codes, " by ")
			if by != "" {
				by = " by " + by
			}
			list := slices.DeleteFunc(strings.Split(codes, ","), func(code string) bool {
				code = strings.TrimSpace(code)
				return code != "conditions" && !slices.Contains(k.Rules, code)
			})
			if len(list) == 0 {
				continue
			}
			line = "-- shows: " + strings.TrimSpace(strings.Join(list, ",")) + by + " of " + rest
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, ""))
}

// form is the template of the office's return: made from the example's description as
// that is, of some of its sheets and without conditions that are not kept.
func (k Kept) form(t testing.TB, template, lists fs.FS) map[string][]byte {
	t.Helper()
	d, err := returns.ReadDescription(template)
	if err != nil {
		t.Fatal(err)
	}
	d.Sheets = slices.DeleteFunc(d.Sheets, func(s returns.Sheet) bool { return !slices.Contains(k.Sheets, s.Name) })
	for i := range d.Sheets {
		d.Sheets[i].Rows = slices.DeleteFunc(d.Sheets[i].Rows, func(r returns.Rows) bool {
			return r.Condition != "" && !slices.Contains(k.Rules, r.Condition)
		})
	}
	files, err := returns.Make(d, returns.Office{Lists: lists})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// write writes a file, and the folder it is in.
func write(t testing.TB, file string, content []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o770), os.WriteFile(file, content, 0o660)); err != nil {
		t.Fatal(err)
	}
}
