// Package workbook changes an Excel workbook in the bytes of its parts: what is
// not changed stays as it is, byte for byte, whatever program wrote it. A library
// that reads a workbook whole and writes it again drops what it does not know.
package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// mostPart is what a part may hold unpacked. It is what the reader of extracts
// bounds a whole workbook by.
const mostPart = 512 << 20

// Book is a workbook whose parts are changed.
type Book struct {
	Main    string // the part that lists the sheets
	Sheets  []Sheet
	archive *zip.Reader
	names   map[string]*zip.File // by name in small letters, since writers differ
	changed map[string][]byte
}

// Sheet is a sheet of a workbook, in its order.
type Sheet struct{ Name, Part string }

// Relation leads from one part to another; Kind is the last word of its type.
type Relation struct{ ID, Type, Kind, Target string }

// Open reads which parts a workbook has.
func Open(content []byte) (*Book, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, fmt.Errorf("the workbook is damaged: %w", err)
	}
	b := &Book{archive: archive, names: map[string]*zip.File{}, changed: map[string][]byte{}}
	for _, file := range archive.File {
		if b.names[partName(file.Name)] != nil && !strings.HasSuffix(file.Name, "/") {
			return nil, fmt.Errorf("the workbook is damaged: it has the part %q twice", file.Name)
		}
		b.names[partName(file.Name)] = file
	}
	root, err := b.Relations("")
	if err != nil {
		return nil, err
	}
	for _, r := range root {
		if r.Kind == "officeDocument" {
			b.Main = r.Target
		}
	}
	main, err := b.Part(b.Main)
	if err != nil {
		return nil, err
	}
	related, err := b.Relations(b.Main)
	if err != nil {
		return nil, err
	}
	within := ""
	return b, Scan(main, func(t Tag) error {
		if t.Depth == 2 {
			within = t.Name
		}
		if within != "sheets" || t.Name != "sheet" || t.Depth != 3 || t.End {
			return nil
		}
		for _, r := range related {
			if r.ID == t.Attr("id") {
				b.Sheets = append(b.Sheets, Sheet{Name: t.Attr("name"), Part: r.Target})
			}
		}
		return nil
	})
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, "\\", "/"), "/"))
}

// Name is a part's name as the workbook writes it; empty if it has none of that name.
func (b *Book) Name(name string) string {
	if _, ok := b.changed[name]; ok {
		return name
	}
	if file, ok := b.names[partName(name)]; ok {
		return file.Name
	}
	return ""
}

// Part is a part as it is by now.
func (b *Book) Part(name string) ([]byte, error) {
	if part, ok := b.changed[b.Name(name)]; ok {
		return part, nil
	}
	file, ok := b.names[partName(name)]
	if !ok {
		return nil, fmt.Errorf("the workbook is damaged: it has no part %q", name)
	}
	r, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("the workbook is damaged at %s: %w", file.Name, err)
	}
	defer r.Close()
	part, err := io.ReadAll(io.LimitReader(r, mostPart+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the workbook is damaged at %s: %w", file.Name, err)
	case len(part) > mostPart:
		return nil, fmt.Errorf("the workbook is too big at %s: a part may have %d MB", file.Name, mostPart>>20)
	case bytes.HasPrefix(part, []byte("\xff\xfe")) || bytes.HasPrefix(part, []byte("\xfe\xff")):
		return nil, fmt.Errorf("the workbook is written in UTF-16 at %s: open it in a spreadsheet program and save it again", file.Name)
	}
	return part, nil
}

// Set changes a part, or adds it.
func (b *Book) Set(name string, part []byte) {
	if known := b.Name(name); known != "" {
		name = known
	}
	b.changed[name] = part
}

// Free is a name that no part has: before, a number, and after.
func (b *Book) Free(before, after string) string {
	for n := 1; ; n++ {
		if name := fmt.Sprintf("%s%d%s", before, n, after); b.Name(name) == "" {
			return name
		}
	}
}

