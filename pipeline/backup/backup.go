// Package backup copies what an office keeps to another place, proves the copy and
// brings it back.
//
// A place holds each file once, under the SHA-256 of its content, and for each backup a
// manifest that names every file, and the manifest before it. The manifest is written
// last and under a name of its own: a backup is whole or not there, and a killed one
// leaves the earlier ones as they were. What has not changed is not written again.
//
// What can be made again is not copied, and no secret unless the copies are encrypted.
// Copies are encrypted by filippo.io/age, for keys that this computer need not have; the
// names of objects and the manifests are not: they tell what files there are, how large,
// and to whoever has a file that it is among them, but nothing of what is in them.
//
// Off the premises a place is carried by what an office has for that.
package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Manifest is one backup: everything that was kept at a moment.
type Manifest struct {
	Number int       `json:"number"` // from 1, without a gap
	At     time.Time `json:"at"`     // UTC
	// Before is the SHA-256 of the manifest before it; empty of the first.
	Before string   `json:"before"`
	Office string   `json:"office"`
	Keys   []string `json:"keys,omitempty"` // age's recipients; none: the copies are not encrypted
	// Versions are those of this program that decide what is built, by name.
	Versions map[string]string `json:"versions"`
	// Build names what the files give when they are built; Figures is the digest of its
	// figures, where that was published when the backup was made.
	Build   string `json:"build"`
	Figures string `json:"figures,omitempty"`
	Journal string `json:"journal,omitempty"` // its head
	// Erased are the contents of which no copy is kept, in this backup or an earlier one.
	Erased []Erased `json:"erased,omitempty"`
	Files  []File   `json:"files"` // in order of path
}

// File is one file of a backup.
type File struct {
	Path   string `json:"path"` // in the workspace, with forward slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	Locked bool   `json:"locked,omitempty"` // nobody may write it
	// Stored is the encrypted copy; nil where it is not encrypted.
	Stored *Stored `json:"stored,omitempty"`
}

// Stored is a copy as it lies in its place.
type Stored struct {
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Erased is a content that is not kept any more.
type Erased struct {
	SHA256 string    `json:"sha256"`
	On     time.Time `json:"on"` // UTC
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// numbered is a manifest's file name: its number, and the first digits of its SHA-256.
var numbered = regexp.MustCompile(`^(\d{6})-([0-9a-f]{16})\.json$`)

// written is a manifest as it was written.
type written struct {
	Manifest
	digest string // the SHA-256 of its bytes
}

// head is a manifest's number and digest, as minutes of a meeting keep it.
func (w written) head() string { return fmt.Sprintf("%d:%s", w.Number, w.digest) }

func (w written) name() string { return fmt.Sprintf("%06d-%s.json", w.Number, w.digest[:16]) }

// encode gives a manifest's bytes.
func (m Manifest) encode() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", " ")
	return append(text, '\n'), err
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// manifests reads the backups of a place, oldest first, and says what is wrong with them:
// those that can be read are given whatever is wrong with others.
func manifests(place string) (all []written, problems []string, err error) {
	entries, err := os.ReadDir(filepath.Join(place, "manifests"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	for _, e := range entries {
		m := numbered.FindStringSubmatch(e.Name())
		if m == nil {
			if filepath.Ext(e.Name()) == ".json" {
				problems = append(problems, fmt.Sprintf("manifests/%s is no manifest of this program, or was renamed", e.Name()))
			}
			continue
		}
		w, says := readManifest(filepath.Join(place, "manifests", e.Name()), m[1], m[2])
		if says != "" {
			problems = append(problems, fmt.Sprintf("manifests/%s %s", e.Name(), says))
			continue
		}
		all = append(all, w)
	}
	slices.SortStableFunc(all, func(a, b written) int { return a.Number - b.Number })
	return all, append(problems, unchained(all)...), err
}

// readManifest reads one, which must be what its name says.
func readManifest(path, number, digest string) (w written, says string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return w, fmt.Sprintf("cannot be read: %v", err)
	}
	if w.digest = digestOf(text); w.digest[:16] != digest {
		return w, "was changed since it was written"
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w.Manifest); err != nil {
		return w, fmt.Sprintf("cannot be understood, or is of a newer program: %v", err)
	}
	if n, _ := strconv.Atoi(number); n != w.Number {
		return w, fmt.Sprintf("says that it is backup %d", w.Number)
	}
	for _, f := range w.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) || strings.Contains(f.Path, `\`) || !isDigest(f.SHA256) {
			return w, fmt.Sprintf("names a file %q that is none of a workspace", f.Path)
		}
	}
	return w, ""
}

func isDigest(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == sha256.Size
}

// unchained says where one manifest does not follow the other.
func unchained(all []written) (problems []string) {
	before := ""
	for i, w := range all {
		if w.Number != i+1 && (i == 0 || w.Number != all[i-1].Number+1) {
			problems = append(problems, fmt.Sprintf("before backup %d, others are missing: their manifests were taken away", w.Number))
		} else if w.Before != before {
			problems = append(problems, fmt.Sprintf("backup %d does not follow the one before it: one of them is of another place, or was changed", w.Number))
		}
		before = w.digest
	}
	return problems
}

// erased are the contents that any of the backups says are not kept any more.
func erased(all []written) map[string]Erased {
	out := map[string]Erased{}
	for _, w := range all {
		for _, e := range w.Erased {
			out[e.SHA256] = e
		}
	}
	return out
}
