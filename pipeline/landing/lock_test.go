package landing_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/landing"
)

func TestAcquire(t *testing.T) {
	ctx := context.Background()
	w := newWorkspace(t)
	lock, err := w.Acquire(ctx, landing.WriteLock, "mojreturns run", 0)
	if err != nil {
		t.Fatal(err)
	}
	other, err := landing.Open(w.store, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = other.Acquire(ctx, landing.WriteLock, "mojreturns land", 0)
	var busy *landing.BusyError
	if !errors.Is(err, landing.ErrBusy) || !errors.As(err, &busy) || busy.Holder.PID != os.Getpid() {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{`"mojreturns run"`, "since 09:00 on 10 January 2024", "--wait"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	serve, err := other.Acquire(ctx, landing.ServeLock, "mojreturns serve", 0)
	if err != nil {
		t.Fatalf("the daemon's lock is another: %v", err)
	}
	if err := serve.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err = other.Acquire(ctx, landing.WriteLock, "mojreturns land", 120*time.Millisecond); !errors.Is(err, landing.ErrBusy) {
		t.Errorf("after a short wait: %v", err)
	}
	ended, end := context.WithTimeout(ctx, 50*time.Millisecond)
	defer end()
	if _, err = other.Acquire(ended, landing.WriteLock, "mojreturns land", time.Minute); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, landing.ErrBusy) {
		t.Errorf("interrupted: %v", err)
	}

	time.AfterFunc(100*time.Millisecond, func() { _ = lock.Release() })
	second, err := other.Acquire(ctx, landing.WriteLock, "mojreturns land", 30*time.Second)
	if err != nil {
		t.Fatalf("waiting until it is free: %v", err)
	}
	if h := other.Holder(landing.WriteLock); h.Command != "mojreturns land" {
		t.Errorf("the holder is %+v", h)
	}
	if err := second.Release(); err != nil {
		t.Fatal(err)
	}
	if h := other.Holder(landing.WriteLock); h != (landing.Holder{}) {
		t.Errorf("nobody holds it, but %+v", h)
	}
}

// A holder file left by a crash must not keep anybody out, nor a damaged one.
func TestAcquireAfterACrash(t *testing.T) {
	w := newWorkspace(t)
	if err := os.MkdirAll(w.store, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"write.lock": "", "write.holder.json": `{"pid":`} {
		if err := os.WriteFile(filepath.Join(w.store, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := w.Acquire(context.Background(), landing.WriteLock, "mojreturns run", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
}

// A lock is freed even where the file that says who held it cannot be removed, and
// that it lies about is told.
func TestReleaseTellsWhatIsLeft(t *testing.T) {
	ctx := context.Background()
	w := newWorkspace(t)
	lock, err := w.Acquire(ctx, landing.WriteLock, "mojreturns run", 0)
	if err != nil {
		t.Fatal(err)
	}
	holder := filepath.Join(w.store, "write.holder.json") // a folder with something in it is as stubborn as a file held open
	if err := errors.Join(os.Remove(holder), os.MkdirAll(filepath.Join(holder, "in it"), 0o777)); err != nil {
		t.Fatal(err)
	}
	if err := lock.Release(); err == nil || !strings.Contains(err.Error(), "write.holder.json") {
		t.Errorf("released with %v", err)
	}
	if err := os.RemoveAll(holder); err != nil {
		t.Fatal(err)
	}
	again, err := w.Acquire(ctx, landing.WriteLock, "mojreturns land", 0)
	if err != nil {
		t.Fatalf("the lock was not freed: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}
