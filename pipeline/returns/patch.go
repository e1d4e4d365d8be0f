package returns

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/workbook"
)

// patch works out how a worksheet is filled. Only the cells written, the last
// results of formulas, the heights of rows that grow with their words and the range
// that the sheet says it uses are touched.
type patch struct {
	sheet  *sheet
	part   []byte
	want   map[int]map[int]shown // by row and column: what is still to be written
	grown  map[int]float64       // by row: how tall it must be
	edits  workbook.Edits
	prefix string // of the element names, as in x:row

	row, column   int
	dimension     span // the element that says which range is used
	said          string
	columns, rows int // the last that hold a cell afterwards
}

// span is where an element stands: its start tag, and its end.
type span struct{ from, opened, to int }

// fillSheet writes cells into the part of a sheet, some of whose rows become taller.
func (b *book) fillSheet(s *sheet, cells map[string]shown, grown map[int]float64) ([]byte, error) {
	part := b.parts[s.part]
	p := patch{sheet: s, part: part, grown: grown, want: map[int]map[int]shown{}, columns: s.columns, rows: s.rows}
	for at, value := range cells {
		column, row, err := excelize.CellNameToCoordinates(at)
		if err != nil {
			return nil, err
		}
		if p.want[row] == nil {
			p.want[row] = map[int]shown{}
		}
		p.want[row][column] = value
		p.columns, p.rows = max(p.columns, column), max(p.rows, row)
	}
	if err := p.walk(); err != nil {
		return nil, err
	}
	if err := p.mendDimension(); err != nil {
		return nil, err
	}
	return p.edits.Apply(part), nil
}

// walk goes through the part once, element by element. The open elements are
// kept with where they began.
func (p *patch) walk() error {
	in := xml.NewDecoder(bytes.NewReader(p.part))
	type element struct {
		xml.StartElement
		span
	}
	var open []element
	for {
		from := int(in.InputOffset())
		token, err := in.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		to := int(in.InputOffset())
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > maxDepth {
				return fmt.Errorf("elements stand inside each other more than %d deep", maxDepth)
			}
			open = append(open, element{t.Copy(), span{from: from, opened: to}})
			err = p.begin(t, len(open), from)
		case xml.EndElement:
			if len(open) == 0 {
				return fmt.Errorf("an element ends that never began")
			}
			last := open[len(open)-1]
			open = open[:len(open)-1]
			last.to = to
			err = p.end(last.StartElement, len(open)+1, last.span, from)
		}
		if err != nil {
			return err
		}
	}
}

// The depths at which the elements of interest stand, the root's being 1.
const (
	besideData = 2
	rowDepth   = 3
	cellDepth  = 4
	partDepth  = 5
)

// begin meets the start of an element.
func (p *patch) begin(t xml.StartElement, depth, from int) (err error) {
	n := &node{attrs: t.Attr}
	switch {
	case t.Name.Local == "sheetData" && depth == besideData:
		if t.Name.Space != "" {
			p.prefix = t.Name.Space + ":"
		}
	case t.Name.Local == "row" && depth == rowDepth:
		last := p.row
		if p.row, err = rowNumber(n, p.row); err != nil {
			return err
		}
		p.column = 0
		p.insertRows(last, p.row, from)
	case t.Name.Local == "c" && depth == cellDepth:
		last := p.column
		if p.column, _, err = position(n, p.column, p.row); err != nil {
			return err
		}
		p.insertCells(last, p.column, from)
	}
	return nil
}

// end meets the end of an element; closing is where its end tag begins.
func (p *patch) end(t xml.StartElement, depth int, at span, closing int) error {
	empty := at.to == at.opened // written as <row/>
	switch {
	case t.Name.Local == "dimension" && depth == besideData:
		p.dimension, p.said = at, (&node{attrs: t.Attr}).attr("ref")
	case t.Name.Local == "c" && depth == cellDepth:
		return p.cell(t, at)
	case t.Name.Local == "row" && depth == rowDepth:
		return p.closeRow(t, at, closing, empty)
	case t.Name.Local == "sheetData" && depth == besideData:
		rows := p.take(p.row, maxRow+1)
		if rows != "" && empty {
			p.edits.Replace(at.from, at.to, "<"+p.prefix+"sheetData>"+rows+"</"+p.prefix+"sheetData>")
		} else if rows != "" {
			p.edits.Replace(closing, closing, rows)
		}
	}
	return nil
}

const maxRow = 1 << 20 // of a sheet

