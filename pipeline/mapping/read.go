package mapping

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/register"
)

// Filled is what a workbook says: the mapping, the files it was made from, and what
// nobody has decided yet.
type Filled struct {
	Provider register.Provider
	Files    []string
	Open     []Problem
}

// Read reads a workbook that was filled in. All that cannot be is told together, with its
// sheet and cell; what is still open is no mistake.
func Read(content []byte, about About) (filled Filled, problems []Problem, err error) {
	defer func() { // excelize panics on some workbooks that are damaged
		if r := recover(); r != nil {
			err = fmt.Errorf("this workbook is damaged: %v; open it in Excel and save it again as .xlsx", r)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostUnzipped})
	if err != nil {
		return Filled{}, nil, fmt.Errorf("this is no workbook that can be read; save it as .xlsx: %w", err)
	}
	defer f.Close()
	r := &reader{File: f, about: about, seen: map[string]string{}}
	r.start()
	r.settings()
	if len(r.problems) == 0 || len(r.out.Provider.Feeds) > 0 {
		r.columns()
		r.words()
	}
	return r.out, r.problems, nil
}

// mostUnzipped is more than any mapping takes; a bomb stops there.
const mostUnzipped = 64 << 20

type reader struct {
	*excelize.File
	about    About
	out      Filled
	problems []Problem
	given    []given
	seen     map[string]string // what may stand once, and the cell it stands in
}

// line is a row of a table as it was read.
type line struct {
	sheet string
	row   int
	cells []string
	at    map[string]int // where each column stands
}

func (l line) text(title string) string {
	at, ok := l.at[title]
	if !ok || at >= len(l.cells) {
		return ""
	}
	return strings.TrimSpace(l.cells[at])
}

func (l line) cell(title string) string { return cell(l.at[title]+1, l.row) }

func (r *reader) wrong(sheet, cell, format string, args ...any) {
	r.problems = append(r.problems, Problem{sheet, cell, fmt.Sprintf(format, args...)})
}

func (l line) wrong(r *reader, title, format string, args ...any) {
	r.wrong(l.sheet, l.cell(title), format, args...)
}

func (l line) open(r *reader, title, format string, args ...any) {
	r.out.Open = append(r.out.Open, Problem{l.sheet, l.cell(title), fmt.Sprintf(format, args...)})
}

// once tells of what may stand only once and stands twice.
func (r *reader) once(l line, title, key, says string) bool {
	at := "sheet " + l.sheet + ", cell " + l.cell(title)
	if first, twice := r.seen[key]; twice {
		l.wrong(r, title, "%s already, in %s: take one away", says, first)
		return false
	}
	r.seen[key] = at
	return true
}

// table reads the rows below a sheet's header, which is found by its titles: rows may
// have been put above it, and columns beside. Cells that hold nothing end no row.
func (r *reader) table(sheet string, titles ...string) []line {
	if i, err := r.GetSheetIndex(sheet); err != nil || i < 0 {
		r.wrong(sheet, "", "the sheet is gone; take it from the workbook that `mojreturns provider suggest` wrote")
		return nil
	}
	rows, err := r.GetRows(sheet)
	if err != nil {
		r.wrong(sheet, "", "the sheet cannot be read: %v", err)
		return nil
	}
	for i, row := range rows {
		at := map[string]int{}
		for j, text := range row {
			if _, twice := at[strings.TrimSpace(text)]; !twice {
				at[strings.TrimSpace(text)] = j
			}
		}
		missing := slices.DeleteFunc(slices.Clone(titles), func(t string) bool { _, there := at[t]; return there })
		if len(missing) == len(titles) {
			continue
		}
		if len(missing) > 0 {
			if len(missing) < len(titles)-1 {
				r.wrong(sheet, cell(1, i+1), "the heading %q is gone from this row; write it again", missing[0])
				return nil
			}
			continue
		}
		var out []line
		for n, below := range rows[i+1:] {
			if slices.ContainsFunc(below, func(s string) bool { return strings.TrimSpace(s) != "" }) {
				out = append(out, line{sheet, i + n + 2, below, at})
			}
		}
		return out
	}
	r.wrong(sheet, "", "its headings (%s) are gone; take the sheet from the workbook that `mojreturns provider suggest` wrote", strings.Join(titles, ", "))
	return nil
}

// start reads who the provider is, and looks whether every sheet is there.
func (r *reader) start() {
	for _, l := range r.table(startSheet, whatTitle, answerTitle) {
		what, answer := l.text(whatTitle), l.text(answerTitle)
		if sheet, is := strings.CutPrefix(what, sheetTitle+": "); is {
			if i, err := r.GetSheetIndex(sheet); err != nil || i < 0 {
				l.wrong(r, whatTitle, "the sheet %q is gone; take it from the workbook that `mojreturns provider suggest` wrote", sheet)
			}
			continue
		}
		if what == lookedAt {
			r.out.Files = append(r.out.Files, textOf(answer))
			continue
		}
		known := false
		for _, fl := range fields() {
			if fl.label == what {
				known, *fl.at(&r.out.Provider) = true, textOf(answer)
			}
		}
		if known {
			r.once(l, whatTitle, "start "+what, fmt.Sprintf("%q stands", what))
		} else if answer != "" {
			l.wrong(r, whatTitle, "%q is nothing that is asked here", what)
		}
	}
	for _, label := range []string{"Code", "Name"} {
		if _, there := r.seen["start "+label]; !there || label == "Code" && r.out.Provider.Code == "" || label == "Name" && r.out.Provider.Name == "" {
			r.wrong(startSheet, "", "the provider's %s is missing; fill it in", strings.ToLower(label))
		}
	}
}

