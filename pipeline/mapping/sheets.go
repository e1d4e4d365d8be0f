package mapping

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/paper"
)

// grid is a sheet with one table.
type grid struct {
	sheet, title, says, of string
	steps                  []string // what to do, a line each
	columns                []column
	rows                   []row
	free                   int            // blank rows below, to be filled in whole
	freeLists              map[int]string // what can be chosen in them, by column from 0
}

type column struct {
	title string
	width float64
	open  bool // people fill it in
}

type row struct {
	cells  []string
	lists  map[int]string // what can be chosen, by column
	locked bool
}

func (g *grid) add(cells []string, lists map[int]string) {
	g.rows = append(g.rows, row{cells: cells, lists: lists})
}

// writer writes the sheets.
type writer struct {
	*excelize.File
	about                                                     About
	lists                                                     map[string]string // where each list stands
	listed                                                    [][]string
	title, bold, wrapped, plain, shaded, decide, boldFillable int // styles
}

var regular, strong = paper.Letters{Size: 11}, paper.Letters{Size: 11, Bold: true}

// list is the range of a list's entries on the sheet of lists; empty where it has none.
func (w *writer) list(key string, entries []string) string {
	if len(entries) == 0 {
		return ""
	}
	if at, there := w.lists[key]; there {
		return at
	}
	letters, err := excelize.ColumnNumberToName(len(w.listed) + 1)
	if err != nil {
		return "" // more lists than a sheet has columns: there is no drop-down then
	}
	w.listed = append(w.listed, append([]string{key}, entries...))
	w.lists[key] = fmt.Sprintf("%s!$%s$2:$%[2]s$%d", listsSheet, letters, len(entries)+1)
	return w.lists[key]
}

