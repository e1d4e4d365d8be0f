package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mojreturns/pipeline/docx"
)

func sample() docx.Document {
	words := func(text string) docx.Cell {
		return docx.Cell{{Style: docx.Normal, Runs: []docx.Run{{Text: text}}}}
	}
	return docx.Document{Title: "A pack & more", Author: "Office", Blocks: []docx.Block{
		{Style: docx.Heading1, Runs: []docx.Run{{Text: "Briefing"}}}, {Style: docx.Heading2, Runs: []docx.Run{{Text: "Money"}}},
		{Style: docx.Bullet, Runs: []docx.Run{{Text: "Spent: ", Bold: true}, {Text: "£3 <of> 4"}}},
		{Table: &docx.Table{About: "Funds", Columns: []docx.Column{{Heading: "Fund"}, {Heading: "Award", Number: true}},
			Rows: []docx.Row{{Cells: []docx.Cell{words("Core"), words("£900,000.00")}}, {Bold: true, Cells: []docx.Cell{words("All"), words("[c]")}}}}}}}
}

func parts(t *testing.T, file []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(text)); err == nil; {
			_, err = d.Token()
			if err != nil && !errors.Is(err, io.EOF) {
				t.Errorf("%s is not XML: %v", f.Name, err)
			}
		}
		out[f.Name] = string(text)
	}
	return out
}

// Every part is XML, headings and header rows are marked as such, and the same document
// gives the same bytes.
func TestWrite(t *testing.T) {
	file, err := docx.Write(sample())
	if err != nil {
		t.Fatal(err)
	}
	all := parts(t, file)
	for part, wants := range map[string][]string{
		"docProps/core.xml": {"<dc:title>A pack &amp; more</dc:title>", "<dc:language>en-GB</dc:language>"},
		"word/document.xml": {`<w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t xml:space="preserve">Briefing`, "£3 &lt;of&gt; 4", `<w:tblHeader/>`, `<w:tblCaption w:val="Funds"/>`},
	} {
		for _, want := range wants {
			if !strings.Contains(all[part], want) {
				t.Errorf("%s lacks %s:\n%s", part, want, all[part])
			}
		}
	}
	styles := map[string]bool{}
	for _, m := range regexp.MustCompile(`w:styleId="([^"]+)"`).FindAllStringSubmatch(all["word/styles.xml"], -1) {
		styles[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:pStyle|tblStyle) w:val="([^"]+)"`).FindAllStringSubmatch(all["word/document.xml"], -1) {
		if !styles[m[1]] {
			t.Errorf("there is no style %q", m[1])
		}
	}
	if again, err := docx.Write(sample()); err != nil || !bytes.Equal(file, again) {
		t.Errorf("the same document gives other bytes (%v)", err)
	}
}

// LibreOffice opens it and finds all words. Starting it takes a second or two.
func TestAWordProcessorOpensIt(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("no LibreOffice is installed")
	}
	file, err := docx.Write(sample())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	from := filepath.Join(dir, "a.docx")
	if err := os.WriteFile(from, file, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(soffice, "-env:UserInstallation=file://"+filepath.ToSlash(dir)+"/profile", "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", dir, from).CombinedOutput()
	text, readErr := os.ReadFile(filepath.Join(dir, "a.txt"))
	if err := errors.Join(err, readErr); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, want := range []string{"Briefing", "Money", "Spent: £3 <of> 4", "Core", "£900,000.00"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it does not read %q:\n%s", want, text)
		}
	}
}