// settings reads what is said of each feed once, and so which feeds there are.
func (r *reader) settings() {
	lines := r.table(settingsSheet, feedTitle, settingTitle, ofTitle, answerTitle)
	known := map[string]setting{}
	for _, s := range settings() {
		known[s.label] = s
	}
	most := 0
	for _, l := range lines {
		if n := feedNumber(l.text(feedTitle)); l.text(settingTitle) == settings()[0].label {
			most = max(most, n)
		}
	}
	r.out.Provider.Feeds = make([]register.Feed, min(most, mostFeeds))
	for _, pass := range []bool{true, false} { // which feed it is comes before what is chosen of its columns
		for _, l := range lines {
			if l.text(settingTitle) == settings()[0].label == pass {
				r.setting(l, known)
			}
		}
	}
}

// mostFeeds is more than any provider has.
const mostFeeds = 99

func feedNumber(text string) int {
	n, err := strconv.Atoi(strings.SplitN(text, " ", 2)[0])
	if err != nil {
		return 0
	}
	return n
}

// feed is the feed that a row is of.
func (r *reader) feed(l line) *register.Feed {
	n := feedNumber(l.text(feedTitle))
	if n < 1 || n > len(r.out.Provider.Feeds) {
		l.wrong(r, feedTitle, "%q is no feed of the sheet %s; choose one", l.text(feedTitle), settingsSheet)
		return nil
	}
	return &r.out.Provider.Feeds[n-1]
}

func (r *reader) setting(l line, known map[string]setting) {
	label, answer := l.text(settingTitle), l.text(answerTitle)
	if answer == "" && l.text(ofTitle) == "" {
		if l.text(stateTitle) == toDecide {
			l.open(r, answerTitle, "%s: %s %s", l.text(feedTitle), label, "is not decided: "+l.text(whyTitle))
		}
		return
	}
	f := r.feed(l)
	s, ok := known[label]
	switch {
	case f == nil:
		return
	case !ok:
		l.wrong(r, settingTitle, "%q is no setting; choose one", label)
		return
	case answer == "":
		l.wrong(r, answerTitle, "%s has no answer; give it one, or clear the cell before it", label)
		return
	case !s.several && !r.once(l, settingTitle, "setting "+l.text(feedTitle)+label, fmt.Sprintf("%q is answered for this feed", label)):
		return
	case len(s.answers) > 0 && !slices.Contains(s.answers, textOf(answer)):
		l.wrong(r, answerTitle, "%q is not in the list; it can be %s", answer, strings.Join(s.answers, ", "))
	}
	given := said{l.text(ofTitle), answer}
	if s.of == "column" {
		given.of = r.column(l, ofTitle, f)
	}
	if s.of == "answer" {
		given.answer = r.column(l, answerTitle, f)
	}
	if err := s.set(f, given); err != nil {
		l.wrong(r, answerTitle, "%v", err)
	}
	if s.key == "feed" && len(r.about.contract(f.Feed).Columns) == 0 {
		l.wrong(r, answerTitle, "%q is no feed that is known", answer)
	}
}

// column is the column of ours that a cell names.
func (r *reader) column(l line, title string, f *register.Feed) string {
	c := r.about.contract(f.Feed)
	var all []contract.Choice
	for _, col := range c.Columns {
		all = append(all, contract.Choice{Code: col.Name, Label: col.Title})
	}
	return r.choice(l, title, all, "is no column of ours in the feed "+f.Feed)
}

// choice is what a cell chooses: a whole entry of a drop-down, its code or its label.
func (r *reader) choice(l line, title string, all []contract.Choice, says string) string {
	text := textOf(l.text(title))
	for _, fits := range []func(contract.Choice) bool{
		func(c contract.Choice) bool { return c.String() == text },
		func(c contract.Choice) bool { return c.Code == text },
		func(c contract.Choice) bool {
			return strings.EqualFold(c.String(), text) || strings.EqualFold(c.Label, text)
		},
	} {
		if at := slices.IndexFunc(all, fits); at >= 0 {
			return all[at].Code
		}
	}
	if len(all) > 0 || says != "" {
		l.wrong(r, title, "%q %s; choose from the drop-down", text, says)
	}
	return text
}

// ReadAll reads a workbook's bytes, at most so many.
func ReadAll(in io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(in, mostUnzipped+1))
	if err == nil && len(content) > mostUnzipped {
		err = fmt.Errorf("it is larger than %d MB", mostUnzipped>>20)
	}
	return content, err
}
