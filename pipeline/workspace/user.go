package workspace

import (
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"strings"

	"mojreturns/pipeline/strict"
)

// User is somebody who signs, by role and never by name.
type User struct {
	Name string   `yaml:"name"` // such as performance-analyst
	May  []string `yaml:"may"`  // submit, approve
	Key  string   `yaml:"key"`  // their public ed25519 key; empty: signing is recorded, not authenticated
}

// User finds the user called name who may do something: submit or approve.
func (ws *Workspace) User(name, may string) (User, error) {
	var names []string
	for _, u := range ws.Users {
		if u.Name == name {
			if !slices.Contains(u.May, may) {
				return User{}, Refused("%q may not %s returns; the configuration gives the right under users", name, may)
			}
			return u, nil
		}
		if slices.Contains(u.May, may) {
			names = append(names, u.Name)
		}
	}
	return User{}, Refused("no user is called %q; those who may %s are: %s", name, may, strings.Join(names, ", "))
}

// rights are what a user may be given.
var rights = []string{"submit", "approve"}

// checkUsers tells what of the users cannot be.
func checkUsers(users []User, at strict.Place) {
	for i, u := range users {
		one := at.Nth(i)
		switch {
		case strings.TrimSpace(u.Name) == "":
			one.In("name").Wrong("user %d has no name; give the role, such as performance-analyst", i+1)
		case slices.ContainsFunc(users[:i], func(o User) bool { return o.Name == u.Name }):
			one.In("name").Wrong("user %q is there twice; take one away", u.Name)
		}
		if len(u.May) == 0 {
			one.In("may").Wrong("user %q may do nothing; write may: [submit] or may: [approve]", u.Name)
		}
		for j, right := range u.May {
			if !slices.Contains(rights, right) {
				one.In("may").Nth(j).Wrong("user %q: the right %q is not known; %s", u.Name, right, strict.Instead(right, rights))
			}
		}
		if key, err := base64.StdEncoding.DecodeString(u.Key); u.Key != "" && (err != nil || len(key) != ed25519.PublicKeySize) {
			one.In("key").Wrong("user %q: the key is no public key; put here what `mojreturns return key FILE` prints", u.Name)
		}
	}
}
