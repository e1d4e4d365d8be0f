package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// Pack writes a workbook with some parts changed, and those added that it has not;
// the others are copied as they are, packed bytes and all.
func Pack(archive *zip.Reader, changed map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string) error {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(changed[name])
		}
		return err
	}
	had := map[string]bool{}
	for _, file := range archive.File {
		had[file.Name] = true
		write := func() error { return w.Copy(file) }
		if _, ok := changed[file.Name]; ok {
			write = func() error { return put(file.Name) }
		}
		if err := write(); err != nil {
			return nil, fmt.Errorf("cannot write the workbook: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		if had[name] {
			continue
		}
		if err := put(name); err != nil {
			return nil, fmt.Errorf("cannot write the workbook: %w", err)
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
