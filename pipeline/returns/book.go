package returns

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"mojreturns/pipeline/workbook"
)

// What a workbook may hold. A form is far smaller; a file beyond these is
// damaged, or made to exhaust whoever opens it.
const (
	maxParts  = 5000
	maxPart   = 64 << 20
	maxStyles = 16 << 20
	maxWhole  = 256 << 20
)

// book is a workbook read for comparison: its parts, and what they mean.
type book struct {
	archive  *zip.Reader
	parts    map[string][]byte
	main     string // the part that lists the sheets
	root     *node  // of that part
	sheets   []*sheet
	looks    []look
	usual    float64 // points of the letters that columns are measured by
	strings  []string
	from1904 bool
}

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	// encrypted is the name of the stream that holds a workbook with a password.
	encrypted = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")
)

// readBook reads a workbook. Its errors are sentences for whoever has the file.
func readBook(content []byte) (*book, error) {
	switch {
	case len(content) == 0:
		return nil, errors.New("the file is empty")
	case bytes.HasPrefix(content, oleMagic) && bytes.Contains(content, encrypted):
		return nil, errors.New("the workbook is protected by a password: open it in a spreadsheet program, take the password away and save it again")
	case bytes.HasPrefix(content, oleMagic):
		return nil, errors.New("this is a workbook of the old kind (.xls): open it in a spreadsheet program and save it as .xlsx")
	case !bytes.HasPrefix(content, zipMagic):
		return nil, errors.New("this is not a workbook (.xlsx or .xlsm), whatever its name says")
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, fmt.Errorf("the workbook is damaged, or only part of it arrived: %w", err)
	}
	b := &book{archive: archive, parts: map[string][]byte{}}
	if err := b.unpack(); err != nil {
		return nil, err
	}
	return b, b.read()
}

// unpack reads every part into memory, within the limits whatever the archive says.
func (b *book) unpack() error {
	if len(b.archive.File) > maxParts {
		return fmt.Errorf("the workbook has %d parts; a form has at most %d", len(b.archive.File), maxParts)
	}
	whole := 0
	for _, file := range b.archive.File {
		limit := maxPart
		if path.Base(file.Name) == "styles.xml" {
			limit = maxStyles
		}
		if _, twice := b.parts[file.Name]; twice {
			return fmt.Errorf("the workbook is damaged: it has the part %s twice", file.Name)
		}
		r, err := file.Open()
		if err != nil {
			return fmt.Errorf("the workbook is damaged at %s: %w", file.Name, err)
		}
		part, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
		r.Close()
		if err != nil {
			return fmt.Errorf("the workbook is damaged at %s: %w", file.Name, err)
		}
		if len(part) > limit && limit == maxStyles {
			return fmt.Errorf("the styles of the workbook (%s) take more than %d MB: save a copy without the unused ones", file.Name, maxStyles>>20)
		}
		if whole += len(part); len(part) > limit || whole > maxWhole {
			return fmt.Errorf("the workbook is too big at %s: unpacked, a part may have %d MB and all of them %d MB", file.Name, maxPart>>20, maxWhole>>20)
		}
		b.parts[file.Name] = part
	}
	return nil
}

// read reads what the parts mean.
func (b *book) read() error {
	var err error
	if b.main, err = b.target("", "officeDocument"); err != nil {
		return err
	}
	if b.root, err = b.tree(b.main); err != nil {
		return err
	}
	if b.root.name.Local != "workbook" {
		return fmt.Errorf("this is not a workbook: its main part %s is a %s", b.main, b.root.name.Local)
	}
	b.from1904 = b.root.child("workbookPr").yes("date1904", false)
	if err := b.readStrings(); err != nil {
		return err
	}
	if err := b.readLooks(); err != nil {
		return err
	}
	rels, err := b.rels(b.main)
	if err != nil {
		return err
	}
	for _, n := range b.root.child("sheets").all("sheet") {
		rel, ok := rels[relID(n)]
		if !ok {
			return fmt.Errorf("the workbook is damaged: it has no part for the sheet %q", n.attr("name"))
		}
		s := &sheet{name: n.attr("name"), part: rel.target, state: n.attr("state")}
		if rel.kind == "worksheet" { // not a sheet of a chart or of old macros
			if s.root, err = b.tree(rel.target); err != nil {
				return err
			}
			if err := s.read(b); err != nil {
				return fmt.Errorf("the sheet %q cannot be read: %w", s.name, err)
			}
		}
		b.sheets = append(b.sheets, s)
	}
	return nil
}

// tree parses a part.
func (b *book) tree(name string) (*node, error) {
	part, ok := b.parts[name]
	if !ok {
		return nil, fmt.Errorf("the workbook is damaged: it has no part %s", name)
	}
	n, err := parse(part)
	if err != nil {
		return nil, fmt.Errorf("the workbook is damaged at %s: %w", name, err)
	}
	return n, nil
}

// relation leads from one part to another.
type relation struct{ kind, target string }

// rels are the relations of a part by their ID; "" is the whole workbook.
func (b *book) rels(part string) (map[string]relation, error) {
	out := map[string]relation{}
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	if part == "" {
		name = "_rels/.rels"
	}
	if _, ok := b.parts[name]; !ok {
		return out, nil
	}
	root, err := b.tree(name)
	if err != nil {
		return nil, err
	}
	for _, n := range root.all("Relationship") {
		target := n.attr("Target")
		if n.attr("TargetMode") != "External" {
			if !strings.HasPrefix(target, "/") {
				target = path.Join(path.Dir(part), target)
			}
			target = strings.TrimPrefix(path.Clean(target), "/")
		}
		out[n.attr("Id")] = relation{kind: path.Base(n.attr("Type")), target: target}
	}
	return out, nil
}

// target is the part that another leads to by a kind of relation.
func (b *book) target(from, kind string) (string, error) {
	rels, err := b.rels(from)
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		if r.kind == kind {
			return r.target, nil
		}
	}
	return "", fmt.Errorf("this is not a workbook: nothing in it leads to its %s", kind)
}

// relID is the ID of the relation that an element names.
func relID(n *node) string {
	for _, a := range n.attrs {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// readStrings reads the texts that cells share.
func (b *book) readStrings() error {
	name, err := b.target(b.main, "sharedStrings")
	if err != nil {
		return nil // a workbook may have none
	}
	root, err := b.tree(name)
	if err != nil {
		return err
	}
	for _, si := range root.all("si") {
		b.strings = append(b.strings, richText(si))
	}
	return nil
}

// richText is the text of an element, without its fonts and phonetic hints.
func richText(n *node) string {
	text := n.child("t").text
	for _, r := range n.all("r") {
		text += r.child("t").text
	}
	return workbook.Unescaped(text)
}

// sheet finds a sheet by its name.
func (b *book) sheet(name string) (*sheet, bool) {
	for _, s := range b.sheets {
		if s.name == name {
			return s, true
		}
	}
	return nil, false
}

func (b *book) sheetNames() string {
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// empty tells whether nothing stands in a row's cell.
func (b *book) empty(r Row) bool {
	s, ok := b.sheet(r.Sheet)
	return !ok || s.cells[r.Cell].text == "" && s.cells[r.Cell].formula == ""
}
