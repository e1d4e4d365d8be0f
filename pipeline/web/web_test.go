package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mojreturns/pipeline/readiness"
	"mojreturns/pipeline/web"
)

type source struct {
	status web.Status
	err    error
}

func (s source) Status(context.Context) (web.Status, error) { return s.status, s.err }

func at(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// full is a status with everything in it, and a name that tries to be markup.
func full(t *testing.T) web.Status {
	return web.Status{
		Office: "Office of the Police and Crime Commissioner for Cleveland",
		Published: &web.Build{Number: 42, ID: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
			BuiltAt: at(t, "2024-04-12 05:00"), Rows: 1234567, Deliveries: 14},
		Runs: []web.Run{
			{Job: "run", Started: at(t, "2024-04-12 05:00"), Seconds: 3.25, Outcome: "done"},
			{Job: "run", Started: at(t, "2024-04-11 05:00"), Seconds: 0.04, Outcome: "failed",
				Message: `the file "<script>alert(1)</script>" is in use`},
		},
		Expected: []web.Expected{
			{Provider: "Victim hub", Feed: "referrals", Period: "2023-24-Q4", Due: at(t, "2024-04-15 00:00"), State: "awaited"},
			{Provider: "Stalking advocacy provider", Feed: "referrals", Period: "2023-24-Q4", Due: at(t, "2024-04-11 00:00"), State: "late"},
			{Provider: "OPCC finance ledger", Feed: "spend", Period: "2023-24-Q4", Due: at(t, "2024-04-17 00:00"), State: "received",
				Received: at(t, "2024-04-10 23:30")},
		},
		Boards: []readiness.Board{{Return: "moj-quarterly", Period: "2023-24-Q4", Due: at(t, "2024-04-30 00:00"), DaysLeft: 12, Standing: "drafted",
			Steps: []readiness.Step{{What: "check", About: "K21 <b>Rows</b>", State: readiness.Blocked, Who: "performance-analyst", Command: "mojreturns check --period 2023-24-Q4"}}}},
		Planned: []web.Planned{{Name: "nightly", Job: "run", Due: at(t, "2024-04-15 05:00")}},
	}
}

func handler(t *testing.T, s web.Source) http.Handler {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.Handler(s, web.Options{
		Templates: os.DirFS("../../templates"), Location: london,
		Now: func() time.Time { return at(t, "2024-04-12 08:15") },
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ask(h http.Handler, method, host, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestThePageSaysWhatTheSourceSays(t *testing.T) {
	w := ask(handler(t, source{status: full(t)}), "GET", "localhost:8080", "/")
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	text := visible(t, w.Body.String())
	for _, want := range []string{
		"Due on 30 April 2024 : 12 working days left. It is drafted.", "check K21 <b>Rows</b> blocked performance-analyst mojreturns check --period 2023-24-Q4",
		"As at Friday 12 April 2024, 09:15",
		"Number 42", "Identity 9f86d081884c", "Built Friday 12 April 2024, 06:00", "Rows accepted 1,234,567", "Current deliveries 14",
		"1 delivery is late.",
		"Stalking advocacy provider referrals 2023-24-Q4 11 April 2024 late not yet",
		"OPCC finance ledger spend 2023-24-Q4 17 April 2024 received 11 April 2024", // half past midnight in London
		"Friday 12 April 2024, 06:00 run done 3.2",
		`failed the file "<script>alert(1)</script>" is in use 0.0`,
		"nightly run Monday 15 April 2024, 06:00",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestTheEmptyPage(t *testing.T) {
	text := visible(t, ask(handler(t, source{}), "GET", "localhost", "/").Body.String())
	for _, want := range []string{"Nothing has been published yet.", "The configuration expects no deliveries.", "Nothing has run yet.", "The schedule is empty"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

func TestTheSameAsData(t *testing.T) {
	w := ask(handler(t, source{status: full(t)}), "GET", "[::1]:8080", "/status.json")
	var got web.Status
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Published.Rows != 1234567 || got.Expected[1].State != "late" || !got.Expected[0].Received.IsZero() {
		t.Errorf("status.json says %+v", got)
	}
	empty := ask(handler(t, source{}), "GET", "localhost", "/status.json").Body.String()
	for _, want := range []string{`"published": null`, `"runs": []`, `"expected": []`, `"planned": []`, `"returns": []`} {
		if !strings.Contains(empty, want) {
			t.Errorf("the empty status.json lacks %s:\n%s", want, empty)
		}
	}
}

func TestWhoMayAskWhat(t *testing.T) {
	for _, c := range []struct {
		name, method, host, path string
		want                     int
	}{
		{"page", "GET", "localhost:8080", "/", 200},
		{"head", "HEAD", "127.0.0.1", "/", 200},
		{"health", "GET", "127.0.0.1:8080", "/healthz", 200},
		{"style", "GET", "LOCALHOST", "/style.css", 200},
		{"version 6", "GET", "[::1]", "/", 200},
		{"no such page", "GET", "localhost", "/store/", 404},
		{"writing", "POST", "localhost", "/", 405},
		{"deleting", "DELETE", "localhost", "/status.json", 405},
		{"rebound name", "GET", "attacker.example:8080", "/", 421},
		{"rebound name that looks local", "GET", "localhost.attacker.example", "/", 421},
		{"another address", "GET", "192.0.2.7:8080", "/", 421},
		{"no name", "GET", "", "/", 421},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(handler(t, source{status: full(t)}), c.method, c.host, c.path)
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; style-src 'self';") {
				t.Errorf("content security policy %q", got)
			}
			if w.Code != 200 && strings.Contains(w.Body.String(), "Victim hub") {
				t.Error("a refused request was answered all the same")
			}
		})
	}
}

func TestASourceThatFailsIsNotQuoted(t *testing.T) {
	for _, path := range []string{"/", "/status.json"} {
		w := ask(handler(t, source{err: errors.New("open C:/store/runs: access denied")}), "GET", "localhost", path)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "C:/store") {
			t.Errorf("%s: status %d, body %q", path, w.Code, w.Body)
		}
	}
}

func TestCatalogue(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	var fails error
	options := web.Options{Templates: os.DirFS("../../templates"), Location: london, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Catalogue: func() ([]byte, string, error) { return []byte("<!DOCTYPE html>all"), "default-src 'none'", fails }}
	h, err := web.Handler(source{}, options)
	if err != nil {
		t.Fatal(err)
	}
	w := ask(h, "GET", "localhost", "/catalogue")
	if w.Code != http.StatusOK || w.Body.String() != "<!DOCTYPE html>all" {
		t.Errorf("status %d, page %q", w.Code, w.Body)
	}
	if got := w.Header().Get("Content-Security-Policy"); got != "default-src 'none'; frame-ancestors 'none'" {
		t.Errorf("content security policy %q", got)
	}
	if page := ask(h, "GET", "localhost", "/").Body.String(); !strings.Contains(page, `<a href="/catalogue">`) {
		t.Error("the status page has no link to the catalogue")
	}
	if w := ask(h, "GET", "elsewhere.example", "/catalogue"); w.Code != http.StatusMisdirectedRequest {
		t.Errorf("another host is answered with status %d", w.Code)
	}
	fails = errors.New("C:/office/queries: access denied")
	if w := ask(h, "GET", "localhost", "/catalogue"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "C:/") {
		t.Errorf("a failure gives status %d, %q", w.Code, w.Body)
	}
	if w := ask(handler(t, source{}), "GET", "localhost", "/catalogue"); w.Code != http.StatusNotFound {
		t.Errorf("without a catalogue the status is %d, want 404", w.Code)
	}
}

func TestAccessibility(t *testing.T) {
	for name, status := range map[string]web.Status{"full": full(t), "empty": {}} {
		page := ask(handler(t, source{status: status}), "GET", "localhost", "/").Body.String()
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			count[n.Data]++
			switch n.Data {
			case "html":
				if attr(n, "lang") != "en-GB" {
					t.Errorf("%s: the page's language is %q", name, attr(n, "lang"))
				}
			case "th":
				if s := attr(n, "scope"); s != "col" && s != "row" {
					t.Errorf("%s: a heading cell has scope %q", name, s)
				}
			case "table":
				if c := n.FirstChild.NextSibling; c == nil || c.Data != "caption" {
					t.Errorf("%s: a table does not begin with its caption", name)
				}
			case "script", "img", "iframe", "form":
				t.Errorf("%s: the page has a %s", name, n.Data)
			}
			if attr(n, "style") != "" {
				t.Errorf("%s: <%s> has a style of its own, which the security policy forbids", name, n.Data)
			}
			if id := attr(n, "aria-labelledby"); id != "" && !strings.Contains(page, `id="`+id+`"`) {
				t.Errorf("%s: nothing is called %q", name, id)
			}
		}
		for _, one := range []string{"h1", "header", "main", "footer", "title"} {
			if count[one] != 1 {
				t.Errorf("%s: %d of <%s>, want 1", name, count[one], one)
			}
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// visible is the text of a page with its white space made single.
func visible(t *testing.T, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, " ")
}

func TestServe(t *testing.T) {
	t.Run("other machines are refused", func(t *testing.T) {
		for _, addr := range []string{":8080", "0.0.0.0:8080", "192.0.2.7:8080", "[::]:8080", "example.org:8080"} {
			_, err := web.Listen(context.Background(), addr)
			if want := `address "` + addr + `" can be reached by other machines; use 127.0.0.1 or localhost`; err == nil || err.Error() != want {
				t.Errorf("%s: %v", addr, err)
			}
		}
		if _, err := web.Listen(context.Background(), "localhost"); err == nil {
			t.Error("an address without a port was accepted")
		}
	})
	t.Run("an answer under way is finished", func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		listener, err := web.Listen(ctx, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		asked := make(chan struct{})
		ended := make(chan error, 1)
		go func() {
			ended <- web.Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				close(asked)
				stop()
				time.Sleep(50 * time.Millisecond)
				io.WriteString(w, "whole")
			}))
		}()
		answer, err := get("http://" + listener.Addr().String() + "/")
		if err != nil {
			t.Fatal(err)
		}
		<-asked
		if answer != "whole" {
			t.Errorf("answer %q", answer)
		}
		if err := <-ended; err != nil {
			t.Errorf("the server did not stop cleanly: %v", err)
		}
	})
	t.Run("a port in use is said", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if _, err := web.Listen(context.Background(), l.Addr().String()); err == nil {
			t.Error("two servers on one port")
		}
	})
}

// get asks until the server listens, for at most five seconds.
func get(address string) (string, error) {
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		answer, err := http.Get(address)
		if err != nil && time.Now().Before(end) {
			continue
		}
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		return string(body), err
	}
}
