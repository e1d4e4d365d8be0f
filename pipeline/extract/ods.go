package extract

import (
	"context"
	"errors"
	"time"
)

const (
	odsType     = "application/vnd.oasis.opendocument.spreadsheet"
	odsTypeOpen = odsType + "-template"
)

// sniffOpenDocument refuses OpenDocument files that are no spreadsheets, or locked.
func sniffOpenDocument(a *archive, is string) error {
	locked, listed := false, false
	err := a.read("META-INF/manifest.xml", manifestSpace, "manifest", func(m *markup) error {
		listed = true
		return m.within(manifestSpace, "file-entry", func() error {
			locked = locked || m.is(manifestSpace, "encryption-data")
			return nil
		})
	})
	switch {
	case err != nil:
		return err
	case locked:
		return refuse("the OpenDocument file is locked with a password: save it without one (in LibreOffice: File, Save As, without \"Save with password\") and send it by the agreed secure route")
	case is != odsType && is != odsTypeOpen:
		return refuse("the file is an OpenDocument file of another kind, not a spreadsheet: send the table as a spreadsheet (.xlsx or .ods) or as CSV")
	case !listed || a.part("content.xml") == nil:
		return refuse("the OpenDocument file is damaged, since a part that each has is missing: save it again as a spreadsheet (.ods or .xlsx) and send that")
	}
	return nil
}

// openDocumentBook is an open OpenDocument spreadsheet. All its sheets are in
// one part, one after another.
type openDocumentBook struct {
	*archive
	listed   []sheet
	nullDate string // as the file has it
	styles   *openStyles
}

// openOpenDocument lists the sheets.
func openOpenDocument(a *archive) (*openDocumentBook, error) {
	b := &openDocumentBook{archive: a, styles: newOpenStyles()}
	err := a.read("styles.xml", officeSpace, "document-styles", func(m *markup) error {
		return m.each(func() error { return b.styles.read(m) })
	})
	if err != nil {
		return nil, err
	}
	err = a.read("content.xml", officeSpace, "document-content", func(m *markup) error {
		return m.each(func() error {
			if m.is(officeSpace, "body") {
				return m.within(officeSpace, "spreadsheet", func() error { return b.list(m) })
			}
			return b.styles.read(m)
		})
	})
	if err != nil {
		return nil, err
	}
	if len(b.listed) == 0 {
		return nil, refuse("the OpenDocument file has no sheet: is it the right file?")
	}
	return b, nil
}

// list takes in a sheet, and from which day the file counts.
func (b *openDocumentBook) list(m *markup) error {
	switch {
	case m.is(tableSpace, "table"):
		name, style := m.attributeIn(tableSpace, "name"), m.attributeIn(tableSpace, "style-name")
		b.listed = append(b.listed, sheet{name: textOf(name), number: len(b.listed), hidden: b.styles.hidden[textOf(style)]})
	case m.is(tableSpace, "calculation-settings"):
		return m.each(func() error {
			if m.is(tableSpace, "null-date") {
				b.nullDate = textOf(m.attributeIn(tableSpace, "date-value"))
			}
			return nil
		})
	}
	return nil
}

func (b *openDocumentBook) sheets() []sheet { return b.listed }

func (b *openDocumentBook) daysFrom() string {
	day, err := time.Parse(time.DateOnly, string(isoDate([]byte(b.nullDate))))
	if err != nil || day.Equal(firstDay) {
		return ""
	}
	return day.Format(time.DateOnly)
}

// firstDay is the day 0 that spreadsheet programs count from where nothing else is said.
var firstDay = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// open reads up to a sheet.
func (b *openDocumentBook) open(ctx context.Context, s sheet, o *observed) (lines, error) {
	content, err := b.archive.open("content.xml")
	if err != nil || content == nil {
		return nil, damaged(err)
	}
	r := &odsReader{ctx: ctx, sheet: s, content: content, markup: newMarkup(content), observed: o, styles: b.styles}
	err = r.markup.root(officeSpace, "document-content")
	for _, step := range []struct {
		space space
		name  string
		after int
	}{{officeSpace, "body", 0}, {officeSpace, "spreadsheet", 0}, {tableSpace, "table", s.number}} {
		if err == nil {
			err = r.markup.down(step.space, step.name, step.after)
		}
	}
	if err != nil {
		return nil, errors.Join(damaged(err), r.close())
	}
	r.depth = r.markup.depth
	return r, nil
}

// down reads up to a child of the element just started, after so many like it.
func (m *markup) down(s space, name string, after int) error {
	for depth := m.depth; ; {
		more, err := m.child(depth)
		switch {
		case err != nil:
			return err
		case !more:
			return errMarkup
		case !m.is(s, name):
		case after == 0:
			return nil
		default:
			after--
		}
	}
}

// merged reads the rows, which say themselves what is merged.
func (b *openDocumentBook) merged(ctx context.Context, s sheet, from, last int64) ([]span, error) {
	o := &observed{}
	l, err := b.open(ctx, s, o)
	if err != nil {
		return nil, err
	}
	defer l.close()
	for {
		more, err := l.next()
		if row, _ := l.at(); err != nil || !more || row > last {
			var spans []span
			for _, s := range o.spans {
				if s.row >= from && s.row <= last {
					spans = append(spans, s)
				}
			}
			return spans, err
		}
	}
}
