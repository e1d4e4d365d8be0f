package main

import (
	"archive/tar"
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// pack writes files into one archive, all below a folder of its own name, as of the one
// moment made, so that the same files give the same bytes. It returns the archive's name.
func pack(path, ending string, files []file, made time.Time) (name string, err error) {
	folder := filepath.Base(path)
	out, err := os.Create(path + "." + ending)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	add := zipped(out, made)
	if ending == "tar.gz" {
		add = tarred(out, made)
	}
	for _, f := range files {
		if err := add(&file{folder + "/" + f.name, f.bytes, f.run}); err != nil {
			return "", fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return folder + "." + ending, add(nil)
}

// zipped returns what adds a file to a zip; no file ends it.
func zipped(out io.Writer, made time.Time) func(*file) error {
	archive := zip.NewWriter(out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	return func(f *file) error {
		if f == nil {
			return archive.Close()
		}
		w, err := archive.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: made.UTC()})
		if err == nil {
			_, err = w.Write(f.bytes)
		}
		return err
	}
}

// tarred returns what adds a file to a tar.gz; no file ends it.
func tarred(out io.Writer, made time.Time) func(*file) error {
	squeezed, _ := gzip.NewWriterLevel(out, gzip.BestCompression) // the level is a known one
	archive := tar.NewWriter(squeezed)
	return func(f *file) error {
		if f == nil {
			return errors.Join(archive.Close(), squeezed.Close())
		}
		mode := int64(0o644)
		if f.run {
			mode = 0o755
		}
		err := archive.WriteHeader(&tar.Header{Name: f.name, Mode: mode, Size: int64(len(f.bytes)), ModTime: made.UTC(), Format: tar.FormatPAX})
		if err == nil {
			_, err = archive.Write(f.bytes)
		}
		return err
	}
}