// cell replaces a cell that is written, and drops a formula's last result.
func (p *patch) cell(t xml.StartElement, at span) error {
	n := &node{attrs: t.Attr}
	if value, ok := p.want[p.row][p.column]; ok {
		delete(p.want[p.row], p.column)
		p.edits.Replace(at.from, at.to, p.written(p.column, p.row, n.attr("s"), value))
		return nil
	}
	name, err := excelize.CoordinatesToCellName(p.column, p.row)
	if err != nil {
		return err
	}
	if p.sheet.cells[name].stale {
		p.forget(at)
	}
	return nil
}

var (
	lastResult = regexp.MustCompile(`(?s)<(?:\w+:)?v(?:\s[^>]*)?(?:/>|>.*?</(?:\w+:)?v\s*>)`)
	resultType = regexp.MustCompile(`\s+t\s*=\s*("[^"]*"|'[^']*')`)
)

// forget takes the last result of a formula away.
func (p *patch) forget(at span) {
	start, rest := string(p.part[at.from:at.opened]), string(p.part[at.opened:at.to])
	p.edits.Replace(at.from, at.to, resultType.ReplaceAllString(start, "")+lastResult.ReplaceAllString(rest, ""))
}

// closeRow writes the cells that come after the last of a row.
func (p *patch) closeRow(t xml.StartElement, at span, closing int, empty bool) error {
	cells := p.cells(p.column, maxColumn+1)
	start := string(p.part[at.from:at.opened])
	if height := p.grown[p.row]; height > 0 {
		start = taller(start, height)
	}
	if !empty || cells == "" {
		p.edits.Replace(at.from, at.opened, start)
		p.edits.Replace(closing, closing, cells)
		return nil
	}
	start = strings.TrimSuffix(strings.TrimSpace(strings.TrimSuffix(start, "/>")), " ")
	p.edits.Replace(at.from, at.to, start+">"+cells+"</"+p.prefix+"row>")
	return nil
}

const maxColumn = 1 << 14 // of a sheet

// insertCells writes the cells of a row that come between two columns.
func (p *patch) insertCells(after, before, at int) {
	if cells := p.cells(after, before); cells != "" {
		p.edits.Replace(at, at, cells)
	}
}

// insertRows writes the rows that come between two.
func (p *patch) insertRows(after, before, at int) {
	if rows := p.take(after, before); rows != "" {
		p.edits.Replace(at, at, rows)
	}
}

// cells writes what is wanted in the row between two columns.
func (p *patch) cells(after, before int) string {
	var out strings.Builder
	for _, column := range slices.Sorted(maps.Keys(p.want[p.row])) {
		if column > after && column < before {
			out.WriteString(p.written(column, p.row, "", p.want[p.row][column]))
			delete(p.want[p.row], column)
		}
	}
	return out.String()
}

// take writes the rows wanted between two that are there.
func (p *patch) take(after, before int) string {
	var out strings.Builder
	for _, row := range slices.Sorted(maps.Keys(p.want)) {
		if row <= after || row >= before || len(p.want[row]) == 0 {
			continue
		}
		fmt.Fprintf(&out, `<%srow r="%d">`, p.prefix, row)
		for _, column := range slices.Sorted(maps.Keys(p.want[row])) {
			out.WriteString(p.written(column, row, "", p.want[row][column]))
		}
		fmt.Fprintf(&out, `</%srow>`, p.prefix)
		delete(p.want, row)
	}
	return out.String()
}

// written is a cell as the part has it. Words are kept as a text, so that
// nothing a provider wrote can become a formula.
func (p *patch) written(column, row int, style string, s shown) string {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return ""
	}
	if style == "" {
		style = strconv.Itoa(p.sheet.style(at))
	}
	if s.number {
		return fmt.Sprintf(`<%sc r="%s" s="%s"><%[1]sv>%[4]s</%[1]sv></%[1]sc>`, p.prefix, at, style, s.text)
	}
	return fmt.Sprintf(`<%sc r="%s" s="%s" t="inlineStr"><%[1]sis><%[1]st xml:space="preserve">%[4]s</%[1]st></%[1]sis></%[1]sc>`, p.prefix, at, style, workbook.Escaped(s.text))
}

// mendDimension widens the range a sheet says it uses to the cells it has:
// readers that stream a sheet trust it.
func (p *patch) mendDimension() error {
	if p.said == "" {
		return nil // says nothing, so nothing is wrong
	}
	said, err := parseArea(p.said)
	if err == nil && said.right >= p.columns && said.bottom >= p.rows {
		return nil
	}
	end, err := excelize.CoordinatesToCellName(max(p.columns, 1), max(p.rows, 1))
	if err != nil {
		return err
	}
	p.edits.Replace(p.dimension.from, p.dimension.to, fmt.Sprintf(`<%sdimension ref="A1:%s"/>`, p.prefix, end))
	return nil
}
