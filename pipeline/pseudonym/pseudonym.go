// Package pseudonym makes a keyed hash of a client number: HMAC-SHA-256 of the number in
// its normal form (UTF-8), in small hexadecimal digits. Who has the key can make it again;
// nobody else can tell which number it was, however few numbers there are to try.
//
// A client is one person only if every file gives the same pseudonym, so a number is
// hashed in a normal form, by which what people and programs vary does not matter: width
// and compatibility forms (NFKC), dashes, capitals, blanks, the apostrophe by which Excel
// marks a text, and, of a number of digits alone, leading zeros and ".0", since Excel and
// other programs drop the one and add the other without asking. Two clients whose numbers
// differ in nothing else would be one person: a provider that has such must number them
// otherwise. All of it is frozen, since what was hashed earlier must come out the same; hence
// it borrows from no other package (2026-11-28).
package pseudonym

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// leastKey is the length of a key, in bytes: that of the hash (RFC 2104, section 3).
const leastKey = 32

// Key is the secret of one group of people. It is never printed: however it is formatted,
// it is "(secret)", and where it stands inside something else, an address.
type Key struct{ secret *[]byte }

func (Key) String() string               { return "(secret)" }
func (Key) GoString() string             { return "(secret)" }
func (Key) MarshalText() ([]byte, error) { return []byte("(secret)"), nil }

// errKey repeats nothing of what was given: it may be a key with a letter too many.
var errKey = errors.New("the key cannot be used: it is 32 random bytes or more, written in base64 or as hexadecimal digits, as `mojreturns pseudonymise --make-key FILE` makes it")

// Parse reads a key as people keep it: in base64 or hexadecimal digits, 32 bytes at least.
func Parse(text string) (Key, error) {
	text = strings.TrimSpace(text)
	secret, err := hex.DecodeString(text)
	if err != nil {
		secret, err = base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(text, "="))
	}
	different := map[byte]bool{}
	for _, b := range secret {
		different[b] = true
	}
	if err != nil || len(secret) < leastKey || len(different) < leastKey/2 { // 32 random bytes have 30 that differ
		return Key{}, errKey
	}
	return Key{&secret}, nil
}

// Fingerprint tells keys apart and gives nothing of them away: 16 hexadecimal digits.
func (k Key) Fingerprint() string { return k.hash("fingerprint of the key")[:16] }

// Of is the pseudonym of a client number as it was sent, of 64 hexadecimal digits; of a
// blank nothing. A number of which a spreadsheet kept some digits only would stand for
// several clients, and gets none: false.
func (k Key) Of(number string) (string, bool) {
	switch normal := Normal(number); {
	case normal == "":
		return "", true
	case rounded.MatchString(normal):
		return "", false
	default:
		return k.hash(normal), true
	}
}

func (k Key) hash(text string) string {
	h := hmac.New(sha256.New, *k.secret)
	io.WriteString(h, text)
	return hex.EncodeToString(h.Sum(nil))
}

var (
	digits  = regexp.MustCompile(`^0*([0-9]+)(\.0+)?$`)
	rounded = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?E\+[0-9]+$`) // 1.23457E+11
	dashes  = strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-")
)

// Normal is a client number without what people and programs vary.
func Normal(number string) string {
	text := number
	for { // what one step takes away may leave something for another
		before := text
		if !plain(text) {
			text = dashes.Replace(norm.NFKC.String(text))
		}
		text = strings.ToUpper(strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, text))
		text = strings.TrimLeft(text, "'’")
		if m := digits.FindStringSubmatch(text); m != nil {
			text = m[1]
		}
		if text == before {
			return text
		}
	}
}

// plain tells whether a text is of ASCII alone, as most are.
func plain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

// ReadKey reads the key in a file: its one line that is neither blank nor a comment.
func ReadKey(file string) (Key, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Key{}, fmt.Errorf("cannot read the key: %w", err)
	}
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if len(lines) != 1 {
		return Key{}, fmt.Errorf("%q has %d lines that could be the key, and should have one", file, len(lines))
	}
	key, err := Parse(lines[0])
	if err != nil {
		return Key{}, fmt.Errorf("%q: %w", file, err)
	}
	return key, nil
}

// MakeKey makes a key's file, which must not be there, for its owner alone to read.
func MakeKey(file string, random io.Reader) error {
	text, err := NewKey(random)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("cannot make the key file: %w", err)
	}
	_, err = fmt.Fprintf(f, "# The key by which client numbers become pseudonyms. Keep a copy in the safe: without it nobody can be\n"+
		"# followed from earlier files to later ones. Never send it by email, nor with the files.\n%s\n", text)
	return errors.Join(err, f.Close())
}

// NewKey draws a key, as people keep it.
func NewKey(random io.Reader) (text string, err error) {
	secret := make([]byte, leastKey)
	_, err = io.ReadFull(random, secret)
	return base64.StdEncoding.EncodeToString(secret), err
}
