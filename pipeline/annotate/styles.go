package annotate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/workbook"
)

// styles adds looks to those that a workbook has. They are added at the ends of the
// lists, so that no cell's look changes by itself.
type styles struct {
	book  *workbook.Book
	name  string // of the part
	part  []byte
	lists map[string]*lookList
	marks map[int]int // by a cell's style, that of it marked

	fill, frame                                int
	word, title, heading, plain, wrapped, link int
}

// lookList is a list of a part of styles, such as its fonts.
type lookList struct {
	open, end workbook.Tag
	kids      []string
	added     []string
}

// lookOrder is the order in which a part of styles has its lists.
var lookOrder = []string{"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs"}

// noLook are the first entries of a list where it has none: what a cell without a
// style looks like.
var noLook = map[string][]string{
	"fonts":   {`<font><sz val="11"/><name val="Calibri"/></font>`},
	"fills":   {`<fill><patternFill patternType="none"/></fill>`, `<fill><patternFill patternType="gray125"/></fill>`},
	"borders": {`<border><left/><right/><top/><bottom/><diagonal/></border>`},
	"cellXfs": {`<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>`},
}

const stylesType = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"

// readStyles reads a workbook's styles, or makes some for it, and adds our own.
func readStyles(b *workbook.Book) (*styles, error) {
	s := &styles{book: b, lists: map[string]*lookList{}, marks: map[int]int{}}
	related, err := b.Relations(b.Main)
	if err != nil {
		return nil, err
	}
	for _, r := range related {
		if r.Kind == "styles" {
			s.name = r.Target
		}
	}
	if s.name == "" {
		if err := s.make(); err != nil {
			return nil, err
		}
	} else if s.part, err = b.Part(s.name); err != nil {
		return nil, err
	}
	if err := s.read(); err != nil {
		return nil, fmt.Errorf("the styles of the workbook cannot be read: %w", err)
	}
	s.ours()
	return s, nil
}

func (s *styles) make() error {
	s.name = s.book.Free("xl/stylesFaults", ".xml")
	main, err := mainNamespace(s.book)
	if err != nil {
		return err
	}
	s.part = []byte(xmlHeader + `<styleSheet xmlns="` + main + `"></styleSheet>`)
	_, err = s.book.Relate(s.book.Main, "styles", s.name)
	return errors.Join(err, s.book.Declare(s.name, stylesType))
}

func (s *styles) read() error {
	var list *lookList
	var kid workbook.Tag
	return workbook.Scan(s.part, func(t workbook.Tag) error {
		switch {
		case t.Depth == 2 && !t.End:
			list = nil
			if slices.Contains(lookOrder, t.Name) {
				list = &lookList{open: t, end: t}
				s.lists[t.Name] = list
			}
		case t.Depth == 2 && list != nil:
			list.end = t
		case t.Depth == 3 && list != nil:
			if !t.End {
				kid = t
			}
			if t.End || t.Empty {
				list.kids = append(list.kids, string(s.part[kid.From:t.To]))
			}
		}
		return nil
	})
}

// add adds an entry to a list and gives its number.
func (s *styles) add(list, entry string) int {
	l := s.lists[list]
	if l == nil {
		l = &lookList{}
		s.lists[list] = l
	}
	if l.count() == 0 {
		l.added = append(l.added, noLook[list]...)
	}
	l.added = append(l.added, entry)
	return l.count() - 1
}

func (l *lookList) count() int { return len(l.kids) + len(l.added) }

