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

// What the small office keeps of the example: files of its inbox, metrics,
// conditions and checks by their codes, and sheets of its return.
var (
	smallFiles  = []string{"slt_referrals_2023-24_v4.csv", "finance_spend_2023-24_v12.csv", "finance_ledger_control_2023-24_v12.csv"}
	smallRules  = []string{"R01", "R10", "R11", "R12", "R12S", "S01", "C12", "C14", "K01", "K02"}
	smallSheets = []string{"Declaration", "T01_Funding", "T03_Conditions", "T04_Source", "T16_Quality", "T17_Narrative"}
)

// Small is the office that stories of signing, restating, erasing and chasing are
// told of: the example with three of its files landed and published, six of its
// metrics and six sheets of its return. What remains of a sheet is laid out as in
// the example's; what it costs to build and draft is a fraction.
func Small(t testing.TB) *workspace.Workspace {
	t.Helper()
	return openSmall(t, made.small.copy(t, func() string { return landedAndBuilt(t, SmallUnbuilt(t)) }))
}

// SmallUnbuilt is the small office with its files, and more of the example's, in the
// inbox and nothing landed.
func SmallUnbuilt(t testing.TB, more ...string) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	from := File(t, "testdata", "cleveland")
	write(t, filepath.Join(dir, workspace.ConfigFile), ReadFile(t, filepath.Join(from, workspace.ConfigFile)))
	for _, file := range slices.Concat(smallFiles, more) {
		write(t, filepath.Join(dir, "inbox", file), ReadFile(t, filepath.Join(from, "inbox", file)))
	}
	ws := openSmall(t, dir)
	template, err := ws.Template(ws.Returns[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range smallReturn(t, template, ws.Queries) {
		write(t, filepath.Join(dir, "templates", "returns", ws.Returns[0].Template, name), content)
	}
	return openSmall(t, dir)
}

// openSmall opens a workspace under the rules of the small office. A workspace's own
// rules can add to the program's and change them, and take none away: hence not a folder.
func openSmall(t testing.TB, dir string) *workspace.Workspace {
	t.Helper()
	ws := Open(t, dir)
	ws.Queries = smallQueries(t, ws.Queries)
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	return ws
}

func smallQueries(t testing.TB, rules fs.FS) fs.FS {
	t.Helper()
	kept := fstest.MapFS{}
	err := fs.WalkDir(rules, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		code, _, _ := strings.Cut(path.Base(file), "_")
		if slices.Contains([]string{"metrics", "conditions", "checks"}, path.Dir(file)) && !slices.Contains(smallRules, code) {
			return nil
		}
		text, err := fs.ReadFile(rules, file)
		kept[file] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// smallReturn is the template of the small office's return: made from the example's
// description as that is, of some of its sheets and without conditions that are not kept.
func smallReturn(t testing.TB, template, lists fs.FS) map[string][]byte {
	t.Helper()
	d, err := returns.ReadDescription(template)
	if err != nil {
		t.Fatal(err)
	}
	d.Sheets = slices.DeleteFunc(d.Sheets, func(s returns.Sheet) bool { return !slices.Contains(smallSheets, s.Name) })
	for i := range d.Sheets {
		d.Sheets[i].Rows = slices.DeleteFunc(d.Sheets[i].Rows, func(r returns.Rows) bool {
			return r.Condition != "" && !slices.Contains(smallRules, r.Condition)
		})
	}
	blank, blankErr := returns.Blank(d, lists)
	rows, rowsErr := returns.Map(d, lists)
	fingerprint, printErr := returns.MakeFingerprint(blank, rows)
	var cellMap, taken bytes.Buffer
	if err := errors.Join(blankErr, rowsErr, printErr, returns.WriteMap(&cellMap, rows), fingerprint.Write(&taken)); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"blank.xlsx": blank, "map.csv": cellMap.Bytes(), "fingerprint.csv": taken.Bytes()}
}

// write writes a file, and the folder it is in.
func write(t testing.TB, file string, content []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o770), os.WriteFile(file, content, 0o660)); err != nil {
		t.Fatal(err)
	}
}
