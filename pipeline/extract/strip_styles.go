package extract

import (
	"errors"
	"regexp"
)

// looks are what stays of how cells look: elements of the styles, each with the
// attributes that are numbers and words of the format.
var looks = map[string][]string{
	"numFmts": nil, "numFmt": {"numFmtId"},
	"fonts": nil, "font": nil, "b": {"val"}, "i": {"val"}, "u": {"val"}, "strike": {"val"}, "sz": {"val"}, "vertAlign": {"val"},
	"color": colour, "fgColor": colour, "bgColor": colour,
	"fills": nil, "fill": nil, "patternFill": {"patternType"},
	"borders": nil, "border": {"diagonalUp", "diagonalDown", "outline"}, "left": {"style"}, "right": {"style"}, "top": {"style"}, "bottom": {"style"}, "diagonal": {"style"},
	"cellStyleXfs": nil, "cellXfs": nil,
	"xf":        {"numFmtId", "fontId", "fillId", "borderId", "xfId", "applyNumberFormat", "applyFont", "applyFill", "applyBorder", "applyAlignment", "quotePrefix"},
	"alignment": {"horizontal", "vertical", "wrapText", "textRotation", "indent", "shrinkToFit"},
}

var colour = []string{"rgb", "indexed", "auto"}

// longLiteral is a text within a number format that is more than a unit.
var longLiteral = regexp.MustCompile(`"[^"]{4,}"`)

// styles writes how cells look.
func (s *stripping) styles() error {
	out, err := s.part("xl/styles.xml")
	if err != nil {
		return err
	}
	out.raw(`<styleSheet xmlns="` + mainSpace + `">`)
	part, err := s.stylesPart()
	if err == nil && part != "" {
		err = s.read(part, sheetSpace, "styleSheet", func(m *markup) error { return m.each(func() error { return s.look(m, out) }) })
	}
	if part == "" {
		out.raw(`<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/></cellXfs>`)
	}
	out.raw(`<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`)
	return errors.Join(err, out.flush())
}

// stylesPart is the part with the styles; empty where there is none.
func (s *stripping) stylesPart() (string, error) {
	related, err := s.related(s.main)
	for _, r := range related {
		if r.is("styles") && s.archive.part(r.target) != nil {
			return r.target, nil
		}
	}
	return "", err
}

// look writes an element of the styles and those within it.
func (s *stripping) look(m *markup, out *markupWriter) error {
	name := string(m.name)
	attributes, stays := looks[name]
	if m.space != sheetSpace || !stays {
		return nil
	}
	out.tag(m, name, attributes...)
	if code := textOf(m.attribute("formatCode")); name == "numFmt" {
		short := longLiteral.ReplaceAllString(code, "")
		if short != code {
			s.taken["words in number formats"] = true
		}
		out.raw(` formatCode="`)
		out.escaped([]byte(short))
		out.raw(`"`)
	}
	out.raw(">")
	if name == "font" {
		err := m.each(func() error { return s.look(m, out) })
		out.raw(`<name val="Arial"/></font>`)
		return err
	}
	err := m.each(func() error { return s.look(m, out) })
	out.raw("</" + name + ">")
	return err
}
