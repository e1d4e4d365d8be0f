package secrets

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/pseudonym"
)

const head = "# What this office keeps to itself: never seal, send or print it. Keep a copy in the safe.\n"

// MakeKey draws a key for the people of a group and writes it into a workspace's secrets,
// which are made if they are not there. A group that has one keeps it.
func MakeKey(dir, group string, random io.Reader) (pseudonym.Key, error) {
	path := filepath.Join(dir, File)
	s, err := Read(dir)
	if err != nil {
		return pseudonym.Key{}, err
	}
	if _, there := s.Keys[group]; there {
		return pseudonym.Key{}, fmt.Errorf("the people of %s have a key in %q, which is kept: with another, nobody could be followed from earlier files to later ones. Take its line away yourself if that is meant", group, path)
	}
	text, err := pseudonym.NewKey(random)
	if err != nil {
		return pseudonym.Key{}, err
	}
	was, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return pseudonym.Key{}, err
	}
	const list = "pseudonym_keys:"
	line := fmt.Sprintf("  %q: %q\n", group, text)
	now := string(was)
	switch before, after, found := strings.Cut("\n"+now, "\n"+list+"\n"); {
	case found:
		now = strings.TrimPrefix(before+"\n"+list+"\n"+line+after, "\n")
	case strings.Contains("\n"+now, "\n"+list):
		return pseudonym.Key{}, fmt.Errorf("%q has its pseudonym_keys on one line; write each group's key on a line of its own below it, then give the command again", path)
	case now == "":
		now = head + list + "\n" + line
	default:
		now = strings.TrimRight(now, "\n") + "\n" + list + "\n" + line
	}
	if err := write(path, now); err != nil {
		return pseudonym.Key{}, err
	}
	return pseudonym.Parse(text)
}

// write puts a new file into the place of the one that is there.
func write(path, text string) error {
	part := path + ".partial"
	if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		os.Remove(part)
		return fmt.Errorf("cannot replace %q: is it open in another program? %w", path, err)
	}
	return os.Rename(part, path)
}
