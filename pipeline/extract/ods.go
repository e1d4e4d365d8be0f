package extract

import (
	"context"
	"io"
	"strings"
)

const (
	odsType     = "application/vnd.oasis.opendocument.spreadsheet"
	odsTypeOpen = odsType + "-template"
)

// sniffOpenDocument refuses OpenDocument files that are no spreadsheets, or locked.
func sniffOpenDocument(a *archive) error {
	content, err := a.open("mimetype")
	if err != nil || content == nil {
		return damaged(err)
	}
	defer content.Close()
	kind, err := io.ReadAll(io.LimitReader(content, 200))
	if err != nil {
		return damaged(err)
	}
	locked := false
	err = a.walk("META-INF/manifest.xml", func(m *markup) error {
		locked = locked || string(m.name) == "encryption-data"
		return nil
	})
	switch is := strings.TrimSpace(string(kind)); {
	case err != nil:
		return err
	case locked:
		return refuse("the OpenDocument file is locked with a password: save it without one (in LibreOffice: File, Save As, without \"Save with password\") and send it by the agreed secure route")
	case is != odsType && is != odsTypeOpen:
		return refuse("the file is an OpenDocument file of another kind, not a spreadsheet: send the table as a spreadsheet (.xlsx or .ods) or as CSV")
	case !a.holds("content.xml"):
		return damaged(errMarkup)
	}
	return nil
}

// openDocumentBook is an open OpenDocument spreadsheet. All its sheets are in
// one part, one after another.
type openDocumentBook struct {
	*archive
	listed []sheet
}

// openOpenDocument lists the sheets.
func openOpenDocument(a *archive) (*openDocumentBook, error) {
	b := &openDocumentBook{archive: a}
	hidden := map[string]bool{} // styles of tables that are not shown
	style := ""
	err := a.walk("content.xml", func(m *markup) error {
		switch string(m.name) {
		case "style":
			style = m.attributeText("name")
		case "table-properties":
			hidden[style] = hidden[style] || m.attributeText("display") == "false"
		case "table":
			s := sheet{name: m.attributeText("name"), number: len(b.listed), hidden: hidden[m.attributeText("style-name")]}
			b.listed = append(b.listed, s)
			return m.skip()
		case "tracked-changes", "dde-links":
			return m.skip()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(b.listed) == 0 {
		return nil, refuse("the OpenDocument file has no sheet: is it the right file?")
	}
	return b, nil
}

func (b *openDocumentBook) sheets() []sheet { return b.listed }

// open reads up to a sheet.
func (b *openDocumentBook) open(ctx context.Context, s sheet, o *observed) (lines, error) {
	content, err := b.archive.open("content.xml")
	if err != nil || content == nil {
		return nil, damaged(err)
	}
	r := &odsReader{ctx: ctx, sheet: s, content: content, markup: newMarkup(content), observed: o}
	for number := 0; ; {
		t, err := r.markup.next()
		if err != nil {
			return nil, damaged(noEnd(err))
		}
		if t != startTag {
			continue
		}
		switch string(r.markup.name) {
		case "tracked-changes", "dde-links":
			err = r.markup.skip()
		case "table":
			if number == s.number {
				r.depth = r.markup.depth
				return r, nil
			}
			number++
			err = r.markup.skip()
		}
		if err != nil {
			return nil, damaged(err)
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
