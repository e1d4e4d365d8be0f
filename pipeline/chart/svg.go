package chart

import (
	"bytes"
	"fmt"
	"html"
	"math/big"
	"strings"
)

// The drawing's own units. A page may draw it at any width; at that of a small phone
// its letters are still 9 pixels high.
const (
	width      = 480
	left       = 44  // of what is drawn over time; its scale stands before it
	right      = 472 // of columns
	top        = 28
	base       = 228 // where the lowest value of the scale stands
	letters    = 14  // the height of letters
	lineHeight = 17
	room       = 64  // of a bar with its label and its value above it
	linesRight = 372 // the last place of lines; their names stand behind it
)

var (
	colours = [most]string{"#12436d", "#801650", "#28a197", "#a8450d"}
	dashes  = [most]string{"", "7 4", "2 3", "10 3 2 3"}
)

// drawing gathers the elements of an SVG.
type drawing struct {
	bytes.Buffer
	scale scale
}

// SVG draws the chart. It is hidden from screen readers, for whom Sentence and the
// table beside it say the same.
func (c Chart) SVG() ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("cannot draw chart %q: %w", c.ID, err)
	}
	d := &drawing{scale: c.scale()}
	height := base + 2*lineHeight + 14
	if c.Kind == Bar {
		height = len(c.Labels)*room + 8
	} else if c.Kind == Column && len(c.Series) > 1 {
		height += lineHeight * len(c.Series)
	}
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %d %d" font-size="%d" fill="currentColor" aria-hidden="true" focusable="false">`+"\n",
		width, height, letters)
	switch c.Kind {
	case Bar:
		d.bars(c)
	case Column:
		d.patterns(c)
		d.axis(c, right)
		d.columns(c)
	case Line:
		d.axis(c, linesRight+20)
		d.lines(c)
	}
	d.WriteString("</svg>\n")
	return d.Bytes(), nil
}

// patterns are the fills of the second series and those after it.
func (d *drawing) patterns(c Chart) {
	for i := 1; i < len(c.Series); i++ {
		mark := []string{"", "M0 8L8 0", "M4 0V8", "M0 2H8M0 6H8"}[i]
		fmt.Fprintf(d, `<pattern id="%s-fill-%d" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="#fff"/><path d="%s" stroke="%s" stroke-width="2"/></pattern>`+"\n",
			html.EscapeString(c.ID), i, mark, colours[i])
	}
}

func (c Chart) fill(series int) string {
	if series == 0 {
		return colours[0]
	}
	return fmt.Sprintf("url(#%s-fill-%d)", html.EscapeString(c.ID), series)
}

// text writes words at a place; anchor is start, middle or end.
func (d *drawing) text(x, y int, anchor, extra, words string) {
	fmt.Fprintf(d, `<text x="%d" y="%d" text-anchor="%s"%s>%s</text>`+"\n", x, y, anchor, extra, html.EscapeString(words))
}

// axis draws the scale, the target and the labels below.
func (d *drawing) axis(c Chart, end int) {
	for _, step := range d.scale.steps() {
		y := d.scale.y(step)
		fmt.Fprintf(d, `<path class="scale" d="M%d %dH%d" stroke="currentColor" stroke-opacity="0.3"/>`+"\n", left, y, end)
		d.text(left-6, y+5, "end", "", short(step))
	}
	fmt.Fprintf(d, `<path class="base" d="M%d %dH%d" stroke="currentColor" stroke-width="2"/>`+"\n", left, d.scale.y(new(big.Rat)), end)
	for i, label := range c.Labels {
		x, space := d.place(c, i)
		for line, words := range wrapped(label, space) {
			d.text(x, base+lineHeight*(line+1)+3, "middle", size(words, space-4), words)
		}
	}
	if aim, ok := c.Target.number(); ok {
		y := d.scale.y(aim)
		fmt.Fprintf(d, `<path class="target" d="M%d %dH%d" stroke="currentColor" stroke-width="2" stroke-dasharray="5 3"/>`+"\n", left, y, end)
		d.text(left+4, y-5, "start", ` font-weight="bold"`, "Target "+c.Target.Shown)
	}
}

// place is the middle of a label's place along the axis, and the room it has.
func (d *drawing) place(c Chart, i int) (x, space int) {
	end := right
	if c.Kind == Line {
		end = linesRight + 20
	}
	space = (end - left) / max(len(c.Labels), 1)
	return left + space*i + space/2, space
}

