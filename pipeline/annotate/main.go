package annotate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/workbook"
)

// mainNamespace is the name of the space that the workbook's own elements are in.
func mainNamespace(b *workbook.Book) (string, error) {
	part, err := b.Part(b.Main)
	if err != nil {
		return "", err
	}
	name := ""
	err = workbook.Scan(part, func(t workbook.Tag) error {
		if t.Depth == 1 && !t.End {
			name = t.Attr(strings.TrimSuffix("xmlns:"+t.Prefix, ":"))
		}
		return nil
	})
	if err == nil && name == "" {
		err = errors.New("the main part of the workbook does not say what it is")
	}
	return name, err
}

// first puts the sheet with this relation in front of the others, has it open, and has
// each of its pages repeat the header of the list. Whatever counts sheets by their place
// moves on by one.
func (l *list) first(relation string) error {
	part, err := l.book.Part(l.book.Main)
	if err != nil {
		return err
	}
	types, err := l.book.Types()
	if err != nil {
		return err
	}
	var edits workbook.Edits
	var names names
	highest, sheets, prefix := 0, 0, ""
	if err := workbook.Scan(part, func(t workbook.Tag) error {
		names.see(t)
		switch {
		case t.End:
		case t.Name == "sheets" && t.Depth == 2:
			sheets, prefix = t.To, t.Prefix
		case t.Name == "sheet" && t.Depth == 3:
			highest = max(highest, number(t, "sheetId"))
		case t.Name == "workbookView":
			t = t.With("activeTab", "0").With("firstSheet", "0")
			edits.Replace(t.From, t.To, t.String())
		case t.Name == "definedName" && t.Attr("localSheetId") != "":
			t = t.With("localSheetId", strconv.Itoa(number(t, "localSheetId")+1))
			edits.Replace(t.From, t.To, t.String())
		}
		return nil
	}); err != nil {
		return err
	}
	names.add(&edits, prefix, fmt.Sprintf(`<definedName name="_xlnm.Print_Titles" localSheetId="0">'%s'!$%d:$%[2]d</definedName>`, l.name(), l.header))
	edits.Replace(sheets, sheets, fmt.Sprintf(`<%ssheet xmlns:r="%s" name="%s" sheetId="%d" r:id="%s"/>`, prefix, types, l.name(), highest+1, relation))
	l.book.Set(l.book.Main, edits.Apply(part))
	return nil
}

// names is where a workbook's defined names end, or belong where it has none.
type names struct {
	from, to int
	there    bool
}

func (n *names) see(t workbook.Tag) {
	switch ends := t.Depth == 2 && (t.End || t.Empty); {
	case ends && t.Name == "definedNames":
		n.from, n.to, n.there = t.From, t.From, !t.Empty
		if t.Empty {
			n.to = t.To
		}
	case ends && slices.Contains([]string{"sheets", "functionGroups", "externalReferences"}, t.Name):
		n.from, n.to = t.To, t.To
	}
}

func (n *names) add(edits *workbook.Edits, prefix, name string) {
	name = workbook.Prefixed(name, prefix)
	if !n.there {
		name = "<" + prefix + "definedNames>" + name + "</" + prefix + "definedNames>"
	}
	edits.Replace(n.from, n.to, name)
}

// name is a name that no sheet has.
func (l *list) name() string {
	taken := map[string]bool{}
	for _, s := range l.book.Sheets {
		taken[strings.ToLower(s.Name)] = true
	}
	name := listName
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s (%d)", listName, n)
	}
	return name
}
