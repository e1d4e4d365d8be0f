package temp_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"mojreturns/pipeline/temp"
)

// TestMain is also a process that makes a folder, says so and waits to be killed.
func TestMain(m *testing.M) {
	if root := os.Getenv("TEMP_TEST_ROOT"); root != "" {
		d, err := temp.Make(root, "held")
		if err == nil {
			err = os.WriteFile(filepath.Join(d.Path, "rows.csv"), []byte("rows"), 0o660)
		}
		if err != nil {
			panic(err)
		}
		os.Stdout.WriteString("made\n")
		select {}
	}
	os.Exit(m.Run())
}

func names(t *testing.T, root string) []string {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// What a killed process left is cleared, and what a living one has is not.
func TestOnlyTheDeadAreCleared(t *testing.T) {
	root := filepath.Join(t.TempDir(), "store", "tmp")
	mine, err := temp.Make(root, "mine")
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "TEMP_TEST_ROOT="+root)
	out, err := other.StdoutPipe()
	if err == nil {
		err = other.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if err := temp.Clear(root); err != nil || len(names(t, root)) != 4 {
		t.Errorf("with both alive there are %q (%v), want two folders and their locks", names(t, root), err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	other.Wait()
	if err := os.MkdirAll(filepath.Join(root, "of before there were locks"), 0o770); err != nil {
		t.Fatal(err)
	}
	if err := temp.Clear(root); err != nil || len(names(t, root)) != 2 {
		t.Errorf("with one killed there are %q (%v), want mine and its lock", names(t, root), err)
	}
	if err := mine.Close(); err != nil || len(names(t, filepath.Dir(filepath.Dir(root)))) != 0 {
		t.Errorf("left are %q (%v)", names(t, root), err)
	}
}

// Many that make and clear at once take nothing from each other.
func TestMakersDoNotClearEachOther(t *testing.T) {
	root := filepath.Join(t.TempDir(), "tmp")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 30 {
				d, err := temp.Make(root, "x")
				if err != nil {
					t.Error(err)
					return
				}
				file := filepath.Join(d.Path, "rows")
				if err := os.WriteFile(file, []byte("rows"), 0o660); err != nil {
					t.Error(err)
				}
				if err := temp.Clear(root); err != nil {
					t.Error(err)
				}
				if _, err := os.Stat(file); err != nil {
					t.Error(err)
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if left := names(t, root); len(left) != 0 {
		t.Errorf("left are %q", left)
	}
}
