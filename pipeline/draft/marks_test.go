package draft_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/guard"
)

// Who changes what is hidden of the same figures must say so, or drafts made before
// are not made again: raise guard.Version, and write it and the new digest here.
func TestMarksAreOfThisVersion(t *testing.T) {
	t.Parallel()
	const want = "version 7: 8be7def84b22398a"
	v := example.View(t, example.Shared(t), example.Quarter(t, "2023-24-Q4"))
	request, err := draft.Request(context.Background(), v, v.Workspace.Returns[0])
	if err != nil {
		t.Fatal(err)
	}
	var marks []string
	for f, hidden := range request.Hidden {
		if hidden {
			marks = append(marks, fmt.Sprint(f))
		}
	}
	slices.Sort(marks)
	digest := sha256.Sum256([]byte(strings.Join(marks, "\n")))
	if have := fmt.Sprintf("version %d: %x", guard.Version, digest[:8]); have != want {
		t.Errorf("the example's fourth quarter has %d marks, which are %q, want %q", len(marks), have, want)
	}
}
