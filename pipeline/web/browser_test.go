package web_test

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"mojreturns/pipeline/catalogue"
	"mojreturns/pipeline/web"
)

// palest finds the lowest contrast between any text and the background behind
// it, by the formula of WCAG 2.
const palest = `(() => {
	const light = c => {
		const [r, g, b] = c.match(/[\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const clear = c => /rgba\(.*, 0\)/.test(c);
	let least = 21;
	for (const e of document.querySelectorAll("body *")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
		let behind = e;
		while (behind && clear(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
		const [a, b] = [light(getComputedStyle(e).color), behind ? light(getComputedStyle(behind).backgroundColor) : 1].sort((x, y) => y - x);
		least = Math.min(least, (a + 0.05) / (b + 0.05));
	}
	return least;
})()`

// browser is a real one, or nil where this machine has none.
func browser(t *testing.T, complaint func(string)) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Log("not run: no Chromium on this machine")
		return nil
	}
	timed, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // on a busy machine too
	t.Cleanup(cancel)
	allocated, cancel := chromedp.NewExecAllocator(timed, chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(cancel)
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*log.EventEntryAdded); ok && !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
			complaint(e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// The page in a real browser, at the width of a small telephone.
func TestInABrowser(t *testing.T) {
	complaints := make(chan string, 100)
	ctx := browser(t, func(text string) { complaints <- text })
	if ctx == nil {
		return
	}
	server := httptest.NewServer(handler(t, source{status: full(t)}))
	defer server.Close()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 640), chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	if width := evaluate[int](t, ctx, `document.documentElement.scrollWidth`); width > 320 {
		t.Errorf("the page is %d wide on a screen of 320", width)
	}
	if contrast := evaluate[float64](t, ctx, palest); contrast < 4.5 {
		t.Errorf("the palest text has a contrast of %.2f, want at least 4.5", contrast)
	}
	if font := evaluate[string](t, ctx, `getComputedStyle(document.body).fontFamily`); !strings.HasPrefix(font, "Arial") {
		t.Errorf("the font is %q: the style was not applied", font)
	}
	for len(complaints) > 0 {
		t.Errorf("the browser complains: %s", <-complaints)
	}
}

var axeAll = flag.Bool("axe-all", false, "axe goes through long pages too, and through the others at both widths")

// long is how many elements a page has that axe takes seconds for.
const long = 1000

// Every page, as it answers and as it says what was wrong, at both widths: axe-core
// (MPL-2.0, testdata/axe, npm axe-core 4.14.1) finds nothing, and nothing is wider than
// the screen. It takes seconds for its fifty pages. The gate has axe go through all of
// them (-axe-all), the long ones once, at the larger width, which takes most of a minute.
func TestAccessible(t *testing.T) {
	ctx := browser(t, func(string) {})
	if ctx == nil {
		return
	}
	axe, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	ws := drafted(t)
	c := workbench(t, ws, func(o *web.Options) {
		o.Catalogue = func() ([]byte, string, error) {
			all, err := catalogue.Load(ws.Queries, ws.Templates)
			if err != nil {
				return nil, "", err
			}
			page, err := all.Page(ws.Templates)
			return page.HTML, page.Policy, err
		}
	})
	_, h, _ := c.post("/ask", "SELECT * FROM range(10000)")
	_, _, figure := c.get("/figure/R01?period=2023-24-Q4")
	pages := []string{"/", "/catalogue", h.Get("Location"), rowLink(figure), "/ask?from=" + strings.TrimPrefix(h.Get("Location"), "/answer/"),
		"/nothing", "/figures?period=never", "/figures?by=&scope=", "/table/valid_referral?f.source=none", "/answer/none", "/table/valid_referral?sort=-sex&f.source=MRC"}
	_, h, _ = c.post("/ask", "SELECT nothing FROM nowhere")
	pages = append(pages, h.Get("Location"))
	for pattern, path := range web.Routes() {
		if path == "" && !strings.HasPrefix(pattern, "/row/") && !strings.HasPrefix(pattern, "/answer/") {
			t.Errorf("%s has no address to look at", pattern)
		}
		if path != "" {
			pages = append(pages, path)
		}
	}
	looked := 0
	for _, path := range pages {
		for _, width := range []int64{1280, 320} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(c.base+path)); err != nil {
				t.Fatal(err)
			}
			if wide := evaluate[int](t, ctx, `document.documentElement.scrollWidth`); wide > int(width) {
				t.Errorf("%s is %d wide on a screen of %d", path, wide, width)
			}
			many := evaluate[int](t, ctx, `document.querySelectorAll("*").length`) > long
			if many && !(*axeAll && width > 1000) || width < 1000 && !*axeAll {
				continue
			}
			looked++
			evaluate[bool](t, ctx, string(axe)+"; true")
			for _, found := range evaluateLater[[]string](t, ctx, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.length + " as " + v.nodes[0].html))`) {
				t.Errorf("%s at %d: %s", path, width, found)
			}
		}
	}
	if looked < 15 {
		t.Errorf("axe went through %d pages only", looked)
	}
	// that axe is asked at all
	if err := chromedp.Do(ctx, chromedp.Navigate("data:text/html,<img src=x><p style='color:%23eee'>pale</p>")); err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, ctx, string(axe)+"; true")
	if found := evaluateLater[[]string](t, ctx, `axe.run().then(r => r.violations.map(v => v.id))`); len(found) < 3 {
		t.Errorf("of a bad page axe finds only %v", found)
	}
}

func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// evaluateLater waits for what an expression promises.
func evaluateLater[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
