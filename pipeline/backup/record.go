package backup

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"mojreturns/pipeline/workspace"
)

// RecordFile is where a workspace notes its backups and proofs, in the store. It is not
// part of a backup, which would then never be without a change.
const RecordFile = "backups.jsonl"

// Record is one backup that was made, or one that was held to what it should be.
type Record struct {
	At     time.Time `json:"at"` // UTC
	Proved bool      `json:"proved"`
	OK     bool      `json:"ok"`
	Place  string    `json:"place"`
	Number int       `json:"number"`
	Head   string    `json:"head"`
}

// Note adds a line to the workspace's record of backups.
func Note(ws *workspace.Workspace, r Record) error {
	r.At = ws.Now().UTC().Truncate(time.Second)
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(ws.Path(), 0o770); err != nil {
		return err
	}
	f, err := os.OpenFile(ws.Path(RecordFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o660)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// Noted reads the record of backups, oldest first. A line that a power cut tore is passed over.
func Noted(ws *workspace.Workspace) (out []Record, err error) {
	text, err := os.ReadFile(ws.Path(RecordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		var r Record
		if json.Unmarshal(lines.Bytes(), &r) == nil && !r.At.IsZero() {
			out = append(out, r)
		}
	}
	return out, errors.Join(err, lines.Err())
}

// Taken says whether backups that this workspace made in a place are there no more: then
// somebody took the last away, or put an older copy of the place into its stead.
func Taken(noted []Record, place string, c Checked) (says string) {
	for _, r := range noted {
		if !r.Proved && r.Place == place && r.Number > c.Last.Number {
			return "the last backup made there was a later one than is there: it was taken away, or an older copy of the folder was put there"
		}
		if r.Place == place && r.Number == c.Last.Number && r.Head != c.Head {
			return "the last backup is not the one that was made there"
		}
	}
	return ""
}
