package briefing_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mojreturns/pipeline/pdf"
)

// The page in a real browser, at the width of a desk and of a small telephone: axe-core
// (the copy of the pages' tests) finds nothing, and nothing is wider than the screen. It
// takes seconds to start a browser.
func TestAccessibleInABrowser(t *testing.T) {
	path, err := pdf.Browser(os.Getenv)
	if err != nil {
		t.Skip(err)
	}
	axe, err := os.ReadFile(filepath.Join("..", "web", "testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page(t, collect(t, warehouseOf(t), request()))), 0o600); err != nil {
		t.Fatal(err)
	}
	timed, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	allocated, cancel := chromedp.NewExecAllocator(timed, chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox)
	defer cancel()
	ctx, cancel := chromedp.NewContext(allocated)
	defer cancel()
	for _, width := range []int64{1280, 320} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate("file://"+filepath.ToSlash(file))); err != nil {
			t.Fatal(err)
		}
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
		if err != nil || wide > int(width) {
			t.Errorf("the page is %d wide on a screen of %d (%v)", wide, width, err)
		}
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+"; true")); err != nil {
			t.Fatal(err)
		}
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
			`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.length + " as " + v.nodes[0].html))`, chromedp.EvalAwaitPromise))
		if err != nil || len(found) > 0 {
			t.Errorf("at %d: %v (%v)", width, found, err)
		}
	}
}
