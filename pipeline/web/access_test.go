package web_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/web"

	"github.com/google/go-cmp/cmp"
)

// Nobody without the key is shown a row, and no page of another site can ask.
func TestWhoMayLook(t *testing.T) {
	const key = "a-key-that-was-printed"
	now := time.Date(2024, 4, 30, 9, 0, 0, 0, time.UTC)
	c := workbench(t, drafted(t), func(o *web.Options) { o.Key, o.Now = key, func() time.Time { return now } })
	var paths []string
	for _, path := range web.Routes() {
		paths = append(paths, path)
	}
	for _, path := range append(paths, "/figures.csv", "/answer/"+strings.Repeat("0", 64), "/row/x/1") {
		for _, cookie := range []string{"", "mojreturns=", c.cookie + "=another", c.cookie + "=" + key} {
			if path == "" {
				continue
			}
			if status, _, page := c.get(path, "Cookie", cookie); status != http.StatusUnauthorized || strings.Contains(page, "<table>") {
				t.Errorf("%s with %q: status %d", path, cookie, status)
			}
		}
	}
	if status, _, _ := c.get("/open/another"); status != http.StatusForbidden {
		t.Errorf("a wrong key: status %d", status)
	}
	status, h, _ := c.get("/open/" + key)
	cookie := h.Get("Set-Cookie")
	if status != http.StatusSeeOther || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") {
		t.Errorf("status %d, cookie %q", status, cookie)
	}
	session := c.open(key)
	if again := c.open(key); again == session || strings.Contains(session+again, key) {
		t.Errorf("the sessions are %s and %s", session, again)
	}
	if status, _, _ := c.get("/figures", "Cookie", session); status != http.StatusOK {
		t.Errorf("with the key: status %d", status)
	}
	if status, _, _ := c.ask("SELECT 1", "Cookie", session, "Origin", "http://elsewhere.example", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
		t.Errorf("a page of another site asks: status %d", status)
	}
	if status, _, _ := c.get("/figures", "Host", "elsewhere.example"); status == http.StatusMisdirectedRequest {
		t.Error("the header was taken for the host") // Go sends Host apart; the guard has its own test
	}
	now = now.Add(13 * time.Hour)
	if status, _, _ := c.get("/figures", "Cookie", session); status != http.StatusUnauthorized {
		t.Errorf("the day after: status %d", status)
	}
	for range 101 {
		c.open(key)
	}
	last := c.open(key)
	if status, _, _ := c.get("/figures", "Cookie", last); status != http.StatusOK {
		t.Errorf("with many sessions: status %d", status)
	}
}

// Who has no key cannot make the audit grow: of many refusals in an hour it tells how many.
func TestRefusalsDoNotFillTheAudit(t *testing.T) {
	ws := example.Built(t)
	now := time.Date(2024, 4, 30, 9, 10, 0, 0, time.UTC)
	c := workbench(t, ws, func(o *web.Options) { o.Key, o.Now = "the-key", func() time.Time { return now } })
	for range 250 {
		c.get("/open/a-guess")
		c.get("/figures")
	}
	lines := func() []journal.Entry {
		j, err := journal.Read(ws.Path("audit", "2024-04.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		return j.Entries
	}
	if n := len(lines()); n != 21 { // the month's first line and twenty
		t.Errorf("%d lines after 500 refusals", n)
	}
	now = now.Add(time.Hour)
	c.get("/figures")
	all := lines()
	if n := len(all); n != 23 || all[21].Says != "480 more in the hour from 09:00 UTC" || all[22].Place != "/figures" {
		t.Errorf("%d lines, %+v", n, all[21:])
	}
}

// What has not changed is not sent again, and no page may be kept by others or frame it.
func TestHeaders(t *testing.T) {
	c := workbench(t, drafted(t), nil)
	for pattern, path := range web.Routes() {
		if path == "" {
			continue
		}
		status, h, _ := c.get(path)
		if status != http.StatusOK || h.Get("ETag") == "" || h.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: status %d, %q, %q", pattern, status, h.Get("ETag"), h.Get("Cache-Control"))
		}
		if again, _, body := c.get(path, "If-None-Match", h.Get("ETag")); path != "/audit" && (again != http.StatusNotModified || body != "") { // each look is a line more
			t.Errorf("%s: asked again, status %d", pattern, again)
		}
		if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %q", pattern, policy)
		}
	}
}

