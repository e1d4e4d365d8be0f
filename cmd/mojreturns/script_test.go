package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// suite removes what was made for several tests.
type suite struct{ *testing.M }

func (s suite) Run() int {
	code := s.M.Run()
	if runOnce.dir != "" {
		os.RemoveAll(runOnce.dir)
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){
		"mojreturns": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, time.Now))
		},
	})
}

// TestCases replays the whole-program stories of testdata/cases: commands,
// what they print, and the exit codes they end with (`exits 2 mojreturns ...`). They are
// slow for the builds they tell of; a process costs little.
func TestCases(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/cases",
		Setup: func(env *testscript.Env) error { // files that a story cannot hold as text
			files, err := filepath.Abs("../../testdata/cases/files")
			env.Setenv("FILES", files)
			for _, where := range []string{"TMPDIR", "TMP", "TEMP"} { // nothing is put into the system's temporary folder
				env.Setenv(where, filepath.Join(env.WorkDir, "is", "not", "there"))
			}
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fill": fill,
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				if err != nil {
					ts.Fatalf("usage: exits CODE COMMAND...")
				}
				code := 0
				if err := ts.Exec(args[1], args[2:]...); err != nil {
					var exit *exec.ExitError
					if !errors.As(err, &exit) {
						ts.Fatalf("%v", err)
					}
					code = exit.ExitCode()
				}
				if code != want {
					ts.Fatalf("the exit code is %d, not %d", code, want)
				}
			},
		},
	})
}
