// Package seal keeps what was signed so that any later change shows. A seal is
// a folder of files with a manifest of their SHA-256 hashes; the manifest's own
// hash is the seal's digest, which a person's key may sign. A sealed folder is
// never written again: a new version is a new folder.
package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// ManifestFile lists what is sealed; SignatureFile, where there is one, signs it.
const (
	ManifestFile  = "SEAL.json"
	SignatureFile = "SEAL.signature.json"
)

// ErrBroken is wrapped by Check's error when a sealed folder is not what was sealed.
var ErrBroken = errors.New("the seal is broken")

// Files are what is sealed, by path with forward slashes.
type Files map[string][]byte

// Manifest is the list of a sealed folder's files, in order of path.
type Manifest struct {
	Files []Entry `json:"files"`
}

// Entry is one sealed file.
type Entry struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Digest of the files is the SHA-256 of their manifest.
func (f Files) Digest() string { return Digest(f.manifest()) }

func (f Files) manifest() []byte {
	var m Manifest
	for _, name := range f.names() {
		m.Files = append(m.Files, Entry{Path: name, Size: int64(len(f[name])), SHA256: Digest(f[name])})
	}
	text, _ := json.MarshalIndent(m, "", "  ") // texts and numbers always marshal
	return append(text, '\n')
}

func (f Files) names() []string {
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Digest is the SHA-256 of a text, in hexadecimal digits.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Write seals files as the folder dir, which must not exist yet. The folder gets
// its name last, so that a seal is whole or not there; before that, whole is told where
// it is (nil: nobody is), and may refuse.
func Write(dir string, files Files, signature *Signature, whole func(half string) error) error {
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%q is already there, and a seal is never written again", dir)
	}
	making := dir + Half
	if err := os.RemoveAll(making); err != nil {
		return fmt.Errorf("cannot clear what an earlier try left: %w", err)
	}
	all := Files{ManifestFile: files.manifest()}
	if signature != nil {
		text, err := json.MarshalIndent(signature, "", "  ")
		if err != nil {
			return err
		}
		all[SignatureFile] = append(text, '\n')
	}
	for name, content := range files {
		if name == ManifestFile || name == SignatureFile || !fs.ValidPath(name) {
			return fmt.Errorf("%q cannot be a sealed file's name", name)
		}
		all[name] = content
	}
	for _, name := range all.names() {
		if err := WriteNew(filepath.Join(making, filepath.FromSlash(name)), all[name]); err != nil {
			return fmt.Errorf("cannot seal %q: %w", name, err)
		}
	}
	if whole != nil {
		if err := whole(making); err != nil {
			return errors.Join(err, os.RemoveAll(making))
		}
	}
	return os.Rename(making, dir)
}

// WriteNew writes a file so that a power cut cannot take it back; it is
// read-only from then on.
func WriteNew(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o770); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o440)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// Check holds every file of a sealed folder against the manifest. The error
// wraps ErrBroken and names each file that was changed, removed or added.
func Check(dir string) (Manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: there is no %s in %q: %w", ErrBroken, ManifestFile, dir, err)
	}
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %s in %q cannot be read: %w", ErrBroken, ManifestFile, dir, err)
	}
	var errs []error
	sealed := map[string]bool{ManifestFile: true, SignatureFile: true}
	for _, e := range m.Files {
		sealed[e.Path] = true
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(e.Path)))
		switch {
		case errors.Is(err, os.ErrNotExist):
			errs = append(errs, fmt.Errorf("%q is gone", e.Path))
		case err != nil:
			errs = append(errs, err)
		case Digest(content) != e.SHA256:
			errs = append(errs, fmt.Errorf("%q was changed: its SHA-256 is %s, sealed as %s", e.Path, Digest(content), e.SHA256))
		}
	}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !sealed[path.Clean(name)] {
			errs = append(errs, fmt.Errorf("%q was added", name))
		}
		return err
	})
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return m, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return m, checkSignature(dir, Digest(text))
}

// DigestOf reads the digest of a sealed folder.
func DigestOf(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		return "", err
	}
	return Digest(text), nil
}
