package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/annotate"
	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/typed"
)

// own finds the provider's own file where only a text with pseudonyms is kept of it, in the
// inbox as it was sent: a provider knows its client numbers, and no hash of them. A marked
// workbook that goes into the store is never made of it. says tells which it is.
func (a marking) own(path string) (file, says string, err error) {
	first := a.sources[0]
	if first.Sent == nil || first.Sent.Pseudonyms == nil {
		return "", "", nil
	}
	inside, err := within(a.pipeline.Path(), path)
	if err != nil {
		return "", "", err
	}
	if inside {
		return "", "client numbers are hashes in it, since it is in the store: give -o a folder elsewhere, and the file in the inbox is marked", nil
	}
	inbox, err := landing.Inbox(filepath.Join(a.pipeline.Dir, "inbox"))
	if err != nil {
		return "", "", err
	}
	for _, file := range inbox {
		if info, err := os.Stat(file); err != nil || info.Size() != first.Sent.Size {
			continue
		}
		sha, err := hashOfFile(file)
		if err != nil {
			return "", "", err
		}
		if sha == first.Sent.SHA256 {
			return file, "made of the file in the inbox, so it holds client numbers: send it back the agreed way and delete it", nil
		}
	}
	return "", "the file as it was sent is not in the inbox any more, so client numbers are hashes in it: go by the rows", nil
}

// within tells whether a path is in a folder.
func within(dir, path string) (bool, error) {
	from, err1 := filepath.Abs(dir)
	to, err2 := filepath.Abs(path)
	if err := errors.Join(err1, err2); err != nil {
		return false, err
	}
	rel, err := filepath.Rel(from, to)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)), nil
}

func hashOfFile(path string) (string, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, in)
	return fmt.Sprintf("%x", sum.Sum(nil)), err
}

// inOwn puts the faults where they stand in the provider's own file, in which no column
// was dropped, and takes the hashes out of what is said of them.
func (a marking) inOwn(ctx context.Context, file string, report *annotate.Report) error {
	for i, t := range report.Tables {
		at := slices.IndexFunc(a.sources, func(s typed.Staged) bool { return s.Refused == "" && s.Table.Sheet == t.Sheet })
		s := a.sources[at]
		s.Sent = nil // as it was sent
		s.Spec.Sheet, s.Spec.SheetPattern, s.Spec.SheetNumber = t.Sheet, "", 0
		if t.Sheet == "" {
			s.Spec.Sheet = ""
		}
		sent, err := extract.Header(ctx, file, s.Name, a.pipeline.ReadingOptions(s.Delivery))
		if err != nil {
			return err
		}
		var places []int // in the file, of the columns of what is kept
		for at, header := range sent.Header {
			if !contract.Means(a.dropped(), header) {
				places = append(places, at)
			}
		}
		if len(places) != t.Columns {
			return fmt.Errorf("the columns of %q are not those of what is kept of it", s.Name)
		}
		report.Tables[i].Columns = len(sent.Header)
		for j := range report.Faults {
			f := &report.Faults[j]
			if f.Sheet != t.Sheet {
				continue
			}
			f.Columns = slices.Clone(f.Columns)
			for n, c := range f.Columns {
				if slices.Contains(a.sources[0].Sent.Pseudonyms.Headers, s.Table.Header[c-1]) && f.Value != "" {
					f.Message, f.Value = strings.ReplaceAll(f.Message, f.Value, typed.Withheld), typed.Withheld
				}
				f.Columns[n] = places[c-1] + 1
			}
		}
	}
	return nil
}

// dropped are the headers that the feeds of the file say to drop.
func (a marking) dropped() []string {
	var names []string
	for _, s := range a.sources {
		names = append(names, s.Spec.Drop...)
	}
	return names
}