// begin makes the styles. A cell that is to be filled in is shaded and framed, and its
// column says so in words; all others are locked.
func (w *writer) begin() error {
	if err := firstOf(w.SetSheetName("Sheet1", startSheet), w.SetDefaultFont("Arial")); err != nil {
		return err
	}
	frame := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		frame = append(frame, excelize.Border{Type: side, Color: "7F7F7F", Style: 1})
	}
	text := "@" // so that what people write stays what they wrote
	font := func(bold bool, size float64) *excelize.Font {
		return &excelize.Font{Family: "Arial", Bold: bold, Size: size}
	}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF2CC"}}
	for _, s := range []struct {
		number *int
		style  excelize.Style
	}{
		{&w.title, excelize.Style{Font: font(true, 14)}},
		{&w.bold, excelize.Style{Font: font(true, 11), Alignment: wrap, Border: frame}},
		{&w.boldFillable, excelize.Style{Font: font(true, 11), Alignment: wrap, Border: frame, Fill: fill}},
		{&w.wrapped, excelize.Style{Font: font(false, 11), Alignment: wrap}},
		{&w.plain, excelize.Style{Font: font(false, 11)}},
		{&w.decide, excelize.Style{Font: font(true, 11), Alignment: wrap}},
		{&w.shaded, excelize.Style{Font: font(false, 11), Alignment: wrap, Border: frame, CustomNumFmt: &text, Fill: fill, Protection: &excelize.Protection{Locked: false}}},
	} {
		var err error
		if *s.number, err = w.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// grid writes one sheet: its title, what to do, the header, and the rows, those to be
// decided first.
func (w *writer) grid(g *grid) error {
	if g.sheet != startSheet {
		if _, err := w.NewSheet(g.sheet); err != nil {
			return err
		}
	}
	var widths []float64
	var titles []string
	for _, c := range g.columns {
		widths, titles = append(widths, c.width), append(titles, c.title)
	}
	at := 1
	errs := []error{w.SetCellStr(g.sheet, "A1", g.title), w.SetCellStyle(g.sheet, "A1", "A1", w.title)}
	lines := g.steps
	if g.says != "" {
		lines = []string{g.says}
	}
	for _, line := range broken(lines, paper.Page{Widths: widths}.Wide()) {
		at++
		errs = append(errs, w.SetCellStr(g.sheet, cell(1, at), line), w.SetCellStyle(g.sheet, cell(1, at), cell(1, at), w.plain))
	}
	if g.of != "" {
		at++
		errs = append(errs, w.SetCellStr(g.sheet, cell(1, at), columnOf+g.of), w.SetCellStyle(g.sheet, cell(1, at), cell(1, at), w.decide))
	}
	at += 2
	header := at
	slices.SortStableFunc(g.rows, func(a, b row) int { return rank(a) - rank(b) })
	errs = append(errs, w.line(g, at, row{cells: titles}))
	for _, r := range g.rows {
		at++
		errs = append(errs, w.line(g, at, r))
	}
	for range g.free {
		at++
		errs = append(errs, w.line(g, at, row{cells: make([]string, len(titles)), lists: g.freeLists}))
	}
	for i, width := range widths {
		letters := cell(i+1, 1)[:1]
		errs = append(errs, w.SetColWidth(g.sheet, letters, letters, width))
	}
	errs = append(errs, w.choices(g, header),
		w.SetPanes(g.sheet, &excelize.Panes{Freeze: true, YSplit: header, TopLeftCell: cell(1, header+1), ActivePane: "bottomLeft"}),
		w.protect(g.sheet), paper.Page{Marking: w.about.Marking, Widths: widths, Letters: regular, Header: header}.Set(w.File, g.sheet))
	return firstOf(errs...)
}

// broken breaks texts into lines that run over the cells beside them, so that no cells
// need be merged.
func broken(texts []string, wide float64) (lines []string) {
	for _, text := range texts {
		line := ""
		for _, word := range strings.Fields(text) {
			if line != "" && regular.Wide(line+" "+word) > wide {
				lines, line = append(lines, line), "   "
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// columnOf begins the line that says what a sheet of words is about.
const columnOf = "Words of "

func rank(r row) int {
	if slices.Contains(r.cells, toDecide) {
		return 0
	}
	return 1
}

// line writes a row with the style of each cell. A header has the titles themselves.
func (w *writer) line(g *grid, at int, r row) error {
	var errs []error
	lines := 1
	header, blank := r.cells[0] == g.columns[0].title && r.lists == nil && !r.locked, !slices.ContainsFunc(r.cells, func(s string) bool { return s != "" })
	for i, text := range r.cells {
		style, letters := w.wrapped, regular
		switch {
		case header && g.columns[i].open:
			style, letters = w.boldFillable, strong
		case header:
			style, letters = w.bold, strong
		case !r.locked && (g.columns[i].open || blank && !slices.Contains([]string{stateTitle, whyTitle, meaningTitle, shapeTitle, rowsTitle}, g.columns[i].title)):
			style = w.shaded
		case text == toDecide:
			style, letters = w.decide, strong
		}
		lines = max(lines, letters.Lines(text, g.columns[i].width))
		errs = append(errs, w.SetCellStyle(g.sheet, cell(i+1, at), cell(i+1, at), style))
		if text != "" {
			errs = append(errs, w.SetCellStr(g.sheet, cell(i+1, at), text))
		}
	}
	return firstOf(append(errs, w.SetRowHeight(g.sheet, at, regular.Row(lines)))...)
}

// choices gives each cell its drop-down. Cells with one list share one rule.
func (w *writer) choices(g *grid, header int) error {
	where := map[string]string{}
	for i := range len(g.rows) + g.free {
		lists := g.freeLists
		if i < len(g.rows) {
			lists = g.rows[i].lists
		}
		for col, list := range lists {
			if list != "" {
				where[list] += " " + cell(col+1, header+1+i)
			}
		}
	}
	for _, list := range sorted(where) {
		rule := excelize.NewDataValidation(true)
		rule.SetSqref(where[list][1:])
		rule.SetSqrefDropList(list)
		rule.SetError(excelize.DataValidationErrorStyleStop, "Not one of the list", "Choose one of the drop-down, or leave it blank.")
		if err := w.AddDataValidation(g.sheet, rule); err != nil {
			return err
		}
	}
	return nil
}

// protect locks all that is not to be filled in, without a password: it is a help, no lock.
func (w *writer) protect(sheet string) error {
	return w.ProtectSheet(sheet, &excelize.SheetProtectionOptions{FormatColumns: true, FormatRows: true, InsertRows: true, AutoFilter: true, Sort: true,
		SelectLockedCells: true, SelectUnlockedCells: true})
}

// end writes the lists, and what the file says of itself.
func (w *writer) end(b Book) error {
	if _, err := w.NewSheet(listsSheet); err != nil {
		return err
	}
	var errs []error
	var widths []float64
	for i, list := range w.listed {
		letters, err := excelize.ColumnNumberToName(i + 1)
		errs = append(errs, err)
		width := 12.0
		for j, entry := range list {
			width = min(60, max(width, float64(len(entry))))
			style := w.wrapped
			if j == 0 {
				style = w.bold
			}
			errs = append(errs, w.SetCellStr(listsSheet, cell(i+1, j+1), entry), w.SetCellStyle(listsSheet, cell(i+1, j+1), cell(i+1, j+1), style))
		}
		widths = append(widths, width)
		errs = append(errs, w.SetColWidth(listsSheet, letters, letters, width))
	}
	// a sheet nobody prints: it holds what the drop-downs offer
	errs = append(errs, w.protect(listsSheet), paper.Page{Marking: w.about.Marking, Widths: widths, Letters: regular, Header: 1, Together: 1}.Set(w.File, listsSheet))
	made := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339) // the same book gives the same bytes
	errs = append(errs, w.SetDocProps(&excelize.DocProperties{Title: "Mapping of " + b.Provider.Code, Creator: "mojreturns", Created: made, Modified: made}))
	return firstOf(errs...)
}

func cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // tables are narrow, and shorter than a sheet
	}
	return name
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
