package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/templates"
)

// What a person may put in place of the return's files, and what is said of it: a
// sentence, an exit code, and the draft that was there stays as it was. It is slow for
// the eight drafts that are tried.
func TestBadTemplatesAtTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := ranOffice(t)
	draft := filepath.Join(dir, "store", "drafts", "moj-quarterly-2023-24-Q4.xlsx")
	before, err := os.ReadFile(draft)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file, want string
		code             int
		content          []byte
	}{
		{"a missing sheet", "blank.xlsx", `the sheet "T18_Risks" is gone`, exitRefused, changed(t, func(f *excelize.File) error { return f.DeleteSheet("T18_Risks") })},
		{"merged labels", "blank.xlsx", "T04_Source!A7:A8 are merged cells now", exitRefused, changed(t, func(f *excelize.File) error { return f.MergeCell("T04_Source", "A7", "A8") })},
		{"a renamed sheet", "blank.xlsx", `the sheet "T04_Source" is gone; in its place is "Sources"`, exitRefused, changed(t, func(f *excelize.File) error { return f.SetSheetName("T04_Source", "Sources") })},
		{"a name pointing elsewhere", "blank.xlsx", `the defined name "_xlnm.Print_Titles" of the sheet "T04_Source" stood for 'T04_Source'!$6:$6 and now stands for 'T04_Source'!$9:$9`, exitRefused,
			changed(t, func(f *excelize.File) error {
				name := excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: "T04_Source"}
				if err := f.DeleteDefinedName(&name); err != nil {
					return err
				}
				name.RefersTo = "'T04_Source'!$9:$9"
				return f.SetDefinedName(&name)
			})},
		{"a password", "blank.xlsx", "the workbook is protected by a password", exitFailed, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600) + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")},
		{"40 MB of styles", "blank.xlsx", "the styles of the workbook (xl/styles.xml) take more than 16 MB", exitFailed, styled(t, 40<<20)},
		{"an unknown metric", "map.csv", "T04_Source!B7 shows R99 by source, which no metric gives", exitUsage, bytes.Replace(own(t, "map.csv"), []byte("figure,R01,value,activity,Q1,source,POL"), []byte("figure,R99,value,activity,Q1,source,POL"), 1)},
		{"an unknown breakdown", "map.csv", "T04_Source!B7 shows R01 by sorce, which no metric gives", exitUsage, bytes.Replace(own(t, "map.csv"), []byte("figure,R01,value,activity,Q1,source,POL"), []byte("figure,R01,value,activity,Q1,sorce,POL"), 1)},
		{"an unknown column", "map.csv", "is about referrals.sex, and no feed has such a column", exitUsage, bytes.Replace(own(t, "map.csv"), []byte("quality,referrals.sex_code,"), []byte("quality,referrals.sex,"), 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			place := filepath.Join(dir, "templates", "returns", "moj-quarterly", c.file)
			if err := os.MkdirAll(filepath.Dir(place), 0o770); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(place, c.content, 0o660); err != nil {
				t.Fatal(err)
			}
			refuses(t, c.code, c.want, "return", "draft", "--workspace", dir, "--period", "2023-24-Q4")
			if err := os.Remove(place); err != nil {
				t.Fatal(err)
			}
			if after, err := os.ReadFile(draft); err != nil || !bytes.Equal(after, before) {
				t.Errorf("the draft that was there has changed (%v)", err)
			}
		})
	}
	refuses(t, exitFailed, "nothing has been delivered for the financial year 2022-23, so there is nothing to report", "return", "draft", "--workspace", dir, "--period", "2022-23-Q4")
	if _, err := os.Stat(filepath.Join(dir, "store", "drafts", "moj-quarterly-2022-23-Q4.xlsx")); err == nil {
		t.Error("a draft of a period without data was made")
	}
}

// A bit of a sealed folder flips: verify names the file, and the seal stays as it is. It
// is slow since verifying makes the whole return again.
func TestFlippedBitAtTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := ranOffice(t)
	at := []string{"--workspace", dir, "--period", "2023-24-Q4"}
	with := func(args ...string) []string { return append(args, at...) }
	call(t, with("return", "submit", "--by", "analyst", "--waive", "G1=nobody sends it here")...)
	call(t, with("return", "approve", "--by", "officer", "--name", "The officer", "--role", "Chief finance officer", "--in-line", "Y", "--notified", "NA")...)
	if said := call(t, with("return", "verify")...); !strings.Contains(said, "Seal:     intact") || !strings.Contains(said, "same bytes") {
		t.Errorf("verify says %q", said)
	}
	file := filepath.Join(dir, "store", "returns", "moj-quarterly", "2023-24-Q4", "v001", "figures.csv")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.Chmod(file, 0o660); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o660); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), with("return", "verify"), strings.NewReader(""), &stdout, &stderr, time.Now)
	if want := `Seal:     BROKEN: "figures.csv" was changed: its SHA-256 is `; code != exitFailed || !strings.Contains(stdout.String(), want) {
		t.Errorf("verify ends with %d and says %q, want %d and %q", code, stdout.String(), exitFailed, want)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, content) {
		t.Errorf("verifying changed the seal (%v)", err)
	}
}

// refuses runs the program, which must end with a code and say a sentence.
func refuses(t *testing.T, code int, want string, args ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, time.Now); got != code || !strings.Contains(stderr.String(), want) {
		t.Errorf("%s ends with %d and says %q, want %d and %q", strings.Join(args, " "), got, stderr.String(), code, want)
	}
}

// own is a file of the program's own template.
func own(t *testing.T, name string) []byte {
	t.Helper()
	content, err := templates.Files.ReadFile("returns/moj-quarterly/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// changed is the program's own blank with something done to it.
func changed(t *testing.T, change func(f *excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(own(t, "blank.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := change(f); err != nil {
		t.Fatal(err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// styled is the program's own blank with so many bytes of styles.
func styled(t *testing.T, size int) []byte {
	t.Helper()
	blank := own(t, "blank.xlsx")
	r, err := zip.NewReader(bytes.NewReader(blank), int64(len(blank)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, file := range r.File {
		if file.Name == "xl/styles.xml" {
			continue
		}
		if err := w.Copy(file); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.Create("xl/styles.xml")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(part, `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	if _, err := io.CopyN(part, spaces{}, int64(size)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(part, "</styleSheet>")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// spaces has no end.
type spaces struct{}

func (spaces) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = ' '
	}
	return len(into), nil
}
