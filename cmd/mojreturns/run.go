package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// Exit codes. Rejections and unmet conditions are news, not failure.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitBusy        = 3
	exitRefused     = 4
	exitInterrupted = 130
)

// usageError is a mistake in the command line: exit code 2.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFailed is what `check` returns when it found failures: they are printed
// already, so nothing more is said.
var errFailed = errors.New("")

// app is one call of the program: what it was handed, and its global flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	workspace      string
	asAt           string
	format, output string
	quiet, verbose bool
}

// run is the program as a function: results on stdout, everything else on
// stderr, and an exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, now func() time.Time) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, now: now}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintf(stderr, "mojreturns: %v\n", err)
	}
	return exitCode(ctx, err)
}

func exitCode(ctx context.Context, err error) int {
	var bad usageError
	var mistake workspace.Mistake
	var asked intake.Unanswerable
	var busy *landing.BusyError
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &bad), errors.As(err, &mistake), errors.As(err, &asked):
		return exitUsage
	case errors.As(err, &busy):
		return exitBusy
	case errors.Is(err, returns.ErrTemplateChanged), errors.Is(err, workspace.ErrRefused):
		return exitRefused
	}
	return exitFailed
}

// root is the command with every subcommand under it.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "mojreturns",
		Short:         "Turns what providers send into the Ministry of Justice return, the briefing and tables for analysts",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			hint := ""
			if like := c.SuggestionsFor(args[0]); len(like) > 0 {
				hint = fmt.Sprintf(" did you mean %q?", like[0])
			}
			return usage("there is no command %q;%s `mojreturns --help` lists them", args[0], hint)
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&a.workspace, "workspace", ".", "the folder with mojreturns.yaml")
	flags.StringVar(&a.asAt, "as-at", "", "answer with what had been received by then: a date (its end, in the workspace's time zone) or 2024-04-30T17:00")
	flags.BoolVar(&a.quiet, "quiet", false, "print results only, no progress")
	flags.BoolVar(&a.verbose, "verbose", false, "log each step on stderr")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%v; `%s --help` lists the flags", err, c.CommandPath())
	})
	for _, c := range []*cobra.Command{
		a.initCommand(), a.runCommand(), a.landCommand(), a.withdrawCommand(), a.templateCommand(), a.providerCommand(), a.eraseCommand(), a.buildCommand(), a.checkCommand(), a.rejectsCommand(),
		a.metricsCommand(), a.conditionsCommand(), a.traceCommand(), a.returnCommand(), a.briefingCommand(),
		a.queryCommand(), a.catalogueCommand(), a.synthCommand(), a.statusCommand(), a.chaseCommand(), a.serveCommand(),
	} {
		a.usageOnly(c)
		root.AddCommand(c)
	}
	return root
}

// usageOnly makes a wrong number of arguments a usage error.
func (a *app) usageOnly(c *cobra.Command) {
	check := c.Args
	if check == nil {
		check = cobra.NoArgs
		if c.HasSubCommands() {
			check = cobra.ArbitraryArgs
		}
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage("%v; `%s --help` says how it is used", err, c.CommandPath())
		}
		return nil
	}
	for _, sub := range c.Commands() {
		a.usageOnly(sub)
	}
}

// open opens the workspace, as of the time given with --as-at.
func (a *app) open() (*workspace.Workspace, error) {
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelDebug
	}
	ws, err := workspace.Open(a.workspace, workspace.Use{
		Now: a.now, Progress: a.progress(), Log: slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))})
	if err != nil || a.asAt == "" {
		return ws, err
	}
	at, err := parseAsAt(a.asAt, ws.Location)
	if err != nil {
		return nil, err
	}
	return ws.AsAt(at), nil
}

// change opens the workspace and takes its write lock, for commands that change
// what is kept. release gives it back.
func (a *app) change(ctx context.Context, command string, wait time.Duration) (ws *workspace.Workspace, release func(), err error) {
	if a.asAt != "" {
		return nil, nil, usage("--as-at only looks back: `%s` changes what is kept, so leave the flag out", command)
	}
	if ws, err = a.open(); err != nil {
		return nil, nil, err
	}
	release, err = ws.Lock(ctx, command, wait)
	return ws, release, err
}

// parseAsAt reads a time, or a date as its end.
func parseAsAt(text string, location *time.Location) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, location); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, location); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Time{}, usage("%q is not a time; write a date as 2024-04-30 or a time as 2024-04-30T17:00", text)
}

// parsePeriod reads the --period flag, which the command needs.
func parsePeriod(text string) (period.Period, error) {
	if strings.TrimSpace(text) == "" {
		return period.Period{}, usage("--period is needed: a quarter such as 2023-24-Q4, a year such as 2023-24 or a month such as 2023-10")
	}
	at, err := period.Parse(text)
	if err != nil {
		return period.Period{}, usageError{err}
	}
	return at, nil
}

func periodFlag(c *cobra.Command, value *string) {
	c.Flags().StringVar(value, "period", "", "2023-24-Q4, 2023-24-Q4-YTD, 2023-24-H2, 2023-24 or 2023-10")
}

func waitFlag(c *cobra.Command, value *time.Duration) {
	c.Flags().DurationVar(value, "wait", time.Minute, "how long to wait for another changing command to end")
}

// terminal says whether w is a person's screen.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
