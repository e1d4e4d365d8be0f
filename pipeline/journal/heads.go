package journal

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// HeadsFile is the file beside a journal that has its head after each change, one a line,
// the last one last. It is only ever written on, so that a kill leaves a torn line at worst.
func (j Journal) HeadsFile() string {
	return strings.TrimSuffix(j.file, filepath.Ext(j.file)) + ".heads"
}

// readHeads reads the file of heads, if there is one.
func (j *Journal) readHeads() error {
	text, err := os.ReadFile(j.HeadsFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	j.heads, j.tornHead = lines[:len(lines)-1], lines[len(lines)-1]
	return err
}

// none is the head of a journal without lines, where heads are kept of it.
const none = "0:"

// Behind tells whether the file of heads lacks that of the last line: a command was killed
// before it wrote it, or somebody else wrote the line. A journal without heads, as an
// earlier program wrote it, lacks none.
//
// The error wraps ErrBroken where a head is not of this journal: a line that it stands for
// is another now or was taken away, or the heads were.
func (j Journal) Behind() (bool, error) {
	lacking, err := j.lacking()
	return len(j.heads) > 0 && lacking > 0 || j.tornHead != "", err
}

// lacking is how many of the last lines no head stands for.
func (j Journal) lacking() (int, error) {
	last := -1
	for i, head := range j.heads {
		number := j.numberOf(head)
		switch {
		case number < 0:
			return 0, fmt.Errorf("%w: line %d of %q says %w", ErrBroken, i+1, j.HeadsFile(), j.Holds(head))
		case number <= last:
			return 0, fmt.Errorf("%w: line %d of %q comes after one of a later line: somebody put it there", ErrBroken, i+1, j.HeadsFile())
		}
		last = number
	}
	if first := slices.IndexFunc(j.Entries, func(e Entry) bool { return e.Witnessed }); last < 0 && first >= 0 {
		return 0, fmt.Errorf("%w: %q has no head, although line %d of the journal says that its own stands there: it was taken away or emptied", ErrBroken, j.HeadsFile(), first+1)
	}
	return len(j.Entries) - max(last, 0), nil
}

// numberOf is the number of the line that has a head, as the program writes it; 0 of none,
// and -1 where no line has it.
func (j Journal) numberOf(head string) int {
	if head == none {
		return 0
	}
	i := slices.IndexFunc(j.hashes, func(hash string) bool { return strings.HasSuffix(head, ":"+hash) })
	if i < 0 || head != fmt.Sprintf("%d:%s", i+1, j.hashes[i]) {
		return -1
	}
	return i + 1
}

// Witness writes the journal's head into the file of heads, unless it is there. What a
// killed command left of a head gives way to it. When it returns it is on the disk.
// Lines that are Witnessed are written between one Witness and another.
func (j *Journal) Witness() error {
	lacking, err := j.lacking()
	if err != nil || lacking == 0 && len(j.heads) > 0 && j.tornHead == "" {
		return err
	}
	var at int64
	for _, head := range j.heads {
		at += int64(len(head)) + 1
	}
	head := cmp.Or(j.Head(), none)
	if err := os.MkdirAll(filepath.Dir(j.file), 0o770); err != nil {
		return err
	}
	f, err := os.OpenFile(j.HeadsFile(), os.O_WRONLY|os.O_CREATE, 0o660)
	if err != nil {
		return fmt.Errorf("cannot write the journal's head: %w", err)
	}
	if j.tornHead != "" {
		err = f.Truncate(at)
	}
	if lacking > 0 || len(j.heads) == 0 {
		_, writeErr := f.WriteAt([]byte(head+"\n"), at)
		err, j.heads = errors.Join(err, writeErr), append(j.heads, head)
	}
	j.tornHead = ""
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("cannot write the journal's head: %w", err)
	}
	return nil
}
