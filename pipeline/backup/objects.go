package backup

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/secrets"
)

// objects are the contents of a place, each once.
type objects struct {
	place string
	keys  []age.Recipient    // for whom new ones are encrypted; none: they are not
	known map[string]*Stored // encrypted copies, by the SHA-256 of what is in them
}

const sealedEnding = ".age"

// path is where a content lies.
func (o objects) path(sha string, encrypted bool) string {
	name := sha
	if encrypted {
		name += sealedEnding
	}
	return filepath.Join(o.place, "objects", sha[:2], name)
}

// isCopy tells whether a file lies where the copy of a content does.
func (o objects) isCopy(file string) bool {
	sha, encrypted := strings.CutSuffix(filepath.Base(file), sealedEnding)
	return isDigest(sha) && file == o.path(sha, encrypted)
}

// unfinished is the file that a copy is written into before it has its name.
func (o objects) unfinished() string { return filepath.Join(o.place, "incoming", "copy.tmp") }

// put copies a file of a workspace, unless its content is there already. It gives how many
// bytes it wrote. A file that grows while it is copied is taken as it was when it was opened.
func (o objects) put(dir, name string) (f File, wrote int64, err error) {
	from, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return f, 0, err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return f, 0, err
	}
	if !info.Mode().IsRegular() {
		return f, 0, fmt.Errorf("%q is no file", name)
	}
	f = File{Path: name, Size: info.Size(), Locked: info.Mode().Perm()&0o200 == 0}
	if f.SHA256, err = sum(io.LimitReader(from, f.Size)); err != nil {
		return f, 0, err
	}
	if there, err := o.has(&f); there || err != nil {
		return f, 0, err
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return f, 0, err
	}
	wrote, err = o.write(io.LimitReader(from, f.Size), &f)
	return f, wrote, err
}

func sum(from io.Reader) (string, error) {
	s := sha256.New()
	_, err := io.Copy(s, from)
	return hexOf(s), err
}

func hexOf(s hash.Hash) string { return hex.EncodeToString(s.Sum(nil)) }

// has tells whether a content is there whole, and what is known of its encrypted copy.
func (o objects) has(f *File) (bool, error) {
	path := o.path(f.SHA256, len(o.keys) > 0)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if len(o.keys) == 0 {
		if info.Size() != f.Size {
			return false, fmt.Errorf("the copy of %q is damaged: %q has %d bytes and should have %d; delete it and back up again", f.Path, path, info.Size(), f.Size)
		}
		return true, nil
	}
	if f.Stored = o.known[f.SHA256]; f.Stored == nil { // of a backup that was killed before its manifest
		copied, err := os.Open(path)
		if err != nil {
			return false, err
		}
		defer copied.Close()
		digest, err := sum(copied)
		f.Stored = &Stored{Size: info.Size(), SHA256: digest}
		return true, err
	}
	if info.Size() != f.Stored.Size {
		return false, fmt.Errorf("the copy of %q is damaged: %q has %d bytes and should have %d; delete it and back up again", f.Path, path, info.Size(), f.Stored.Size)
	}
	return true, nil
}

// write writes a content under its name, encrypted where there are keys.
func (o objects) write(from io.Reader, f *File) (wrote int64, err error) {
	temp, err := o.temp()
	if err != nil {
		return 0, fmt.Errorf("cannot write into %q: %w", o.place, err)
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	lies, is := sha256.New(), sha256.New()
	count := &counted{Writer: io.MultiWriter(temp, lies)}
	var into io.WriteCloser = unclosed{count}
	if len(o.keys) > 0 {
		if into, err = age.Encrypt(count, o.keys...); err != nil {
			return 0, err
		}
	}
	_, err = io.Copy(io.MultiWriter(into, is), from)
	if err := errors.Join(err, into.Close()); err != nil {
		return 0, fmt.Errorf("cannot copy %q: %w", f.Path, err)
	}
	if hexOf(is) != f.SHA256 {
		return 0, fmt.Errorf("%q changed while it was copied; back up again", f.Path)
	}
	if len(o.keys) > 0 {
		f.Stored = &Stored{Size: count.n, SHA256: hexOf(lies)}
	}
	return count.n, landing.Settle(temp, o.path(f.SHA256, len(o.keys) > 0))
}

type counted struct {
	io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	return n, err
}

type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// temp is a new file that a finished one is renamed from.
func (o objects) temp() (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(o.unfinished()), 0o770); err != nil {
		return nil, err
	}
	return os.OpenFile(o.unfinished(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o660) // one backup at a time
}

// open reads a content that a manifest names; what is encrypted by the keys given.
func (o objects) open(f File, keys []age.Identity) (io.ReadCloser, error) {
	copied, err := os.Open(o.path(f.SHA256, f.Stored != nil))
	if err != nil || f.Stored == nil {
		return copied, err
	}
	plain, err := age.Decrypt(copied, keys...)
	if err != nil {
		return nil, errors.Join(err, copied.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, copied}, nil
}

// Recipients reads the public keys that copies are encrypted for, such as age1...
func Recipients(keys []string) (out []age.Recipient, err error) {
	for _, key := range keys {
		one, err := age.ParseRecipients(strings.NewReader(key))
		if err != nil || len(one) != 1 {
			return nil, fmt.Errorf("%q is no key to encrypt for; give what `mojreturns backup --make-key FILE` printed, which begins with age1", key)
		}
		out = append(out, one...)
	}
	return out, nil
}

// Identities reads the private keys of a file; none of an empty name.
func Identities(file string) ([]age.Identity, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key: %w", err)
	}
	defer f.Close()
	keys, err := age.ParseIdentities(f)
	if err != nil { // its words show what stands there
		return nil, fmt.Errorf("%q holds no key that `mojreturns backup --make-key FILE` or age-keygen made", file)
	}
	return keys, nil
}

// NewKey makes a private key's file, which must not exist, and gives the public one.
func NewKey(file string) (public string, err error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("cannot make the key file: %w", err)
	}
	_, err = fmt.Fprintf(f, "# public key: %s\n%s\n", key.Recipient(), key)
	return key.Recipient().String(), errors.Join(err, f.Sync(), f.Close())
}

// mode is what a restored file may be used for.
func (f File) mode() fs.FileMode {
	switch {
	case f.Path == secrets.File:
		return 0o600
	case f.Locked:
		return 0o440
	}
	return 0o660
}

// lies is how large a copy is.
func (f File) lies() Stored {
	return *cmp.Or(f.Stored, &Stored{Size: f.Size, SHA256: f.SHA256})
}
