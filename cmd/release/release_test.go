package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/warehouse"
)

// mine is what this test's own program says of itself.
func mine(t *testing.T) about {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Deps) == 0 {
		t.Fatal("the test's program names no modules, so that nothing can be told of them")
	}
	return about{version: "v1.2.3", made: time.Date(2024, 4, 1, 9, 30, 0, 0, time.UTC), info: info}
}

func TestDLLIsTheDriversDuckDB(t *testing.T) {
	if version, _, _ := strings.Cut(dllVersion(), "-"); version != warehouse.Version {
		t.Errorf("the package has DuckDB %s, the driver %s", version, warehouse.Version)
	}
}

func TestAnotherPackageIsRefused(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.tgz")
	if err := os.WriteFile(other, []byte("another"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := unpackDLL(context.Background(), other, t.TempDir()); err == nil || !strings.Contains(err.Error(), "it is another, and is not used") {
		t.Errorf("%v", err)
	}
}

func TestArchives(t *testing.T) {
	made := time.Date(2024, 4, 1, 9, 30, 0, 0, time.UTC)
	files := []file{{"mojreturns", []byte("program"), true}, {"example/inbox/a.csv", []byte("a,b\n"), false}}
	for ending, read := range map[string]func(*testing.T, []byte) []string{"zip": readZip, "tar.gz": readTar} {
		var was []byte
		for range 2 {
			path := filepath.Join(t.TempDir(), "mojreturns-v1-x")
			name, err := pack(path, ending, files, made)
			if err != nil || name != "mojreturns-v1-x."+ending {
				t.Fatal(name, err)
			}
			bytes, err := os.ReadFile(path + "." + ending)
			if err != nil {
				t.Fatal(err)
			}
			if was != nil && !slices.Equal(was, bytes) {
				t.Errorf("%s: the same files gave other bytes", ending)
			}
			was = bytes
		}
		want := []string{"mojreturns-v1-x/mojreturns program 2024-04-01T09:30:00Z", "mojreturns-v1-x/example/inbox/a.csv a,b\n 2024-04-01T09:30:00Z"}
		if got := read(t, was); !slices.Equal(got, want) {
			t.Errorf("%s: %q", ending, got)
		}
	}
}

func readZip(t *testing.T, text []byte) (list []string) {
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(r)
		list = append(list, fmt.Sprintf("%s %s %s", f.Name, content, f.Modified.UTC().Format(time.RFC3339)))
	}
	return list
}

func readTar(t *testing.T, text []byte) (list []string) {
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(r)
	for {
		h, err := archive.Next()
		if err != nil {
			return list
		}
		if runs := h.Mode&0o111 != 0; runs != strings.HasSuffix(h.Name, "/mojreturns") {
			t.Errorf("%s has the mode %o", h.Name, h.Mode)
		}
		content, _ := io.ReadAll(archive)
		list = append(list, fmt.Sprintf("%s %s %s", h.Name, content, h.ModTime.UTC().Format(time.RFC3339)))
	}
}

func TestLicences(t *testing.T) {
	a := mine(t)
	text, err := a.licences(context.Background(), dll{licence: []byte("of DuckDB")})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range a.info.Deps {
		if !bytes.Contains(text, []byte("\n"+m.Path+" "+m.Version+", ")) {
			t.Errorf("the licence of %s is missing", m.Path)
		}
	}
	for _, say := range []string{"\nDuckDB\n", "of DuckDB", "\nGo 1.", "The Go Authors"} {
		if !bytes.Contains(text, []byte(say)) {
			t.Errorf("%q is missing", say)
		}
	}
	if found, err := licencesIn(t.TempDir()); err != nil || len(found) > 0 {
		t.Errorf("a folder without licences has %v, %v", found, err)
	}
}

func TestComponents(t *testing.T) {
	a := mine(t)
	text, err := a.components(dll{bytes: []byte("library")})
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BomFormat  string
		Components []struct {
			Name, Version, Purl string
			Hashes              []struct{ Content string }
		}
	}
	if err := json.Unmarshal(text, &bom); err != nil {
		t.Fatal(err)
	}
	if bom.BomFormat != "CycloneDX" || len(bom.Components) != len(a.info.Deps)+2 {
		t.Fatalf("%s with %d components, of %d modules, Go and DuckDB", bom.BomFormat, len(bom.Components), len(a.info.Deps))
	}
	for _, c := range bom.Components {
		if c.Version == "" || !strings.HasSuffix(c.Purl, "@"+c.Version) || c.Name != "std" && len(c.Hashes) != 1 {
			t.Errorf("%+v", c)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256([]byte("library"))); c.Name == "duckdb.dll" && c.Hashes[0].Content != sum {
			t.Errorf("duckdb.dll has the hash %s, not %s", c.Hashes[0].Content, sum)
		}
	}
	again, _ := a.components(dll{bytes: []byte("library")})
	if !bytes.Equal(text, again) {
		t.Error("the same program gave another list")
	}
}

// What lies beside the program names no file that is not there, fits a narrow window and
// has the line ends of its system.
func TestPages(t *testing.T) {
	for _, system := range []string{"windows", "linux"} {
		to, err := targetFor(system)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := pages.ReadDir(system)
		if err != nil || len(entries) == 0 {
			t.Fatal(system, err)
		}
		for _, e := range entries {
			text, err := pages.ReadFile(system + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				if strings.HasSuffix(e.Name(), ".txt") && len(line) > 90 {
					t.Errorf("%s/%s, line %d is %d long", system, e.Name(), i+1, len(line))
				}
			}
			page := string(to.page(text, "v1.2.3"))
			if strings.Contains(page, "VERSION") || system == "windows" && strings.Count(page, "\r\n") != strings.Count(page, "\n") {
				t.Errorf("%s/%s: the version or the line ends", system, e.Name())
			}
		}
	}
	readme, _ := pages.ReadFile("windows/README.txt")
	for _, name := range []string{"Start mojreturns", "Command line"} {
		if _, err := pages.ReadFile("windows/" + name + ".cmd"); err != nil || !strings.Contains(string(readme), `"`+name+`"`) {
			t.Errorf("%s.cmd is not there, or README.txt does not name it", name)
		}
	}
	if _, err := targetFor("plan9"); err == nil {
		t.Error("it is made for any system")
	}
}

func TestExampleIsWhatIsKept(t *testing.T) {
	files, err := kept(context.Background(), "testdata/cleveland")
	if err != nil {
		t.Fatal(err)
	}
	has := func(name string) bool { return slices.ContainsFunc(files, func(f file) bool { return f.name == name }) }
	if !has("example/mojreturns.yaml") || slices.ContainsFunc(files, func(f file) bool { return strings.HasPrefix(f.name, "example/store/") }) {
		t.Error("the example has no mojreturns.yaml, or what was made in it")
	}
}
