package extract

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path"
	"slices"
	"strings"
)

// Strip writes the Excel workbook at src again, to the new file to, with only what is read
// of it and what shows people its table: cells with their values, how they look, widths,
// merged cells and rules for entries. All else a workbook can carry along, where nobody
// looks, is taken out: comments, properties, headers and footers, names, links, pictures,
// objects, macros, texts that no cell shows. It is what is named here that stays, so that
// what nobody thought of goes. It tells in a few words what went, in order; the sheets
// that are staged of both files have the same values.
//
// A file of another kind gives no words and writes nothing.
func Strip(ctx context.Context, src, name, to string) (taken []string, err error) {
	return strip(ctx, src, name, to, nil)
}

func strip(ctx context.Context, src, name, to string, blot *Blot) (taken []string, err error) {
	f, err := os.Open(src)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	kind, a, err := sniff(f, name)
	if err != nil || kind != excel {
		return nil, named(err, name)
	}
	b, err := openBook(a, a.main)
	if err != nil {
		return nil, named(err, name)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o660)
	if err != nil {
		return nil, err
	}
	s := stripping{book: b, zip: zip.NewWriter(out), taken: map[string]bool{}, numbers: map[int]int{}, blot: blot}
	err = s.write(ctx)
	if err := errors.Join(err, s.zip.Close(), out.Close()); err != nil {
		return nil, named(err, name)
	}
	for what := range s.taken {
		taken = append(taken, what)
	}
	slices.Sort(taken)
	return taken, nil
}

// stripping is a workbook being written again.
type stripping struct {
	*book
	zip     *zip.Writer
	taken   map[string]bool
	blot    *Blot       // nil for nothing
	numbers map[int]int // of shared texts: the old number's new one
	texts   []int       // the old numbers, in order of the new
	fresh   [][]byte    // texts that stood in cells themselves, by new number less -1-n
}

// partsTaken say what is lost with a part of the archive, by how its name begins.
var partsTaken = []struct{ start, what string }{
	{"docprops/", "document properties"}, {"xl/comments", "comments"}, {"xl/threadedcomments/", "comments"}, {"xl/persons/", "comments"},
	{"xl/media/", "pictures"}, {"xl/drawings/", "drawings"}, {"xl/charts/", "charts"}, {"xl/chartsheets/", "charts"},
	{"xl/embeddings/", "embedded files"}, {"xl/externallinks/", "links to other workbooks"}, {"xl/connections", "connections"},
	{"xl/pivot", "pivot tables"}, {"xl/ctrlprops/", "form controls"}, {"xl/activex/", "form controls"}, {"xl/vbaproject", "macros"},
	{"xl/printersettings/", "printer settings"}, {"xl/tables/", "table names"}, {"customxml/", "custom data"}, {"xl/querytables/", "connections"},
}

// read by the reader, or made anew
var partsKept = []string{"[content_types].xml", "_rels/", "xl/_rels/", "xl/worksheets/", "xl/styles", "xl/sharedstrings", "xl/workbook", "xl/theme/", "xl/calcchain"}

func (s *stripping) write(ctx context.Context) error {
	for name := range s.parts {
		at := slices.IndexFunc(partsTaken, func(p struct{ start, what string }) bool { return strings.HasPrefix(name, p.start) })
		switch {
		case at >= 0:
			s.taken[partsTaken[at].what] = true
		case !slices.ContainsFunc(partsKept, func(kept string) bool { return strings.HasPrefix(name, kept) }) && !strings.HasSuffix(name, "/"):
			s.taken["other parts"] = true
		}
	}
	if err := s.around(); err != nil { // first, as programs that stream expect it
		return err
	}
	for i, sheet := range s.listed {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.sheet(ctx, i+1, sheet); err != nil {
			return err
		}
	}
	if len(s.numbers) < len(s.shared.ends) {
		s.taken["texts that no cell shows"] = true
	}
	return errors.Join(s.sharedTexts(), s.styles())
}

