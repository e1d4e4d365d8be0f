package archive

import (
	"fmt"
	"strings"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// keysLines names each change of keys by which somebody's went that nobody accepted, or
// not as they had to; those that were accepted are noted.
func (a *auditing) keysLines() error {
	var was map[string]string
	for _, e := range a.journal.Entries {
		if e.Kind != journal.Keys {
			continue
		}
		lost := strings.Join(workspace.LostKeys(was, e.Keys), ", ")
		switch signature := (seal.Signature{By: e.By, Digest: e.Digest, PublicKey: was[e.By], Signature: e.Signature}); {
		case lost == "":
		case e.Says == "" && !e.Witnessed: // by a program that did not ask
			a.Notes = append(a.Notes, fmt.Sprintf("by line %d of the journal the key of %s went or became another: an earlier program did not ask who accepts that", e.Number, lost))
		case e.Says == "":
			a.tell("by line %d of the journal the key of %s went or became another, and nobody accepted it", e.Number, lost)
		case was[e.By] != "" && (e.Digest != workspace.KeysDigest(was, e) || !signature.Valid()):
			a.tell("line %d of the journal says that %q accepted that the key of %s went, and they did not sign it", e.Number, e.By, lost)
		default:
			how := "signed with their key"
			if was[e.By] == "" {
				how = "recorded, not authenticated"
			}
			a.Notes = append(a.Notes, fmt.Sprintf("%q accepted that the key of %s went or became another (%s; line %d of the journal): %s", e.By, lost, how, e.Number, e.Says))
		}
		was = e.Keys
	}
	lost, err := a.ws.UnacceptedKeys()
	if err == nil && len(lost) > 0 {
		a.tell("the configuration no longer has the key that was kept of %s, and nobody accepted it: `mojreturns return keys` does", strings.Join(lost, ", "))
	}
	return err
}

// KeysGone are sentences of each change by which somebody's key went or became another:
// who accepted it and why, or that nobody did.
func KeysGone(ws *workspace.Workspace) ([]string, error) {
	j, err := ws.Journal()
	if err != nil {
		return nil, err
	}
	a := auditing{ws: ws, journal: j}
	err = a.keysLines()
	return append(a.Problems, a.Notes...), err
}
