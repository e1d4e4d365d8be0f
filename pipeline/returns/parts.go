package returns

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// partsChanged compares the parts of two workbooks. Filling writes some anew;
// all others (pictures, drawings, tables, macros) must be the same bytes, and a
// worksheet must have kept every kind of thing it held.
func partsChanged(blank, out []byte) ([]string, error) {
	was, err := readParts(blank)
	if err != nil {
		return nil, err
	}
	is, err := readParts(out)
	if err != nil {
		return nil, err
	}
	var differences []string
	add := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	for name, part := range was {
		now, kept := is[name]
		switch {
		case name == "xl/calcChain.xml": // the order of calculation, which Excel works out again
		case !kept:
			add("%s: was in the workbook and is lost", name)
		case isWorksheet(name):
			lost, err := elementsLost(part, now)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			for _, element := range lost {
				add("%s: the %s of the sheet is lost", name, element)
			}
		case !rewritten(name) && !bytes.Equal(part, now):
			add("%s: has changed", name)
		}
	}
	for name := range is {
		if _, had := was[name]; !had && name != "xl/sharedStrings.xml" { // texts may come with the first text
			add("%s: was not in the workbook and is there now", name)
		}
	}
	return differences, nil
}

func isWorksheet(name string) bool { return strings.HasPrefix(name, "xl/worksheets/sheet") }

// rewritten tells whether the library writes a part anew with every workbook.
func rewritten(name string) bool {
	return strings.HasSuffix(name, ".rels") || strings.HasPrefix(name, "xl/theme/") ||
		slices.Contains([]string{"[Content_Types].xml", "docProps/core.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"}, name)
}

// elementsLost names what one worksheet holds and another does not, such as its
// protection or its page margins.
func elementsLost(was, is []byte) ([]string, error) {
	before, err := elements(was)
	if err != nil {
		return nil, err
	}
	after, err := elements(is)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(before, func(name string) bool { return slices.Contains(after, name) }), nil
}

// elements are the names of the elements right below the root, in order.
func elements(part []byte) ([]string, error) {
	var names []string
	in := xml.NewDecoder(bytes.NewReader(part))
	for depth := 0; ; {
		token, err := in.Token()
		if err == io.EOF {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		switch element := token.(type) {
		case xml.StartElement:
			if depth == 1 {
				names = append(names, element.Name.Local)
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
}

func readParts(content []byte) (map[string][]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	parts := map[string][]byte{}
	for _, file := range archive.File {
		part, err := readPart(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
		parts[file.Name] = part
	}
	return parts, nil
}

func readPart(file *zip.File) ([]byte, error) {
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
