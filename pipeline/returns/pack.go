package returns

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

const coreType = "application/vnd.openxmlformats-package.core-properties+xml"

// properties are what a workbook says of itself as a document.
type properties struct {
	title, creator, identifier, status string
	at                                 time.Time // both dates: never the clock's
}

// core is the part of the document properties.
func (p properties) core() []byte {
	at := p.at.UTC().Format(time.RFC3339)
	word := func(s string) string { return escaped(strings.Map(printable, s)) }
	return []byte(xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"` +
		` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + word(p.title) + `</dc:title><dc:creator>` + word(p.creator) + `</dc:creator><cp:lastModifiedBy>` + word(p.creator) + `</cp:lastModifiedBy>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified>` +
		`<dc:language>en-GB</dc:language><dc:identifier>` + word(p.identifier) + `</dc:identifier><cp:contentStatus>` + word(p.status) + `</cp:contentStatus></cp:coreProperties>`)
}

// describe sets the document properties; a workbook without any is given them.
func (b *book) describe(p properties, changed map[string][]byte) error {
	name, err := b.target("", "core-properties")
	if err == nil {
		changed[name] = p.core()
		return nil
	}
	name = "docProps/core.xml"
	changed[name] = p.core()
	for part, addition := range map[string]string{
		"[Content_Types].xml": `<Override PartName="/` + name + `" ContentType="` + coreType + `"/>`,
		"_rels/.rels":         `<Relationship Id="mojreturnsCore" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="` + name + `"/>`,
	} {
		text := b.parts[part]
		end := bytes.LastIndex(text, []byte("</"))
		if end < 0 {
			return fmt.Errorf("the workbook is damaged at %s: its end is missing", part)
		}
		changed[part] = apply(text, []edit{{end, end, addition}})
	}
	return nil
}

// beforeCalc are the elements of a workbook's main part that may stand before
// its rules of calculation.
var beforeCalc = []string{"fileVersion", "fileSharing", "workbookPr", "workbookProtection", "AlternateContent", "revisionPtr", "bookViews", "sheets",
	"functionGroups", "externalReferences", "definedNames"}

// recalculate asks the program that opens the workbook to work every formula out.
func recalculate(part []byte) ([]byte, error) {
	in := xml.NewDecoder(bytes.NewReader(part))
	depth, after, prefix := 0, 0, ""
	for {
		from := int(in.InputOffset())
		token, err := in.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		to := int(in.InputOffset())
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			if depth == 2 && t.Name.Local == "calcPr" {
				return apply(part, []edit{{from, to, fullCalc(string(part[from:to]))}}), nil
			}
			if depth == 2 && t.Name.Local == "sheets" && t.Name.Space != "" {
				prefix = t.Name.Space + ":"
			}
		case xml.EndElement:
			if depth == 2 && slices.Contains(beforeCalc, t.Name.Local) {
				after = to
			}
			depth--
		}
	}
	if after == 0 {
		return nil, errors.New("the main part of the workbook has no sheets")
	}
	return apply(part, []edit{{after, after, "<" + prefix + `calcPr fullCalcOnLoad="1"/>`}}), nil
}

// fullCalc is the tag of the rules of calculation with full calculation on load.
func fullCalc(tag string) string {
	if i := strings.Index(tag, "fullCalcOnLoad"); i >= 0 {
		value := strings.IndexAny(tag[i:], `"'`) + i
		end := strings.IndexByte(tag[value+1:], tag[value]) + value + 1
		return tag[:value+1] + "1" + tag[end:]
	}
	name := strings.IndexAny(tag, " \t\r\n/>")
	return tag[:name] + ` fullCalcOnLoad="1"` + tag[name:]
}

// pack writes the workbook with some parts changed; the others are copied as
// they are, packed bytes and all.
func (b *book) pack(changed map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, part []byte) error {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(part)
		}
		return err
	}
	for _, file := range b.archive.File {
		part, ok := changed[file.Name]
		if !ok {
			if err := w.Copy(file); err != nil {
				return nil, fmt.Errorf("cannot write the workbook: %w", err)
			}
			continue
		}
		if err := put(file.Name, part); err != nil {
			return nil, fmt.Errorf("cannot write the workbook: %w", err)
		}
	}
	for _, name := range []string{"docProps/core.xml"} { // the only part that may be new
		if part, ok := changed[name]; ok && b.parts[name] == nil {
			if err := put(name, part); err != nil {
				return nil, fmt.Errorf("cannot write the workbook: %w", err)
			}
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
