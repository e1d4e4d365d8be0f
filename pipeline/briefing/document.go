package briefing

import (
	"strings"

	"mojreturns/pipeline/docx"
	"mojreturns/pipeline/narrative"
)

// Document is the pack for a word processor: the same blocks, words and figures as the
// page. Of a chart it has the finding and the sentence, and the table has its numbers.
func Document(d Data) docx.Document {
	out := docx.Document{Title: d.Title + ": " + d.Period, Author: d.Office}
	say := func(style docx.Style, text string) {
		out.Blocks = append(out.Blocks, docx.Block{Style: style, Runs: []docx.Run{{Text: text}}})
	}
	say(docx.Small, d.Office)
	say(docx.Heading1, d.Title)
	say(docx.Normal, d.Period)
	say(docx.Small, "Data frozen "+d.Frozen+". Build "+d.Build+".")
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			out.Blocks = append(out.Blocks, documentBlocks(b)...)
		}
	}
	return out
}

func documentBlocks(b Block) []docx.Block {
	var out []docx.Block
	lines := func(style docx.Style) {
		for _, line := range b.Lines {
			var runs []docx.Run
			for _, w := range line {
				runs = append(runs, docx.Run{Text: w.Words, Bold: w.Strong})
			}
			out = append(out, docx.Block{Style: style, Runs: runs})
		}
	}
	switch b.Kind {
	case narrative.Heading:
		lines(map[int]docx.Style{2: docx.Heading2, 3: docx.Heading3}[b.Level])
	case narrative.Paragraph:
		lines(docx.Normal)
	case narrative.List:
		lines(docx.Bullet)
	case narrative.Commentary:
		for _, said := range b.Said {
			out = append(out, documentBlocks(said)...)
		}
		by := docx.Run{Text: "Written by " + b.By + "."}
		if len(b.Said) == 0 {
			by = docx.Run{Text: "To be written.", Bold: true}
			if b.Who != "" {
				by.Text = "To be written by " + b.Who + "."
			}
		}
		out = append(out, docx.Block{Style: docx.Small, Runs: []docx.Run{by}})
	case narrative.Table:
		out = documentTable(b.Table)
	}
	return out
}

func documentTable(t Table) []docx.Block {
	words := func(style docx.Style, text string, bold bool) docx.Block {
		return docx.Block{Style: style, Runs: []docx.Run{{Text: text, Bold: bold}}}
	}
	if len(t.Rows) == 0 {
		return []docx.Block{words(docx.Normal, t.Empty, false)}
	}
	var out []docx.Block
	for _, c := range t.Charts {
		title, _, _ := strings.Cut(c.Title, " (") // what is in brackets explains the drawing
		out = append(out, words(docx.Normal, title+". "+c.Sentence, false))
	}
	table := &docx.Table{About: t.Caption}
	for _, c := range t.Columns {
		table.Columns = append(table.Columns, docx.Column(c))
	}
	for _, r := range t.Rows {
		row := docx.Row{Bold: r.Total}
		for _, c := range r.Cells {
			cell := docx.Cell{words(docx.Normal, c.Text, c.Mark != "" && c.Mark != "neither")}
			if c.Small != "" {
				cell = append(cell, words(docx.Small, c.Small, false))
			}
			row.Cells = append(row.Cells, cell)
		}
		table.Rows = append(table.Rows, row)
	}
	out = append(out, words(docx.Caption, t.Caption, false), docx.Block{Table: table})
	for _, note := range t.Notes {
		out = append(out, words(docx.Small, note, false))
	}
	return out
}
