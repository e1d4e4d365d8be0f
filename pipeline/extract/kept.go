package extract

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// A kept text is what the store keeps of a file from which columns of personal data
// were taken out: its rows as CSV, each after its sheet, whether that is hidden,
// and its row and line in the file. Deleting a column inside a workbook would leave
// its strings behind, and renumber nothing; this does neither. Where the workbook counts
// days from another day than most, its head says so.
var keptHead = []string{"sheet", "hidden", "row", "line"}

// Keeping says what of a file goes into such a text. A CSV is one sheet called "".
type Keeping struct {
	Without map[string][]int // columns left out, by sheet and place from 0
	// Change, where it is given, sees each row before that and may put other values into
	// it; what it answers false to is left out.
	Change func(*Row) bool
}

// Keep writes the file at src, delivered under name, to dst as such a text. The options
// say how the file is read; Stage reads the text with Kept set.
func Keep(ctx context.Context, src, name, dst string, o Options, k Keeping) (err error) {
	out, err := os.Create(dst)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := csv.NewWriter(out)
	head := keptHead
	if from, err := daysFrom(src, name, o); err != nil {
		return err
	} else if from != "" {
		head = append(slices.Clone(keptHead), keptDays+from)
	}
	if err := w.Write(head); err != nil {
		return err
	}
	var record []string
	cut := false
	err = Cells(ctx, src, name, o, func(r Row) error {
		if k.Change != nil && !k.Change(&r) {
			return nil
		}
		cut = r.Cut
		record = append(record[:0], r.Sheet, strconv.FormatBool(r.Hidden), strconv.FormatInt(r.Row, 10), strconv.FormatInt(r.Line, 10))
		for i, value := range r.Values {
			if !slices.Contains(k.Without[r.Sheet], i) {
				record = append(record, string(value))
			}
		}
		return w.Write(record)
	})
	w.Flush()
	if err := errors.Join(err, w.Error()); err != nil || !cut {
		return err
	}
	end, err := out.Seek(-1, io.SeekEnd) // the line end that the file had not
	return errors.Join(err, out.Truncate(end))
}

const keptDays = "days from "

// daysFrom says from which day a file counts.
func daysFrom(src, name string, o Options) (string, error) {
	f, err := os.Open(src)
	if err != nil {
		return "", err
	}
	defer f.Close()
	book, err := openFile(f, name, o)
	if err != nil || book == nil {
		return "", named(err, name)
	}
	return book.daysFrom(), nil
}

// keptText is a kept text as the workbook it was; a CSV is one of one sheet
// without a name.
type keptText struct {
	file   *os.File
	listed []sheet
	days   string
}

func openKept(f *os.File) (*keptText, error) {
	k := &keptText{file: f}
	all, err := k.rows("", true)
	if err != nil {
		return nil, err
	}
	for {
		more, err := all.next()
		if err != nil || !more {
			return k, err
		}
		if s := all.sheet; !slices.ContainsFunc(k.listed, func(known sheet) bool { return known.name == s.name }) {
			k.listed = append(k.listed, s)
		}
	}
}

// text says whether the file was a CSV.
func (k *keptText) text() bool { return len(k.listed) == 1 && k.listed[0].name == "" }

func (k *keptText) sheets() []sheet  { return k.listed }
func (k *keptText) daysFrom() string { return k.days }

func (k *keptText) open(_ context.Context, s sheet, _ *observed) (lines, error) {
	return k.rows(s.name, false)
}

// merged knows of none: a text has no merged cells.
func (k *keptText) merged(context.Context, sheet, int64, int64) ([]span, error) { return nil, nil }

func (k *keptText) rows(name string, all bool) (*keptRows, error) {
	if _, err := k.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := &recordReader{src: k.file, encoding: utf8Name, line: 1}
	r.delimit(',')
	if err := r.fill(); err != nil {
		return nil, err
	}
	more, err := r.next()
	head := texts(r.fields)
	if len(head) == len(keptHead)+1 {
		k.days, head = strings.TrimPrefix(head[len(keptHead)], keptDays), head[:len(keptHead)]
	}
	if err != nil || !more || !slices.Equal(head, keptHead) {
		return nil, errors.Join(fmt.Errorf("%q is not a text kept in place of a file", k.file.Name()), err)
	}
	return &keptRows{recordReader: r, name: name, all: all}, nil
}

// keptRows gives the rows of one sheet, or of all.
type keptRows struct {
	*recordReader
	name string
	all  bool

	sheet     sheet // of the row last read
	row, line int64
}

func (k *keptRows) next() (bool, error) {
	for {
		more, err := k.recordReader.next()
		if err != nil || !more {
			return false, err
		}
		if len(k.fields) < len(keptHead) {
			return false, fmt.Errorf("record %d of the kept text is damaged", k.recordReader.row)
		}
		if k.sheet.name = string(k.fields[0]); !k.all && k.sheet.name != k.name {
			continue
		}
		var errs [3]error
		k.sheet.hidden, errs[0] = strconv.ParseBool(string(k.fields[1]))
		k.row, errs[1] = strconv.ParseInt(string(k.fields[2]), 10, 64)
		k.line, errs[2] = strconv.ParseInt(string(k.fields[3]), 10, 64)
		return true, errors.Join(errs[:]...)
	}
}

func (k *keptRows) at() (row, line int64) { return k.row, k.line }
func (k *keptRows) values() [][]byte      { return k.fields[len(keptHead):] }
func (k *keptRows) heads() bool           { return !blank(k.values()) }
