package example

import (
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Print is a workbook of ours that is to be looked at on paper.
type Print struct {
	Name    string
	Content []byte
	Marking string   // what each page must carry; empty: nothing
	Sheets  []string // those of ours; none: all
}

// word is a word of a page and the box it stands in, in points from above and left.
type word struct {
	Left   float64 `xml:"xMin,attr"`
	Top    float64 `xml:"yMin,attr"`
	Right  float64 `xml:"xMax,attr"`
	Bottom float64 `xml:"yMax,attr"`
	Text   string  `xml:",chardata"`
}

type page struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []word  `xml:"word"`
}

// CheckPrinted has LibreOffice print workbooks, reads the pages by their words and
// where these stand, and fails where one is not readable: letters too small, a word cut
// or broken, ### for a number, a page without its number or marking.
func CheckPrinted(t *testing.T, books ...Print) {
	t.Helper()
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("not run: pdftotext is not on this machine")
		return
	}
	made, pdfs := converted(t, books, "pdf")
	for i, b := range books {
		if len(pdfs) == 0 {
			return
		}
		t.Run(b.Name, func(t *testing.T) {
			text, err := exec.Command(reader, "-bbox", pdfs[i], "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			var said struct {
				Pages []page `xml:"body>doc>page"`
			}
			if err := xml.Unmarshal(text, &said); err != nil || len(said.Pages) == 0 {
				t.Fatalf("%d pages (%v)", len(said.Pages), err)
			}
			b.check(t, said.Pages, made[i])
		})
	}
}

// CheckRows fails for rows that are lower than LibreOffice would make them: it does
// so as it opens a workbook in its own format, unless a row has a height of its own.
func CheckRows(t *testing.T, books ...Print) {
	t.Helper()
	made, own := converted(t, books, "ods")
	var again []Print
	for i, file := range own {
		again = append(again, Print{Name: books[i].Name, Content: ReadFile(t, file)})
	}
	_, fitted := converted(t, again, "xlsx")
	for i, file := range fitted {
		checkRows(t, made[i], file)
	}
}

