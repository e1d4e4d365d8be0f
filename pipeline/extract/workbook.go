package extract

import (
	"context"
	"errors"
	"path"
	"strconv"
	"strings"
)

// headerRows is how far down a header is looked for.
const headerRows = 30

const saveAgain = "open it in Excel, save it again as an Excel workbook (.xlsx) and send that"

// book is an open Excel workbook. We read it ourselves: the library that
// writes our workbooks unpacks all of one into memory, gives values without type
// and style, and its lookups by cell are many times slower.
type book struct {
	*archive
	listed   []sheet
	from1904 bool
	formats  []format // by style

	sharedPart string
	shared     *sharedTexts // once a sheet is open
}

func openBook(a *archive) (*book, error) {
	b := &book{archive: a}
	root, err := b.related("")
	if err != nil {
		return nil, err
	}
	main := "xl/workbook.xml"
	for _, r := range root {
		if r.is("officeDocument") {
			main = r.target
		}
	}
	related, err := b.related(main)
	if err != nil {
		return nil, err
	}
	if err := b.readMain(main, related); err != nil {
		return nil, err
	}
	if len(b.listed) == 0 {
		return nil, refuse("the workbook has no sheet with cells: is it the right file?")
	}
	b.sharedPart = "xl/sharedStrings.xml"
	for _, r := range related {
		switch {
		case r.is("sharedStrings"):
			b.sharedPart = r.target
		case r.is("styles"):
			err = errors.Join(err, b.readStyles(r.target))
		}
	}
	return b, err
}

func (b *book) sheets() []sheet { return b.listed }

// relation is what a part of the archive refers to.
type relation struct{ id, kind, target string }

func (r relation) is(kind string) bool { return path.Base(r.kind) == kind }

// related reads what a part refers to; "" is the archive itself.
func (b *book) related(part string) ([]relation, error) {
	dir, file := path.Split(part)
	list := dir + "_rels/" + file + ".rels"
	if !b.holds(strings.ToLower(list)) {
		return nil, damaged(errMarkup)
	}
	var all []relation
	err := b.walk(list, func(m *markup) error {
		if string(m.name) != "Relationship" {
			return nil
		}
		r := relation{id: m.attributeText("Id"), kind: m.attributeText("Type"), target: m.attributeText("Target")}
		if strings.HasPrefix(r.target, "/") {
			r.target = r.target[1:]
		} else {
			r.target = path.Join(dir, r.target)
		}
		all = append(all, r)
		return nil
	})
	return all, err
}

// readMain reads the part that lists the sheets, in the workbook's order, and
// says from which year days are counted.
func (b *book) readMain(main string, related []relation) error {
	found := false
	err := b.walk(main, func(m *markup) error {
		found = true
		switch string(m.name) {
		case "workbookPr":
			b.from1904 = truth(m.attribute("date1904"))
		case "sheet":
			s := sheet{name: m.attributeText("name")}
			state := m.attributeText("state")
			s.hidden = state != "" && state != "visible"
			for _, r := range related {
				if r.is("worksheet") && r.id == m.attributeText("id") {
					s.part = r.target
					b.listed = append(b.listed, s)
				}
			}
		}
		return nil
	})
	if err == nil && !found {
		err = damaged(errMarkup)
	}
	return err
}

// readStyles reads how each style shows numbers.
func (b *book) readStyles(part string) error {
	codes := map[int]string{}
	inCells := false
	return b.walk(part, func(m *markup) error {
		switch string(m.name) {
		case "numFmt":
			id, err := strconv.Atoi(m.attributeText("numFmtId"))
			if err == nil {
				codes[id] = m.attributeText("formatCode")
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "cellStyleXfs", "dxfs":
			inCells = false
		case "xf":
			if inCells {
				id, _ := strconv.Atoi(m.attributeText("numFmtId")) // none is General
				b.formats = append(b.formats, formatOf(id, codes))
			}
		}
		return nil
	})
}

// format says how a style shows numbers; one that is not there shows them as they are.
func (b *book) format(style int) format {
	if style < 0 || style >= len(b.formats) {
		return format{}
	}
	return b.formats[style]
}

// open starts reading a sheet.
func (b *book) open(ctx context.Context, s sheet, o *observed) (lines, error) {
	if b.shared == nil {
		if b.size(b.sharedPart) > mostSharedPart {
			return nil, tooMuch("has more text than a table holds")
		}
		b.shared = &sharedTexts{}
		if err := b.walk(b.sharedPart, b.shared.read(ctx)); err != nil {
			return nil, err
		}
	}
	if err := b.readTables(s, o); err != nil {
		return nil, err
	}
	content, err := b.archive.open(s.part)
	if err != nil || content == nil {
		return nil, damaged(err)
	}
	return &sheetReader{book: b, sheet: s, content: content, markup: newMarkup(content), observed: o}, nil
}

// readTables looks whether the tables laid out on a sheet have filters on, which
// stand in parts of their own.
func (b *book) readTables(s sheet, o *observed) error {
	dir, file := path.Split(s.part)
	if !b.holds(strings.ToLower(dir + "_rels/" + file + ".rels")) {
		return nil
	}
	related, err := b.related(s.part)
	for _, r := range related {
		if r.is("table") && err == nil {
			err = b.walk(r.target, func(m *markup) error {
				o.filtered = o.filtered || string(m.name) == "filterColumn"
				return nil
			})
		}
	}
	return err
}

// merged lists merged cells, which stand behind all others.
func (b *book) merged(_ context.Context, s sheet, from, last int64) ([]span, error) {
	var spans []span
	err := b.walk(s.part, func(m *markup) error {
		if string(m.name) != "mergeCell" {
			return nil
		}
		if s, ok := spanOf(m.attributeText("ref")); ok && s.row >= from && s.row <= last && len(spans) < mostSpans {
			spans = append(spans, s)
		}
		return nil
	})
	return spans, err
}
