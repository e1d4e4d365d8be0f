package seal

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Signature is a person's signature of a digest.
type Signature struct {
	By        string `json:"by"`
	Digest    string `json:"digest"`
	PublicKey string `json:"public_key"` // ed25519, base64
	Signature string `json:"signature"`  // of the digest's text, base64
}

// NewKey makes a private key's file (which must not exist) and gives the public
// key, as the configuration keeps it.
func NewKey(file string, random io.Reader) (public string, err error) {
	pub, private, err := ed25519.GenerateKey(random)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("cannot make the key file: %w", err)
	}
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(private.Seed()))
	return base64.StdEncoding.EncodeToString(pub), errors.Join(err, f.Close())
}

// Sign signs a digest with the key in a file, which must be the user's.
func Sign(digest, by, public, file string) (*Signature, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%q is not a key made by `mojreturns return key`", file)
	}
	private := ed25519.NewKeyFromSeed(seed)
	own := base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey))
	if own != public {
		return nil, fmt.Errorf("the key in %q is not the one the configuration has for %q", file, by)
	}
	return &Signature{By: by, Digest: digest, PublicKey: own, Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(digest)))}, nil
}

// Valid says whether the signature is of its digest, by its key.
func (s Signature) Valid() bool {
	public, err1 := base64.StdEncoding.DecodeString(s.PublicKey)
	signature, err2 := base64.StdEncoding.DecodeString(s.Signature)
	return err1 == nil && err2 == nil && len(public) == ed25519.PublicKeySize && ed25519.Verify(public, []byte(s.Digest), signature)
}

// ReadSignature reads a sealed folder's signature; nil where it was recorded
// without one.
func ReadSignature(dir string) (*Signature, error) {
	text, err := os.ReadFile(filepath.Join(dir, SignatureFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s Signature
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%w: %s cannot be read: %w", ErrBroken, SignatureFile, err)
	}
	return &s, nil
}

func checkSignature(dir, digest string) error {
	s, err := ReadSignature(dir)
	if err != nil || s == nil {
		return err
	}
	if s.Digest != digest || !s.Valid() {
		return fmt.Errorf("%w: %s does not sign what is sealed here", ErrBroken, SignatureFile)
	}
	return nil
}
