package extract

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf16"
)

type kind int

const (
	text kind = iota
	excel
	openDocument
)

// sendInstead ends the sentence for a file that is something else altogether.
const sendInstead = "send the table as an Excel workbook (.xlsx) or as CSV"

// signatures are how files begin that are neither text nor workbooks.
var signatures = []struct{ start, is string }{
	{"%PDF", "a PDF"},
	{"\x89PNG", "a picture (PNG)"},
	{"\xff\xd8\xff", "a picture (JPEG)"},
	{"GIF8", "a picture (GIF)"},
	{"{\\rtf", "a text document (RTF)"},
	{"\x1f\x8b", "a compressed file (gzip)"},
	{"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"},
	{"Rar!", "a compressed file (RAR)"},
	{"PAR1", "a Parquet file"},
	{"SQLite format 3", "a database (SQLite)"},
	{"L\x00\x00\x00\x01\x14\x02\x00", "a shortcut to a file (.lnk), without what it leads to"},
}

// notTables is how text files begin that are no table, in small letters.
var notTables = []struct{ start, is string }{
	{"<!doctype html", "a web page"},
	{"<html", "a web page"},
	{"<table", "a web page"},
	{"<?xml", "XML"},
	{"[{", "JSON"},
	{"{\"", "JSON"},
}

// sniff tells by its first bytes what a file is, opens the archive that a
// workbook is, and refuses what cannot be read. The name only says what the sender took it for.
func sniff(f *os.File, name string) (kind, *archive, error) {
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return text, nil, err
	}
	head = head[:n]
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return text, nil, err
	}
	switch {
	case n == 0:
		return text, nil, refuse("the file is empty: export it again and send that")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return sniffZip(f, name)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return text, nil, sniffCompound(f)
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.start)) {
			return text, nil, refuse("the file is %s, not a spreadsheet: %s", s.is, sendInstead)
		}
	}
	return text, nil, sniffText(head, name)
}

// sniffText refuses what is binary, a web page, or a text that claims to be a workbook.
func sniffText(head []byte, name string) error {
	marked := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
	switch nul := bytes.Count(head, []byte{0}); {
	case marked:
	case nul > len(head)/3 && nul <= len(head)/2+1:
		return refuse("the file is text in UTF-16 without the mark that says so: save it as \"CSV UTF-8\" and send that")
	case nul > len(head)/1000+1 || control(head) > len(head)/50: // a stray one is told with its line
		return refuse("the file is not a spreadsheet, and not text: %s", sendInstead)
	}
	begins := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(head[:min(len(head), 256)]), "\ufeff"), " \t\r\n"))
	if shortcut := shortcutTo(begins, name); shortcut != "" {
		return refuse("the file is only a shortcut to %s and holds no rows: open that, choose File, Download, Microsoft Excel (.xlsx), and send what that gives", shortcut)
	}
	for _, m := range notTables {
		if strings.HasPrefix(begins, m.start) {
			return refuse("the file is %s, not a spreadsheet: open it in Excel, save it as an Excel workbook (.xlsx) or as \"CSV UTF-8\", and send that", m.is)
		}
	}
	switch ending := strings.ToLower(path.Ext(name)); ending {
	case ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods":
		return refuse("the file is text although its name ends in %s: give it a name that ends in .csv, or save it as an Excel workbook (.xlsx), and send that", ending)
	}
	return nil
}

// shortcutTo says what a file leads to that holds nothing but an address: those
// of Google's documents that lie in a synchronised folder, and of pages of the web.
func shortcutTo(begins, name string) string {
	google := strings.Contains(begins, "docs.google.com") || strings.Contains(begins, "drive.google.com") || strings.Contains(begins, "\"doc_id\"")
	switch ending := strings.ToLower(path.Ext(name)); {
	case strings.HasPrefix(begins, "{") && (ending == ".gsheet" || strings.Contains(begins, "docs.google.com/spreadsheets") || strings.Contains(begins, "/open") && google):
		return "a Google Sheet"
	case strings.HasPrefix(begins, "{") && (google || strings.HasPrefix(ending, ".gdoc") || ending == ".gslides"):
		return "a document of Google's"
	case strings.HasPrefix(begins, "[internetshortcut]"), strings.HasPrefix(begins, "<?xml") && ending == ".webloc":
		return "a page on the web"
	}
	return ""
}

// control counts bytes that text does not use.
func control(b []byte) int {
	n := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			n++
		}
	}
	return n
}

// sniffZip tells workbooks from the other files that are zip archives inside: by
// what their parts are said to be, not by where they lie.
func sniffZip(f *os.File, name string) (kind, *archive, error) {
	a, err := openArchive(f)
	if err != nil {
		return text, nil, err
	}
	if is, err := a.mimetype(); err != nil || strings.HasPrefix(is, openTypes) {
		if err == nil {
			err = sniffOpenDocument(a, is)
		}
		return openDocument, a, err
	}
	if a.part(typesPart) == nil {
		return excel, nil, notOffice(a, name)
	}
	a.main, err = a.mainPart()
	return excel, a, err
}

// sniffCompound tells apart what is kept in Microsoft's older container, by the
// names in its directory.
func sniffCompound(f io.Reader) error {
	all, err := io.ReadAll(io.LimitReader(f, 64<<20))
	if err != nil {
		return err
	}
	holds := func(name string) bool {
		var b []byte
		for _, c := range utf16.Encode([]rune(name + "\x00")) {
			b = append(b, byte(c), byte(c>>8))
		}
		return bytes.Contains(all, b)
	}
	switch {
	case holds("EncryptedPackage"):
		return refuse("the workbook is locked with a password: take the password off (in Excel: File, Info, Protect Workbook, Encrypt with Password) and send it by the agreed secure route")
	case holds("WordDocument"):
		return refuse("the file is a Word document, not a spreadsheet: %s", sendInstead)
	case holds("Workbook"), holds("Book"):
		return refuse("the file is a workbook in the format of Excel 97-2003 (.xls): save it as an Excel workbook (.xlsx) and send that")
	}
	return refuse("the file is not a spreadsheet: %s", sendInstead)
}
