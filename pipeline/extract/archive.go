package extract

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"strings"
)

// What an archive may hold at most. No provider's workbook comes near any of
// these; an archive made to exhaust the machine (a zip bomb) does.
const (
	mostUnzipped  = 512 << 20 // bytes of all parts together
	mostParts     = 10_000
	mostDirectory = 4 << 20 // bytes of the list of parts
	mostRatio     = 200     // bytes out for a byte in, of a part beyond ratioFrom
	ratioFrom     = 16 << 20
)

// archive is a workbook's zip file, bounded. What its headers say of sizes only
// serves to refuse it sooner: a part that gives more than it declares is cut off.
type archive struct {
	parts map[string]*zip.File // by name in small letters, since writers differ
	main  string               // of an Excel workbook, the part that lists its sheets
}

// openArchive lists the parts of an archive, and refuses what is damaged, locked
// or too much.
func openArchive(f *os.File) (*archive, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	directory := &bounded{file: f, left: mostDirectory}
	reader, err := zip.NewReader(directory, info.Size())
	switch {
	case errors.Is(err, errBounded) || err == nil && len(reader.File) > mostParts:
		return nil, tooMuch("is made of more than 10,000 parts")
	case err != nil:
		return nil, refuse("the file begins as a workbook does but is cut off or damaged: open it in Excel, save it again as an Excel workbook (.xlsx) and send that")
	}
	directory.left = 1 << 62
	a := &archive{parts: map[string]*zip.File{}}
	var unzipped, zipped uint64
	for _, part := range reader.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(part.Name, "\\", "/"), "/"))
		if a.parts[name] != nil && !strings.HasSuffix(name, "/") {
			return nil, refuse("the file holds a part twice, so nobody can say which counts: %s", saveAgain)
		}
		a.parts[name] = part
		if part.Flags&1 != 0 {
			return nil, refuse("the file is a zip archive locked with a password: take the password off and send it by the agreed secure route")
		}
		if part.UncompressedSize64 > ratioFrom && part.UncompressedSize64/mostRatio > part.CompressedSize64 {
			return nil, tooPacked()
		}
		// each is bounded first, so that no sum runs over
		unzipped += min(part.UncompressedSize64, mostUnzipped+1)
		zipped += min(part.CompressedSize64, uint64(info.Size())+1)
	}
	switch {
	case unzipped > mostUnzipped:
		return nil, tooMuch("holds more than 512 MB when unpacked")
	case zipped > uint64(info.Size()):
		return nil, tooMuch("lists more data than it has")
	}
	return a, nil
}

func tooMuch(why string) error {
	return refuse("the workbook %s, which no table needs, so it was not opened: copy the table alone into a new workbook, or save its sheet as \"CSV UTF-8\", and send that", why)
}

func tooPacked() error {
	return tooMuch("packs more than 200 bytes into one")
}

// holds says whether the archive has a part whose name begins so.
func (a *archive) holds(start string) bool {
	for name := range a.parts {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// holdsEnding tells whether a part's name ends so.
func (a *archive) holdsEnding(end string) bool {
	for name := range a.parts {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// size is what a part declares to unpack to, which it cannot go beyond.
func (a *archive) size(name string) uint64 {
	if file := a.part(name); file != nil {
		return file.UncompressedSize64
	}
	return 0
}

func (a *archive) part(name string) *zip.File {
	return a.parts[strings.ToLower(strings.TrimPrefix(name, "/"))]
}

// open reads a part; nil if the archive has none of that name.
func (a *archive) open(name string) (io.ReadCloser, error) {
	file := a.part(name)
	if file == nil {
		return nil, nil
	}
	content, err := file.Open()
	if err != nil {
		return nil, err
	}
	return &part{ReadCloser: content, file: file}, nil
}

// read gives the root of a part, which must be this, to do, and reads the part to
// its end: only there its checksum is held against it. A part that is not there is empty.
func (a *archive) read(part string, s space, root string, do func(*markup) error) error {
	content, err := a.open(part)
	if err != nil {
		return damaged(err)
	}
	if content == nil {
		return nil
	}
	defer content.Close()
	m := newMarkup(content)
	if err := m.root(s, root); err != nil {
		return damaged(err)
	}
	if err := do(m); err != nil {
		return damaged(err)
	}
	for {
		if _, err := m.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return damaged(err)
		}
	}
}

// root reads up to the root of a part, which must be this.
func (m *markup) root(s space, name string) error {
	for {
		t, err := m.next()
		switch {
		case err != nil:
			return noEnd(err)
		case t == startTag && !m.is(s, name):
			return errMarkup
		case t == startTag:
			return nil
		}
	}
}

// part counts what it gives.
type part struct {
	io.ReadCloser
	file *zip.File
	read uint64
}

func (p *part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.read += uint64(n)
	switch {
	case p.read > p.file.UncompressedSize64, errors.Is(err, zip.ErrFormat): // the library counts too
		return 0, tooMuch("holds more than its list of parts says")
	case p.read > ratioFrom && p.read/mostRatio > p.file.CompressedSize64:
		return 0, tooPacked()
	}
	return n, err
}

var errBounded = errors.New("the bound is reached")

// bounded is a file of which only so much is read.
type bounded struct {
	file *os.File
	left int64
}

func (b *bounded) ReadAt(to []byte, at int64) (int, error) {
	if b.left -= int64(len(to)); b.left < 0 {
		return 0, errBounded
	}
	return b.file.ReadAt(to, at)
}
