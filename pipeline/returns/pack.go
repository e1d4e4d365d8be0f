package returns

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/workbook"
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
	word := func(s string) string { return workbook.Escaped(strings.Map(workbook.Printable, s)) }
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
		var edits workbook.Edits
		edits.Replace(end, end, addition)
		changed[part] = edits.Apply(text)
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
	var edits workbook.Edits
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
				edits.Replace(from, to, fullCalc(string(part[from:to])))
				return edits.Apply(part), nil
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
	edits.Replace(after, after, "<"+prefix+`calcPr fullCalcOnLoad="1"/>`)
	return edits.Apply(part), nil
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
