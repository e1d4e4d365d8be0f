package warehouse

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ErrDamaged is wrapped by errors of a published file that cannot be read any more. It
// was made, and is made again: PutAside keeps it for whoever looks into it.
var ErrDamaged = errors.New("the published warehouse is damaged")

// sumEnding is that of the file beside a published one that has its SHA-256.
const sumEnding = ".sha256"

// damaged is an error of the file, with what can be done.
func (p Published) damaged() error {
	return fmt.Errorf("%w: %q cannot be read; `mojreturns build` puts it aside and makes it again", ErrDamaged, filepath.Base(p.Path))
}

// Check says whether the file is, byte for byte, the one that was published.
func (p Published) Check() error {
	want, err := os.ReadFile(p.Path + sumEnding)
	if errors.Is(err, os.ErrNotExist) {
		return nil // of a program that kept none
	}
	if err != nil {
		return err
	}
	is, err := sumOf(p.Path)
	if err == nil && is != string(want) {
		err = p.damaged()
	}
	return err
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// PutAside takes a damaged file from where readers look, in place of one that was put
// aside before. It gives where it is. The caller holds the write lock.
func PutAside(p Published) (string, error) {
	aside := filepath.Join(filepath.Dir(p.Path), "damaged-"+filepath.Base(p.Path))
	if err := errors.Join(remove(aside), remove(p.Path+sumEnding)); err != nil {
		return "", err
	}
	return aside, os.Rename(p.Path, aside)
}

// remove removes a file that need not be there.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Only removes every other file of a folder of published warehouses: older ones, and what
// was put aside. The caller holds the write lock.
func Only(p Published) error {
	entries, err := os.ReadDir(filepath.Dir(p.Path))
	for _, e := range entries {
		if path := filepath.Join(filepath.Dir(p.Path), e.Name()); path != p.Path && path != p.Path+sumEnding {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}
