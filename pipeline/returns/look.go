package returns

import (
	"fmt"
	"strconv"
	"strings"

	"mojreturns/pipeline/paper"
)

// look is one style of cells.
type look struct {
	meaning string // all of it, for comparison
	format  string // of numbers
	named   string // the named style it belongs to, such as Heading 1
	font    *node
	fill    *node
	align   *node
	locked  bool
}

// builtInFormats are those number formats that workbooks name by number only.
var builtInFormats = map[string]string{"0": "General", "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%",
	"14": "short date", "37": "#,##0 ;(#,##0)", "38": "#,##0 ;[Red](#,##0)", "39": "#,##0.00;(#,##0.00)", "44": "accounts", "49": "@"}

// readLooks reads the styles of cells.
func (b *book) readLooks() error {
	name, err := b.target(b.main, "styles")
	if err != nil {
		b.looks = []look{{format: "General", font: &node{}, fill: &node{}, align: &node{}, locked: true}}
		return nil // a workbook may have none
	}
	root, err := b.tree(name)
	if err != nil {
		return err
	}
	formats := map[string]string{}
	for _, n := range root.child("numFmts").all("numFmt") {
		formats[n.attr("numFmtId")] = n.attr("formatCode")
	}
	b.usual = look{font: nth(root.child("fonts"), nth(root.child("cellStyleXfs"), "").attr("fontId"))}.size()
	names := map[string]string{}
	for _, n := range root.child("cellStyles").all("cellStyle") {
		names[n.attr("xfId")] = n.attr("name")
	}
	for _, xf := range root.child("cellXfs").all("xf") {
		l := look{named: names[xf.attr("xfId")], align: xf.child("alignment"), locked: xf.child("protection").yes("locked", true)}
		id := xf.attr("numFmtId")
		l.format = formats[id]
		if l.format == "" {
			l.format = builtInFormats[id]
		}
		if l.format == "" {
			l.format = "number format " + id
		}
		l.font, l.fill = nth(root.child("fonts"), xf.attr("fontId")), nth(root.child("fills"), xf.attr("fillId"))
		border := nth(root.child("borders"), xf.attr("borderId"))
		l.meaning = fmt.Sprint(l.format, l.named, l.font.meaning(), l.fill.meaning(), border.meaning(), l.align.meaning(), xf.child("protection").meaning(), xf.attr("quotePrefix"))
		b.looks = append(b.looks, l)
	}
	if len(b.looks) == 0 {
		return fmt.Errorf("the workbook is damaged at %s: it has no styles of cells", name)
	}
	return nil
}

// size is that of the style's letters, in points.
func (l look) size() float64 {
	size, err := strconv.ParseFloat(l.font.child("sz").attr("val"), 64)
	if err != nil {
		return paper.Usual
	}
	return size
}

// nth is the element of that number inside another; an empty one if there is none.
func nth(n *node, number string) *node {
	i, err := strconv.Atoi(number)
	if number == "" {
		i, err = 0, nil
	}
	if err != nil || i < 0 || i >= len(n.kids) {
		return &node{}
	}
	return n.kids[i]
}

// look is the style of that number; the first if there is none.
func (b *book) look(number int) look {
	if number < 0 || number >= len(b.looks) {
		return b.looks[0]
	}
	return b.looks[number]
}

// lookOf is the style of a cell.
func (b *book) lookOf(s *sheet, at string) look { return b.look(s.style(at)) }

// coloured tells whether the style has a fill.
func (l look) coloured() bool {
	pattern := l.fill.child("patternFill").attr("patternType")
	return len(l.fill.all("gradientFill")) > 0 || pattern != "" && pattern != "none"
}

// heading tells whether the style is one of those that mark a heading.
func (l look) heading() bool {
	return strings.HasPrefix(l.named, "Heading") || l.named == "Title"
}
