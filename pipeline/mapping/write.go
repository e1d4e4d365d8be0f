package mapping

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/register"
)

// The sheets that every workbook has; those of words have their own names.
const (
	startSheet    = "Start"
	columnsSheet  = "Columns"
	settingsSheet = "Settings"
	listsSheet    = "Lists"
)

// Titles of columns. Those that people fill in say so.
const (
	feedTitle    = "Feed"
	headerTitle  = "Their header"
	shapeTitle   = "What its values look like"
	columnTitle  = "Fill in: our column"
	howTitle     = "Fill in: how"
	valueTitle   = "Fill in: value, or part of the text"
	timesTitle   = "Fill in: times"      // a number in another unit: 60 makes minutes of hours
	divideTitle  = "Fill in: divided by" // 100 makes pounds of pence
	settingTitle = "Setting"
	ofTitle      = "Fill in: of what"
	answerTitle  = "Fill in: answer"
	wordTitle    = "Their word"
	rowsTitle    = "Rows"
	labelTitle   = "Fill in: our label"
	stateTitle   = "State"
	whyTitle     = "Why, and what we would propose"
	whatTitle    = "What"
	meaningTitle = "What it means"
	sheetTitle   = "Sheet"
	openTitle    = "To decide"
	lookedAt     = "File looked at"
)

// The states of a row. Only toDecide asks for anything.
const (
	toDecide = "to decide"
	sure     = "sure"
	ours     = "ours already"
)

// noValue is the label of a word that stands for nothing, in any column of the feed.
const noValue = "stands for no value"

// Write makes the workbook of a mapping. The same book gives the same bytes.
func Write(b Book, about About) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w := &writer{File: f, about: about, lists: map[string]string{}}
	tables := []*grid{w.columns(b)}
	tables = append(tables, w.words(b)...)
	tables = append(tables, w.settings(b))
	if err := w.begin(); err != nil {
		return nil, err
	}
	for _, t := range append([]*grid{start(b, tables)}, tables...) {
		if err := w.grid(t); err != nil {
			return nil, fmt.Errorf("cannot write the sheet %s: %w", t.sheet, err)
		}
	}
	if err := w.end(b); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := f.Write(&out)
	return out.Bytes(), err
}

// numbered is how a feed is called in the workbook: a provider may send one twice.
func numbered(i int, f register.Feed) string { return fmt.Sprintf("%d %s", i+1, f.Feed) }

func (about About) contract(feed string) contract.Contract {
	for _, c := range about.Contracts {
		if c.Feed == feed {
			return c
		}
	}
	return contract.Contract{}
}

func (about About) choices(c contract.Contract, column string) []contract.Choice {
	col, ok := c.Column(column)
	if !ok {
		return nil
	}
	return c.Choices(col, about.Lists, about.Registers, about.Registered)
}

// say is how a code is shown.
func say(code string, choices []contract.Choice) string {
	for _, c := range choices {
		if c.Code == code {
			return c.String()
		}
	}
	return cellOf(code)
}

func sayColumn(c contract.Contract, name string) string {
	if col, ok := c.Column(name); ok {
		return col.Choice()
	}
	return cellOf(name)
}

// columns says where each of our columns comes from.
func (w *writer) columns(b Book) *grid {
	g := &grid{sheet: columnsSheet, title: "Where each of our columns comes from",
		says: "One row for each header of theirs. Choose our column and how it comes from the header; for what we do not need, choose \"not used\" under how.",
		columns: []column{{feedTitle, 15, false}, {headerTitle, 19, false}, {shapeTitle, 16, false}, {columnTitle, 24, true}, {howTitle, 12, true},
			{valueTitle, 13, true}, {timesTitle, 8, true}, {divideTitle, 8, true}, {stateTitle, 9, false}, {whyTitle, 27, false}}, free: 15}
	var all []string
	for i, f := range b.Provider.Feeds {
		c, seen := w.about.contract(f.Feed), seenOf(b, i)
		ourColumns := w.list("columns "+f.Feed, columnChoices(c))
		all = append(all, columnChoices(c)...)
		told := map[string]bool{}
		var times, divide string
		line := func(header, shape, column, how, value, state, why string, values string) {
			g.add([]string{numbered(i, f), header, shape, column, how, value, times, divide, state, why}, map[int]string{3: ourColumns, 4: w.list("how", hows()), 5: values})
		}
		look := map[string]Header{}
		for _, h := range seen.Headers {
			look[h.Name] = h
		}
		for _, name := range sorted(f.Columns) {
			for n, header := range f.Columns[name] {
				how := asItIs
				if n > 0 {
					how = another
				}
				told[header] = true
				line(cellOf(header), look[header].Shape, sayColumn(c, name), how, "", sure, "", "")
			}
		}
		for _, name := range sorted(f.Derive) {
			d := f.Derive[name]
			how := made
			if d.As != "" {
				how = madeOf + d.As
			}
			times, divide = filled(d.Times), filled(d.Divide)
			line(cellOfNames(d.From), "", sayColumn(c, name), how, filled(d.Part), sure, seen.Guesses["derive."+name].Why, "")
		}
		times, divide = "", ""
		for _, name := range sorted(f.Constants) {
			choices := w.about.choices(c, name)
			line("", "", sayColumn(c, name), constant, say(f.Constants[name], choices), sure, "", w.list(constantList(c, name), labelsOf(choices)))
		}
		for _, header := range f.Drop {
			told[header] = true
			line(cellOf(header), look[header].Shape, "", takenOut, "", sure, "", "")
		}
		for _, h := range seen.Headers {
			switch {
			case told[h.Name]:
			case h.Own:
				line(cellOf(h.Name), h.Shape, sayColumn(c, h.Column), ownName, "", sure, "", "")
			case h.Column != "":
				line(cellOf(h.Name), h.Shape, "", "", "", toDecide, "Is it "+sayColumn(c, h.Column)+"? "+h.Why, "")
			default:
				line(cellOf(h.Name), h.Shape, "", "", "", toDecide, cmp.Or(h.Why, "No column of ours is like it."), "")
			}
		}
		for _, key := range sorted(seen.Guesses) {
			name, is := strings.CutPrefix(key, "constants.")
			if !is {
				continue
			}
			choices := w.about.choices(c, name)
			why := "Needed in every row, and no header is surely it: " + seen.Guesses[key].Why
			if guess := seen.Guesses[key].Value; guess != "" {
				why += "; perhaps " + say(guess, choices)
			}
			line("", "", sayColumn(c, name), constant, "", toDecide, why, w.list(constantList(c, name), labelsOf(choices)))
		}
	}
	slices.Sort(all)
	g.freeLists = map[int]string{0: w.list("feeds", feedsOf(b)), 3: w.list("all columns", slices.Compact(all)), 4: w.list("how", hows())}
	return g
}

