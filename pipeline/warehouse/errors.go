package warehouse

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	// ErrNothingPublished is returned by OpenPublished and a Desk before the first build.
	ErrNothingPublished = errors.New("nothing has been published yet; run the build first")
	// ErrInUse is returned where a file is held by another program.
	ErrInUse = errors.New("the file is in use")
	// ErrRefused is returned by Desk.Ask for a statement that the sandbox does not allow.
	ErrRefused = errors.New("the query is not allowed")
	// ErrTimeLimit is returned by Desk.Ask for a query that was stopped.
	ErrTimeLimit = errors.New("the query was stopped")
)

// DuckDB: Could not set lock on file "x": Conflicting lock is held in /usr/bin/y (PID 12) by user z. See also ...
var lockHolder = regexp.MustCompile(`Conflicting lock is held in (.+?) \(PID (\d+)\)`)

// inUse says in a sentence that a file is held by another program, and by which
// where the system tells. Other errors are as they were.
func inUse(path string, err error) error {
	text := err.Error()
	if m := lockHolder.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%w: %q is held by %s (process %s); close it there and try again", ErrInUse, path, m[1], m[2])
	}
	if strings.Contains(text, "Conflicting lock") || strings.Contains(text, "being used by another process") {
		return fmt.Errorf("%w: %q is held by another program; close it there and try again", ErrInUse, path)
	}
	return err
}
