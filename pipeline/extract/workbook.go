package extract

import (
	"context"
	"errors"
	"path"
	"slices"
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

func openBook(a *archive, main string) (*book, error) {
	b := &book{archive: a}
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

func (b *book) daysFrom() string {
	if b.from1904 {
		return "1904-01-01"
	}
	return ""
}

// relation is what a part of the archive refers to.
type relation struct{ id, kind, target string }

func (r relation) is(kind string) bool {
	return r.kind == relatedName+"/"+kind || r.kind == relatedNameStrict+"/"+kind
}

// related reads which parts another refers to; "" is the archive itself.
func (a *archive) related(part string) ([]relation, error) {
	dir, file := path.Split(part)
	list := dir + "_rels/" + file + ".rels"
	if a.part(list) == nil {
		return nil, damaged(errMarkup)
	}
	var all []relation
	err := a.read(list, relationSpace, "Relationships", func(m *markup) error {
		return m.each(func() error {
			if !m.is(relationSpace, "Relationship") || string(m.attribute("TargetMode")) == "External" {
				return nil
			}
			r := relation{id: textOf(m.attribute("Id")), kind: textOf(m.attribute("Type")), target: textOf(m.attribute("Target"))}
			if !strings.HasPrefix(r.target, "/") {
				r.target = path.Join(dir, r.target)
			}
			r.target = strings.TrimPrefix(path.Clean(r.target), "/")
			all = append(all, r)
			return nil
		})
	})
	return all, err
}

// readMain reads the part that lists the sheets, in the workbook's order, and
// says from which year days are counted.
func (b *book) readMain(main string, related []relation) error {
	if b.part(main) == nil {
		return damaged(errMarkup)
	}
	set := false
	return b.read(main, sheetSpace, "workbook", func(m *markup) error {
		return m.each(func() error {
			switch {
			case m.is(sheetSpace, "workbookPr") && set:
				return errMarkup
			case m.is(sheetSpace, "workbookPr"):
				set, b.from1904 = true, truth(m.attribute("date1904"))
			case m.is(sheetSpace, "sheets"):
				return m.each(func() error { return b.list(m, related) })
			}
			return nil
		})
	})
}

// list takes in a sheet of the workbook, unless it is of charts.
func (b *book) list(m *markup, related []relation) error {
	if !m.is(sheetSpace, "sheet") {
		return nil
	}
	s := sheet{name: textOf(m.attribute("name"))}
	state := string(m.attribute("state"))
	s.hidden = state != "" && state != "visible"
	id := textOf(m.attributeIn(relatedSpace, "id"))
	at := slices.IndexFunc(related, func(r relation) bool { return r.id == id })
	if at < 0 {
		return errMarkup
	}
	if related[at].is("worksheet") {
		s.part = related[at].target
		b.listed = append(b.listed, s)
	}
	return nil
}

// readStyles reads how each style shows numbers.
func (b *book) readStyles(part string) error {
	codes := map[int]string{}
	var styles []int
	err := b.read(part, sheetSpace, "styleSheet", func(m *markup) error {
		return m.each(func() error {
			formats, cells := m.is(sheetSpace, "numFmts"), m.is(sheetSpace, "cellXfs")
			if !formats && !cells {
				return nil
			}
			return m.each(func() error {
				id, err := strconv.Atoi(string(m.attribute("numFmtId")))
				switch {
				case formats && m.is(sheetSpace, "numFmt") && err == nil:
					codes[id] = textOf(m.attribute("formatCode"))
				case cells && m.is(sheetSpace, "xf"):
					styles = append(styles, id) // none is General
				}
				return nil
			})
		})
	})
	for _, id := range styles {
		b.formats = append(b.formats, formatOf(id, codes))
	}
	return err
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
		if err := b.read(b.sharedPart, sheetSpace, "sst", b.shared.read(ctx)); err != nil {
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
	r := &sheetReader{book: b, sheet: s, content: content, markup: newMarkup(content), observed: o}
	if err := r.markup.root(sheetSpace, "worksheet"); err != nil {
		return nil, errors.Join(r.damaged(err), r.close())
	}
	return r, nil
}

// readTables looks whether the tables laid out on a sheet have filters on, which
// stand in parts of their own.
func (b *book) readTables(s sheet, o *observed) error {
	dir, file := path.Split(s.part)
	if b.part(dir+"_rels/"+file+".rels") == nil {
		return nil
	}
	related, err := b.related(s.part)
	for _, r := range related {
		if r.is("table") && err == nil {
			err = b.read(r.target, sheetSpace, "table", func(m *markup) error {
				return m.within(sheetSpace, "autoFilter", func() error {
					o.filtered = o.filtered || m.is(sheetSpace, "filterColumn")
					return nil
				})
			})
		}
	}
	return err
}

// merged lists merged cells, which stand behind all others.
func (b *book) merged(_ context.Context, s sheet, from, last int64) ([]span, error) {
	var spans []span
	err := b.read(s.part, sheetSpace, "worksheet", func(m *markup) error {
		return m.within(sheetSpace, "mergeCells", func() error {
			if s, ok := mergeOf(m); ok && s.row >= from && s.row <= last {
				spans = append(spans, s)
			}
			if len(spans) > mostMerged {
				return tooMuch("merges more than 100,000 groups of cells")
			}
			return nil
		})
	})
	return spans, err
}
