package signoff_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mojreturns/pipeline"
	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/workspace"
)

// begun are offices that are brought so far once, for all stories that go on from there;
// each goes on in a copy.
var begun struct{ ran, third, fourth, whole, signed example.Once }

func TestMain(m *testing.M) {
	example.Main(m, &begun.ran, &begun.third, &begun.fourth, &begun.whole, &begun.signed)
}

// ran is the small office after a run for the fourth quarter.
func ran(t *testing.T) *workspace.Workspace {
	t.Helper()
	return example.OpenSmall(t, begun.ran.Copy(t, func() string {
		ws := example.Small(t)
		if _, err := pipeline.Run(t.Context(), ws, example.Quarter(t, "2023-24-Q4")); err != nil {
			t.Fatal(err)
		}
		return ws.Dir
	}))
}

// sealedThird and sealedFourth are the small office with one quarter's return sealed.
func sealedThird(t *testing.T) (*workspace.Workspace, archive.Sealed) {
	t.Helper()
	return sealedSmall(t, &begun.third, "2023-24-Q3")
}

func sealedFourth(t *testing.T) (*workspace.Workspace, archive.Sealed) {
	t.Helper()
	return sealedSmall(t, &begun.fourth, "2023-24-Q4")
}

func sealedSmall(t *testing.T, once *example.Once, label string) (*workspace.Workspace, archive.Sealed) {
	t.Helper()
	at := example.Quarter(t, label)
	ws := example.OpenSmall(t, once.Copy(t, func() string {
		ws := example.Small(t)
		seals(t, ws, at)
		return ws.Dir
	}))
	return ws, kept(t, ws, label)
}

// sealedWhole is the whole example with the fourth quarter's return sealed.
func sealedWhole(t *testing.T) (*workspace.Workspace, archive.Sealed) {
	t.Helper()
	ws := example.Open(t, begun.whole.Copy(t, func() string {
		ws := example.Built(t)
		seals(t, ws, example.Quarter(t, "2023-24-Q4"))
		return ws.Dir
	}))
	return ws, kept(t, ws, "2023-24-Q4")
}

// signedOffice is a small office whose two users have keys, with a return that is
// submitted, approved and sealed, and a briefing that is released.
func signedOffice(t *testing.T) (*workspace.Workspace, archive.Sealed) {
	t.Helper()
	ws := example.OpenSmall(t, begun.signed.Copy(t, func() string { return signs(t) }))
	for i, u := range ws.Users {
		ws.Users[i].Key = string(example.ReadFile(t, filepath.Join(ws.Dir, "keys", u.Name+".public")))
	}
	return ws, kept(t, ws, "2023-24-Q4")
}

// signs makes the signed office and gives its folder, with the keys in it.
func signs(t *testing.T) string {
	t.Helper()
	ws := ran(t)
	at := example.Quarter(t, "2023-24-Q4")
	by := map[string]signoff.Signing{"performance-analyst": analyst(at), "chief-finance-officer": officer(at)}
	keys := filepath.Join(ws.Dir, "keys")
	if err := os.Mkdir(keys, 0o770); err != nil {
		t.Fatal(err)
	}
	for i, u := range ws.Users {
		s := by[u.Name]
		s.KeyFile = filepath.Join(keys, u.Name)
		public, err := seal.NewKey(s.KeyFile, rand.Reader)
		if err := errors.Join(err, os.WriteFile(s.KeyFile+".public", []byte(public), 0o660)); err != nil {
			t.Fatal(err)
		}
		ws.Users[i].Key, by[u.Name] = public, s
	}
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(t.Context(), ws, by["performance-analyst"], waived); err != nil {
		t.Fatal(err)
	}
	if _, err := signoff.Approve(t.Context(), ws, by["chief-finance-officer"], declared, answers); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Release(t.Context(), example.View(t, ws, at), disclosure.Briefing, "performance analyst", waived); err != nil {
		t.Fatal(err)
	}
	return ws.Dir
}

// kept is the newest seal of a quarter.
func kept(t *testing.T, ws *workspace.Workspace, label string) archive.Sealed {
	t.Helper()
	sealed, err := archive.Version(ws, "", example.Quarter(t, label), 0)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}
