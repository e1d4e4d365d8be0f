package extract

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// workbook is an open workbook of any format.
type workbook interface {
	sheets() []sheet
	// daysFrom is the day that days are counted from; empty is 1899-12-30, as Excel does.
	daysFrom() string
	// open starts reading a sheet; what is noticed goes into observed.
	open(context.Context, sheet, *observed) (lines, error)
	// merged lists the cells merged in rows from and below, up to last.
	merged(ctx context.Context, s sheet, from, last int64) ([]span, error)
}

// sheet is a sheet that has cells.
type sheet struct {
	name   string
	told   string // its name as people are told of it
	part   string // of an Excel workbook: its XML in the archive
	number int    // of an OpenDocument: its place among the tables, from 0
	hidden bool
}

func openWorkbook(kind kind, a *archive, o Options) (workbook, error) {
	var book workbook
	var err error
	if kind == openDocument {
		book, err = openOpenDocument(a)
	} else {
		book, err = openBook(a, a.main)
	}
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, s := range tell(book.sheets(), o) {
		name := strings.ToLower(strings.TrimSpace(s.name))
		if seen[name] {
			return nil, refuse("the workbook has two sheets that are called %s, so nobody can say which is meant: give each a name of its own and send the file again", o.told(name))
		}
		seen[name] = true
	}
	return book, nil
}

// tell gives each of a book's sheets, in place, the name that people are told.
func tell(sheets []sheet, o Options) []sheet {
	for i := range sheets {
		sheets[i].told = o.told(sheets[i].name)
	}
	return sheets
}

func names(sheets []sheet) []string {
	var names []string
	for _, s := range sheets {
		names = append(names, s.name)
	}
	return names
}

func visible(sheets []sheet) []sheet {
	var out []sheet
	for _, s := range sheets {
		if !s.hidden {
			out = append(out, s)
		}
	}
	return out
}

// stageWorkbook stages a sheet of a workbook. Merged cells stand behind all others in
// an Excel sheet: where there are any in or below the header, it is read again, knowing
// them, so that no value under them is taken in.
func stageWorkbook(ctx context.Context, b workbook, o Options, path string) (Table, error) {
	var t *tabler
	read := func(out *parquetFile) (Table, error) {
		err := t.read(ctx, b, out)
		return t.table, err
	}
	t = &tabler{Options: o}
	table, err := into(ctx, path, read)
	begins := int64(table.HeaderRow - max(1, o.HeaderRows) + 1)
	if _, excel := b.(*book); err != nil || !excel || o.Buried || t.watch.lastMerged < begins {
		return table, err
	}
	covered, err := b.merged(ctx, t.chosen, 1, mostRows)
	if err != nil {
		return table, err
	}
	t = &tabler{Options: o, covered: covered}
	return into(ctx, path, read)
}

func (t *tabler) read(ctx context.Context, b workbook, out *parquetFile) error {
	if kept, ok := b.(*keptText); ok && kept.text() {
		t.Sheet, t.SheetPattern, t.SheetNumber, t.ragged = "", "", 0, true
	}
	l, err := t.choose(ctx, b)
	if err != nil {
		return err
	}
	err = t.rows(ctx, l, out)
	if err := errors.Join(err, l.close()); err != nil {
		return err
	}
	t.finish()
	t.table.DaysFrom = b.daysFrom()
	return nil
}

// choose finds the sheet asked for, the only visible one, or of the visible
// ones the first with a header, and reads its header.
func (t *tabler) choose(ctx context.Context, b workbook) (lines, error) {
	from, err := t.asked(b.sheets())
	if err != nil {
		return nil, err
	}
	if t.HeaderRow == 0 && len(t.Names) > 0 {
		best, row, err := t.bestSheet(ctx, b, from)
		if err != nil {
			return nil, err
		}
		if row > 0 {
			return t.withHeader(ctx, b, best, row)
		}
	}
	for _, s := range from {
		if l, err := t.withHeader(ctx, b, s, int64(t.HeaderRow)); l != nil || err != nil {
			return l, err
		}
	}
	switch {
	case len(from) > 1:
		return nil, refuse("no visible sheet of the workbook (%s) has a row that names the columns, within its first %d: name the columns in one row, or have the provider's mapping say the sheet and header row", listed(b.sheets()), headerRows)
	case t.HeaderRow > 0:
		return nil, refuse("row %d of the sheet %s, where the header is agreed to be, is blank: name the columns there, or change the header row in the provider's mapping", t.HeaderRow, from[0].told)
	}
	return nil, refuse("the sheet %s has no row that names the columns, within its first %d: name the columns in one row, or have the provider's mapping say the header row", from[0].told, headerRows)
}

