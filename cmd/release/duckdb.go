package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// DuckDB's own library for Windows, as its makers publish it for node; a test holds its
// version to the driver's.
const (
	dllPackage = "https://registry.npmjs.org/@duckdb/node-bindings-win32-x64/-/node-bindings-win32-x64-1.5.6-r.1.tgz"
	dllSum     = "03873bb6dbef0aa30ba28d12dc6afa63769641823bb64bb425894218442f3e9c" // SHA-256 of the package
)

// dll is DuckDB for Windows and its licence.
type dll struct {
	bytes, licence []byte
}

// unpackDLL takes DuckDB from its package, which is a file or is fetched, and leaves the
// library in the folder work for the linker.
func unpackDLL(ctx context.Context, from, work string) (d dll, err error) {
	var text []byte
	if from != "" {
		text, err = os.ReadFile(from)
	} else {
		text, err = fetch(ctx, dllPackage)
	}
	if err != nil {
		return d, fmt.Errorf("the package with DuckDB for Windows: %w", err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(text)); sum != dllSum {
		return d, fmt.Errorf("the package with DuckDB for Windows has the SHA-256 %s, and not %s: it is another, and is not used", sum, dllSum)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return d, err
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return d, err
		}
		switch filepath.Base(header.Name) {
		case "duckdb.dll":
			d.bytes, err = io.ReadAll(files)
		case "LICENSE":
			d.licence, err = io.ReadAll(files)
		}
		if err != nil {
			return d, err
		}
	}
	if d.bytes == nil || d.licence == nil {
		return d, errors.New("the package with DuckDB for Windows has no duckdb.dll, or no licence")
	}
	return d, os.WriteFile(filepath.Join(work, "duckdb.dll"), d.bytes, 0o644)
}

func fetch(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
