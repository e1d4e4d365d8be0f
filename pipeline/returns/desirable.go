package returns

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The desirable items of the checklist. Each gives what is wrong, or else what it
// looked at.

func (l linting) tableNames() (wrong []string, evidence string) {
	var names []string
	for _, s := range l.sheets {
		for _, t := range l.tables[s.name] {
			names = append(names, t.name)
			if madeUpName.MatchString(t.name) {
				wrong = append(wrong, t.name)
			}
		}
	}
	return wrong, strings.Join(names, ", ")
}

func (l linting) frozen() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		if s.root == nil {
			continue
		}
		filtered := slices.ContainsFunc(l.tables[s.name], func(t tablePart) bool { return t.filtered })
		if filtered || len(s.root.all("autoFilter")) > 0 {
			wrong = append(wrong, s.name+" has filter buttons")
		}
		if len(s.root.child("sheetViews").find("pane")) > 0 {
			wrong = append(wrong, s.name+" has frozen or split panes")
		}
	}
	return wrong, "none on any sheet"
}

func (l linting) hiddenParts() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		if s.state != "" && s.state != "visible" {
			wrong = append(wrong, "the sheet "+s.name)
		}
		if s.root == nil {
			continue
		}
		for _, n := range slices.Concat(s.parts("cols"), s.parts("sheetData")) {
			if n.yes("hidden", false) {
				wrong = append(wrong, "rows or columns of "+s.name)
				break
			}
		}
	}
	return wrong, "everything is shown"
}

var noteReference = regexp.MustCompile(`\[note (\d+)\]`)

func (l linting) notes() (wrong []string, evidence string) {
	notes, found := l.sheet("Notes")
	told, count := map[string]bool{}, 0
	if found {
		for _, c := range notes.cells {
			told[strings.ToLower(c.text)] = true
		}
	}
	l.each(func(s *sheet, at string, c cell) {
		if s == notes {
			return
		}
		for _, m := range noteReference.FindAllStringSubmatch(c.text, -1) {
			count++
			if !told["note "+m[1]] {
				wrong = append(wrong, fmt.Sprintf("%s!%s refers to note %s, which is not on a sheet Notes", s.name, at, m[1]))
			}
		}
	})
	return wrong, fmt.Sprintf("%d references to notes, all on the sheet Notes", count)
}

func (l linting) backgrounds() (wrong []string, evidence string) {
	l.each(func(s *sheet, at string, _ cell) {
		if l.lookOf(s, at).coloured() {
			wrong = append(wrong, s.name+"!"+at)
		}
	})
	return wrong, "no cell that says something has a background"
}

func (l linting) pictures() (wrong []string, evidence string) { return l.partsLike("media/") }

func (l linting) macros() (wrong []string, evidence string) { return l.partsLike("vbaProject") }

func (l linting) partsLike(what string) (wrong []string, evidence string) {
	for _, name := range slices.Sorted(maps.Keys(l.parts)) {
		if strings.Contains(name, what) {
			wrong = append(wrong, path.Base(name))
		}
	}
	return wrong, "none"
}

func (l linting) below() (wrong []string, evidence string) {
	l.each(func(s *sheet, at string, _ cell) {
		_, row, err := excelize.CellNameToCoordinates(at)
		if err == nil && slices.ContainsFunc(l.tables[s.name], func(t tablePart) bool { return row > t.area.bottom }) {
			wrong = append(wrong, s.name+"!"+at)
		}
	})
	return wrong, "every sheet ends with its table"
}

func (l linting) oneTable() (wrong []string, evidence string) {
	for _, s := range l.sheets {
		if len(l.tables[s.name]) > 1 {
			wrong = append(wrong, fmt.Sprintf("%s has %d", s.name, len(l.tables[s.name])))
		}
	}
	return wrong, "no sheet has more"
}