// converted writes workbooks to files and has LibreOffice write them in another format;
// nothing where there is no LibreOffice. One start of it takes seconds.
func converted(t *testing.T, books []Print, to string) (from, into []string) {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Log("not run: LibreOffice is not on this machine")
		return nil, nil
	}
	dir, ending := t.TempDir(), ".xlsx"
	if to == "xlsx" {
		ending = ".ods"
	}
	for _, b := range books {
		from = append(from, filepath.Join(dir, b.Name+ending))
		into = append(into, filepath.Join(dir, "out", b.Name+"."+to))
		if err := os.WriteFile(from[len(from)-1], b.Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	profile := "-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(dir, "profile"))
	args := append([]string{profile, "--headless", "--convert-to", to, "--outdir", filepath.Join(dir, "out")}, from...)
	if said, err := exec.Command(office, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return from, into
}

func (b Print) check(t *testing.T, pages []page, file string) {
	t.Helper()
	made, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	all := len(b.Sheets) == 0
	if all {
		b.Sheets = made.GetSheetList()
	}
	words := map[string]map[string]int{"": {}} // by sheet
	for i, p := range pages {
		sheet := p.sheet()
		if !slices.Contains(b.Sheets, sheet) && !all {
			continue
		}
		for _, wrong := range p.wrong(i+1, len(pages), b.Marking) {
			t.Errorf("page %d, %s: %s", i+1, sheet, wrong)
		}
		if words[sheet] == nil {
			words[sheet] = map[string]int{}
		}
		for _, w := range p.Words {
			for _, piece := range pieces(w.Text) {
				words[sheet][piece]++
			}
		}
	}
	for _, sheet := range b.Sheets {
		if words[sheet] == nil {
			t.Errorf("no page says that it is of the sheet %s", sheet)
			words[sheet] = words[""]
		}
		checkWords(t, made, sheet, words[sheet])
	}
}

// sheet is the name that stands at the left of the page's foot.
func (p page) sheet() string {
	var name []string
	for _, w := range p.Words {
		if w.Top > p.Height-54 && w.Right < p.Width/3 {
			name = append(name, w.Text)
		}
	}
	return strings.Join(name, " ")
}

var hashes = regexp.MustCompile(`^#{2,}$`)

// wrong says what makes a page hard to read.
func (p page) wrong(number, of int, marking string) []string {
	var out []string
	head, foot, all := "", "", ""
	smallest, at := 100.0, ""
	for _, w := range p.Words {
		all += w.Text + " "
		switch {
		case w.Bottom < 54:
			head += w.Text + " "
		case w.Top > p.Height-54:
			foot += w.Text + " "
		}
		if size := (w.Bottom - w.Top) / 1.165; size < smallest { // of both families, ascent and descent are so much of the size
			smallest, at = size, w.Text
		}
		if hashes.MatchString(w.Text) {
			out = append(out, "a number shows "+w.Text)
		}
		if w.Left < 0 || w.Right > p.Width || w.Bottom > p.Height {
			out = append(out, fmt.Sprintf("%q is cut by the edge of the paper", w.Text))
		}
	}
	if short, long := min(p.Width, p.Height), max(p.Width, p.Height); short < 595 || short > 596 || long < 841 || long > 842 {
		out = append(out, fmt.Sprintf("the paper is %.0f x %.0f points, not A4", p.Width, p.Height))
	}
	if want := fmt.Sprintf("Page %d of %d ", number, of); !strings.Contains(foot, want) {
		out = append(out, fmt.Sprintf("its foot says %q, not %q", foot, want))
	}
	if !strings.Contains(head, marking) || !strings.Contains(foot, marking) {
		out = append(out, fmt.Sprintf("%q is not at its top and its foot", marking))
	}
	if smallest < 7.5 {
		out = append(out, fmt.Sprintf("%q is in letters of %.1f points", at, smallest))
	}
	return append(out, p.overlaps()...)
}

// overlaps are words that are printed over each other: those of a row too low for
// them, or of a column too narrow.
func (p page) overlaps() []string {
	var out []string
	for i, a := range p.Words {
		for _, b := range p.Words[:i] {
			wide := min(a.Right, b.Right) - max(a.Left, b.Left)
			high := min(a.Bottom, b.Bottom) - max(a.Top, b.Top)
			if wide > 1 && high > 0.25*min(a.Bottom-a.Top, b.Bottom-b.Top) {
				out = append(out, fmt.Sprintf("%q stands over %q", a.Text, b.Text))
			}
		}
	}
	return out
}

var between = regexp.MustCompile(`[\s/-]+`)

// pieces are what of a text no line break parts.
func pieces(text string) []string {
	return slices.DeleteFunc(between.Split(text, -1), func(piece string) bool { return piece == "" })
}

// checkWords fails for a cell of which not every word is on the pages of its sheet.
func checkWords(t *testing.T, made *excelize.File, sheet string, printed map[string]int) {
	t.Helper()
	rows, err := made.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Errorf("%s has nothing to print", sheet)
	}
	for r, row := range rows {
		for c, text := range row {
			for _, piece := range pieces(text) {
				if printed[piece]--; printed[piece] < 0 {
					at, _ := excelize.CoordinatesToCellName(c+1, r+1)
					t.Errorf("%s!%s: %q is not whole on the page: %q", sheet, at, piece, text)
				}
			}
		}
	}
}

func checkRows(t *testing.T, file, fitted string) {
	t.Helper()
	made, err := excelize.OpenFile(file)
	by, also := excelize.OpenFile(fitted)
	if err := errors.Join(err, also); err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	defer by.Close()
	for _, sheet := range made.GetSheetList() {
		rows, err := made.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			has, err := made.GetRowHeight(sheet, r+1)
			needs, also := by.GetRowHeight(sheet, r+1)
			if err := errors.Join(err, also); err != nil {
				t.Fatal(err)
			}
			if has < needs-0.5 {
				t.Errorf("%s: row %d is %g points high and needs %g", sheet, r+1, has, needs)
			}
		}
	}
}
