package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"syscall"
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

// app is one call of the program: what it was handed, and the flags that commands share.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	workspace      string
	asAt           string
	quiet, verbose bool
	width          int    // of the screen; 0: any
	format, output string // of commands that print rows
	wide           bool
	period         period.Period        // zero where it was left out
	ofReturn       string               // which return
	wait           time.Duration        // for another changing command
	opened         *workspace.Workspace // by the command, if it needs one
	lookEvery      time.Duration        // how often the daemon looks at the configuration; 0: as usual
}

// run is the program as a function: results on stdout, everything else on
// stderr, and an exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, now func() time.Time) int {
	results := &results{Writer: stdout}
	a := &app{stdin: stdin, stdout: results, stderr: stderr, now: now, width: widthOf(stdout)}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(results)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if results.err != nil && (err == nil || errors.Is(err, errFailed)) {
		err = fmt.Errorf("the result could not be written: %w", results.err)
	}
	if err != nil && err.Error() != "" {
		fmt.Fprintf(stderr, "mojreturns: %s\n", a.inWords(err))
	}
	return exitCode(ctx, err)
}

// diskFull are the words of systems, and of DuckDB after them, for a disk without room.
var diskFull = regexp.MustCompile(`(?i)no space left on device|not enough space on (the )?disk|disk quota exceeded`)

// inWords says an error as people read it: of a full disk what it is, and no more; what
// the system says of a file repeats its name, which may tell of somebody.
func (a *app) inWords(err error) string {
	if errors.Is(err, syscall.ENOSPC) || diskFull.MatchString(err.Error()) {
		return "the disk is full: make room and give the command again. What was received and what was decided is as it was before"
	}
	var file *os.PathError
	var files *os.LinkError
	if a.opened != nil && (errors.As(err, &file) || errors.As(err, &files)) {
		return a.opened.Masked(err.Error())
	}
	return err.Error()
}

func exitCode(ctx context.Context, err error) int {
	var bad usageError
	var mistake workspace.Mistake
	var asked intake.Unanswerable
	var unknown landing.AskedError
	var busy *landing.BusyError
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &bad), errors.As(err, &mistake), errors.As(err, &asked), errors.As(err, &unknown):
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
	}
	a.group(root)
	root.SetHelpCommand(a.helpCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&a.workspace, "workspace", ".", "the folder with mojreturns.yaml")
	flags.StringVar(&a.asAt, "as-at", "", "answer with what had been received by then: a date (its end, in the workspace's time zone) or 2024-04-30T17:00")
	flags.BoolVar(&a.quiet, "quiet", false, "print results only, no progress")
	flags.BoolVar(&a.verbose, "verbose", false, "log each step on stderr")
	root.SetFlagErrorFunc(a.flagError)
	for _, c := range []*cobra.Command{
		a.initCommand(), a.runCommand(), a.landCommand(), a.withdrawCommand(), a.templateCommand(), a.providerCommand(), a.eraseCommand(), a.buildCommand(), a.checkCommand(), a.rejectsCommand(),
		a.metricsCommand(), a.conditionsCommand(), a.traceCommand(), a.returnCommand(), a.sealCommand(), a.briefingCommand(),
		a.backupCommand(), a.restoreCommand(), a.noticesCommand(), a.queryCommand(), a.publishCommand(), a.catalogueCommand(), a.synthCommand(), a.statusCommand(), a.chaseCommand(), a.pseudonymiseCommand(), a.serveCommand(), a.versionCommand(),
	} {
		a.usageOnly(c)
		root.AddCommand(c)
	}
	return root
}

// usageOnly makes a wrong number of arguments a usage error, and what is given blank.
func (a *app) usageOnly(c *cobra.Command) {
	if c.HasSubCommands() && !c.Runnable() {
		a.group(c)
	}
	check := c.Args
	if check == nil {
		check = cobra.NoArgs
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage("%v; `%s --help` says how it is used", err, c.CommandPath())
		}
		return checkGiven(c, args)
	}
	for _, sub := range c.Commands() {
		a.usageOnly(sub)
	}
}

// results is stdout: it keeps the first error, so that a result of which a part could
// not be written is told of, whoever printed it.
type results struct {
	io.Writer
	err error
}

func (r *results) Write(p []byte) (int, error) {
	n, err := r.Writer.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
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
