// Package secrets reads what an office keeps out of its configuration: secrets.yaml,
// beside mojreturns.yaml. Nothing copies it into a seal, a build or a log, and no
// mistake in it is told with its line's text.
package secrets

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"mojreturns/pipeline/pseudonym"
	"mojreturns/pipeline/strict"
)

// File is the name of the file, in the workspace.
const File = "secrets.yaml"

// Secrets are what the file holds.
type Secrets struct {
	// Keys are those by which client numbers become pseudonyms, by group of people.
	Keys map[string]pseudonym.Key
	// MailPassword signs in to the mail server; WebhookKey signs what is posted.
	MailPassword, WebhookKey string
}

// Read reads a workspace's secrets; none where the file is not there. A file that others
// than its owner may read is refused, where the system can tell.
func Read(dir string) (Secrets, error) {
	path := filepath.Join(dir, File)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Secrets{}, nil
	}
	if err != nil {
		return Secrets{}, fmt.Errorf("cannot read %q: %w", path, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // Windows keeps rights elsewhere
		return Secrets{}, fmt.Errorf("%q may be read by others than its owner (%04o): run `chmod 600 %s`", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Secrets{}, fmt.Errorf("cannot read %q: %w", path, err)
	}
	var file struct {
		Keys         map[string]string `yaml:"pseudonym_keys"`
		MailPassword string            `yaml:"mail_password"`
		WebhookKey   string            `yaml:"webhook_key"`
	}
	if lines := strict.Read(path, text, &file).Lines(); len(lines) > 0 {
		return Secrets{}, fmt.Errorf("%q cannot be read, at line %s (not shown, since it may hold a key): it may have pseudonym_keys: and below it, two blanks in, a line for each group of people, GROUP: \"its key\"; mail_password: and webhook_key:, each with its text in quotes",
			path, strings.Join(lines, ", "))
	}
	s := Secrets{Keys: map[string]pseudonym.Key{}, MailPassword: file.MailPassword, WebhookKey: file.WebhookKey}
	var errs []error
	groups := map[string]string{} // by fingerprint
	for _, group := range slices.Sorted(maps.Keys(file.Keys)) {
		key, err := pseudonym.Parse(file.Keys[group])
		if err != nil {
			errs = append(errs, fmt.Errorf("%q, pseudonym_keys, group %q: %w", path, group, err))
			continue
		}
		if other := groups[key.Fingerprint()]; other != "" {
			errs = append(errs, fmt.Errorf("%q, pseudonym_keys: the groups %q and %q have one key, so that people of both would be joined; make each its own", path, other, group))
		}
		groups[key.Fingerprint()], s.Keys[group] = group, key
	}
	return s, errors.Join(errs...)
}
