package extract

import (
	"io"
	"path"
	"strings"
)

const (
	typesPart = "[content_types].xml"
	openTypes = "application/vnd.oasis.opendocument"
)

// mimetype gives what an OpenDocument file says it is; empty of any other archive.
func (a *archive) mimetype() (string, error) {
	content, err := a.open("mimetype")
	switch {
	case err != nil:
		return "", damaged(err)
	case content == nil:
		return a.listedType(), nil
	}
	defer content.Close()
	is, err := io.ReadAll(io.LimitReader(content, 200))
	if err != nil {
		return "", damaged(err)
	}
	return strings.TrimSpace(string(is)), nil
}

// listedType gives what the list of parts of an OpenDocument file says that the whole is.
func (a *archive) listedType() (is string) {
	err := a.read("META-INF/manifest.xml", manifestSpace, "manifest", func(m *markup) error {
		return m.each(func() error {
			if m.is(manifestSpace, "file-entry") && string(m.attributeIn(manifestSpace, "full-path")) == "/" {
				is = textOf(m.attributeIn(manifestSpace, "media-type"))
			}
			return nil
		})
	})
	if err != nil {
		return "" // it is some other archive
	}
	return is
}

// mainPart finds the part that lists the sheets of a workbook, by what the archive
// refers to and what that is said to be; it refuses Office documents of other kinds.
func (a *archive) mainPart() (string, error) {
	root, err := a.related("")
	if err != nil {
		return "", err
	}
	main := ""
	for _, r := range root {
		if r.is("officeDocument") && main != "" {
			return "", damaged(errMarkup)
		}
		if r.is("officeDocument") {
			main = r.target
		}
	}
	is, err := a.typeOf(main)
	if err != nil {
		return "", err
	}
	switch {
	case main == "" || is == "":
		return "", damaged(errMarkup)
	case strings.Contains(is, "sheet.binary"):
		return "", refuse("the file is a binary Excel workbook (.xlsb): save it as an Excel workbook (.xlsx) and send that")
	case strings.Contains(is, "spreadsheetml"), strings.Contains(is, "vnd.ms-excel"):
		return main, nil
	case strings.Contains(is, "wordprocessingml"), strings.Contains(is, "vnd.ms-word"):
		return "", refuse("the file is a Word document, not a spreadsheet: %s", sendInstead)
	case strings.Contains(is, "presentationml"), strings.Contains(is, "vnd.ms-powerpoint"):
		return "", refuse("the file is a PowerPoint presentation, not a spreadsheet: %s", sendInstead)
	}
	return "", refuse("the file is an Office document of another kind, not a spreadsheet: %s", sendInstead)
}

// typeOf gives what a part is said to be, by its own name or else by its ending, in
// small letters.
func (a *archive) typeOf(part string) (string, error) {
	own, common := "", ""
	err := a.read(typesPart, typesSpace, "Types", func(m *markup) error {
		return m.each(func() error {
			is := strings.ToLower(textOf(m.attribute("ContentType")))
			switch {
			case m.is(typesSpace, "Override") && strings.EqualFold(textOf(m.attribute("PartName")), "/"+part):
				own = is
			case m.is(typesSpace, "Default") && strings.EqualFold("."+textOf(m.attribute("Extension")), path.Ext(part)):
				common = is
			}
			return nil
		})
	})
	if own == "" {
		own = common
	}
	return own, err
}

// notOffice says what an archive is that is no Office document. Apple's are told by
// their parts, whichever of them there are, or by a name that only they have; and by the
// name which of the three they are. (An archive whose name ends in .key may be anything.)
func notOffice(a *archive, name string) error {
	ending := strings.ToLower(path.Ext(name))
	apple := ending == ".numbers" || ending == ".pages" || a.holds("index/") && a.holds("metadata/") || a.holds("index.zip") ||
		a.holds("index.apxl") || a.holds("buildversionhistory.plist") || a.holdsEnding(".iwa")
	if !apple {
		return refuse("the file is a zip archive, not a spreadsheet: take the table out of it and send that, as an Excel workbook (.xlsx) or as CSV")
	}
	switch ending {
	case ".pages":
		return refuse("the file is an Apple Pages document, not a spreadsheet: %s", sendInstead)
	case ".key":
		return refuse("the file is an Apple Keynote presentation, not a spreadsheet: %s", sendInstead)
	case ".numbers":
		return refuse("the file is an Apple Numbers document, which only Apple's programs read: in Numbers, choose File, Export To, Excel, and send that")
	}
	return refuse("the file is a document of Apple's Numbers, Pages or Keynote, which only Apple's programs read: in Numbers, choose File, Export To, Excel, and send that")
}
