package web_test

import (
	"context"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
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

// The page in a real browser, at the width of a small telephone.
func TestInABrowser(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Log("not run: no Chromium on this machine")
		return
	}
	server := httptest.NewServer(handler(t, source{status: full(t)}))
	defer server.Close()
	timed, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	allocated, cancel := chromedp.NewExecAllocator(timed, chromedp.ExecPath(browser), chromedp.Headless, chromedp.NoSandbox)
	defer cancel()
	ctx, cancel := chromedp.NewContext(allocated)
	defer cancel()

	complaints := make(chan string, 100)
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*log.EventEntryAdded); ok && !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
			complaints <- e.Entry.Text
		}
	})
	if err != nil {
		t.Fatal(err)
	}
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

func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
