package extract

import (
	"strconv"
	"strings"
)

// openStyles say how an OpenDocument shows sheets and cells, by the names of styles.
type openStyles struct {
	hidden map[string]bool   // of tables that are not shown
	shown  map[string]format // of numbers, dates and times
	chosen map[string]string // of a style of numbers, the one that it leaves positive numbers to
	cells  map[string]string // of a style of cells, its style of numbers
}

func newOpenStyles() *openStyles {
	return &openStyles{hidden: map[string]bool{}, shown: map[string]format{}, chosen: map[string]string{}, cells: map[string]string{}}
}

// of gives how a style of cells shows numbers; false where that is not said.
func (s *openStyles) of(cell string) (format, bool) {
	name, said := s.cells[cell]
	if positive, ok := s.chosen[name]; ok {
		name = positive
	}
	f, known := s.shown[name]
	return f, said && known
}

// read takes in the styles of a part's root just started: its own, and those that
// the user named.
func (s *openStyles) read(m *markup) error {
	if !m.is(officeSpace, "automatic-styles") && !m.is(officeSpace, "styles") {
		return nil
	}
	return m.each(func() error {
		name := textOf(m.attributeIn(styleSpace, "name"))
		switch {
		case m.is(styleSpace, "style") && string(m.attributeIn(styleSpace, "family")) == "table":
			return m.each(func() error {
				if m.is(styleSpace, "table-properties") && string(m.attributeIn(tableSpace, "display")) == "false" {
					s.hidden[name] = true
				}
				return nil
			})
		case m.is(styleSpace, "style"):
			if numbers := textOf(m.attributeIn(styleSpace, "data-style-name")); numbers != "" {
				s.cells[name] = numbers
			} else if parent := s.cells[textOf(m.attributeIn(styleSpace, "parent-style-name"))]; parent != "" {
				s.cells[name] = parent
			}
		case m.space == numberSpace:
			return s.numbers(m, name)
		}
		return nil
	})
}

// numbers reads a style of numbers, dates or times.
func (s *openStyles) numbers(m *markup, name string) error {
	var p pieces
	date, lasts := m.is(numberSpace, "date-style"), string(m.attributeIn(numberSpace, "truncate-on-overflow")) == "false"
	number := m.is(numberSpace, "number-style")
	err := m.each(func() error {
		if m.is(styleSpace, "map") && strings.Contains(textOf(m.attributeIn(styleSpace, "condition")), ">") && s.chosen[name] == "" {
			s.chosen[name] = textOf(m.attributeIn(styleSpace, "apply-style-name"))
		}
		return p.take(m)
	})
	switch {
	case date || p.hours:
		s.shown[name] = dated(p.days, p.years, p.months, p.hours, p.hours && lasts)
	case number:
		s.shown[name] = p.filled()
	default:
		s.shown[name] = format{}
	}
	return err
}

// pieces are what a style of numbers is put together of.
type pieces struct {
	days, months, years, hours bool
	before                     []byte
	zeros                      int
	other                      bool // it has decimals, thousands, or a text behind
}

func (p *pieces) take(m *markup) (err error) {
	if m.space != numberSpace {
		return nil
	}
	switch string(m.name) {
	case "day":
		p.days = true
	case "month":
		p.months = true
	case "year":
		p.years = true
	case "hours", "minutes", "seconds":
		p.hours = true
	case "text":
		p.other = p.other || p.zeros > 0
		p.before, err = appendOwn(p.before, 0, m)
	case "number":
		decimals := string(m.attributeIn(numberSpace, "decimal-places"))
		p.zeros, _ = strconv.Atoi(string(m.attributeIn(numberSpace, "min-integer-digits")))
		p.other = p.other || decimals != "" && decimals != "0" || string(m.attributeIn(numberSpace, "grouping")) == "true"
	default:
		p.other = true
	}
	return err
}

// filled is the format of zeros alone, with or without a text before them.
func (p *pieces) filled() format {
	if p.other || p.zeros < 2 || strings.ContainsAny(string(p.before), "£$€") {
		return format{}
	}
	return format{zeros: min(p.zeros, 32), before: string(p.before)}
}
