package chart

import "math/big"

// scale is the part of the numbers that a drawing shows. Nought is in it.
type scale struct{ low, high, step *big.Rat }

// scale is that of the values shown, and of nothing else.
func (c Chart) scale() scale {
	low, high := new(big.Rat), new(big.Rat)
	see := func(v Value) {
		if n, ok := v.number(); ok {
			if n.Cmp(low) < 0 {
				low = n
			}
			if n.Cmp(high) > 0 {
				high = n
			}
		}
	}
	see(c.Target)
	for _, s := range c.Series {
		for i, v := range s.Values {
			if c.Kind == Bar && len(s.Targets) > 0 {
				v = s.part(i)
			}
			see(v)
		}
		if len(s.Targets) > 0 {
			see(Value{Value: "1"})
		}
	}
	if c.Kind == Bar {
		if high.Cmp(low) == 0 {
			high = big.NewRat(1, 1)
		}
		return scale{low: low, high: high}
	}
	step := stepOf(new(big.Rat).Sub(high, low))
	s := scale{low: new(big.Rat), high: new(big.Rat), step: step}
	for s.high.Cmp(high) < 0 || s.high.Cmp(s.low) == 0 {
		s.high = new(big.Rat).Add(s.high, step)
	}
	for s.low.Cmp(low) > 0 {
		s.low = new(big.Rat).Sub(s.low, step)
	}
	return s
}

// stepOf is 1, 2 or 5 times a power of ten, so that a range has at most five steps. A
// range below 1 has steps of tenths or smaller.
func stepOf(span *big.Rat) *big.Rat {
	power := big.NewRat(1, 1000)
	for {
		for _, factor := range []int64{1, 2, 5} {
			step := new(big.Rat).Mul(power, big.NewRat(factor, 1))
			if span.Cmp(new(big.Rat).Mul(step, big.NewRat(5, 1))) <= 0 {
				if span.Sign() == 0 {
					return big.NewRat(1, 1)
				}
				return step
			}
		}
		power = new(big.Rat).Mul(power, big.NewRat(10, 1))
	}
}

// steps are the numbers that the scale names.
func (s scale) steps() []*big.Rat {
	var out []*big.Rat
	for at := s.low; at.Cmp(s.high) <= 0; at = new(big.Rat).Add(at, s.step) {
		out = append(out, at)
	}
	return out
}

// y is a number's height in an upright drawing.
func (s scale) y(n *big.Rat) int { return base - s.along(n, base-top) }

// x is a number's place in a lying one.
func (s scale) x(n *big.Rat) int { return 1 + s.along(n, right-4) }

// along is how far a number stands from the scale's low end, of a length.
func (s scale) along(n *big.Rat, length int) int {
	part := new(big.Rat).Sub(n, s.low)
	part.Quo(part, new(big.Rat).Sub(s.high, s.low)).Mul(part, big.NewRat(int64(length), 1))
	twice := new(big.Int).Mul(part.Num(), big.NewInt(2)) // the nearest whole unit
	return int(twice.Add(twice, part.Denom()).Quo(twice, new(big.Int).Mul(part.Denom(), big.NewInt(2))).Int64())
}

// short is a step of the scale in few letters: 1.5m, 20k, 0.25.
func short(n *big.Rat) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1_000_000, "m"}, {10_000, "k"}} {
		size := big.NewRat(unit.size, 1)
		if unit.name == "k" {
			size = big.NewRat(1000, 1)
		}
		if new(big.Rat).Abs(n).Cmp(big.NewRat(unit.size, 1)) >= 0 {
			return trimmed(new(big.Rat).Quo(n, size).FloatString(1)) + unit.name
		}
	}
	return trimmed(n.FloatString(3))
}

func trimmed(text string) string {
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}