func (d *drawing) columns(c Chart) {
	for s, series := range c.Series {
		for i, v := range series.Values {
			x, space := d.place(c, i)
			wide := space * 7 / 10 / len(c.Series)
			x += wide*s - wide*len(c.Series)/2
			y := d.scale.y(new(big.Rat))
			if n, ok := v.number(); ok {
				from := y
				y = d.scale.y(n)
				fmt.Fprintf(d, `<rect class="mark" x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="%s" stroke-width="1.5"/>`+"\n",
					x, min(from, y), wide, max(from, y)-min(from, y), c.fill(s), colours[s])
			}
			d.text(x+wide/2, y-6, "middle", size(v.Shown, wide+8)+` font-weight="bold"`, v.Shown)
		}
	}
	for s, series := range c.Series {
		if len(c.Series) > 1 {
			y := base + 2*lineHeight + 12 + lineHeight*s
			fmt.Fprintf(d, `<rect x="%d" y="%d" width="20" height="12" fill="%s" stroke="%s" stroke-width="1.5"/>`+"\n", left, y, c.fill(s), colours[s])
			d.text(left+28, y+11, "start", "", series.Name)
		}
	}
}

func (d *drawing) lines(c Chart) {
	var ends []int // of the names, so that none stands on another
	for s, series := range c.Series {
		path, pen, last := "", "M", -1
		var marks strings.Builder
		for i, v := range series.Values {
			x, _ := d.place(c, i)
			n, ok := v.number()
			if !ok {
				pen = "M"
				continue
			}
			y := d.scale.y(n)
			path += fmt.Sprintf("%s%d %d", pen, x, y)
			pen, last = "L", i
			fmt.Fprintf(&marks, `<path class="mark" d="%s" fill="%s"/>`+"\n", point(s, x, y), colours[s])
		}
		if last < 0 {
			continue
		}
		fmt.Fprintf(d, `<path class="line" d="%s" fill="none" stroke="%s" stroke-width="3" stroke-dasharray="%s"/>`+"\n%s", path, colours[s], dashes[s], marks.String())
		n, _ := series.Values[last].number()
		x, _ := d.place(c, last)
		words := wrapped(strings.TrimSpace(series.Values[last].Shown+" "+series.Name), width-x-10)
		y := apart(ends, d.scale.y(n)+5, len(words))
		for line, w := range words {
			d.text(x+9, y+line*lineHeight, "start", "", w)
			ends = append(ends, y+line*lineHeight)
		}
	}
}

// point is the mark of a series' value: a square, a diamond, a triangle or a cross bar.
func point(series, x, y int) string {
	switch series {
	case 1:
		return fmt.Sprintf("M%d %dl6 6l-6 6l-6 -6z", x, y-6)
	case 2:
		return fmt.Sprintf("M%d %dl6 10h-12z", x, y-6)
	case 3:
		return fmt.Sprintf("M%d %dh4v12h-4z", x-2, y-6)
	}
	return fmt.Sprintf("M%d %dh8v8h-8z", x-4, y-4)
}

// apart moves words down until they stand on no others.
func apart(taken []int, y, lines int) int {
	for moved := true; moved; {
		moved = false
		for _, t := range taken {
			if t > y-lineHeight && t < y+lines*lineHeight {
				y, moved = t+lineHeight, true
			}
		}
	}
	return y
}

func (d *drawing) bars(c Chart) {
	zero := d.scale.x(new(big.Rat))
	series := c.Series[0]
	for i, label := range c.Labels {
		v := series.Values[i]
		y, words := i*room+letters, v.Shown
		if len(series.Targets) > 0 {
			v = series.part(i)
		}
		if n, ok := v.number(); ok {
			end := d.scale.x(n)
			fmt.Fprintf(d, `<rect class="mark" x="%d" y="%d" width="%d" height="18" fill="%s" stroke="%s"/>`+"\n",
				min(zero, end), y+24, max(zero, end)-min(zero, end), colours[0], colours[0])
			if len(series.Targets) > 0 {
				x := d.scale.x(big.NewRat(1, 1))
				fmt.Fprintf(d, `<path d="M%d %dv26" stroke="#fff" stroke-width="6"/><path class="target" d="M%d %dv26" stroke="currentColor" stroke-width="3"/>`+"\n", x, y+20, x, y+20)
				words += " of " + series.Targets[i].Shown + " (" + v.Shown + ")"
			}
		}
		d.text(0, y, "start", "", label)
		d.text(0, y+lineHeight, "start", ` font-weight="bold"`, words)
		fmt.Fprintf(d, `<path class="base" d="M%d %dv26" stroke="currentColor" stroke-width="2"/>`+"\n", zero, y+20)
	}
}

// size makes letters smaller where words are wider than their room.
func size(words string, space int) string {
	if len(words)*8 <= space {
		return ""
	}
	return ` font-size="11"`
}

// wrapped breaks words into lines of a width, three at most; the last holds the rest.
func wrapped(words string, space int) []string {
	var lines []string
	for _, word := range strings.Fields(words) {
		last := len(lines) - 1
		if last >= 0 && ((len(lines[last])+1+len(word))*7 <= space || last == 2) {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
