package briefing

import (
	"fmt"
	"math/big"
	"strings"
)

// Chart is a bar chart as SVG draws it, in units of its own view box.
type Chart struct {
	Title, Description             string
	Width, Height                  int
	Left, Right, Top, Base, Labels int
	Bars                           []Bar
	Lines                          []Line
}

// Bar is one bar; one whose figure is not shown has no height.
type Bar struct {
	X, Y, Width, Height int
	Middle, Above       int
	Label, Value        string
}

// Line is one line of the scale.
type Line struct {
	Y, Text int
	Label   string
}

// draw makes the chart of what was received in each quarter.
func draw(quarters []row, year string) Chart {
	c := Chart{Width: 600, Height: 320, Left: 56, Right: 592, Top: 28, Base: 272, Labels: 296,
		Title: "Referrals received in each quarter of " + year}
	largest := new(big.Rat)
	for _, q := range quarters {
		if v := number(q["received"]); q["received_marker"] == "" && v.Cmp(largest) > 0 {
			largest = v
		}
	}
	top, step := scale(largest)
	height := func(v *big.Rat) int {
		h := new(big.Rat).Mul(v, big.NewRat(int64(c.Base-c.Top), top))
		return int(new(big.Int).Quo(h.Num(), h.Denom()).Int64())
	}
	for at := int64(0); at <= top; at += step {
		y := c.Base - height(big.NewRat(at, 1))
		c.Lines = append(c.Lines, Line{Y: y, Text: y + 5, Label: decimal(big.NewRat(at, 1), 0)})
	}
	var said []string
	room := (c.Right - c.Left) / max(len(quarters), 1)
	for i, q := range quarters {
		b := Bar{X: c.Left + i*room + room/5, Width: room - 2*(room/5), Label: q["label"],
			Value: figure(q["received"], "", q["received_marker"])}
		if q["received_marker"] == "" {
			b.Height = height(number(q["received"]))
		}
		b.Y, b.Middle, b.Above = c.Base-b.Height, b.X+b.Width/2, c.Base-b.Height-8
		c.Bars = append(c.Bars, b)
		said = append(said, fmt.Sprintf("%s: %s", b.Label, b.Value))
	}
	c.Description = "Bar chart, one bar for each quarter. " + strings.Join(said, "; ") + ". The table beside it has the same numbers."
	return c
}

// scale finds the end of a scale from nought: at most five steps, each 1, 2 or
// 5 times a power of ten.
func scale(largest *big.Rat) (top, step int64) {
	up := new(big.Int).Sub(largest.Denom(), big.NewInt(1))
	whole := new(big.Int).Quo(up.Add(up, largest.Num()), largest.Denom()).Int64()
	for power := int64(1); ; power *= 10 {
		for _, factor := range []int64{1, 2, 5} {
			if step = factor * power; whole <= 5*step {
				return max((whole+step-1)/step, 1) * step, step
			}
		}
	}
}
