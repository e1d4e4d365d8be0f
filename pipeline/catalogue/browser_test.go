package catalogue_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"mojreturns/templates"
)

// shown counts the entries that can be seen.
const shown = `[...document.querySelectorAll(".entry")].filter(e => e.offsetParent).length`

// The page in a real browser under its own policy, as narrow as a small telephone.
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
	page, err := load(t).Page(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", page.Policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page.HTML)
	}))
	defer server.Close()
	timed, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	allocated, cancel := chromedp.NewExecAllocator(timed, chromedp.ExecPath(browser), chromedp.Headless, chromedp.NoSandbox)
	defer cancel()
	ctx, cancel := chromedp.NewContext(allocated)
	defer cancel()
	complaints := make(chan string, 100)
	err = chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*log.EventEntryAdded); ok && !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
			complaints <- e.Entry.Text
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 640), chromedp.Navigate(server.URL+"/#code-referral_source.POL")); err != nil {
		t.Fatal(err)
	}
	if width := evaluate[int](t, ctx, `document.documentElement.scrollWidth`); width > 320 {
		t.Errorf("the page is %d wide on a screen of 320", width)
	}
	if !evaluate[bool](t, ctx, `document.getElementById("code-referral_source.POL").offsetParent !== null`) {
		t.Error("a link to a code does not unfold its list")
	}
	all := evaluate[int](t, ctx, shown)
	search := func(words string) int {
		return evaluate[int](t, ctx, `(() => { const box = document.getElementById("words"); box.value = "`+words+`"; box.dispatchEvent(new Event("input")); return `+shown+`; })()`)
	}
	if got := search("r01"); got != 1 {
		t.Errorf("the box finds %d entries for r01, want 1", got)
	}
	if got := search("no such words at all"); got != 0 || !strings.HasPrefix(evaluate[string](t, ctx, `document.getElementById("said").textContent`), "Nothing found") {
		t.Errorf("the box finds %d entries for nonsense", got)
	}
	if got := search(""); got != all {
		t.Errorf("an emptied box shows %d of %d entries", got, all)
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
