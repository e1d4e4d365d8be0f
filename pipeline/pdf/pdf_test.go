package pdf_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/pdf"
)

const start = `<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>A pack</title><style>`

const page = start + `</style></head><body><h1>Briefing for a Commissioner whose office has a name that goes on into a second line of the page</h1>
<h2>Money (core)</h2><p>£21,900.00 of £22,528.57 was spent</p><h2>Ynys Môn – “reach”</h2><p>84 referrals</p>
<h2>Money (core)</h2><p>said again</p></body></html>`

// browser is a real one; without it the test is not run. It prints a page in about a
// second, for it starts anew each time.
func browser(t *testing.T) string {
	t.Helper()
	path, err := pdf.Browser(os.Getenv)
	if errors.Is(err, pdf.ErrNoBrowser) {
		t.Skip("not run: no browser on this machine")
	}
	return path
}

func TestPageIsPrintedWhole(t *testing.T) {
	t.Parallel()
	text, err := pdf.Print(t.Context(), browser(t), []byte(page), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Log("its words are not looked at: no pdftotext on this machine")
		return
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	words, err := exec.Command("pdftotext", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"£21,900.00 of £22,528.57 was spent", "Ynys Môn – “reach”", "84 referrals", "said again"} {
		if !strings.Contains(string(words), want) {
			t.Errorf("%q is not in the PDF: %s", want, words)
		}
	}
	about, err := exec.Command("pdfinfo", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A pack", "yes"} { // the title; tagged
		if !strings.Contains(string(about), want) {
			t.Errorf("the PDF is not said to be %q: %s", want, about)
		}
	}
}

func TestPageThatDoesNotShowIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ style, want string }{
		"nothing of it":   {"body { display: none }", `"Briefing for a Commissioner`},
		"one section":     {"@media print { p + h2 { display: none } }", `it lacks the section "Ynys Môn – “reach”", "Money (core)"`},
		"the second same": {"h2:last-of-type { display: none }", `it lacks the section "Money (core)"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := pdf.Print(t.Context(), browser(t), []byte(strings.Replace(page, start, start+c.style, 1)), t.TempDir())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestNoBrowser(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if path, err := pdf.Browser(func(string) string { return t.TempDir() }); !errors.Is(err, pdf.ErrNoBrowser) {
		t.Errorf("found %q, %v", path, err)
	}
	edge := filepath.Join(t.TempDir(), "Microsoft", "Edge", "Application", "msedge.exe")
	if err := os.MkdirAll(filepath.Dir(edge), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(edge, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(edge))))
	found, err := pdf.Browser(func(name string) string {
		if name == "ProgramFiles(x86)" {
			return root
		}
		return ""
	})
	if err != nil || found != edge {
		t.Errorf("found %q, %v; want %s", found, err, edge)
	}
}

func TestBrowserThatFails(t *testing.T) {
	t.Parallel()
	if _, err := pdf.Print(t.Context(), filepath.Join(t.TempDir(), "none"), []byte(page), t.TempDir()); err == nil {
		t.Error("a browser that is not there printed")
	}
	quiet, err := exec.LookPath("true") // says it is done, and has printed nothing
	if err != nil {
		t.Skip("no program that does nothing")
	}
	if _, err := pdf.Print(t.Context(), quiet, []byte(page), t.TempDir()); err == nil || !strings.Contains(err.Error(), "printed nothing") {
		t.Errorf("error %v", err)
	}
}
