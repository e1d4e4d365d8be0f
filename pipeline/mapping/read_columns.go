package mapping

import (
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/register"
)

// given is a column of ours that a row gives.
type given struct {
	feed   int
	column string
}

// columns reads where our columns come from. A constant that nobody has filled in is open
// unless a header gives its column.
func (r *reader) columns() {
	lines := r.table(columnsSheet, feedTitle, headerTitle, columnTitle, howTitle, valueTitle)
	var unfilled []line
	// other names of a column come after the first, however the rows are sorted
	slices.SortStableFunc(lines, func(a, b line) int { return first(a) - first(b) })
	for _, l := range lines {
		header, how := l.text(headerTitle), l.text(howTitle)
		chosen, value := l.text(columnTitle), l.text(valueTitle)
		switch {
		case how == "" && chosen == "" && value == "" && header != "":
			l.open(r, columnTitle, "%s: nobody says what the header %q is. %s", l.text(feedTitle), header, l.text(whyTitle))
			continue
		case how == "" && header == "" && value != "":
			how = constant
		case how == "":
			how = asItIs
		}
		f := r.feed(l)
		switch {
		case f == nil:
		case !slices.Contains(hows(), how):
			l.wrong(r, howTitle, "%q is not in the list; it can be %s", how, strings.Join(hows(), ", "))
		case how == notUsed:
		case how == takenOut:
			f.Drop = append(f.Drop, textOf(header))
		case chosen == "":
			l.wrong(r, columnTitle, "no column of ours is chosen; choose one, or \"%s\" under how", notUsed)
		case how == constant && value == "":
			unfilled = append(unfilled, l)
		case how == constant && header != "":
			l.wrong(r, howTitle, "one value in every row comes from no header; choose how %q comes from it, or take the value to a row without a header", header)
		case how != constant && header == "":
			l.wrong(r, headerTitle, "no header of theirs stands here; write it, or choose %q and its value", constant)
		default:
			r.comes(l, f, how)
		}
	}
	for _, l := range unfilled {
		if f := r.feed(l); f != nil {
			column := r.column(l, columnTitle, f)
			if !slices.Contains(r.given, given{feedNumber(l.text(feedTitle)), column}) {
				l.open(r, valueTitle, "%s: %s has no value, and no header gives it. %s", l.text(feedTitle), l.text(columnTitle), l.text(whyTitle))
			}
		}
	}
}

func first(l line) int {
	if l.text(howTitle) == another {
		return 1
	}
	return 0
}

// comes takes a column from its row.
func (r *reader) comes(l line, f *register.Feed, how string) {
	column, value := r.column(l, columnTitle, f), l.text(valueTitle)
	r.given = append(r.given, given{feedNumber(l.text(feedTitle)), column})
	key := "column " + l.text(feedTitle) + " " + column
	if how != another && !r.once(l, columnTitle, key, fmt.Sprintf("%s is chosen", l.text(columnTitle))) {
		return
	}
	if value != "" && (how == asItIs || how == another || how == ownName) {
		l.wrong(r, valueTitle, "a column that comes %s has no value; clear the cell, or choose how it is made", how)
	}
	for _, title := range []string{timesTitle, divideTitle} {
		if l.text(title) != "" && how != made {
			l.wrong(r, title, "a number is taken times or divided by another where it is %q; choose that, or clear the cell", made)
		}
	}
	switch how {
	case asItIs, another:
		put(&f.Columns, column, "")
		names := f.Columns[column]
		f.Columns[column] = append(names[:len(names)-1], namesOf(l.text(headerTitle))...)
	case constant:
		if f.Constants == nil {
			f.Constants = map[string]string{}
		}
		f.Constants[column] = textOf(value)
		choices := r.about.choices(r.about.contract(f.Feed), column)
		if len(choices) > 0 && value != contract.Undecided {
			f.Constants[column] = r.choice(l, valueTitle, choices, "is not in the list")
		}
		if value == contract.Undecided {
			l.open(r, valueTitle, "%s: %s is not decided, so every row is rejected", l.text(feedTitle), l.text(columnTitle))
		}
	case ownName:
	default:
		if f.Derive == nil {
			f.Derive = map[string]register.Derived{}
		}
		d := register.Derived{From: namesOf(l.text(headerTitle)), Part: textOf(value), Times: textOf(l.text(timesTitle)), Divide: textOf(l.text(divideTitle))}
		d.As, _ = strings.CutPrefix(how, madeOf)
		if how == made {
			d.As = ""
		}
		f.Derive[column] = d
	}
}

// words reads the sheets of words: those that say of which column they are.
func (r *reader) words() {
	for _, sheet := range r.GetSheetList() {
		if slices.Contains([]string{startSheet, columnsSheet, settingsSheet, listsSheet}, sheet) {
			continue
		}
		rows, err := r.GetRows(sheet)
		if err != nil {
			r.wrong(sheet, "", "the sheet cannot be read: %v", err)
			continue
		}
		of, at := "", 0
		for i, row := range rows[:min(20, len(rows))] {
			for _, text := range row {
				if said, is := strings.CutPrefix(strings.TrimSpace(text), columnOf); is && of == "" {
					of, at = said, i+1
				}
			}
		}
		if of == "" {
			continue // somebody's own notes
		}
		if key := "words " + of; r.seen[key] != "" {
			r.wrong(sheet, cell(1, at), "the sheet %s is about the same column; take one away", r.seen[key])
			continue
		}
		r.seen["words "+of] = sheet
		numbered, column, _ := strings.Cut(of, ": ")
		n := feedNumber(numbered)
		if n < 1 || n > len(r.out.Provider.Feeds) {
			r.wrong(sheet, cell(1, at), "%q is no feed of the sheet %s", numbered, settingsSheet)
			continue
		}
		r.wordsOf(sheet, at, &r.out.Provider.Feeds[n-1], column)
	}
}

func (r *reader) wordsOf(sheet string, at int, f *register.Feed, of string) {
	c := r.about.contract(f.Feed)
	column, choices := textOf(of), yesChoices()
	if of != yesAndNo {
		for _, col := range c.Columns {
			if col.Choice() == of {
				column = col.Name
			}
		}
		choices = r.about.choices(c, column)
		if _, known := c.Column(column); !known {
			r.wrong(sheet, cell(1, at), "%q is no column of the feed %s", of, f.Feed)
		}
	}
	meant := map[string]string{}
	for _, l := range r.table(sheet, wordTitle, labelTitle) {
		word, label := textOf(l.text(wordTitle)), l.text(labelTitle)
		if l.text(wordTitle) == "" {
			if label != "" {
				l.wrong(r, wordTitle, "no word of theirs stands before %q; write it", label)
			}
			continue
		}
		if label == "" {
			if l.text(stateTitle) != ours {
				l.open(r, labelTitle, "the word %q (%s rows) has no label. %s", word, or(l.text(rowsTitle), "some"), l.text(whyTitle))
			}
			continue
		}
		if !r.once(l, wordTitle, "word "+sheet+" "+word, fmt.Sprintf("the word %q is given a label", word)) {
			continue
		}
		if label == noValue {
			if !slices.Contains(f.Blanks, word) {
				f.Blanks = append(f.Blanks, word)
			}
			continue
		}
		code := r.choice(l, labelTitle, choices, "is not in the list")
		if of == yesAndNo {
			put(&f.YesNo, code, word)
		} else {
			meant[word] = code
		}
	}
	if of != yesAndNo && len(meant) > 0 {
		if f.Codes == nil {
			f.Codes = map[string]map[string]string{}
		}
		f.Codes[column] = meant
	}
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}
