package paper

import (
	"errors"
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Page is how a sheet prints: on A4, upright where its columns fit so, else on its side.
// No column is cut, and each page says which of how many it is, of what sheet, and how it
// is protected.
type Page struct {
	Marking string    // of protection, such as OFFICIAL-SENSITIVE; empty: none
	Widths  []float64 // of the columns, in digits of the usual letters
	Letters Letters   // most of the sheet's
	Header  int       // the row that every page repeats; 0: none
	Labels  int       // the first columns, which say what a row is and stand on every page beside; 0: one
	// Together is how many columns no page parts, such as 2 for codes with their labels
	// beside them; then the first column is not repeated. 0: each may be the last of a page.
	Together int
}

// Margins of a page in inches; header and footer stand inside those above and below.
const (
	Side   = 0.4
	Ends   = 0.75
	Inside = 0.3
)

const (
	a4         = 9 // its number among the sizes of paper
	a4Short    = 595.3
	a4Long     = 841.9
	smallest   = 8.0   // points that letters are printed in at least
	digitWidth = 0.637 // of a letter's size, in DejaVu Sans
)

// room is how wide columns may be together, so that letters stay readable, on a page
// of so many points.
func (p Page) room(points float64) float64 {
	return (points - 2*Side*72) / (Usual * digitWidth * smallest / p.Letters.Size)
}

// Wide is how wide the columns are together.
func (p Page) Wide() float64 {
	wide := 0.0
	for _, w := range p.Widths {
		wide += w
	}
	return wide
}

// Upright tells whether the page stands on its short side.
func (p Page) Upright() bool { return p.Wide() <= p.room(a4Short) }

// Across is how many pages stand beside each other, so that letters stay readable; the
// labels of the rows are repeated on each.
func (p Page) Across() int {
	wide, room := p.Wide(), p.room(a4Long)
	if wide <= room {
		return 1
	}
	first := min(Page{Widths: p.Widths[:p.labels()]}.Wide(), room/2)
	return int(math.Ceil((wide - first) / (room - first)))
}

func (p Page) labels() int { return min(max(p.Labels, 1), len(p.Widths)) }

// breaks are the columns that begin a page, where columns stand together.
func (p Page) breaks() []int {
	if p.Together == 0 || p.Across() == 1 {
		return nil
	}
	var out []int
	used, room := 0.0, p.room(a4Long)
	for from := 0; from < len(p.Widths); from += p.Together {
		wide := Page{Widths: p.Widths[from:min(from+p.Together, len(p.Widths))]}.Wide()
		if used > 0 && used+wide > room {
			out, used = append(out, from+1), 0
		}
		used += wide
	}
	return out
}

// Repeats is what is repeated on every page, as Excel's name for it stands for.
func (p Page) Repeats(sheet string) string {
	name := "'" + strings.ReplaceAll(sheet, "'", "''") + "'!"
	var parts []string
	if p.Across() > 1 && p.Together == 0 {
		parts = append(parts, fmt.Sprintf("%s$A:$%c", name, 'A'+p.labels()-1))
	}
	if p.Header > 0 {
		parts = append(parts, fmt.Sprintf("%s$%d:$%[2]d", name, p.Header))
	}
	return strings.Join(parts, ",")
}

// Lines are what stands above and below each page, in the words of a workbook.
func (p Page) Lines() (header, footer string) {
	marking := strings.ReplaceAll(p.Marking, "&", "&&")
	if marking != "" {
		header, marking = "&C"+marking, "&C"+marking
	}
	return header, "&L&A" + marking + "&RPage &P of &N"
}

// XML is what a sheet that is written by hand says behind its cells and links; it says
// in front of them that it is fitted to pages.
func (p Page) XML() string {
	way := "landscape"
	if p.Upright() {
		way = "portrait"
	}
	header, footer := p.Lines()
	const margins = `<pageMargins left="%g" right="%[1]g" top="%g" bottom="%[2]g" header="%g" footer="%[3]g"/>`
	return fmt.Sprintf(margins, Side, Ends, Inside) +
		fmt.Sprintf(`<pageSetup paperSize="%d" orientation="%s" fitToWidth="%d" fitToHeight="0" pageOrder="overThenDown"/>`, a4, way, p.Across()) +
		`<headerFooter scaleWithDoc="0"><oddHeader>` + html.EscapeString(header) + `</oddHeader>` +
		`<oddFooter>` + html.EscapeString(footer) + `</oddFooter></headerFooter>`
}

// Set sets a sheet up to print so.
func (p Page) Set(f *excelize.File, sheet string) error {
	breaks := p.breaks()
	fit, size, way, across, down := len(breaks) == 0, a4, "landscape", p.Across(), 0
	order := "overThenDown" // pages that stand beside each other follow each other
	if p.Upright() {
		way = "portrait"
	}
	side, ends, inside, own := Side, Ends, Inside, false
	header, footer := p.Lines()
	errs := []error{
		f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{
			Left: &side, Right: &side, Top: &ends, Bottom: &ends, Header: &inside, Footer: &inside}),
		f.SetPageLayout(sheet, &excelize.PageLayoutOptions{
			Size: &size, Orientation: &way, FitToWidth: &across, FitToHeight: &down, PageOrder: &order}),
		f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddHeader: header, OddFooter: footer, ScaleWithDoc: &own}),
	}
	if !fit { // a program that fits columns to pages does not heed where they are parted
		scale := uint(100 * smallest / p.Letters.Size)
		errs = append(errs, f.SetPageLayout(sheet, &excelize.PageLayoutOptions{AdjustTo: &scale}))
	}
	for _, column := range breaks {
		at, err := excelize.CoordinatesToCellName(column, 1)
		errs = append(errs, err, f.InsertPageBreak(sheet, at))
	}
	if repeats := p.Repeats(sheet); repeats != "" {
		errs = append(errs, f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: repeats, Scope: sheet}))
	}
	return errors.Join(errs...)
}