// filled is a text as its cell holds it; of none the cell is empty.
func filled(text string) string {
	if text == "" {
		return ""
	}
	return cellOf(text)
}

func constantList(c contract.Contract, column string) string { return c.Feed + " " + column }

func labelsOf(choices []contract.Choice) (out []string) {
	for _, c := range choices {
		out = append(out, c.String())
	}
	return out
}

func columnChoices(c contract.Contract) (out []string) {
	for _, col := range c.Columns {
		out = append(out, col.Choice())
	}
	slices.Sort(out)
	return out
}

func feedsOf(b Book) (out []string) {
	for i, f := range b.Provider.Feeds {
		out = append(out, numbered(i, f))
	}
	return out
}

func seenOf(b Book, i int) Seen {
	if i < len(b.Seen) {
		return b.Seen[i]
	}
	return Seen{}
}

// settings says what is said of a feed once.
func (w *writer) settings(b Book) *grid {
	g := &grid{sheet: settingsSheet, title: "What is said of each feed once",
		says: "Its files, when it is awaited, and how its dates, numbers and sheets are. Most may stay blank. A setting that may have several answers has a row for each; add rows below.",
		columns: []column{{feedTitle, 14, false}, {settingTitle, 24, false}, {ofTitle, 18, true}, {answerTitle, 26, true}, {stateTitle, 10, false}, {whyTitle, 22, false},
			{meaningTitle, 38, false}}, free: 15}
	var labels []string
	for _, s := range settings() {
		labels = append(labels, s.label)
	}
	for i, f := range b.Provider.Feeds {
		c, seen := w.about.contract(f.Feed), seenOf(b, i)
		for _, s := range settings() {
			answers, guess := s.get(f), seen.Guesses[s.key]
			if len(answers) == 0 {
				answers = []said{{}}
			}
			for _, a := range answers {
				state := ""
				if a.answer != "" {
					state = sure
				}
				if guess.Why != "" {
					state = toDecide
				}
				why := strings.TrimSpace(cellIf(guess.Value) + " " + guess.Why)
				lists := map[int]string{3: w.list("setting "+s.key, s.answers)}
				if s.of == "column" {
					lists[2] = w.list("columns "+f.Feed, columnChoices(c))
					if a.of != "" {
						a.of = sayColumn(c, a.of)
					}
				}
				if s.of == "answer" {
					lists[3] = w.list("columns "+f.Feed, columnChoices(c))
					if a.answer != "" {
						a.answer = sayColumn(c, a.answer)
					}
				}
				g.add([]string{numbered(i, f), s.label, a.of, a.answer, state, why, s.meaning}, lists)
			}
		}
	}
	g.freeLists = map[int]string{0: w.list("feeds", feedsOf(b)), 1: w.list("settings", labels)}
	return g
}

func cellIf(s string) string {
	if s == "" {
		return ""
	}
	return cellOf(s)
}

// start says what to do, who the provider is, and lists the sheets.
func start(b Book, tables []*grid) *grid {
	g := &grid{sheet: startSheet, title: "Taking on a provider's files", steps: []string{
		"1. Fill in the shaded cells of this sheet, and look at each sheet below. What is to be decided stands first on it, and its state says so.",
		"2. Choose answers from the drop-downs. A proposal that we are not sure of stands beside a blank cell: it counts only once you choose it.",
		"3. Leave sheets, headings and the other cells as they are; rows may be added below the last.",
		"4. Save, and run: mojreturns provider take FILE.xlsx. It says what is still open, and what the mapping does to the files."},
		columns: []column{{whatTitle, 30, false}, {answerTitle, 34, true}, {meaningTitle, 66, false}}}
	for _, fl := range fields() {
		g.add([]string{fl.label, cellIf(*fl.at(&b.Provider)), fl.meaning}, nil)
	}
	for _, name := range b.Files {
		g.rows = append(g.rows, row{cells: []string{lookedAt, cellOf(name), "its headers and words are on the sheets"}, locked: true})
	}
	for _, t := range tables {
		open := 0
		for _, r := range t.rows {
			if slices.Contains(r.cells, toDecide) {
				open++
			}
		}
		says := t.title
		if t.of != "" {
			says = t.of
		}
		g.rows = append(g.rows, row{cells: []string{sheetTitle + ": " + t.sheet, fmt.Sprintf("%d to decide", open), says}, locked: true})
	}
	return g
}
