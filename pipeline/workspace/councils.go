package workspace

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"time"

	"mojreturns/pipeline/lists"
)

// ofArea are the rules with the councils of an area, by its code, where the program's own
// list is of another area. An area that reference/area.csv does not have keeps the list
// there is; Awaited says so.
func ofArea(rules fs.FS, code string) fs.FS {
	area, err := AreaCalled(rules, code)
	if err != nil || area.Code != code { // what is wrong with the list is told where all lists are read
		return rules
	}
	list, err := lists.Open(rules, Councils, "code")
	if err != nil {
		return rules
	}
	for _, row := range list.Rows {
		if slices.ContainsFunc(area.Councils, func(c Council) bool { return c.Code == row.Get("code") }) {
			return rules // it is the list of this area
		}
	}
	content, err := CouncilList(rules, area.Councils)
	if err != nil {
		return rules
	}
	return instead{FS: rules, name: Councils, content: content}
}

// instead is a folder with the content of one of its files replaced.
type instead struct {
	fs.FS
	name    string
	content []byte
}

// Open finds the replaced content under its name.
func (i instead) Open(name string) (fs.File, error) {
	if name != i.name {
		return i.FS.Open(name)
	}
	return &replaced{Reader: bytes.NewReader(i.content), name: path.Base(name)}, nil
}

// ReadDir lists the folder as it is: the replaced file is in it.
func (i instead) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(i.FS, name) }

// replaced is the open file, and what is known of it.
type replaced struct {
	*bytes.Reader
	name string
}

func (r *replaced) Stat() (fs.FileInfo, error) { return r, nil }
func (r *replaced) Close() error               { return nil }
func (r *replaced) Name() string               { return r.name }
func (r *replaced) Mode() fs.FileMode          { return 0o444 }
func (r *replaced) ModTime() time.Time         { return time.Time{} }
func (r *replaced) IsDir() bool                { return false }
func (r *replaced) Sys() any                   { return nil }
