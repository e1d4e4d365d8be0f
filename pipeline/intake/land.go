// Package intake is what a sender of files meets: they are screened, landed and
// judged; marked and sent back; compared with what was sent before; suggested a
// mapping, chased and erased.
//
// All of a file is screened before its bytes are kept, other sheets and columns without a
// header too; what cannot be looked into (a PDF, an old workbook, one with a password) is
// not kept. A refusal is recorded with hash, size and time. What a sender wrote, a value, a
// header or the name of a sheet, is told by personal.Safe alone: as it is where that is
// safe, else by its shape. A mapping that is proposed names the headers that columns are
// made from, and words that stand in two rows of a coded column, to be translated.
//
// Of a CSV or OpenDocument file a marked workbook has every value as text. Marked
// workbooks go to store/annotated where nothing else is said, which erase clears. What a
// sender reads, marked or chased, is in the words of their mapping, backwards.
//
// A comparison of two versions judges both by today's rules, apart from what is
// published, so that it says what the sender changed and not what the rules did
// (2026-11-26). Rows belong together by the contract's key, or by row number where one
// of the two has no good key. Without names it holds what counts against what came before
// it under the same provider, feed and year, or, where files add up, the same name.
package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Land takes in the files named, or everything in the inbox.
func Land(ctx context.Context, ws *workspace.Workspace, files []string, given landing.Given) ([]landing.Landed, error) {
	return take(ctx, ws, files, given, "")
}

// take lands files or, where dry is a folder for what would be kept, says what landing
// them would do.
func take(ctx context.Context, ws *workspace.Workspace, files []string, given landing.Given, dry string) ([]landing.Landed, error) {
	files, err := candidates(ws, files)
	if err != nil {
		return nil, err
	}
	with := *ws
	with.Scratch = &warehouse.Scratch{}
	by := openDoor(ws, given.NewKey)
	look := func(ctx context.Context, path string, r landing.Receipt) (landing.Screening, error) {
		if dry != "" {
			return screenDry(ctx, &with, by, path, r, dry)
		}
		return screen(ctx, &with, by, path, r)
	}
	landed, err := ws.Landing.Land(ctx, landing.Request{Files: files, Given: given, Providers: ws.Register.Providers, Screen: look, Rules: ws.ScreenedBy, Mask: ws.Masked, Keys: by.fingerprints(), Dry: dry != ""})
	if err = errors.Join(err, with.Scratch.Close()); err != nil {
		return landed, told{err, ws.Masked(err.Error())}
	}
	return landed, nil
}

// told is an error in whose words the names of files are masked.
type told struct {
	error
	said string
}

func (t told) Error() string { return t.said }
func (t told) Unwrap() error { return t.error }

// candidates are the files named, which must be there, or those of the inbox.
func candidates(ws *workspace.Workspace, files []string) ([]string, error) {
	if len(files) == 0 {
		return landing.Inbox(filepath.Join(ws.Dir, "inbox"))
	}
	var missing []string
	for _, file := range files {
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			missing = append(missing, strconv.Quote(ws.Masked(file)))
		}
	}
	if len(missing) > 0 {
		return nil, unanswerable("there is no file %s, so nothing was taken in; name files by their path, or leave the names out to take the inbox",
			strings.Join(missing, ", "))
	}
	return files, nil
}
