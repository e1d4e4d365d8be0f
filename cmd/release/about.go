package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go" // what CycloneDX itself keeps; only this command needs it
)

// about is what a program says of itself: what it was made of.
type about struct {
	version string
	made    time.Time // its commit's
	info    *buildinfo.BuildInfo
}

// read reads what is written in a program that was built from a clean commit.
func read(ctx context.Context, program string) (about, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return about{}, err
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if settings["vcs.revision"] == "" || settings["vcs.modified"] != "false" {
		changed, _ := output(ctx, "git", "status", "--short")
		return about{}, fmt.Errorf("it is made from a commit, with nothing changed since: commit first\n%s", changed)
	}
	made, err := time.Parse(time.RFC3339, settings["vcs.time"])
	if err != nil {
		return about{}, err
	}
	return about{version: info.Main.Version, made: made, info: info}, nil
}

// licenceNames are the files in which modules keep what must go with them.
func licenceNames() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|unlicense)([.-].*)?$`)
}

// licences is one text with the licence of every module in the program, of Go and of
// DuckDB. A module without one is an error: it could not be handed on.
func (a about) licences(ctx context.Context, duckdb dll) ([]byte, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "mojreturns VERSION is made of the following, each under its own licence.\n")
	var without []error
	add := func(what, folder string) {
		found, err := licencesIn(folder)
		if err == nil && len(found) == 0 {
			err = errors.New("it has no licence that could be handed on")
		}
		if err != nil {
			without = append(without, fmt.Errorf("%s: %w", what, err))
		}
		for _, f := range found {
			section(&text, what+", "+f.name, f.bytes)
		}
	}
	root, err := output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	add("Go "+strings.TrimPrefix(a.info.GoVersion, "go"), root)
	if duckdb.licence != nil {
		section(&text, "DuckDB", duckdb.licence)
	}
	for _, m := range a.modules() {
		folder, err := output(ctx, "go", "list", "-m", "-f", "{{.Dir}}", m.Path)
		if err != nil {
			return nil, err
		}
		add(m.Path+" "+m.Version, folder)
	}
	return text.Bytes(), errors.Join(without...)
}

func section(text *bytes.Buffer, title string, licence []byte) {
	fmt.Fprintf(text, "\n%s\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), title, strings.Repeat("=", 78), bytes.TrimSpace(licence))
}

// licencesIn reads the licences in a folder, or of a module that is a part of another, in
// the nearest folder above that has any.
func licencesIn(folder string) ([]file, error) {
	names := licenceNames()
	for folder != filepath.Dir(folder) && filepath.Base(folder) != "mod" { // where Go keeps modules
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		var found []file
		for _, e := range entries {
			if e.IsDir() || !names.MatchString(e.Name()) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(folder, e.Name()))
			if err != nil {
				return nil, err
			}
			found = append(found, file{name: e.Name(), bytes: text})
		}
		if len(found) > 0 {
			return found, nil
		}
		folder = filepath.Dir(folder)
	}
	return nil, nil
}

// modules are those that the program was linked from, by path.
func (a about) modules() []*debug.Module {
	modules := slices.Clone(a.info.Deps)
	for i, m := range modules {
		if m.Replace != nil {
			modules[i] = m.Replace
		}
	}
	slices.SortFunc(modules, func(x, y *debug.Module) int { return cmp.Compare(x.Path, y.Path) })
	return modules
}

// components lists what the program is made of, as CycloneDX 1.6: every module with the
// hash that go.sum has, Go's own library, and DuckDB's DLL.
func (a about) components(duckdb dll) ([]byte, error) {
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{Timestamp: a.made.UTC().Format(time.RFC3339),
		Component: &cyclonedx.Component{Type: cyclonedx.ComponentTypeApplication, Name: "mojreturns", Version: a.version}}
	list := []cyclonedx.Component{library("std", strings.TrimPrefix(a.info.GoVersion, "go"), "pkg:golang/std@", nil)}
	if duckdb.bytes != nil {
		sum := sha256.Sum256(duckdb.bytes)
		list = append(list, library("duckdb.dll", dllVersion(), "pkg:npm/%40duckdb/node-bindings-win32-x64@", sum[:]))
	}
	for _, m := range a.modules() {
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
		if err != nil {
			return nil, fmt.Errorf("%s: the sum %q: %w", m.Path, m.Sum, err)
		}
		list = append(list, library(m.Path, m.Version, "pkg:golang/"+m.Path+"@", sum))
	}
	bom.Components = &list
	var text bytes.Buffer
	encoder := cyclonedx.NewBOMEncoder(&text, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := encoder.EncodeVersion(bom, cyclonedx.SpecVersion1_6); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

func library(name, version, url string, sum []byte) cyclonedx.Component {
	c := cyclonedx.Component{BOMRef: url + version, Type: cyclonedx.ComponentTypeLibrary, Name: name, Version: version, PackageURL: url + version}
	if sum != nil {
		c.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(sum)}}
	}
	return c
}

// dllVersion is the version in the package's address.
func dllVersion() string {
	_, version, _ := strings.Cut(filepath.Base(dllPackage), "x64-")
	return strings.TrimSuffix(version, ".tgz")
}
