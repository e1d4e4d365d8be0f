package web_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/web"
)

// addressOf keeps a question and gives the address of its answer.
func (c *client) addressOf(sql string) string {
	c.t.Helper()
	status, h, body := c.post("/ask", sql)
	if status != http.StatusSeeOther {
		c.t.Fatalf("status %d: %.200s", status, body)
	}
	return h.Get("Location")
}

// A file of a million rows begins before it is whole, is never held whole, and says when
// it is cut. It takes its seconds.
func TestAFileOfAMillionRows(t *testing.T) {
	c := workbench(t, example.Built(t), nil)
	path := c.addressOf("SELECT range AS i, 'one of many texts that are not short, ' || range AS words FROM range(1000001)")
	began := time.Now()
	got, err := c.http.Get(c.base + path + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	lines, most := bufio.NewScanner(got.Body), uint64(0)
	n, last := 0, ""
	for lines.Scan() {
		last = lines.Text()
		if n++; n == 1 {
			t.Logf("the first byte after %s", time.Since(began))
		}
		if n%100_000 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	t.Logf("all after %s, at most %d MB of memory", time.Since(began), most>>20)
	if lines.Err() != nil || n != 1_000_001 || most > 100<<20 || !strings.HasSuffix(strings.Trim(last, `"`), "999999") {
		t.Errorf("%d lines, the last %q, %d MB, %v", n, last, most>>20, lines.Err())
	}
	if name := got.Header.Get("Content-Disposition"); !strings.Contains(name, "-first-1000000.csv") {
		t.Errorf("a cut file is called %s", name)
	}
}

// An Arrow stream has the rows, with their types.
func TestAnArrowStream(t *testing.T) {
	c := workbench(t, example.Built(t), nil)
	status, h, body := c.get("/table/labelled.valid_referral.arrows?sort=received_date")
	if status != http.StatusOK || h.Get("Content-Type") != "application/vnd.apache.arrow.stream" {
		t.Fatalf("status %d, %s", status, h.Get("Content-Type"))
	}
	reader, err := ipc.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	n := 0
	for reader.Next() {
		record := reader.RecordBatch()
		n += int(record.NumRows())
		at := record.Schema().FieldIndices("source_label")
		if len(at) != 1 || record.Column(at[0]).(*array.String).Value(0) == "" {
			t.Fatalf("no label of the source: %v", record.Schema())
		}
	}
	_, _, csv := c.get("/table/labelled.valid_referral.csv")
	if want := strings.Count(csv, "\r\n") - 1; reader.Err() != nil || n != want || n < 100 {
		t.Errorf("%d rows of %d, %v", n, want, reader.Err())
	}
}

// A reader who goes takes nothing with him: the next question is answered, and a file that
// broke off is told to be broken.
func TestAFileThatBreaksOff(t *testing.T) {
	c := workbench(t, example.Built(t), func(o *web.Options) { o.Patience = 3 * time.Second })
	path := c.addressOf("SELECT range AS i, repeat('x', 200) AS words FROM range(500000)")
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", c.base+path+".csv", nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.CopyN(io.Discard, got.Body, 1<<20)
		cancel()
		got.Body.Close()
	}
	if status, _, _ := c.ask("SELECT 1"); status != http.StatusOK {
		t.Errorf("the next question: status %d", status)
	}
	for path, want := range map[string]int{c.addressOf("SELECT 1 / 0 AS a, 'x'::INTEGER AS b") + ".csv": http.StatusBadRequest, c.addressOf("FROM read_text('/etc/passwd')") + ".csv": http.StatusForbidden,
		c.addressOf("SELECT count(*) FROM range(10000000000000)") + ".arrows": http.StatusGatewayTimeout, c.addressOf("EXPLAIN SELECT 1") + ".csv": http.StatusOK} {
		if status, _, body := c.get(path); status != want {
			t.Errorf("%s: status %d, not %d: %.300s", path, status, want, body)
		}
	}
}

// What may not be asked is not answered through the pages either, as a page or as a file,
// and one asker leaves nothing that another meets.
func TestNoWayOutOfTheSandbox(t *testing.T) {
	ws := example.Built(t)
	c := workbench(t, ws, nil)
	text, err := os.ReadFile("../warehouse/testdata/escapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	n := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "-- ") {
			continue
		}
		sql := strings.NewReplacer("{csv}", "/etc/hostname", "{outside}", outside, "{out}", outside+"/out", "{published}", ws.BuildDir(), "spend", "spend_line").Replace(strings.TrimRight(line, "\n"))
		status, h, body := c.post("/ask", sql)
		if status == http.StatusSeeOther {
			if status, _, body = c.get(h.Get("Location")); status == http.StatusBadRequest || status == http.StatusForbidden {
				status, _, body = c.get(h.Get("Location") + ".csv")
			}
		}
		if n++; status != http.StatusBadRequest && status != http.StatusForbidden {
			t.Errorf("status %d for %s: %.300s", status, sql, body)
		}
	}
	if found, err := os.ReadDir(outside); err != nil || len(found) > 0 || n < 200 {
		t.Errorf("after %d attempts there are %v, %v", n, found, err)
	}
	for sql, want := range map[string]string{
		"SELECT count(*) FROM duckdb_tables() WHERE temporary": "<th scope=\"row\">0</th>",
		`FROM "the answer"`:                     "does not exist",
		"SELECT getvariable('x') IS NULL AS no": "true",
	} {
		if _, _, page := c.ask(sql); !strings.Contains(page, want) {
			t.Errorf("%s shows no %q", sql, want)
		}
	}
}
