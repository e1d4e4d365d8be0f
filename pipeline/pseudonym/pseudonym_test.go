package pseudonym_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mojreturns/pipeline/pseudonym"
)

var keyText = strings.Repeat("00112233445566778899aabbccddeeff", 2)

func key(t testing.TB) pseudonym.Key {
	t.Helper()
	k, err := pseudonym.Parse(keyText)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The hashes are those of Python's hmac module, by the same key, of the number in its
// normal form. They never change: what was kept earlier would be of other people.
func TestOf(t *testing.T) {
	const of123 = "425d4d9da4c4c06d0ed98cd26605487b6d650ac37493e5e73a9417ee07b8c66a"
	const ofSA = "392d663d38ea5e689f659537e546caf20f14fc5d19dd0178b6d382b0d8d2d6f0"
	k := key(t)
	for number, want := range map[string]string{
		"123": of123, "00123": of123, " 123 ": of123, "'00123": of123, "123.0": of123, "1 23": of123, "１２３": of123, "\ufeff123\u200b": of123, "\u00a0123\t": of123,
		"SA-00123": ofSA, "sa-00123": ofSA, "SA–00123": ofSA, "ＳＡ－00123": ofSA, "SA‑00123 ": ofSA,
		"0": "d2829cb608d12053ec64f3e282636bde2fdc039aaf366b304c6940ff3cc822be", "000": "d2829cb608d12053ec64f3e282636bde2fdc039aaf366b304c6940ff3cc822be",
		"é7": "90f4ff531c35d058d01ea1fe4a63fcce6cb812bb899e61b954e43c0b2642212d", "E\u03017": "90f4ff531c35d058d01ea1fe4a63fcce6cb812bb899e61b954e43c0b2642212d",
		"": "", " \t\u00a0": "", "'": "",
	} {
		if got, ok := k.Of(number); !ok || got != want {
			t.Errorf("%q is %s, %v; want %s", number, got, ok, want)
		}
	}
	for _, number := range []string{"1.23457E+11", "1E+15", "7e+20"} {
		if got, ok := k.Of(number); ok || got != "" {
			t.Errorf("%q is rounded, and is %s", number, got)
		}
	}
	for _, other := range []string{"124", "1230", "1-23", "SA00123", "SA-123", "12.30", "1E15"} {
		if got, ok := k.Of(other); !ok || got == of123 || got == ofSA {
			t.Errorf("%q is another number, and is %s, %v", other, got, ok)
		}
	}
	if got := k.Fingerprint(); got != "b7e1b7dceeb9052a" {
		t.Errorf("the fingerprint is %s", got)
	}
}

// A normal form is its own normal form, and blanks and capitals anywhere do not matter.
func TestNormal(t *testing.T) {
	k := key(t)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.String().Draw(t, "number")
		normal := pseudonym.Normal(number)
		if again := pseudonym.Normal(normal); again != normal {
			t.Errorf("%q is %q, which is %q", number, normal, again)
		}
		spaced := strings.Join(strings.Split(number, ""), " ")
		if a, b := pseudonym.Normal(spaced), normal; a != b && isASCII(number) {
			t.Errorf("with blanks it is %q, not %q", a, b)
		}
		one, ok1 := k.Of(number)
		two, ok2 := k.Of(strings.ToLower(number))
		if isASCII(number) && (one != two || ok1 != ok2) {
			t.Errorf("%q and its small letters differ", number)
		}
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 127 })
}

// However it is formatted, a key shows nothing of itself.
func TestKeyIsNotPrinted(t *testing.T) {
	k := key(t)
	text, err := json.Marshal(map[string]any{"key": k})
	if err != nil {
		t.Fatal(err)
	}
	all := string(text) + fmt.Sprintf("%v %+v %#v %s %q %x %+v", k, k, k, k, k, k, struct{ K pseudonym.Key }{k})
	for _, part := range []string{"0011", "17 34", "[0 17", "AARIz"} {
		if strings.Contains(all, part) {
			t.Errorf("the key is printed: %s", all)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "own.key")
	if err := pseudonym.MakeKey(file, bytes.NewReader([]byte("0123456789abcdefghijklmnopqrstuv"))); err != nil {
		t.Fatal(err)
	}
	k, err := pseudonym.ReadKey(file)
	want, _ := pseudonym.Parse("MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=") // base64 of these 32 letters
	if err != nil || k.Fingerprint() != want.Fingerprint() {
		t.Errorf("%s, %v", k.Fingerprint(), err)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := pseudonym.MakeKey(file, bytes.NewReader(make([]byte, 32))); err == nil {
		t.Error("a key is written over")
	}
	for _, c := range []struct{ text, want string }{
		{"", "has 0 lines that could be the key"},
		{keyText + "\n" + keyText, "has 2 lines"},
		{keyText[:62], "32 random bytes or more"},
		{keyText[:63] + "!", "32 random bytes or more"},
		{strings.Repeat("00", 32), "32 random bytes or more"},
		{"a pass phrase that somebody made up, long enough", "32 random bytes or more"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := pseudonym.ReadKey(file)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.text != "" && strings.Contains(err.Error(), c.text[:20]) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}
