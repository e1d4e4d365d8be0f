package intake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/pseudonym"
)

// ClientFile is a file to be pseudonymised where it was made, before it is sent.
type ClientFile struct {
	File    string
	Columns []string // the headers of client numbers
	Key     pseudonym.Key
	To      string // must not be there; empty: beside the file, under a name of its own
}

// Pseudonymised tells what was done: how many client numbers were hashed, how many could
// not be, since a spreadsheet had rounded them, and which sheets have no such column and
// are as they were.
type Pseudonymised struct {
	To              string
	Hashed, Rounded int
	Untouched       []string
}

// Pseudonymise writes a file again with keyed hashes in place of its client numbers. An
// Excel workbook stays one, with its table alone; of any other file a CSV is made. The
// file itself is only read.
func Pseudonymise(ctx context.Context, d ClientFile) (Pseudonymised, error) {
	name := filepath.Base(d.File)
	excel, err := extract.IsExcel(d.File, name)
	if err != nil {
		return Pseudonymised{}, asked(err)
	}
	ending := ".csv"
	if excel {
		ending = ".xlsx"
	}
	d.To = cmp.Or(d.To, strings.TrimSuffix(d.File, filepath.Ext(d.File))+"_pseudonyms"+ending)
	if !strings.EqualFold(filepath.Ext(d.To), ending) {
		return Pseudonymised{}, unanswerable("%q becomes a file that ends in %s, so give -o such a name, or leave it out", d.File, ending)
	}
	if _, err := os.Lstat(d.To); !errors.Is(err, os.ErrNotExist) {
		return Pseudonymised{}, unanswerable("%q is there already and is not written over; move it away, or give another name with -o", d.To)
	}
	h, done, err := d.look(ctx, name)
	if err != nil {
		return Pseudonymised{}, err
	}
	done.To = d.To
	write := d.text
	if excel {
		write = d.workbook
	}
	err = write(ctx, name, h, &done)
	return done, err
}

// asked makes of a file that cannot be read an error of what was asked.
func asked(err error) error {
	var refused *extract.Refusal
	if errors.As(err, &refused) || errors.Is(err, os.ErrNotExist) {
		return Unanswerable{err}
	}
	return err
}

// look finds the tables with all the columns.
func (d ClientFile) look(ctx context.Context, name string) (*hashing, Pseudonymised, error) {
	h := &hashing{key: d.Key, sheets: map[string]*hashed{}}
	var done Pseudonymised
	options := extract.Options{Names: d.Columns, Encoding: "detect"}
	tables, err := extract.Headers(ctx, d.File, name, options)
	if err == nil && len(tables) == 0 {
		var one extract.Table
		one, err = extract.Header(ctx, d.File, name, options)
		tables = []extract.Table{one}
	}
	if err != nil {
		return nil, done, asked(err)
	}
	for _, t := range tables {
		s := &hashed{table: t, beside: make([]beside, len(t.Header))}
		for _, column := range d.Columns {
			for at, header := range t.Header {
				if contract.Means([]string{column}, header) {
					s.places = append(s.places, at)
				}
			}
		}
		switch {
		case len(s.places) == 0:
			done.Untouched = append(done.Untouched, t.Sheet)
		case len(s.places) != len(d.Columns):
			return nil, done, unanswerable("the headers %s do not stand once each in the header of %q, row %d; name each column as it is headed there", h.list(d.Columns), cmp.Or(t.Sheet, name), t.HeaderRow)
		default:
			h.sheets[t.Sheet] = s
		}
	}
	if len(h.sheets) == 0 {
		return nil, done, unanswerable("no header of %q is %s; name the column as it is headed in row %d", name, h.list(d.Columns), tables[0].HeaderRow)
	}
	return h, done, nil
}

// each gives every row, with hashes in place of client numbers where it is in a table;
// changed are the places of those, from 0.
func (d ClientFile) each(ctx context.Context, name string, h *hashing, done *Pseudonymised, row func(r extract.Row, changed []int) error) error {
	err := extract.Cells(ctx, d.File, name, extract.Options{Encoding: "detect", Delimiter: d.delimiter(h)}, func(r extract.Row) error {
		s := h.sheets[r.Sheet]
		if s == nil || r.Row <= int64(s.table.HeaderRow) {
			return row(r, nil)
		}
		values := append([][]byte(nil), r.Values...)
		var changed []int
		for _, at := range s.places {
			if at >= len(values) || len(bytes.TrimSpace(values[at])) == 0 {
				continue
			}
			s.lookBeside(string(values[at]), &r)
			hash, ok := d.Key.Of(string(values[at]))
			if done.Hashed++; !ok {
				hash = rounded
				done.Hashed, done.Rounded = done.Hashed-1, done.Rounded+1
			}
			values[at], changed = []byte(hash), append(changed, at)
		}
		r.Values = values
		return row(r, changed)
	})
	if err != nil {
		return asked(err)
	}
	if refusal := h.besides(); refusal != "" {
		refusal, _, _ = strings.Cut(refusal, "; send it without")
		return unanswerable("%s", strings.Replace(refusal, "nothing of this file was", "nothing was written", 1)+"; take it out, or name it with --column too")
	}
	return nil
}

// delimiter is that of a text, by its header.
func (d ClientFile) delimiter(h *hashing) string {
	if s := h.sheets[""]; s != nil {
		return s.table.Delimiter
	}
	return ""
}

// text writes a CSV, with the delimiter it had.
func (d ClientFile) text(ctx context.Context, name string, h *hashing, done *Pseudonymised) error {
	if len(h.sheets) > 1 || len(done.Untouched) > 0 {
		return unanswerable("%q has several sheets, of which a CSV holds one; save it as an Excel workbook first", name)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if by := d.delimiter(h); by != "" {
		w.Comma = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}[by]
	}
	if err := d.each(ctx, name, h, done, func(r extract.Row, _ []int) error {
		record := make([]string, len(r.Values))
		for i, v := range r.Values {
			record[i] = string(v)
		}
		return w.Write(record)
	}); err != nil {
		return err
	}
	w.Flush()
	return errors.Join(w.Error(), writeNew(d.To, out.Bytes()))
}

// writeNew writes a file that must not be there.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// workbook writes the workbook with its table alone, before the cells are changed, so that
// no formula is lost to it, and once more after, so that nothing stays of what they held.
func (d ClientFile) workbook(ctx context.Context, name string, h *hashing, done *Pseudonymised) (err error) {
	stripped, changed := d.To+".1.partial.xlsx", d.To+".2.partial.xlsx"
	defer func() {
		for _, part := range []string{stripped, changed} {
			if left := os.Remove(part); !errors.Is(left, os.ErrNotExist) {
				err = errors.Join(err, left)
			}
		}
	}()
	if _, err := extract.Strip(ctx, d.File, name, stripped); err != nil {
		return asked(err)
	}
	book, err := excelize.OpenFile(stripped)
	if err != nil {
		return err
	}
	err = d.each(ctx, name, h, done, func(r extract.Row, places []int) error {
		for _, at := range places {
			cell, err := excelize.CoordinatesToCellName(at+1, int(r.Row))
			if err := errors.Join(err, book.SetCellStr(r.Sheet, cell, string(r.Values[at]))); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = book.SaveAs(changed)
	}
	if err := errors.Join(err, book.Close()); err != nil {
		return err
	}
	_, err = extract.Strip(ctx, changed, name, d.To)
	return err
}
