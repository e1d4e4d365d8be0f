package table

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Endings are those of the names that Save can write.
func Endings() []string { return []string{".csv", ".xlsx", ".ods", ".json", ".parquet", ".arrows"} }

func writerFor(path string) (func(Table, io.Writer) error, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return all(Table.csv), nil
	case ".xlsx":
		return Table.writeXLSX, nil
	case ".ods":
		return Table.writeODS, nil
	case ".json":
		return Table.writeJSON, nil
	case ".parquet":
		return all(Table.parquet), nil
	case ".arrows":
		return all(Table.arrow), nil
	}
	return nil, fmt.Errorf("cannot tell how to write %q: the name must end in .csv, .xlsx, .ods, .json, .parquet or .arrows", path)
}

// Encode writes the format of an ending such as .csv, as Save writes a file of it.
func (t Table) Encode(w io.Writer, ending string) error {
	write, err := writerFor(ending)
	if err != nil {
		return err
	}
	return write(t, w)
}

// Save writes a file in the format of its ending, one of Endings. The file appears whole, in place of an older one, or not at all.
func (t Table) Save(path string) (err error) {
	write, err := writerFor(path)
	if err != nil {
		return err
	}
	temp, err := createBeside(path)
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	err = write(t, temp)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("cannot write %q: %w", path, err)
	}
	// this replaces an older file, on Windows too
	if err := os.Rename(temp.Name(), path); err != nil {
		return fmt.Errorf("cannot replace %q; is it open in another program? %w", path, err)
	}
	return nil
}

// createBeside makes a new file in the folder of path, with the rights that a
// new file there has (those of os.CreateTemp are the owner's alone).
func createBeside(path string) (*os.File, error) {
	for n := 1; ; n++ {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d.tmp", filepath.Base(path), n))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) || n == 100 {
			return f, err
		}
	}
}
