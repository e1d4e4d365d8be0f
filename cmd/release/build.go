package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// pages are what lies beside the program for people: how to begin, and a start to click.
//
//go:embed windows linux
var pages embed.FS

// target is a system that the program is made for.
type target struct {
	name, archive string // "zip" or "tar.gz"
	program       string
	dll           bool // DuckDB lies beside the program
	environment   []string
	flags         []string
}

func targetFor(system string) (target, error) {
	switch system {
	case "windows":
		return target{name: system, archive: "zip", program: "mojreturns.exe", dll: true,
			environment: []string{"CC=x86_64-w64-mingw32-gcc", "CXX=x86_64-w64-mingw32-g++"},
			flags:       []string{"-tags", "duckdb_use_lib"}}, nil
	case "linux":
		return target{name: system, archive: "tar.gz", program: "mojreturns"}, nil
	}
	return target{}, fmt.Errorf("%q is not a system it is made for; they are windows and linux", system)
}

// build compiles the program, with the commit it is made of in it.
func (t target) build(ctx context.Context, work string) (string, error) {
	program := filepath.Join(work, t.program)
	flags := append([]string{"build", "-buildvcs=true", "-trimpath", "-ldflags", "-s -w", "-o", program}, t.flags...)
	c := exec.CommandContext(ctx, "go", append(flags, "mojreturns/cmd/mojreturns")...)
	c.Env = append(os.Environ(), "GOOS="+t.name, "GOARCH=amd64", "CGO_ENABLED=1")
	c.Env = append(c.Env, t.environment...)
	if t.dll {
		c.Env = append(c.Env, "CGO_LDFLAGS=-L"+work+" -lduckdb")
	}
	said, err := c.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return program, nil
}

// file is one of an archive: its name with slashes, and whether it is run.
type file struct {
	name  string
	bytes []byte
	run   bool
}

// content is all that goes into the archive, below one folder.
func (t target) content(ctx context.Context, program string, duckdb dll, licences []byte, about about) ([]file, error) {
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	files := []file{{t.program, binary, true}}
	if t.dll {
		files = append(files, file{"duckdb.dll", duckdb.bytes, false})
	}
	entries, err := pages.ReadDir(t.name)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		page, err := pages.ReadFile(t.name + "/" + e.Name())
		if err != nil {
			return nil, err
		}
		files = append(files, file{e.Name(), t.page(page, about.version), false})
	}
	files = append(files, file{"LICENCES.txt", t.page(licences, about.version), false})
	example, err := kept(ctx, "testdata/cleveland")
	return append(files, example...), err
}

// page is a text with the version in it and the line ends of its system.
func (t target) page(text []byte, version string) []byte {
	text = bytes.ReplaceAll(text, []byte("VERSION"), []byte(version))
	if t.name != "windows" {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
}

// kept is what the repository keeps of a folder, and nothing that was made in it since.
// It goes into the archive's folder example.
func kept(ctx context.Context, folder string) ([]file, error) {
	root, err := output(ctx, "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	list, err := output(ctx, "git", "-C", root, "ls-files", "-z", "--", folder)
	if err != nil {
		return nil, err
	}
	var files []file
	for name := range strings.SplitSeq(strings.Trim(list, "\x00"), "\x00") {
		bytes, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		files = append(files, file{"example" + strings.TrimPrefix(name, folder), bytes, false})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the repository has no %s", folder)
	}
	return files, nil
}

// output is what a program prints, without the line end.
func output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, failed.Stderr)
	}
	return strings.TrimRight(string(out), "\n"), err
}
