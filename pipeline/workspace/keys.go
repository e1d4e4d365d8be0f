package workspace

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/seal"
)

// keys are the users' public keys, by user; nil where none has one.
func (ws *Workspace) keys() map[string]string {
	var out map[string]string
	for _, u := range ws.Users {
		if u.Key != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[u.Name] = u.Key
		}
	}
	return out
}

// LostKeys names the users whose key is no longer what it was: taken away, or another.
func LostKeys(was, now map[string]string) (users []string) {
	for _, user := range slices.Sorted(maps.Keys(was)) {
		if was[user] != "" && now[user] != was[user] {
			users = append(users, user)
		}
	}
	return users
}

// UnacceptedKeys names the users whose key of the configuration is not that of the
// journal, which nobody accepted: whoever can write the configuration could otherwise
// sign in their name. A key given to a user who had none needs no accepting.
func (ws *Workspace) UnacceptedKeys() ([]string, error) {
	j, err := ws.Journal()
	return LostKeys(j.KeysNow(), ws.keys()), err
}

// KeysHold refuses while somebody's key was taken away or replaced and nobody accepted it.
func (ws *Workspace) KeysHold() error {
	lost, err := ws.UnacceptedKeys()
	if err != nil || len(lost) == 0 {
		return err
	}
	return Refused("the configuration no longer has the key that was kept of %s: put it back, or have the change accepted by name, with a reason: `mojreturns return keys --accept REASON --by USER`", strings.Join(lost, ", "))
}

// AcceptKeys accepts that keys were taken away or replaced, by the name of a user, for a
// reason. A user who has a key by the journal signs with it; their own that goes will do.
// It gives the users whose keys they were.
func (ws *Workspace) AcceptKeys(by, reason, keyFile string) ([]string, error) {
	if !slices.ContainsFunc(ws.Users, func(u User) bool { return u.Name == by }) {
		return nil, Refused("no user is called %q; a change of keys is accepted by one of the configuration", by)
	}
	j, err := ws.readyJournal()
	if err != nil {
		return nil, err
	}
	was := j.KeysNow()
	lost := LostKeys(was, ws.keys())
	if len(lost) == 0 {
		return nil, nil
	}
	e := journal.Entry{Kind: journal.Keys, By: by, Keys: ws.keys(), Says: reason}
	e.Digest = KeysDigest(was, e)
	if key := was[by]; key != "" {
		if keyFile == "" {
			return nil, Refused("%q signs with a key: give the file with --key", by)
		}
		s, err := seal.Sign(e.Digest, by, key, keyFile)
		if err != nil {
			return nil, Refused("%v; it is to be the key that was theirs until now", err)
		}
		e.Signature = s.Signature
	}
	return lost, ws.append(&j, []journal.Entry{e})
}

// KeysDigest is what whoever accepts a change of keys signs: what they were and are, who
// accepts it and why.
func KeysDigest(was map[string]string, e journal.Entry) string {
	text, _ := json.Marshal([]any{was, e.Keys, e.By, e.Says}) // texts always marshal
	return seal.Digest(text)
}

// newKeys is a line of the users' keys, where they are others than they were and none of
// them was taken away or replaced: that is accepted first.
func (ws *Workspace) newKeys(j journal.Journal) []journal.Entry {
	was, now := j.KeysNow(), ws.keys()
	if maps.Equal(was, now) || len(LostKeys(was, now)) > 0 {
		return nil
	}
	return []journal.Entry{{Kind: journal.Keys, By: cmp.Or(ws.By, ConfigFile), Keys: now}}
}
