package seal_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/seal"
)

var files = seal.Files{"return.xlsx": []byte("workbook"), "rules/queries/R01.sql": []byte("SELECT 1"), "empty.csv": nil}

func sealed(t *testing.T, signature *seal.Signature) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "returns", "v001")
	if err := seal.Write(dir, files, signature, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

// change replaces a sealed file as somebody with the rights to would.
func change(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o660); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	for name, content := range files {
		for bit := range 8 * len(content) {
			dir := sealed(t, nil)
			flipped := append([]byte{}, content...)
			flipped[bit/8] ^= 1 << (bit % 8)
			change(t, filepath.Join(dir, filepath.FromSlash(name)), flipped)
			if _, err := seal.Check(dir); !errors.Is(err, seal.ErrBroken) || !strings.Contains(err.Error(), name) {
				t.Errorf("bit %d of %s was flipped: %v", bit, name, err)
			}
		}
	}
}

func TestWhatIsNotSealedIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(dir string) error
		want string
	}{
		"gone":             {func(dir string) error { return os.Remove(filepath.Join(dir, "empty.csv")) }, `"empty.csv" is gone`},
		"added":            {func(dir string) error { return os.WriteFile(filepath.Join(dir, "rules", "x.sql"), nil, 0o660) }, `"rules/x.sql" was added`},
		"without manifest": {func(dir string) error { return os.Remove(filepath.Join(dir, seal.ManifestFile)) }, "there is no SEAL.json"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := sealed(t, nil)
			if err := c.do(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := seal.Check(dir); !errors.Is(err, seal.ErrBroken) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the sentence is %v, and must hold %s", err, c.want)
			}
		})
	}
	dir := sealed(t, nil)
	if m, err := seal.Check(dir); err != nil || len(m.Files) != len(files) {
		t.Errorf("an untouched seal: %v, %d files", err, len(m.Files))
	}
}

func TestASealIsWrittenOnce(t *testing.T) {
	dir := sealed(t, nil)
	if err := seal.Write(dir, files, nil, nil); err == nil || !strings.Contains(err.Error(), "never written again") {
		t.Errorf("written twice: %v", err)
	}
	if all, err := seal.Folders(filepath.Dir(dir), "v"); err != nil || len(all) != 1 || all[0].Dir != dir || all[0].Number != 1 {
		t.Errorf("sealed are %v, %v", all, err)
	}
}

func TestSignature(t *testing.T) {
	key := filepath.Join(t.TempDir(), "officer.key")
	public, err := seal.NewKey(key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.NewKey(key, rand.Reader); err == nil {
		t.Error("a key's file was written over")
	}
	signature, err := seal.Sign(files.Digest(), "chief-finance-officer", public, key)
	if err != nil {
		t.Fatal(err)
	}
	dir := sealed(t, signature)
	if _, err := seal.Check(dir); err != nil {
		t.Errorf("a signed seal: %v", err)
	}
	if digest, err := seal.DigestOf(dir); err != nil || digest != signature.Digest {
		t.Errorf("the digest is %s, %v; signed was %s", digest, err, signature.Digest)
	}
	if _, err := seal.Sign(files.Digest(), "somebody", strings.Repeat("A", 43)+"=", key); err == nil {
		t.Error("a key of somebody else signed")
	}
	other := seal.Files{"return.xlsx": []byte("another")}
	forged := filepath.Join(t.TempDir(), "v002")
	if err := seal.Write(forged, other, signature, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Check(forged); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("a signature of something else was taken: %v", err)
	}
}
