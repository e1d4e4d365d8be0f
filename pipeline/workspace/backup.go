package workspace

import (
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/strict"
)

// Backup says where copies of what the office keeps go.
type Backup struct {
	To   string   `yaml:"to"`   // a folder, on another disk or share
	Keys []string `yaml:"keys"` // the public keys that copies are encrypted for, age1...; none: they are not
	// Identity is the file of a private key that opens them, so that this computer can
	// prove them; empty where the key is kept elsewhere.
	Identity string `yaml:"identity"`
}

// BackupJob and ProofJob are the jobs that need a place.
const (
	BackupJob = "backup"
	ProofJob  = "backup verify"
)

// Beside is a path of the configuration, which is reckoned from the workspace; empty stays so.
func (ws *Workspace) Beside(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(ws.Dir, path)
}

// checkBackup tells what of the backup cannot be.
func (ws *Workspace) checkBackup(top strict.Place) {
	b, at := ws.Backup, top.In("backup")
	if strings.TrimSpace(b.To) == "" && at.Given() {
		at.In("to").Wrong("backup: it says not where to: write to: and a folder on another disk or share")
	}
	for i, key := range b.Keys {
		switch {
		case !strings.HasPrefix(key, "age1"):
			at.In("keys").Nth(i).Wrong("backup: %q is no public key to encrypt for; write what `mojreturns backup --make-key FILE` prints, which begins with age1", key)
		case slices.Contains(b.Keys[:i], key):
			at.In("keys").Nth(i).Wrong("backup: the key %q is given twice", key)
		}
	}
	if b.Identity != "" && len(b.Keys) == 0 {
		at.In("identity").Wrong("backup: a key is named that opens the copies, and none they are encrypted for; write keys: too")
	}
	for i, e := range ws.Schedule {
		if b.To == "" && (e.Job == BackupJob || e.Job == ProofJob) {
			top.In("schedule").Nth(i).In("job").Wrong("schedule entry %d (%q): nothing says where backups go; write backup: {to: FOLDER}", i+1, e.Name)
		}
	}
}
