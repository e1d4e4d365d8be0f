package draft

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// made remembers what a draft was made from, beside the drafts, so that a run
// with nothing new makes nothing again. A draft that someone has changed since is
// made again.
type made struct {
	From   string `json:"from"` // the identity of everything that decides the draft
	SHA256 string `json:"sha256"`
}

// keep writes a draft unless the file is there, made from the same.
func keep(path, from string, make func() ([]byte, error)) error {
	note := filepath.Join(filepath.Dir(path), ".made", filepath.Base(path)+".json")
	var was made
	if text, err := os.ReadFile(note); err == nil && json.Unmarshal(text, &was) == nil && was.From == from {
		if content, err := os.ReadFile(path); err == nil && fmt.Sprintf("%x", sha256.Sum256(content)) == was.SHA256 {
			return nil
		}
	}
	content, err := make()
	if err != nil {
		return err
	}
	if err := workspace.WriteFile(path, content); err != nil {
		return err
	}
	text, err := json.Marshal(made{From: from, SHA256: fmt.Sprintf("%x", sha256.Sum256(content))})
	if err != nil {
		return err
	}
	return workspace.WriteFile(note, text)
}

// identity names what decides the drafts of a period besides the build: the
// templates, the briefing's questions, the configured returns, how small counts are
// guarded and by which version of the program's hiding, what people wrote, what was sealed before, and what was released.
func identity(v *published.View) (string, error) {
	ws, at := v.Workspace, v.Period
	id := warehouse.NewIdentity()
	id.Add("build", []byte(v.Build))
	id.Add("period", []byte(at.Label))
	dirs := []string{"briefing"}
	for _, r := range ws.Returns {
		dirs = append(dirs, ws.FormDir(r))
	}
	for _, dir := range dirs {
		if err := builds.AddFiles(id, ws.Templates, dir); err != nil {
			return "", err
		}
	}
	if err := builds.AddFiles(id, ws.Queries, "briefing"); err != nil {
		return "", err
	}
	configured, err := json.Marshal(ws.Returns)
	if err != nil {
		return "", err
	}
	id.Add("returns", configured)
	guarded, err := json.Marshal(ws.Disclosure)
	if err != nil {
		return "", err
	}
	id.Add("disclosure", guarded)
	id.Add("hiding", []byte(strconv.Itoa(guard.Version)))
	id.Add("released", []byte(strings.Join(v.Given.Names(), "\n")))
	id.Add("time zone", []byte(ws.Location.String()))
	written, err := words(ws, at)
	if err != nil {
		return "", err
	}
	id.Add("words of the briefing", written)
	for _, r := range ws.Returns {
		commentary, err := ws.Commentary(r, at)
		if err != nil {
			return "", err
		}
		id.Add("commentary of "+r.Name, commentary)
		for _, s := range v.Given.Before(r, at) {
			id.Add("sealed "+s.Dir, []byte(s.Digest))
		}
	}
	return id.String(), nil
}
