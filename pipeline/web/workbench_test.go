package web_test

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline"
	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/web"
	"mojreturns/pipeline/workspace"
)

func TestMain(m *testing.M) { example.Main(m) }

// workbench serves the example with the fourth quarter drafted. The builds it takes are
// the second that these tests take.
func workbench(t *testing.T, ws *workspace.Workspace, change func(*web.Options)) *client {
	t.Helper()
	ws.Desk = published.NewDesk(ws)
	t.Cleanup(func() { ws.Desk.Close() })
	options := web.Options{Templates: os.DirFS("../../templates"), Location: ws.Location, Now: ws.Now, Log: slog.New(slog.DiscardHandler), Office: ws, Patience: 20 * time.Second}
	if change != nil {
		change(&options)
	}
	h, err := web.Handler(source{status: full(t)}, options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &client{t, server.URL, "mojreturns-" + server.URL[strings.LastIndex(server.URL, ":")+1:], &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// drafted is the example, built, with the draft of its fourth quarter.
func drafted(t *testing.T) *workspace.Workspace {
	t.Helper()
	ws := example.Built(t)
	v := example.View(t, ws, example.Quarter(t, "2023-24-Q4"))
	if _, err := draft.Returns(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	return ws
}

type client struct {
	t      *testing.T
	base   string
	cookie string // its name
	http   *http.Client
}

// open opens a session by the key and gives its cookie.
func (c *client) open(key string) string {
	c.t.Helper()
	_, h, _ := c.get("/open/" + key)
	cookie, _, _ := strings.Cut(h.Get("Set-Cookie"), ";")
	return cookie
}

func (c *client) do(r *http.Request) (status int, h http.Header, body string) {
	c.t.Helper()
	got, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return got.StatusCode, got.Header, string(text)
}

func (c *client) get(path string, headers ...string) (int, http.Header, string) {
	c.t.Helper()
	r, err := http.NewRequest("GET", c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return c.do(r)
}

// ask sends a question as the form does, and follows to its answer.
func (c *client) ask(sql string, headers ...string) (int, http.Header, string) {
	c.t.Helper()
	status, h, body := c.post("/ask", sql, headers...)
	if status == http.StatusSeeOther {
		return c.get(h.Get("Location"))
	}
	return status, h, body
}

func (c *client) post(path, sql string, headers ...string) (int, http.Header, string) {
	c.t.Helper()
	r, err := http.NewRequest("POST", c.base+path, strings.NewReader(url.Values{"sql": {sql}}.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return c.do(r)
}

// rowLink is the first link of a page to a row as its sender wrote it.
func rowLink(page string) string {
	for _, m := range aLink.FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(m[1], "/row/") {
			return strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	return ""
}

var (
	aLink   = regexp.MustCompile(`<a href="([^"]*)">([^<]*)</a>`)
	aFact   = regexp.MustCompile(`<dd>([^<]*) in [a-z:A-Z0-9-]*</dd>`)
	aNumber = regexp.MustCompile(`^\d[\d,]*$`)
)

// every is which cells are followed: each takes its tenths of a second, and there are 1,000
// and more in a return. They are held against their rows in the tests of signing off too.
var every = flag.Int("every", 23, "follow one in so many cells of the returns, 1: all (go test ./pipeline/web -run TestEveryCell -every 1)")

// Every figure of the draft and of a seal leads to its rows, and the page it leads to gives
// the figure that the cell shows.
func TestEveryCellLeadsToItsRows(t *testing.T) {
	c := workbench(t, drafted(t), nil)
	if followed, same := c.follow("/return/moj-quarterly/2023-24-Q4", *every); followed < 30 || same < 10 {
		t.Errorf("only %d cells were followed, %d of them counts", followed, same)
	}
}

// A small office is sealed, in four seconds.
func TestEveryCellOfASealLeadsToItsRows(t *testing.T) {
	ws := example.Small(t)
	at := example.Quarter(t, "2023-24-Q4")
	if _, err := pipeline.Run(t.Context(), ws, at); err != nil {
		t.Fatal(err)
	}
	reasons := func(found []gate.Objection, err error) (out []archive.Waiver) {
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found {
			out = append(out, archive.Waiver{Check: o.Code, Reason: "it is the example's", By: "performance-analyst"})
		}
		return out
	}
	declared := archive.Declaration{Name: "The chief finance officer", Role: "Chief finance officer", InLine: "Y", Notified: "NA", Date: "2024-04-22"}
	v := example.View(t, ws, at)
	waived, answers := reasons(gate.Return(t.Context(), v, ws.Returns[0])), reasons(gate.Declared(t.Context(), v, ws.Returns[0], declared))
	if _, err := signoff.Submit(t.Context(), ws, signoff.Signing{Period: at, By: "performance-analyst"}, waived); err != nil {
		t.Fatal(err)
	}
	if _, err := signoff.Approve(t.Context(), ws, signoff.Signing{Period: at, By: "chief-finance-officer"}, declared, answers); err != nil {
		t.Fatal(err)
	}
	sealed := signoff.NewTracer(ws)
	defer sealed.Close()
	c := workbench(t, ws, func(o *web.Options) { o.Sealed = sealed })
	if followed, same := c.follow("/return/moj-quarterly/2023-24-Q4?version=1", *every); followed < 5 || same < 2 {
		t.Errorf("only %d cells were followed, %d of them counts", followed, same)
	}
	for path, want := range map[string]int{"/return/moj-quarterly/2023-24-Q4?version=2": 404, "/return/moj-quarterly/2023-24-Q4?version=0": 400,
		"/return/moj-quarterly/2023-24-Q4/cell?version=1&at=T04_Source!A1": 404, "/return/moj-quarterly/2023-24-Q4/cell?version=9&at=T04_Source!D7": 404} {
		if status, _, _ := c.get(path); status != want {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

// follow looks where one in so many cells of a return leads.
func (c *client) follow(path string, every int) (followed, same int) {
	c.t.Helper()
	_, _, page := c.get(path)
	for i, m := range aLink.FindAllStringSubmatch(page, -1) {
		if !strings.Contains(m[1], "/cell?at=") || i%every != 0 {
			continue
		}
		followed++
		status, _, body := c.get(strings.ReplaceAll(m[1], "&amp;", "&"))
		if status != http.StatusOK && !strings.Contains(body, "what check K14 finds") && !strings.Contains(body, "late changes are figures") {
			c.t.Errorf("%s leads to status %d", m[1], status)
		}
		if !aNumber.MatchString(m[2]) || strings.Contains(m[1], "T16") || strings.Contains(m[1], "T03") {
			continue
		}
		// of a share the cell may show how many it is of
		if said := aFact.FindStringSubmatch(body); (said == nil || said[1] != m[2]) && !strings.Contains(body, "<caption>"+m[2]+" rows") && !strings.Contains(body, " of "+m[2]+"</caption>") {
			c.t.Errorf("%s shows %s and leads to %v", m[1], m[2], said)
			continue
		}
		same++
	}
	c.t.Logf("%d cells followed, %d of them counts", followed, same)
	return followed, same
}

// Two steps lead from a figure to the sender's own text.
func TestFromAFigureToItsSendersText(t *testing.T) {
	c := workbench(t, example.Built(t), nil)
	_, _, page := c.get("/figure/R01?period=2023-24-Q4&scope=service:STK-ADV&dimension=source&category=POL")
	if !strings.Contains(page, "R01 source POL Police") || !strings.Contains(page, "<dd>35 in service:STK-ADV</dd>") {
		t.Errorf("the figure is not said: %s", page[:min(3000, len(page))])
	}
	row := rowLink(page)
	status, _, page := c.get(row)
	for _, want := range []string{"<td>Police</td>", "referral_source_code", "<td>POL</td>", "counted"} {
		if status != http.StatusOK || !strings.Contains(page, want) && !strings.Contains(page, strings.ReplaceAll(want, "Police", "POL")) {
			t.Errorf("%s: status %d, without %q", row, status, want)
		}
	}
	for _, nowhere := range []string{"/row/" + strings.Repeat("0", 64) + "/2", strings.Replace(row, "/", "/x/", 1), "/row/abc/1;2"} {
		if status, _, _ := c.get(nowhere); status != http.StatusNotFound {
			t.Errorf("%s: status %d", nowhere, status)
		}
	}
}

// An age, which is only kept as a band, is shown nowhere; nor is what a fault withholds.
func TestARowShowsNoAge(t *testing.T) {
	ws := example.Built(t)
	c := workbench(t, ws, nil)
	_, _, page := c.get("/figure/R01?period=2023-24-Q4")
	seen := 0
	for _, m := range aLink.FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "/row/") || seen == 5 {
			continue
		}
		seen++
		_, _, row := c.get(strings.ReplaceAll(m[1], "&amp;", "&"))
		if !regexp.MustCompile(`<td>(\(withheld\)|)</td><td>age_years</td>`).MatchString(row) {
			t.Errorf("%s does not withhold the age", m[1])
		}
	}
	if seen == 0 {
		t.Error("no row was seen")
	}
}

// Every form of a resource holds the same rows as the page's.
func TestForms(t *testing.T) {
	c := workbench(t, drafted(t), nil)
	for path, kind := range map[string]string{".csv": "text/csv; charset=utf-8", ".json": "application/json", ".parquet": "application/vnd.apache.parquet",
		".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		for _, of := range []string{"/figures%s?period=2023-24-Q4", "/conditions%s", "/tables%s", "/table/valid_referral%s", "/question/spend_by_month%s", "/figure/R01%s"} {
			status, h, body := c.get(fmt.Sprintf(of, path))
			if status != http.StatusOK || h.Get("Content-Type") != kind || !strings.HasPrefix(h.Get("Content-Disposition"), `attachment; filename="`) || len(body) < 100 {
				t.Errorf(of+": status %d, %s, %d bytes", path, status, h.Get("Content-Type"), len(body))
			}
		}
	}
	_, _, text := c.get("/table/valid_referral.csv?f.source=POL")
	n := strings.Count(text, "\n") - 1
	_, _, page := c.get("/table/valid_referral?f.source=POL")
	if n < 100 || !strings.Contains(page, fmt.Sprintf("of %d rows", n)) {
		t.Errorf("%d rows in the file, and the page says otherwise", n)
	}
	if status, _, _ := c.get("/ask.csv"); status != http.StatusNotFound {
		t.Errorf("a page without a table has a file: %d", status)
	}
	if status, _, _ := c.get("/return/moj-quarterly/2023-24-Q3.csv"); status != http.StatusNotFound {
		t.Errorf("a draft that is not there: %d", status)
	}
}

// Rows are sorted, filtered, counted and leafed through by links alone.
func TestTables(t *testing.T) {
	c := workbench(t, example.Built(t), nil)
	for path, want := range map[string]string{
		"/table/valid_referral?sort=received_date":                `aria-sort="ascending"`,
		"/table/valid_referral?sort=-received_date&page=2":        "Rows 201 to 400",
		"/table/valid_referral?column=source&value=POL&facet=sex": "Only source = POL",
		"/table/valid_referral?f.source=%27+OR+1%3D1+--":          "None of 0 rows",
		"/table/reference.sex":                                    "Female",
		"/table/valid_referral?facet=risk_level":                  "(blank)",
		"/table/valid_referral?page=99":                           "None of",
		"/table/finding":                                          "rows",
	} {
		if status, _, page := c.get(path); status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("%s: status %d, without %q", path, status, want)
		}
	}
	for path, status := range map[string]int{
		"/table/nothing": 404, "/table/typed.referrals": 404, "/table/duckdb_settings": 404, "/table/valid_referral?sort=nothing": 400,
		"/table/valid_referral?f.nothing=1": 400, "/table/valid_referral?facet=nothing": 400, "/table/valid_referral?page=0": 400,
		"/figures?period=never": 400, "/figures?scope=fund:NONE": 400, "/figures?code=R99": 400, "/figure/R99?period=2023-24-Q4": 400,
		"/figure/R01?period=2023-24-Q4&dimension=source&category=NONE": 400, "/return/none/2023-24-Q4": 404, "/return/moj-quarterly/never": 404,
		"/return/moj-quarterly/2023-24-Q4?version=9": 404, "/question/none": 404, "/question/..%2Fmodel%2F10_rules": 404, "/answer/none": 404, "/nothing": 404,
	} {
		if got, _, page := c.get(path); got != status || !strings.Contains(page, "There is a problem") {
			t.Errorf("%s: status %d, not %d", path, got, status)
		}
	}
}

// Leafing through a sorted table meets every row once.
func TestSortedTablesLoseNoRow(t *testing.T) {
	c := workbench(t, example.Built(t), nil)
	seen, total := map[string]int{}, 0
	for part := 1; ; part++ {
		_, _, page := c.get(fmt.Sprintf("/table/valid_referral?sort=-sex&page=%d", part))
		rows := regexp.MustCompile(`(?s)<tbody>(.*?)</tbody>`).FindStringSubmatch(page)
		if rows == nil || !strings.Contains(rows[1], "<tr>") {
			break
		}
		for _, row := range strings.Split(rows[1], "</tr>") {
			if strings.Contains(row, "<tr>") {
				seen[row]++
				total++
			}
		}
	}
	if total < 1000 || len(seen) != total {
		t.Errorf("%d rows are shown, of which %d are different", total, len(seen))
	}
}

// Odd addresses are faults of whoever asks, not of the program, and the audit keeps
// nothing of them that may be a key or a person.
func TestOddAddresses(t *testing.T) {
	ws := drafted(t)
	const key = "K7Q5J4N3M2"
	c := workbench(t, ws, func(o *web.Options) { o.Key = key })
	session := c.open(key)
	for path, want := range map[string]int{"/%ff": 401, "/open/" + key + "/": 401, "/Open/" + key: 401, "/open%2F" + key: 401, "/referral/SA-00090": 401,
		"/table/%ff": 401, "/" + strings.Repeat("x", 5000): 401} {
		if status, _, _ := c.get(path); status != want {
			t.Errorf("%.60s: status %d", path, status)
		}
	}
	for path, want := range map[string]int{"/%ff": 404, "/table/%ff": 404, "/table/valid_referral?sort=-": 400, "/question/spend_by_month?page=2": 200, "/figures?by=nope": 400,
		"/table/valid_referral?page=3&facet=sex": 200} {
		status, _, page := c.get(path, "Cookie", session)
		if status != want || strings.Contains(page, "page=3&amp;f.") || strings.Contains(page, "Rows 37 to 36") {
			t.Errorf("%s: status %d", path, status)
		}
	}
	text, err := os.ReadFile(ws.Path("audit", "2024-04.jsonl"))
	if err != nil || strings.Contains(string(text), key) || strings.Contains(string(text), "SA-00090") || strings.Contains(string(text), "xxxx") {
		t.Errorf("the audit holds what was in an address (%v): %s", err, text)
	}
	if _, err := journal.Read(ws.Path("audit", "2024-04.jsonl")); err != nil {
		t.Error(err)
	}
}

// The question's text stands in no address, comes back where it was wrong, with DuckDB's
// caret under the line the analyst wrote; what is refused says so.
func TestAsking(t *testing.T) {
	c := workbench(t, example.Built(t), nil)
	status, _, page := c.ask("SELECT source, count(*) AS n\nFROM valid_referral GROUP BY ALL ORDER BY ALL")
	if status != http.StatusOK || !strings.Contains(page, "POL") {
		t.Errorf("status %d: %s", status, page)
	}
	for _, test := range []struct {
		sql    string
		status int
		says   []string
	}{
		{"SELECT sorce\nFROM valid_referral -- mine", 400, []string{"Binder Error", "LINE 1: SELECT sorce", "FROM valid_referral -- mine</textarea>"}},
		{"FROM read_csv('/etc/passwd')", 403, []string{"read_csv() cannot be used here"}},
		{"SELECT 1; SELECT 2", 403, []string{"ask one question at a time"}},
		{"DELETE FROM figure", 403, []string{"only one SELECT"}},
		{" ", 400, []string{"Write a question first."}},
		{"SELECT '<script>alert(1)</script>' AS a", 200, []string{"&lt;script&gt;alert(1)&lt;/script&gt;"}},
		{"SELECT '" + strings.Repeat("x", 300<<10) + "'", 413, []string{"longer than 256 KB"}},
		{"SELECT $x", 403, []string{"parameters without values: $x"}},
	} {
		status, _, page := c.ask(test.sql)
		page = strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&gt;", "&gt;").Replace(page)
		for _, want := range test.says {
			if status != test.status || !strings.Contains(page, want) {
				t.Errorf("%.60q: status %d, without %q", test.sql, status, want)
			}
		}
	}
	if status, _, page := c.ask("SELECT * FROM range(1500)"); status != 200 || !strings.Contains(page, "the first 1,000; a file has up to 1,000,000") {
		t.Errorf("status %d: a cut answer does not say so", status)
	}
}

// A saved question is asked with the values of its form; a value that cannot be is told,
// with the form, and never becomes SQL.
func TestSavedQuestionsTakeValues(t *testing.T) {
	c := workbench(t, example.Built(t), nil)
	_, _, all := c.get("/question/spend_by_month.csv")
	_, _, some := c.get("/question/spend_by_month.csv?fund=CORE-UPL-2324&since=2024-01-01")
	lines := strings.Split(strings.TrimSpace(some), "\n")
	if len(lines) < 2 || len(lines) >= len(strings.Split(all, "\n")) {
		t.Fatalf("%d lines of %d", len(lines), len(strings.Split(all, "\n")))
	}
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, "CORE-UPL-2324,2024-") {
			t.Errorf("it gives %s", line)
		}
	}
	if status, _, page := c.get("/question/late_first_contact?source=POL"); status != http.StatusOK || !strings.Contains(page, `<option value="POL" selected>`) || !strings.Contains(page, `value="2"`) {
		t.Errorf("status %d: the form does not keep what was asked", status)
	}
	for path, want := range map[string]string{
		"/question/late_first_contact?since=soon":            "is not a date such as",
		"/question/late_first_contact?source=%27+OR+1%3D1":   "is not a code of referral_source",
		"/question/spend_by_month?found=1":                   "has no parameter",
		"/question/late_first_contact?days=1%29+OR+%281%3D1": "is not a number such as",
	} {
		if status, _, page := c.get(path); status != http.StatusBadRequest || !strings.Contains(page, want) || strings.Contains(page, "<table>") {
			t.Errorf("%s: status %d, without %q", path, status, want)
		}
	}
	if status, _, page := c.get("/question/spend_by_month?fund=%27+OR+1%3D1+--"); status != http.StatusOK || !strings.Contains(page, "There is nothing to list.") {
		t.Errorf("status %d: a text is more than a text", status)
	}
}

func TestAskingTooLong(t *testing.T) {
	c := workbench(t, example.Built(t), func(o *web.Options) { o.Patience = time.Second })
	if status, _, page := c.ask("SELECT count(*) FROM range(10000000000000)"); status != http.StatusGatewayTimeout || !strings.Contains(page, "took longer than 1s") {
		t.Errorf("status %d", status)
	}
	if status, _, _ := c.ask("SELECT 1"); status != http.StatusOK {
		t.Errorf("the next question: status %d", status)
	}
}

func TestBeforeTheFirstBuild(t *testing.T) {
	c := workbench(t, example.Cleveland(t), nil)
	for _, path := range []string{"/tables", "/figures", "/conditions", "/question/spend_by_month"} {
		if status, h, page := c.get(path); status != http.StatusServiceUnavailable || h.Get("Retry-After") == "" || !strings.Contains(page, "mojreturns run") {
			t.Errorf("%s: status %d", path, status)
		}
	}
}
