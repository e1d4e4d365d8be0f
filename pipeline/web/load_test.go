package web_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
)

var load = flag.Duration("load", 0, "how long fifty readers look while builds run (go test ./pipeline/web -run TestLoad -load 5m -timeout 15m); 0: not")

// Fifty readers look while nothing is built, and then while one build follows another:
// nobody fails, nobody waits much longer, and nothing grows. It is run by its flag.
func TestLoad(t *testing.T) {
	if *load == 0 {
		t.Skip("give -load 1m")
	}
	ws := drafted(t)
	c := workbench(t, ws, nil)
	c.http.Transport = &http.Transport{MaxIdleConnsPerHost: 50}
	c.readers(*load / 10) // the first looks open what the others share
	before := taken()
	idle := c.readers(*load / 3)
	stop, done := make(chan struct{}), make(chan int, 1)
	go func() { done <- rebuilt(t, ws.Dir, stop) }()
	busy := c.readers(*load - *load/3)
	close(stop)
	built := <-done
	after := taken()
	t.Logf("idle: %d looks, p50 %s, p95 %s; with %d builds: %d looks, p50 %s, p95 %s (%.1f times); memory %d MB, was %d; handles %d, was %d; goroutines %d, were %d",
		len(idle), of(idle, 50), of(idle, 95), built, len(busy), of(busy, 50), of(busy, 95), float64(of(busy, 95))/float64(of(idle, 95)),
		after.memory>>20, before.memory>>20, after.handles, before.handles, after.goroutines, before.goroutines)
	if built == 0 {
		t.Error("nothing was built")
	}
	if of(busy, 95) > 2*of(idle, 95) {
		t.Error("builds make readers wait more than twice as long")
	}
	if after.memory > before.memory+32<<20 || after.handles > before.handles+10 || after.goroutines > before.goroutines+10 {
		t.Error("something grows")
	}
}

// readers look for a time, fifty at once, each at one page after another, and give how
// long each look took. A look that fails is an error of the test.
func (c *client) readers(long time.Duration) []time.Duration {
	c.t.Helper()
	pages := []string{"/figures?period=2023-24-Q4", "/conditions", "/tables", "/table/valid_referral?f.source=POL", "/figure/R01?period=2023-24-Q4", "/question/spend_by_month", "/status.json", "/question/spend_by_month.csv"}
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	until := time.Now().Add(long)
	for reader := range 50 {
		wg.Go(func() {
			for n := reader; time.Now().Before(until); n++ {
				began := time.Now()
				got, err := c.http.Get(c.base + pages[n%len(pages)])
				if err != nil {
					c.t.Error(err)
					return
				}
				if got.StatusCode != http.StatusOK {
					c.t.Errorf("%s: status %d", pages[n%len(pages)], got.StatusCode)
				}
				if _, err := io.Copy(io.Discard, got.Body); err != nil {
					c.t.Errorf("%s: %v", pages[n%len(pages)], err)
				}
				got.Body.Close()
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				time.Sleep(200 * time.Millisecond) // a reader reads
			}
		})
	}
	wg.Wait()
	return took
}

func of(took []time.Duration, percent int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)*percent/100].Round(time.Millisecond)
}

// rebuilt publishes one build after another until it is stopped: each is of an area of
// another name, so that none is known.
func rebuilt(t *testing.T, dir string, stop <-chan struct{}) (n int) {
	ws := example.Open(t, dir)
	for {
		select {
		case <-stop:
			return n
		default:
		}
		n++
		ws.Register.Area.Name = fmt.Sprint("Area ", n)
		if report, err := builds.Build(context.Background(), ws); err != nil || report.Unchanged {
			t.Errorf("build %d: %v, the same as before: %v", n, err, report.Unchanged)
			return n
		}
	}
}

type holding struct {
	memory              uint64
	handles, goroutines int
}

func taken() holding {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	handles, _ := os.ReadDir("/proc/self/fd") // where there is one
	return holding{m.HeapAlloc, len(handles), runtime.NumGoroutine()}
}
