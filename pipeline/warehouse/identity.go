package warehouse

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Identity names a build by what it is made of: named parts, in any order.
type Identity struct {
	parts []string
}

// NewIdentity has no parts yet.
func NewIdentity() *Identity { return &Identity{} }

// Add takes in a part. The same content under another name is another part.
func (i *Identity) Add(name string, content []byte) {
	i.parts = append(i.parts, fmt.Sprintf("%q %x\n", name, sha256.Sum256(content)))
}

// String is the identity: sixteen hexadecimal digits, the same for the same
// parts in whatever order they were added.
func (i *Identity) String() string {
	parts := slices.Sorted(slices.Values(i.parts))
	sum := sha256.New()
	for _, p := range parts {
		sum.Write([]byte(p))
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
