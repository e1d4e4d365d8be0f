package pipeline_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
)

// Two machines in two time zones, of one and two processors, one landing the files
// the other way round: the same workbook, byte for byte. It costs two builds.
func TestSameBytesElsewhere(t *testing.T) {
	ctx := context.Background()
	here := time.Local
	t.Cleanup(func() { time.Local = here })
	var first []byte
	for i, zone := range []*time.Location{time.FixedZone("far west", -11*3600), time.FixedZone("far east", 13*3600)} {
		time.Local = zone
		ws := example.Cleveland(t)
		ws.Settings.Threads = i + 1
		files, err := landing.Inbox(filepath.Join(ws.Dir, "inbox"))
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			slices.Reverse(files)
		}
		for _, file := range files {
			if _, err := intake.Land(ctx, ws, []string{file}, landing.Given{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := builds.Build(ctx, ws); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "return.xlsx")
		if _, err := draft.Return(ctx, example.View(t, ws, example.Quarter(t, "2023-24-Q4")), "", path); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = content
		} else if !bytes.Equal(first, content) {
			t.Error("the workbooks differ")
		}
	}
}
