package landing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// errChanged is returned by take for a file that is still being written.
var errChanged = errors.New("the file changed while it was read")

// readError marks a fault of the file being read, as against one of the store.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// take copies src into landing under the hash of the bytes copied. Nothing is
// left behind when it fails.
func (s *Store) take(ctx context.Context, src *os.File, info os.FileInfo) (sha string, size int64, err error) {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return "", 0, &readError{err}
	}
	temp, err := s.createTemp()
	if err != nil {
		return "", 0, fmt.Errorf("cannot write to the store: %w", err)
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	sum := sha256.New()
	// One byte more than it had is enough to see that it grows.
	if size, err = copyBytes(ctx, io.MultiWriter(temp, sum), io.LimitReader(src, info.Size()+1)); err != nil {
		return "", 0, err
	}
	if changed(src, info, size) {
		return "", 0, errChanged
	}
	sha = hex.EncodeToString(sum.Sum(nil))
	kept, err := os.Stat(s.Path(sha))
	switch {
	case err == nil && kept.Size() == size:
		return sha, size, nil
	case err == nil:
		return "", 0, fmt.Errorf("%q in the store is damaged: it has %d bytes and should have %d; delete it and land the file again", s.Path(sha), kept.Size(), size)
	}
	if err := Settle(temp, s.Path(sha)); err != nil {
		return "", 0, fmt.Errorf("cannot keep a file in the store: %w", err)
	}
	return sha, size, nil
}

// changed reports whether the file read is no longer the file that was opened.
func changed(src *os.File, before os.FileInfo, read int64) bool {
	after, err := src.Stat()
	if err != nil || read != before.Size() || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return true
	}
	now, err := os.Stat(src.Name())
	return err != nil || !os.SameFile(before, now)
}

// copyBytes copies until the end or until ctx ends. A failure to read is a *readError.
func copyBytes(ctx context.Context, dst io.Writer, src io.Reader) (int64, error) {
	buffer := make([]byte, 1<<20)
	var total int64
	for {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		n, err := src.Read(buffer)
		if n > 0 {
			if _, werr := dst.Write(buffer[:n]); werr != nil {
				return total, fmt.Errorf("cannot write to the store: %w", werr)
			}
			total += int64(n)
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, &readError{err}
		}
	}
}

// hash gives the SHA-256 of what src holds from here on.
func hash(ctx context.Context, src io.Reader) (string, error) {
	sum := sha256.New()
	if _, err := copyBytes(ctx, sum, src); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return hash(ctx, f)
}

// inUse reports whether a file could not be opened or read because another
// program holds it: Windows says so with two numbers of its own, other systems
// and file servers deny permission.
func inUse(err error) bool {
	const sharingViolation, lockViolation = syscall.Errno(32), syscall.Errno(33)
	if runtime.GOOS == "windows" && (errors.Is(err, sharingViolation) || errors.Is(err, lockViolation)) {
		return true
	}
	return errors.Is(err, fs.ErrPermission)
}