// part begins a part of the new archive, as a document.
func (s *stripping) part(name string) (*markupWriter, error) {
	w, err := s.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	out := newMarkupWriter(w)
	out.raw(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
	return out, err
}

const mainSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

// put writes a part whole.
func (s *stripping) put(name string, write func(out *markupWriter)) error {
	out, err := s.part(name)
	if err != nil {
		return err
	}
	write(out)
	return out.flush()
}

// around writes what leads to the sheets.
func (s *stripping) around() error {
	const package2006 = "http://schemas.openxmlformats.org/package/2006/"
	const spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	each := func(do func(n string, i int)) {
		for i := range s.listed {
			do(digits(i+1), i)
		}
	}
	return errors.Join(
		s.put("[Content_Types].xml", func(out *markupWriter) {
			out.raw(`<Types xmlns="` + package2006 + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
				`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + spreadsheet + `sheet.main+xml"/>` +
				`<Override PartName="/xl/styles.xml" ContentType="` + spreadsheet + `styles+xml"/>` +
				`<Override PartName="/xl/sharedStrings.xml" ContentType="` + spreadsheet + `sharedStrings+xml"/>`)
			each(func(_ string, i int) {
				out.raw(`<Override PartName="/` + sheetPart(i+1) + `" ContentType="` + spreadsheet + `worksheet+xml"/>`)
			})
			out.raw("</Types>")
		}),
		s.put("_rels/.rels", func(out *markupWriter) {
			out.raw(`<Relationships xmlns="` + package2006 + `relationships"><Relationship Id="rId1" Type="` + relatedName + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
		}),
		s.put("xl/workbook.xml", func(out *markupWriter) {
			out.raw(`<workbook xmlns="` + mainSpace + `" xmlns:r="` + relatedName + `">`)
			if s.from1904 {
				out.raw(`<workbookPr date1904="1"/>`)
			}
			out.raw("<bookViews><workbookView/></bookViews><sheets>")
			each(func(n string, i int) {
				out.raw(`<sheet name="`)
				out.escaped([]byte(s.listed[i].name))
				out.raw(`" sheetId="` + n + `"`)
				if s.listed[i].hidden {
					out.raw(` state="hidden"`)
				}
				out.raw(` r:id="rId` + n + `"/>`)
			})
			out.raw("</sheets></workbook>")
		}),
		s.put("xl/_rels/workbook.xml.rels", func(out *markupWriter) {
			out.raw(`<Relationships xmlns="` + package2006 + `relationships">`)
			each(func(n string, i int) {
				out.raw(`<Relationship Id="rId` + n + `" Type="` + relatedName + `/worksheet" Target="` + strings.TrimPrefix(sheetPart(i+1), "xl/") + `"/>`)
			})
			out.raw(`<Relationship Id="rIdStyles" Type="` + relatedName + `/styles" Target="styles.xml"/>` +
				`<Relationship Id="rIdTexts" Type="` + relatedName + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)
		}))
}

func sheetPart(n int) string { return path.Join("xl/worksheets", "sheet"+digits(n)+".xml") }

// sharedTexts writes the texts that cells show, each as plain text.
func (s *stripping) sharedTexts() error {
	out, err := s.part("xl/sharedStrings.xml")
	if err != nil {
		return err
	}
	out.raw(`<sst xmlns="` + mainSpace + `">`)
	for _, old := range s.texts {
		text := []byte(nil)
		if old >= 0 {
			text = s.shared.text(old)
		} else {
			text = s.fresh[-1-old]
		}
		out.raw(`<si><t xml:space="preserve">`)
		out.text(text)
		out.raw("</t></si>")
	}
	out.raw("</sst>")
	return out.flush()
}

// number is the new number of a shared text.
func (s *stripping) number(old int) int {
	n, known := s.numbers[old]
	if !known {
		n = len(s.texts)
		s.numbers[old], s.texts = n, append(s.texts, old)
	}
	return n
}

// own is the number of a text that stood in its cell.
func (s *stripping) own(text []byte) int {
	s.fresh = append(s.fresh, slices.Clone(text))
	s.texts = append(s.texts, -len(s.fresh))
	return len(s.texts) - 1
}