// asked gives the sheets among which the options leave a choice.
func (t *tabler) asked(sheets []sheet) ([]sheet, error) {
	all := listed(sheets)
	const mend = "name the sheet as agreed, or change it in the provider's mapping"
	seen := visible(sheets)
	switch {
	case t.Sheet != "":
		for _, s := range sheets {
			if strings.EqualFold(strings.TrimSpace(s.name), strings.TrimSpace(t.Sheet)) {
				return []sheet{s}, nil
			}
		}
		return nil, refuse("the workbook has no sheet %q; it has %s: %s", t.Sheet, all, mend)
	case t.SheetNumber > len(seen):
		return nil, refuse("the workbook has no visible sheet number %d; it has %s: send the sheets as agreed, or change the mapping", t.SheetNumber, all)
	case t.SheetNumber > 0:
		return seen[t.SheetNumber-1 : t.SheetNumber], nil
	case t.SheetPattern != "":
		expression, err := pattern(t.SheetPattern)
		if err != nil {
			return nil, err
		}
		var met []sheet
		for _, s := range seen {
			if expression.MatchString(strings.TrimSpace(s.name)) {
				met = append(met, s)
			}
		}
		switch {
		case len(met) == 0:
			return nil, refuse("the workbook has no visible sheet whose name meets %q; it has %s: %s", t.SheetPattern, all, mend)
		case len(met) == 1 || t.AllSheets:
			return met, nil
		}
		return nil, refuse("%d sheets of the workbook have names that meet %q: %s; leave one of them, or have the provider's mapping say which", len(met), t.SheetPattern, listed(met))
	case len(seen) == 0:
		return nil, refuse("all sheets of the workbook (%s) are hidden: show the one that holds the table, or have the provider's mapping name it", all)
	}
	return seen, nil
}

// bestSheet finds the sheet, and the row of it, that has most of the names.
func (t *tabler) bestSheet(ctx context.Context, b workbook, from []sheet) (best sheet, at int64, err error) {
	most := 0
	for _, s := range from {
		l, err := b.open(ctx, s, &observed{})
		if err != nil {
			return best, 0, err
		}
		row, score, err := t.best(l)
		if err := errors.Join(err, l.close()); err != nil {
			return best, 0, err
		}
		if score > most {
			best, at, most = s, row, score
		}
	}
	return best, at, nil
}

// withHeader opens a sheet and reads its header; nil if it has none.
func (t *tabler) withHeader(ctx context.Context, b workbook, s sheet, from int64) (lines, error) {
	var spans []span
	if t.HeaderRows > 1 {
		var err error
		if spans, err = b.merged(ctx, s, max(1, from), max(from, headerRows)+int64(t.HeaderRows)); err != nil {
			return nil, err
		}
	}
	t.watch = &observed{hiddenSheet: s.hidden, merges: merges{all: t.Buried}}
	t.watch.cover(t.covered)
	t.chosen = s
	t.held = false
	l, err := b.open(ctx, s, t.watch)
	if err != nil {
		return nil, err
	}
	found, err := t.header(l, from, headerRows, spans)
	if err != nil || !found {
		return nil, errors.Join(err, l.close())
	}
	t.table.Sheet = s.name
	t.table.Place = 1 + slices.IndexFunc(b.sheets(), func(o sheet) bool { return o.name == s.name })
	return l, nil
}

// finish writes into the table what was noticed.
func (t *tabler) finish() {
	t.table.HiddenRows, t.table.Filtered = int64(t.watch.hiddenRows), t.watch.filtered
	t.table.LeftOut, t.table.Buried = int64(len(t.left)), int64(t.watch.buried.n)
	t.table.Notes = t.notes()
}

func listed(sheets []sheet) string {
	var out []string
	for _, s := range sheets {
		out = append(out, s.told)
	}
	return strings.Join(out, ", ")
}

// damaged is the refusal of a workbook that cannot be read, unless it is
// refused already.
func damaged(err error) error {
	if known(err) {
		return err
	}
	return refuse("the workbook is damaged and cannot be read: %s", saveAgain)
}

// damagedAfter is that of a sheet.
func damagedAfter(s sheet, row int64, err error) error {
	if known(err) {
		return err
	}
	return refuse("the sheet %s of the workbook is damaged after row %d: %s", s.told, row, saveAgain)
}

// known says whether an error needs no other words: it refuses the file, or it is no fault of the file.
func known(err error) bool {
	var refused *Refusal
	return errors.As(err, &refused) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