// No address of a page leads nowhere.
func TestLinksLeadSomewhere(t *testing.T) {
	c := workbench(t, drafted(t), nil)
	followed := map[string]bool{}
	for _, path := range web.Routes() {
		if path == "" {
			continue
		}
		_, _, page := c.get(path)
		links := aLink.FindAllStringSubmatch(page, -1)
		for i, m := range links {
			href := strings.ReplaceAll(m[1], "&amp;", "&")
			if kind := regexp.MustCompile(`[0-9a-f]{64}/\d+|at=.*`).ReplaceAllString(href, "N"); followed[kind] || strings.HasPrefix(href, "/catalogue") || strings.HasPrefix(href, "#") || i%3 != 0 && len(links) > 40 {
				continue
			} else {
				followed[kind] = true
			}
			if status, _, _ := c.get(href); status != http.StatusOK {
				t.Errorf("%s leads to %s: status %d", path, href, status)
			}
		}
	}
	if len(followed) < 50 {
		t.Errorf("only %d were followed", len(followed))
	}
}

// What is looked at is recorded before it is shown, without a value of a row and without
// the key; a changed line shows, a month follows the one before, and what cannot be
// recorded is not shown.
func TestAudit(t *testing.T) {
	ws := drafted(t)
	now := time.Date(2024, 4, 30, 23, 0, 0, 0, time.UTC)
	const key = "the-key-that-was-printed"
	c := workbench(t, ws, func(o *web.Options) { o.Key, o.Now = key, func() time.Time { return now } })
	c.get("/open/wrong-key-of-somebody")
	cookie := []string{"Cookie", c.open(key)}
	c.get("/figures")
	c.get("/figures?period=2023-24-Q4", cookie...)
	c.get("/table/valid_referral.csv?f.referral_id=SA-00177", cookie...)
	c.get("/question/spend_by_month", cookie...)
	c.get("/nothing", cookie...)
	read := func(month string) (journal.Journal, string) {
		file := ws.Path("audit", month+".jsonl")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		return j, string(text)
	}
	april, text := read("2024-04")
	var got []string
	for _, e := range april.Entries {
		got = append(got, string(e.Kind)+" "+e.Place+" "+e.Says)
	}
	want := []string{"found  the first month", "refused /open ", "opened /open ", "refused /figures 401", "looked /figures 52 rows", "exported /table/valid_referral.csv 1 row",
		"asked /question/spend_by_month 36 rows", "refused another address 404"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, secret := range []string{"SA-00177", key, "wrong-key"} {
		if strings.Contains(text, secret) {
			t.Errorf("the audit holds %q", secret)
		}
	}
	now = now.Add(2 * time.Hour)
	c.get("/ask", cookie...)
	if may, _ := read("2024-05"); may.Entries[0].Digest != april.Head() || may.Entries[0].Place != "audit/2024-04.jsonl" || len(may.Entries) != 2 {
		t.Errorf("May begins with %+v, after %s", may.Entries[0], april.Head())
	}
	says := func(month, want string) {
		t.Helper()
		if status, _, page := c.get("/audit?month="+month, cookie...); status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("the audit of %s: status %d, without %q", month, status, want)
		}
	}
	says("2024-05", "as they were written; they follow those of 2024-04")
	says("2024-04", "<td>exported</td><td>local</td><td>/table/valid_referral.csv</td><td>1 row</td>")
	says("2024-03", "nothing was looked at")
	if status, _, _ := c.get("/audit?month=../x", cookie...); status != http.StatusBadRequest {
		t.Errorf("no month: status %d", status)
	}
	if err := os.WriteFile(ws.Path("audit", "2024-04.jsonl"), []byte(strings.Replace(text, "1 row", "2 row", 1)), 0o660); err != nil {
		t.Fatal(err)
	}
	says("2024-04", "not as they were written")
	says("2024-05", "they do not follow those of 2024-04")
	if err := os.WriteFile(ws.Path("audit", "2024-05.jsonl"), []byte("{}\n"), 0o660); err != nil {
		t.Fatal(err)
	}
	again := workbench(t, ws, func(o *web.Options) { o.Now = func() time.Time { return now } })
	if status, _, page := again.get("/figures"); status != http.StatusInternalServerError || strings.Contains(page, "<table>") {
		t.Errorf("with a broken audit figures are shown: status %d", status)
	}
}
