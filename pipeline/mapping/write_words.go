package mapping

import (
	"fmt"
	"mojreturns/pipeline/contract"
	"slices"
	"strings"
)

// words has a sheet for each coded column of each feed, and one for yes and no.
func (w *writer) words(b Book) (out []*grid) {
	for i, f := range b.Provider.Feeds {
		c, seen := w.about.contract(f.Feed), seenOf(b, i)
		theirs := map[string][]said{}
		for column, words := range f.Codes {
			for _, word := range sorted(words) {
				theirs[column] = append(theirs[column], said{word, words[word]})
			}
		}
		for column := range seen.Words {
			theirs[column] = append([]said{}, theirs[column]...)
		}
		for _, column := range sorted(theirs) {
			choices := w.about.choices(c, column)
			g := w.wordSheet(fmt.Sprintf("%d %s", i+1, strings.TrimSuffix(column, "_code")), numbered(i, f)+": "+sayColumn(c, column), out)
			w.addWords(g, theirs[column], seen.Words[column], choices, append(labelsOf(choices), noValue), constantList(c, column)+" words")
			out = append(out, g)
		}
		if len(f.YesNo) == 0 && len(seen.Yes) == 0 {
			continue
		}
		var answers []said
		for _, answer := range sorted(f.YesNo) {
			for _, word := range f.YesNo[answer] {
				answers = append(answers, said{word, answer})
			}
		}
		g := w.wordSheet(fmt.Sprintf("%d yes and no", i+1), numbered(i, f)+": "+yesAndNo, out)
		w.addWords(g, answers, seen.Yes, yesChoices(), append(labelsOf(yesChoices()), noValue), yesAndNo)
		out = append(out, g)
	}
	return out
}

const yesAndNo = "yes and no"

func yesChoices() []contract.Choice {
	return []contract.Choice{{Code: "Y", Label: "Yes"}, {Code: "N", Label: "No"}, {Code: "NK", Label: "Not known"}}
}

// longestName is the most letters that the name of a sheet may have.
const longestName = 31

func (w *writer) wordSheet(name, of string, earlier []*grid) *grid {
	name = strings.Map(func(r rune) rune { // what no sheet's name may have
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name)
	name = name[:min(len(name), longestName)]
	for n := 2; slices.ContainsFunc(earlier, func(g *grid) bool { return strings.EqualFold(g.sheet, name) }); n++ {
		mark := fmt.Sprint(" ", n)
		name = name[:min(len(name), longestName-len(mark))] + mark
	}
	return &grid{sheet: name, title: "What their words mean", of: of, free: 10,
		says:    "Choose our label for each word of theirs. * stands for every other word. A word left without a label is rejected or left blank, and listed.",
		columns: []column{{wordTitle, 28, false}, {rowsTitle, 7, false}, {labelTitle, 30, true}, {stateTitle, 10, false}, {whyTitle, 30, false}}}
}

func (w *writer) addWords(g *grid, decided []said, seen []Word, choices []contract.Choice, labels []string, key string) {
	list := w.list(key, labels)
	rows := map[string]int64{}
	for _, word := range seen {
		rows[word.Text] = word.Rows
	}
	done := map[string]bool{}
	for _, s := range decided {
		done[s.of] = true
		g.add([]string{cellOf(s.of), count(rows[s.of]), say(s.answer, choices), sure, ""}, map[int]string{2: list})
	}
	for _, word := range seen {
		switch {
		case done[word.Text]:
		case word.Ours:
			g.add([]string{cellOf(word.Text), count(word.Rows), "", ours, "It is our " + say(word.Text, choices) + "."}, map[int]string{2: list})
		case word.Guess != "":
			g.add([]string{cellOf(word.Text), count(word.Rows), "", toDecide, "Perhaps " + say(word.Guess, choices) + "."}, map[int]string{2: list})
		default:
			g.add([]string{cellOf(word.Text), count(word.Rows), "", toDecide, "No label of ours is like it."}, map[int]string{2: list})
		}
	}
	g.freeLists = map[int]string{2: list}
}

func count(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
