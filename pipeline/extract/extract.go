// Package extract reads what a provider sent, a CSV or a workbook, as text
// with row numbers, and stages it as Parquet. It guesses no types: dates of a
// workbook become ISO text because the workbook says they are dates; all else is
// the provider's own text, judged later by the contract.
//
// A staged file has the columns row (the row a spreadsheet program shows: the
// header and blank lines count), line (the text line where the record starts),
// fields (how many fields the record has, where that is not the header's number)
// and c1, c2, ... for each header position; an empty cell is NULL.
package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Reader is the number of this reader. It is part of a staged file's key and
// is raised when the same bytes would be read otherwise.
const Reader = 1

// Options say how a file is read; the zero value finds out.
type Options struct {
	Sheet     string // of a workbook; empty means the only one, or the first with a header
	HeaderRow int    // 0 means the first row that looks like one
	Encoding  string // utf-8 or windows-1252; empty means utf-8
	Delimiter string // comma, semicolon or tab; empty means the one the header shows
}

// Table says what was staged.
type Table struct {
	Sheet     string   `json:"sheet"`
	HeaderRow int      `json:"header_row"`
	Header    []string `json:"header"`
	Rows      int64    `json:"rows"`
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Notes     []string `json:"notes,omitempty"`
}

// Refusal is a file that cannot be read as it is. Its sentence tells the sender
// what it is and what to send instead.
type Refusal struct {
	Sentence string
	Line     int64 // of the text, where the trouble has one
}

func (r *Refusal) Error() string { return r.Sentence }

func refuse(format string, args ...any) error {
	return &Refusal{Sentence: fmt.Sprintf(format, args...)}
}

// Stage reads one table of the file at src, delivered under name, and writes
// it as Parquet to dst. A file the sender must mend gives a *Refusal, and dst is
// then not written.
func Stage(ctx context.Context, src, name, dst string, o Options) (table Table, err error) {
	f, err := os.Open(src)
	if err != nil {
		return Table{}, err
	}
	defer f.Close()
	kind, err := sniff(f)
	if err != nil {
		return Table{}, err
	}
	if strings.HasSuffix(strings.ToLower(name), ".xlsx") && kind == text {
		return Table{}, refuse("the file is text although its name ends in .xlsx: save it as an Excel workbook, or send it with a name that ends in .csv")
	}
	temp := dst + ".partial"
	out, err := createParquet(ctx, temp)
	if err != nil {
		return Table{}, err
	}
	if kind == workbook {
		table, err = readWorkbook(f, o, out)
	} else {
		table, err = readCSV(f, o, out)
	}
	table.Rows = out.rows
	if err := errors.Join(err, out.close(err)); err != nil {
		os.Remove(temp)
		return Table{}, err
	}
	return table, os.Rename(temp, dst)
}

type kind int

const (
	text kind = iota
	workbook
)

// sniff tells by the first bytes what a file is, and refuses what cannot be read.
func sniff(f io.ReadSeeker) (kind, error) {
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return text, err
	}
	head = head[:n]
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return text, err
	}
	switch {
	case n == 0:
		return text, refuse("the file is empty: send it again")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		if bytes.Contains(head, []byte("opendocument")) {
			return text, refuse("the file is an OpenDocument spreadsheet (.ods): save it as an Excel workbook (.xlsx) or as CSV, and send that")
		}
		return workbook, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return text, oldWorkbook(f)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return text, refuse("the file is text in UTF-16: save it as \"CSV UTF-8\" and send that")
	case bytes.IndexByte(head, 0) >= 0, bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("{\\rtf")):
		return text, refuse("the file is not a spreadsheet: save the table as an Excel workbook (.xlsx) or as CSV, and send that")
	}
	return text, nil
}

// oldWorkbook tells apart what Excel keeps in its old container: an encrypted
// workbook, or one of before 2007. Names in the container are UTF-16.
func oldWorkbook(f io.ReadSeeker) error {
	all, err := io.ReadAll(io.LimitReader(f, 64<<20))
	if err != nil {
		return err
	}
	name := func(s string) []byte {
		var b []byte
		for _, c := range []byte(s) {
			b = append(b, c, 0)
		}
		return b
	}
	switch {
	case bytes.Contains(all, name("EncryptedPackage")):
		return refuse("the workbook is encrypted with a password: take the password off (File, Info, Protect Workbook) and send it by the secure route instead")
	case bytes.Contains(all, name("Workbook")), bytes.Contains(all, name("Book")):
		return refuse("the file is an old Excel workbook (.xls): save it as an Excel workbook (.xlsx) and send that")
	}
	return refuse("the file is not a spreadsheet: save the table as an Excel workbook (.xlsx) or as CSV, and send that")
}