// ours are the looks of the marks and of the list of faults.
func (s *styles) ours() {
	const name = `<name val="Arial"/>`
	bold := s.add("fonts", `<font><b/><sz val="11"/>`+name+`</font>`)
	large := s.add("fonts", `<font><b/><sz val="14"/>`+name+`</font>`)
	plain := s.add("fonts", `<font><sz val="11"/>`+name+`</font>`)
	blue := s.add("fonts", `<font><u/><sz val="11"/><color rgb="FF0563C1"/>`+name+`</font>`)
	red := s.add("fonts", `<font><b/><sz val="11"/><color rgb="FF9C0006"/>`+name+`</font>`)
	s.fill = s.add("fills", `<fill><patternFill patternType="solid"><fgColor rgb="FFFFD58A"/><bgColor indexed="64"/></patternFill></fill>`)
	side := func(name string) string {
		return `<` + name + ` style="medium"><color rgb="FF9C0006"/></` + name + `>`
	}
	s.frame = s.add("borders", `<border>`+side("left")+side("right")+side("top")+side("bottom")+`<diagonal/></border>`)
	look := func(font int, alignment string) int {
		return s.add("cellXfs", fmt.Sprintf(`<xf numFmtId="0" fontId="%d" fillId="0" borderId="0" applyFont="1" applyAlignment="1"><alignment vertical="top"%s/></xf>`, font, alignment))
	}
	s.word, s.title, s.heading = look(red, ""), look(large, ""), look(bold, ` wrapText="1"`)
	s.plain, s.wrapped, s.link = look(plain, ""), look(plain, ` wrapText="1"`), look(blue, ` horizontal="left" indent="1"`)
}

// marked is a style with the fill and the frame of a fault.
func (s *styles) marked(style int) int {
	if known, ok := s.marks[style]; ok {
		return known
	}
	look := noLook["cellXfs"][0]
	if kids := s.lists["cellXfs"].kids; style >= 0 && style < len(kids) {
		look = kids[style]
	}
	var edits workbook.Edits
	_ = workbook.Scan([]byte(look), func(t workbook.Tag) error { // read once already
		if t.Depth == 1 && !t.End {
			t = t.With("fillId", fmt.Sprint(s.fill)).With("applyFill", "1").With("borderId", fmt.Sprint(s.frame)).With("applyBorder", "1")
			edits.Replace(t.From, t.To, t.String())
		}
		return nil
	})
	s.marks[style] = s.add("cellXfs", string(edits.Apply([]byte(look))))
	return s.marks[style]
}

// write puts what was added into the part.
func (s *styles) write() error {
	var edits workbook.Edits
	prefix, end := "", 0
	starts := map[string]int{} // of the elements right below the root
	if err := workbook.Scan(s.part, func(t workbook.Tag) error {
		if t.Depth == 1 {
			prefix, end = t.Prefix, t.From // in the end, of the root's end
		}
		if t.Depth == 2 && !t.End {
			starts[t.Name] = t.From
		}
		return nil
	}); err != nil {
		return err
	}
	for i, name := range lookOrder {
		l := s.lists[name]
		if l == nil || len(l.added) == 0 {
			continue
		}
		var entries string
		for _, entry := range l.added {
			entries += prefixedOnce(entry, prefix)
		}
		count := fmt.Sprint(l.count())
		switch {
		case l.open.Name == "":
			at := s.behind(i, starts, end)
			edits.Replace(at, at, "<"+prefix+name+` count="`+count+`">`+entries+"</"+prefix+name+">")
		case l.open.Empty:
			open := strings.TrimSuffix(l.open.With("count", count).String(), "/>") + ">"
			edits.Replace(l.open.From, l.open.To, open+entries+"</"+prefix+name+">")
		default:
			edits.Replace(l.open.From, l.open.To, l.open.With("count", count).String())
			edits.Replace(l.end.From, l.end.From, entries)
		}
	}
	s.book.Set(s.name, edits.Apply(s.part))
	return nil
}

// behind is where a list that is not there belongs: in front of the first element
// that comes after it.
func (s *styles) behind(order int, starts map[string]int, end int) int {
	at := end
	for name, from := range starts {
		if !slices.Contains(lookOrder[:order], name) {
			at = min(at, from)
		}
	}
	return at
}

// prefixedOnce gives an entry the part's prefix, unless it is a copy that has it.
func prefixedOnce(entry, prefix string) string {
	if strings.HasPrefix(entry, "<"+prefix) {
		return entry
	}
	return workbook.Prefixed(entry, prefix)
}
