package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/register"
)

// found is what is kept of a file that was looked into, or why nothing is. Dropped
// columns go first, since they refuse nothing; then whatever is left of personal data is
// too much for the file, or goes cell by cell.
func (f *screening) found(ctx context.Context) (landing.Screening, error) {
	out := landing.Screening{}
	if f.hashed != nil {
		out.Hashed, out.Message = &f.hashed.said, f.hashed.message()
	} else {
		out.Message = f.stripped()
	}
	open, err := f.openDocument()
	if err != nil {
		return out, err
	}
	dropped := f.dropped()
	if len(dropped) > 0 || f.hashed == nil && open && len(f.tables) > 0 {
		if err := f.asText(ctx, dropped); err != nil {
			return out, err
		}
	}
	if len(dropped) > 0 {
		if f.hashed == nil { // not of a workbook any more
			out.Message = ""
		}
		out.Message = together(out.Message, f.taken(dropped))
	}
	if out.Refusal = f.refusal(); out.Refusal != "" {
		if len(dropped) == 0 && f.hashed == nil {
			out.Message = "a column that is always sent can be dropped by the provider's mapping"
		}
		return out, nil
	}
	if err := f.withhold(ctx); err != nil {
		return out, err
	}
	if out.Without = f.without; len(f.without) > 0 {
		if out.Refusal = f.left(); out.Refusal != "" {
			return out, nil
		}
		out.Message = together(out.Message, f.withheld())
	}
	if f.receipt.Sent != nil {
		out.Keep, out.Table, out.Taken = f.path, f.sent.Workbook, f.sent.Taken
	}
	return out, nil
}

func together(first, more string) string { return strings.TrimPrefix(first+"; "+more, "; ") }

// openDocument tells of a file of which the text alone is kept; what cannot be read is
// told when it is staged.
func (f *screening) openDocument() (bool, error) {
	open, err := extract.IsOpenDocument(f.path, f.receipt.Name)
	var unreadable *extract.Refusal
	if errors.As(err, &unreadable) {
		return false, nil
	}
	return open, err
}

// withhold takes the values out that look like personal data and stand alone, so that
// what is kept has none. Their rows are rejected for the mark that is in their place,
// whenever the file is read; the sender has the file, and is told the cells.
func (f *screening) withhold(ctx context.Context) error {
	blot := &extract.Blot{Mark: personal.Withheld}
	for _, s := range f.tables {
		for _, p := range s.Personal {
			if p.What == personal.TakenOut {
				continue
			}
			w := landing.Withheld{Sheet: f.Safe.Sheet(s.Table.Sheet, s.Table.Place), Column: p.Name(f.Safe), What: p.What, Rows: p.Rows}
			if slices.ContainsFunc(f.without, func(o landing.Withheld) bool {
				return o.Sheet == w.Sheet && o.Column == w.Column && o.What == w.What && slices.Equal(o.Rows, w.Rows)
			}) { // read by two feeds
				continue
			}
			f.without = append(f.without, w)
			for _, row := range p.Rows {
				blot.Add(s.Table.Sheet, row, p.At)
			}
		}
	}
	if len(f.without) == 0 {
		return nil
	}
	if f.sent.Workbook {
		kept := f.next("xlsx")
		if err := blot.Workbook(ctx, f.path, f.receipt.Name, kept); err != nil {
			return err
		}
		return f.again(ctx, kept)
	}
	kept := f.next("csv")
	if err := blot.Text(ctx, f.path, f.receipt.Name, kept, f.ReadingOptions(f.tables[0].Delivery)); err != nil {
		return err
	}
	return f.again(ctx, kept)
}

// left refuses a file of which something could not be taken out; empty for none.
func (f *screening) left() string {
	for _, s := range f.tables {
		for _, p := range s.Personal {
			if p.What != personal.TakenOut {
				return "personal data that cannot be taken out, so nothing of this file was kept: " + p.Sentence(f.Safe, s.Table.Sheet) + "; take it out and send the file again"
			}
		}
	}
	return ""
}

// mostCells is how many cells of a kind a sentence names; the receipt has all.
const mostCells = 5

// withheld says which cells lost their values.
func (f *screening) withheld() string {
	var said []string
	for _, w := range f.without {
		rows := fmt.Sprint(w.Rows[:min(len(w.Rows), mostCells)])
		sentence := fmt.Sprintf("what looks like %s in the column %s, row %s", w.What, w.Column, strings.ReplaceAll(strings.Trim(rows, "[]"), " ", ", "))
		if w.Sheet != "" {
			sentence += " of the sheet " + w.Sheet
		}
		if more := len(w.Rows) - mostCells; more > 0 {
			sentence += fmt.Sprintf(" and %d more", more)
		}
		said = append(said, sentence)
	}
	return "taken out before anything was kept: " + strings.Join(said, "; ")
}

// next is a new file to go on with.
func (f *screening) next(ending string) string {
	f.written++
	return filepath.Join(f.dir, fmt.Sprintf("kept-%d.%s", f.written, ending))
}

// again stages the file that takes the place of the one that was looked into.
func (f *screening) again(ctx context.Context, kept string) error {
	for _, dir := range []string{"staged", "other"} { // with what is not kept
		if err := os.RemoveAll(filepath.Join(f.dir, dir)); err != nil {
			return err
		}
	}
	if err := f.goOnWith(kept); err != nil {
		return err
	}
	return f.stage(ctx)
}

// drop is a column to be taken out of a sheet.
type drop struct {
	sheet, header string
	at            int
}

// dropped finds the columns that the mappings of the file's feeds say to drop, on
// whatever sheet they stand.
func (f *screening) dropped() []drop {
	var names register.Names
	for _, s := range f.tables {
		names = append(names, s.Spec.Drop...)
	}
	var out []drop
	for _, s := range f.tables {
		for i, h := range s.Table.Header {
			d := drop{s.Table.Sheet, h, i}
			if contract.Means(names, h) && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

func (f *screening) taken(dropped []drop) string {
	var words []string
	for _, d := range dropped {
		if word := f.Safe.Quoted(d.header); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return "taken out before anything was kept, as the provider's mapping says: the column " + strings.Join(words, ", ")
}

// asText goes on with the text that is kept in the file's place.
func (f *screening) asText(ctx context.Context, dropped []drop) error {
	places := map[string][]int{}
	for _, d := range dropped {
		places[d.sheet] = append(places[d.sheet], d.at)
	}
	kept := f.next("csv")
	if err := extract.Keep(ctx, f.path, f.receipt.Name, kept, f.ReadingOptions(f.tables[0].Delivery), extract.Keeping{Without: places}); err != nil {
		return err
	}
	if f.hashed == nil {
		f.sent.Taken = nil
	}
	f.sent.Workbook = false
	return f.again(ctx, kept)
}
