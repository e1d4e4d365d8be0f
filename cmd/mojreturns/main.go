// Command mojreturns turns what providers and the finance ledger send into the
// quarterly return, the Commissioner's briefing and tables for analysts.
//
// Commands are cobra's, for subcommands, help and completions that people know; the
// configuration is read by goccy/go-yaml, which is strict and shows the line of a
// mistake; progress is schollz/progressbar's, one small bar on a terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // business dates are London's, also where the system has no time zones
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	debug.SetGCPercent(400) // most memory is DuckDB's: collecting the little that is Go's costs more than it frees
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, time.Now)
	stop()
	os.Exit(code)
}