func relationsOf(part string) string {
	if part == "" {
		return "_rels/.rels"
	}
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

// Relations are where a part leads to; "" is the whole workbook.
func (b *Book) Relations(part string) ([]Relation, error) {
	list := relationsOf(part)
	if b.Name(list) == "" {
		return nil, nil
	}
	text, err := b.Part(list)
	if err != nil {
		return nil, err
	}
	var all []Relation
	err = Scan(text, func(t Tag) error {
		if t.Name != "Relationship" || t.End {
			return nil
		}
		r := Relation{ID: t.Attr("Id"), Type: t.Attr("Type"), Kind: path.Base(t.Attr("Type")), Target: t.Attr("Target")}
		if t.Attr("TargetMode") != "External" {
			if !strings.HasPrefix(r.Target, "/") {
				r.Target = path.Join(path.Dir(part), r.Target)
			}
			r.Target = strings.TrimPrefix(path.Clean(r.Target), "/")
		}
		all = append(all, r)
		return nil
	})
	return all, err
}

const noRelations = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
	`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`

// Types is what the types of the workbook's relations begin with, which is also the
// name of the space their attributes are in: the strict form of workbooks has another.
func (b *Book) Types() (string, error) {
	root, err := b.Relations("")
	for _, r := range root {
		if r.Kind == "officeDocument" {
			return strings.TrimSuffix(r.Type, "/"+r.Kind), err
		}
	}
	return "", errors.Join(err, errors.New("this is not a workbook: nothing in it leads to its sheets"))
}

// Relate leads from a part to another, and gives the relation's ID.
func (b *Book) Relate(from, kind, to string) (string, error) {
	all, err := b.Relations(from)
	if err != nil {
		return "", err
	}
	id := ""
	for n := 1; id == "" || slices.ContainsFunc(all, func(r Relation) bool { return r.ID == id }); n++ {
		id = fmt.Sprintf("mojreturns%d", n)
	}
	types, err := b.Types()
	if err != nil {
		return "", err
	}
	list := relationsOf(from)
	text := []byte(noRelations)
	if b.Name(list) != "" {
		if text, err = b.Part(list); err != nil {
			return "", err
		}
	}
	text, err = Inside(text, `<Relationship Id="`+id+`" Type="`+types+`/`+kind+`" Target="/`+Escaped(to)+`"/>`)
	b.Set(list, text)
	return id, err
}

// Declare says what kind a new part is of. Where its ending is not said to be of a
// kind yet, all parts that end so are of this one.
func (b *Book) Declare(part, kind string) error {
	const list = "[Content_Types].xml"
	text, err := b.Part(list)
	if err != nil {
		return err
	}
	ending, said := strings.TrimPrefix(path.Ext(part), "."), ""
	if err := Scan(text, func(t Tag) error {
		if !t.End && t.Name == "Default" && strings.EqualFold(t.Attr("Extension"), ending) {
			said = t.Attr("ContentType")
		}
		return nil
	}); err != nil || said == kind {
		return err
	}
	element := `<Override PartName="/` + Escaped(part) + `" ContentType="` + kind + `"/>`
	if said == "" && ending != "xml" {
		element = `<Default Extension="` + Escaped(ending) + `" ContentType="` + kind + `"/>`
	}
	text, err = Inside(text, element)
	b.Set(list, text)
	return err
}

// Inside puts elements, written without a prefix, at the end of a part's root.
func Inside(part []byte, elements string) ([]byte, error) {
	var root, last Tag
	if err := Scan(part, func(t Tag) error {
		if t.Depth == 1 && root.Name == "" {
			root = t
		}
		last = t
		return nil
	}); err != nil {
		return nil, err
	}
	if root.Name == "" {
		return nil, errors.New("the part is empty")
	}
	elements = Prefixed(elements, root.Prefix)
	var edits Edits
	if root.Empty {
		open := strings.TrimSuffix(root.String(), "/>")
		edits.Replace(root.From, root.To, open+">"+elements+"</"+root.Prefix+root.Name+">")
	} else {
		edits.Replace(last.From, last.From, elements)
	}
	return edits.Apply(part), nil
}

// Prefixed gives elements the prefix of those that they are put among.
func Prefixed(elements, prefix string) string {
	if prefix == "" {
		return elements
	}
	var edits Edits
	_ = Scan([]byte(elements), func(t Tag) error { // our own, and whole
		at := t.From + 1
		if t.End {
			at++
		}
		edits.Replace(at, at, prefix)
		return nil
	})
	return string(edits.Apply([]byte(elements)))
}

// Pack writes the workbook as it is by now.
func (b *Book) Pack() ([]byte, error) { return Pack(b.archive, b.changed) }
