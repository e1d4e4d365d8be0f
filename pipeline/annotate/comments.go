package annotate

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/workbook"
)

// comment is what is said of a cell.
type comment struct {
	spot
	words string
}

const (
	author       = "mojreturns"
	commentsType = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	drawingType  = "application/vnd.openxmlformats-officedocument.vmlDrawing"
	commentShape = `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`
)

// addComments writes the sheet's comments: to those it has, or as new parts. A
// cell in which people hold a conversation keeps it; the list says what is wrong.
func (m *marking) addComments() error {
	related, err := m.book.Relations(m.sheet.Part)
	if err != nil {
		return err
	}
	var comments, drawing, threads string
	for _, r := range related {
		switch {
		case r.Kind == "comments":
			comments = r.Target
		case r.Kind == "threadedComment":
			threads = r.Target
		case r.ID == m.legacy && r.ID != "":
			drawing = r.Target
		}
	}
	talked, err := m.refs(threads, "threadedComment")
	if err != nil {
		return err
	}
	ours := slices.DeleteFunc(slices.Clone(m.comments), func(c comment) bool { return talked[c.String()] })
	if len(ours) == 0 {
		return nil
	}
	said, err := m.refs(comments, "comment")
	if err != nil {
		return err
	}
	if err := m.say(comments, ours, said); err != nil {
		return err
	}
	return m.draw(drawing, slices.DeleteFunc(ours, func(c comment) bool { return said[c.String()] }))
}

// refs are the cells that a part speaks of.
func (m *marking) refs(name, element string) (map[string]bool, error) {
	out := map[string]bool{}
	if name == "" {
		return out, nil
	}
	part, err := m.book.Part(name)
	if err != nil {
		return nil, err
	}
	return out, workbook.Scan(part, func(t workbook.Tag) error {
		if t.Name == element && !t.End {
			out[t.Attr("ref")] = true
		}
		return nil
	})
}

// own is a part of the sheet's, or a new one that it is related to: its name and
// bytes, and the relation's ID if it is new.
func (m *marking) own(name, free, ending, kind, contentType, empty string) (string, []byte, string, error) {
	if name != "" {
		part, err := m.book.Part(name)
		return name, part, "", err
	}
	name = m.book.Free(free, ending)
	id, err := m.book.Relate(m.sheet.Part, kind, name)
	if err == nil {
		err = m.book.Declare(name, contentType)
	}
	return name, []byte(empty), id, err
}

// say writes the words of the comments; a cell that has one keeps it in front of ours.
func (m *marking) say(name string, ours []comment, said map[string]bool) error {
	main, err := mainNamespace(m.book)
	if err != nil {
		return err
	}
	name, part, _, err := m.own(name, "xl/commentsFaults", ".xml", "comments", commentsType,
		xmlHeader+`<comments xmlns="`+main+`"><authors></authors><commentList></commentList></comments>`)
	if err != nil {
		return err
	}
	words := map[string]string{}
	for _, c := range ours {
		words[c.String()] = workbook.Escaped(strings.Map(workbook.Printable, c.words))
	}
	var edits workbook.Edits
	authors, of := 0, ""
	err = workbook.Scan(part, func(t workbook.Tag) error {
		ends := t.End || t.Empty
		switch {
		case t.Name == "author" && ends:
			authors++
		case t.Name == "authors" && ends:
			addInside(&edits, t, "<author>"+author+"</author>")
		case t.Name == "comment" && !t.End:
			of = t.Attr("ref")
		case t.Name == "text" && ends && words[of] != "":
			addInside(&edits, t, `<r><t xml:space="preserve">`+"\n"+words[of]+`</t></r>`)
		case t.Name == "commentList" && ends:
			var all strings.Builder
			for _, c := range ours {
				if !said[c.String()] {
					fmt.Fprintf(&all, `<comment ref="%s" authorId="%d"><text><r><t xml:space="preserve">%s</t></r></text></comment>`, c, authors, words[c.String()])
				}
			}
			addInside(&edits, t, all.String())
		}
		return nil
	})
	m.book.Set(name, edits.Apply(part))
	return err
}

// addInside puts elements at the end of an element, of which t is the end.
func addInside(edits *workbook.Edits, t workbook.Tag, elements string) {
	elements = workbook.Prefixed(elements, t.Prefix)
	if t.Empty {
		edits.Replace(t.From, t.To, strings.TrimSuffix(t.String(), "/>")+">"+elements+"</"+t.Prefix+t.Name+">")
	} else {
		edits.Replace(t.From, t.From, elements)
	}
}

var shapeID = regexp.MustCompile(`_x0000_s(\d+)`)

// draw writes the boxes of new comments. What is drawn already need not be good
// XML, so it is not read as such.
func (m *marking) draw(name string, ours []comment) error {
	if len(ours) == 0 {
		return nil
	}
	name, part, id, err := m.own(name, "xl/drawings/vmlDrawingFaults", ".vml", "vmlDrawing", drawingType,
		`<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">`+
			`<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="`+strconv.Itoa(m.number)+`"/></o:shapelayout></xml>`)
	if err != nil {
		return err
	}
	if id != "" {
		types, err := m.book.Types()
		if err != nil {
			return err
		}
		m.edits.Replace(m.legacyAt, m.legacyAt, `<`+m.prefix+`legacyDrawing xmlns:r="`+types+`" r:id="`+id+`"/>`)
	}
	end := bytes.LastIndex(part, []byte("</"))
	if end < 0 {
		return fmt.Errorf("its drawing %s is cut off", name)
	}
	last := 1024 * m.number
	for _, found := range shapeID.FindAllSubmatch(part, -1) {
		if n, err := strconv.Atoi(string(found[1])); err == nil {
			last = max(last, n)
		}
	}
	var shapes strings.Builder
	if !bytes.Contains(part, []byte(`"_x0000_t202"`)) {
		shapes.WriteString(commentShape)
	}
	for i, c := range ours {
		shapes.WriteString(c.shape(last + 1 + i))
	}
	m.book.Set(name, slices.Concat(part[:end], []byte(shapes.String()), part[end:]))
	return nil
}

// shape is the box of a comment, shown when the cell is pointed at.
func (c comment) shape(id int) string {
	const wide = 45 // characters of a line
	lines := 1
	for _, line := range strings.Split(c.words, "\n") {
		lines += 1 + len([]rune(line))/wide
	}
	top := max(c.row-2, 0)
	return fmt.Sprintf(`<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;width:240pt;height:%dpt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">`+
		`<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
		`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 10, %d, 31, %d, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
		id, 15*lines, c.column, top, c.column+4, top+lines, c.row-1, c.column-1)
}
