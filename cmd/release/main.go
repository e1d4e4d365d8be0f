// Command release makes what an office installs: a zip for Windows and a tar.gz for
// Linux, each with the program, DuckDB, the example, the licences of all that is in it
// and a page for people who have never seen a command line; beside them a list of
// components (CycloneDX) and the SHA-256 of every file.
//
//	go run ./cmd/release -o dist
//
// It runs on Linux with gcc and Debian's gcc-mingw-w64-x86-64, from a clean clone: the
// version is the commit's, and the same commit gives the same bytes. DuckDB's static
// library for Windows needs a newer C runtime than mingw-w64 has in Debian, so the program
// is linked against DuckDB's own DLL, which is fetched from the npm registry, once, and
// checked against the SHA-256 written here; -duckdb takes a file instead.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	out := flag.String("o", "dist", "the folder to write to; files of the same name are replaced")
	library := flag.String("duckdb", "", "the npm package with DuckDB for Windows, as a file; without it, it is fetched")
	only := flag.String("for", "windows,linux", "the systems to make it for")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := release(ctx, *out, *library, strings.Split(*only, ","))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release writes the files of each system asked for, and their sums, to the folder out.
func release(ctx context.Context, out, library string, systems []string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	var made []string
	for _, system := range systems {
		files, err := releaseFor(ctx, system, out, filepath.Join(work, system), library)
		if err != nil {
			return fmt.Errorf("%s: %w", system, err)
		}
		made = append(made, files...)
	}
	return writeSums(out, made)
}

// releaseFor makes one system's archive and the list of its components, and returns
// their names.
func releaseFor(ctx context.Context, system, out, work, library string) ([]string, error) {
	if err := os.MkdirAll(work, 0o755); err != nil {
		return nil, err
	}
	target, err := targetFor(system)
	if err != nil {
		return nil, err
	}
	var duckdb dll
	if target.dll {
		if duckdb, err = unpackDLL(ctx, library, work); err != nil {
			return nil, err
		}
	}
	program, err := target.build(ctx, work)
	if err != nil {
		return nil, err
	}
	about, err := read(ctx, program)
	if err != nil {
		return nil, err
	}
	licences, err := about.licences(ctx, duckdb)
	if err != nil {
		return nil, err
	}
	content, err := target.content(ctx, program, duckdb, licences, about)
	if err != nil {
		return nil, err
	}
	name := "mojreturns-" + about.version + "-" + system
	archive, err := pack(filepath.Join(out, name), target.archive, content, about.made)
	if err != nil {
		return nil, err
	}
	components, err := about.components(duckdb)
	if err != nil {
		return nil, err
	}
	list := name + ".cdx.json"
	return []string{archive, list}, os.WriteFile(filepath.Join(out, list), components, 0o644)
}

// writeSums writes SHA256SUMS, as sha256sum -c reads it.
func writeSums(out string, names []string) error {
	var lines []string
	for _, name := range names {
		bytes, err := fs.ReadFile(os.DirFS(out), name)
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(bytes), name))
	}
	if len(lines) == 0 {
		return errors.New("nothing was made: -for names windows, linux or both")
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(strings.Join(lines, "")), 0o644)
}
