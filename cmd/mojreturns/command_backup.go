package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/backup"
	"mojreturns/pipeline/workspace"
)

func (a *app) backupCommand() *cobra.Command {
	var to, makeKey string
	var keys []string
	c := &cobra.Command{
		Use:   "backup [--to DIR]",
		Short: "Copies what is kept to another place; what has not changed is not written again",
		Example: `  mojreturns backup --workspace testdata/cleveland --to copies
  mojreturns backup --make-key safe.key`,
	}
	change := a.change(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
		place, err := backupPlace(ws, to)
		if err != nil {
			return err
		}
		if len(keys) == 0 && to == "" {
			keys = ws.Backup.Keys
		}
		if _, err := backup.Recipients(keys); err != nil {
			return usageError{err}
		}
		r, err := backUp(ctx, ws, place, keys)
		if err == nil {
			a.tellBackup(r, place, keys)
		}
		return err
	})
	c.RunE = func(c *cobra.Command, args []string) error {
		if makeKey == "" {
			return change(c, args)
		}
		public, err := backup.NewKey(makeKey)
		if err == nil {
			fmt.Fprintf(a.stdout, "%s\nThat is the public key, for --age or under backup: keys:. %q opens the copies: keep it in the safe, and not on this computer alone.\n", public, makeKey)
		}
		return err
	}
	c.Flags().StringVar(&to, "to", "", "a folder on another disk or share (default: that of the configuration)")
	c.Flags().StringArrayVar(&keys, "age", nil, "a public key to encrypt the copies for, age1...; may be given more than once")
	c.Flags().StringVar(&makeKey, "make-key", "", "instead: make a key that opens encrypted copies")
	a.waitFlag(c)
	c.AddCommand(a.backupVerifyCommand())
	return c
}

// backupPlace is the folder given, or that of the configuration.
func backupPlace(ws *workspace.Workspace, given string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	if ws.Backup.To == "" {
		return "", usage("name the folder of the backups, or write it into %s: backup: {to: FOLDER}", workspace.ConfigFile)
	}
	return filepath.Abs(ws.Beside(ws.Backup.To))
}

// backUp makes a backup and notes it.
func backUp(ctx context.Context, ws *workspace.Workspace, place string, keys []string) (backup.Report, error) {
	r, err := backup.Make(ctx, ws, place, keys)
	if err == nil && !r.Nothing {
		err = backup.Note(ws, backup.Record{OK: true, Place: place, Number: r.Number, Head: r.Head})
	}
	return r, err
}

func (a *app) tellBackup(r backup.Report, place string, keys []string) {
	if r.Nothing {
		a.line("Backup    nothing has changed since backup %d in %s: not a byte was written", r.Number, place)
	} else {
		a.line("Backup    %d in %s: %s, of which %d new (%s)", r.Number, place, files(r.Files), r.New, size(r.Bytes))
	}
	if r.Removed > 0 {
		a.line("Erased    %s removed from the copies too", files(r.Removed))
	}
	switch {
	case r.Secrets:
		a.line("Secrets   are in it, encrypted")
	case len(keys) == 0:
		a.line("Secrets   are not in it: keep secrets.yaml in the safe, or encrypt the copies with --age")
	}
	a.line("Head      %s", r.Head)
	if !r.Nothing {
		a.line("Not proved yet: `mojreturns backup verify` brings it back and holds it against what the office has.")
	}
}

// size is an amount of bytes as people say it.
func size(n int64) string {
	switch {
	case n < 1_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func (a *app) backupVerifyCommand() *cobra.Command {
	var identity, in string
	c := &cobra.Command{
		Use:     "verify [DIR]",
		Short:   "Reads every copy, brings the last backup back, builds it and compares; says what is proved",
		Example: "  mojreturns backup verify copies --workspace testdata/cleveland",
		Args:    cobra.MaximumNArgs(1),
	}
	inWorkspace := a.look(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
		place, err := backupPlace(ws, strings.Join(args, ""))
		if err != nil {
			return err
		}
		if identity == "" && len(args) == 0 {
			identity = ws.Beside(ws.Backup.Identity)
		}
		proof, err := prove(ctx, ws, place, identity)
		if err != nil {
			return err
		}
		return a.tellProof(proof, place)
	})
	c.RunE = func(c *cobra.Command, args []string) error {
		if in == "" {
			return inWorkspace(c, args)
		}
		if len(args) == 0 {
			return usage("name the folder of the backups: `mojreturns backup verify DIR --in FOLDER` asks no workspace")
		}
		keys, err := backup.Identities(identity)
		if err != nil {
			return err
		}
		proof, err := backup.Prove(c.Context(), args[0], in, keys, opener(workspace.Use{Now: a.now, Log: slog.New(slog.DiscardHandler)}))
		if err != nil {
			return err
		}
		return a.tellProof(proof, args[0])
	}
	before(c, func([]string) error { return a.onlyNow(c) })
	c.Flags().StringVar(&identity, "identity", "", "the file of the key that opens encrypted copies")
	c.Flags().StringVar(&in, "in", "", "where it is brought back for the while, where there is no workspace (default: the workspace's store)")
	return c
}

func opener(use workspace.Use) backup.Opener {
	return func(dir string) (*workspace.Workspace, error) { return workspace.Open(dir, use) }
}

// prove proves the last backup of a place, and notes how that went.
func prove(ctx context.Context, ws *workspace.Workspace, place, identity string) (backup.Proof, error) {
	keys, err := backup.Identities(identity)
	if err != nil {
		return backup.Proof{}, err
	}
	noted, err := backup.Noted(ws)
	if err != nil {
		return backup.Proof{}, err
	}
	proof, err := backup.Prove(ctx, place, ws.Path("tmp"), keys, opener(workspace.Use{Now: ws.Now, Log: slog.New(slog.DiscardHandler), Progress: ws.Progress}))
	if err != nil {
		return proof, err
	}
	if says := backup.Taken(noted, place, proof.Checked); says != "" {
		proof.Problems = append(proof.Problems, says)
	}
	return proof, backup.Note(ws, backup.Record{Proved: true, OK: proof.OK(), Place: place, Number: proof.Last.Number, Head: proof.Head})
}

// mostProblems fit a screen.
const mostProblems = 12

// notProved says in words why a backup is not proved.
func notProved(p backup.Proof) string {
	if len(p.Problems) == 0 {
		return "the copies are encrypted, and the key was not given"
	}
	more := ""
	if n := len(p.Problems); n > mostProblems {
		more = fmt.Sprintf("; and %d more", n-mostProblems)
	}
	return strings.Join(p.Problems[:min(len(p.Problems), mostProblems)], "; ") + more
}

// tellProof says on one screen what is proved, and what is not.
func (a *app) tellProof(p backup.Proof, place string) error {
	a.line("Backup    %d of %s, %s, in %s", p.Last.Number, p.Last.At.Format("2 January 2006 at 15:04 UTC"), p.Last.Office, place)
	a.line("Copies    %s in %s, %s: read to the last byte", files(p.Contents), plural(p.Backups, "backup"), size(p.Bytes))
	if p.Erased > 0 {
		a.line("Erased    %s, of which no copy is left", files(p.Erased))
	}
	if p.Restored {
		a.line("Restored  %s into a folder of its own, %d as they were received; the folder is removed", files(p.Files), p.Landed)
		a.line("Build     %s", p.Built)
		a.line("Figures   %s", p.Figures)
		a.line("Journal   %d lines; head %s", p.Audit.Lines, p.Audit.Head)
		a.line("Signed    %d submissions, seals and releases; the figures of %s made again: the same", p.Seals, plural(p.Again, "sealed return"))
		for _, why := range p.NotAgain {
			a.line("  not made again: %s", why)
		}
	}
	a.line("Head      %s", p.Head)
	if p.OK() {
		a.line("Proved    an office can go on from this backup")
		return nil
	}
	a.line("NOT proved:")
	for i, problem := range p.Problems {
		if i == mostProblems {
			a.line("  - and %d more", len(p.Problems)-i)
			break
		}
		a.line("  - %s", problem)
	}
	if len(p.Problems) == 0 {
		a.line("  - the copies are as they were written, and encrypted: give the file of the key that opens them with --identity")
	}
	return errFailed
}

func (a *app) restoreCommand() *cobra.Command {
	var to, identity string
	var number int
	c := &cobra.Command{
		Use:     "restore DIR --to NEWDIR",
		Short:   "Brings a backup back into a new folder; what was erased since stays away",
		Example: "  mojreturns restore copies --to returns-again",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" {
				return usage("name the new folder: --to NEWDIR")
			}
			keys, err := backup.Identities(identity)
			if err != nil {
				return err
			}
			r, err := backup.Restore(c.Context(), args[0], to, number, keys, opener(workspace.Use{Now: a.now, Log: slog.New(slog.DiscardHandler)}))
			if err != nil {
				return err
			}
			a.line("Restored  backup %d of %s into %s: %s", r.Number, r.At.Format("2 January 2006 at 15:04 UTC"), to, files(len(r.Files)))
			for _, e := range r.Again {
				a.line("Erased    %.8s was erased on %s, after this backup, and stays away", e.SHA256, e.On.Format("2 January 2006"))
			}
			if !r.Secrets {
				a.line("Secrets   are not in it: put secrets.yaml back from the safe")
			}
			a.line("Next: `mojreturns run --period P --workspace %s`, then `mojreturns seal verify --workspace %s`. Back up into a new folder from now on, if this is not the last backup.", to, to)
			return nil
		},
	}
	before(c, func([]string) error { return a.onlyNow(c) })
	c.Flags().StringVar(&to, "to", "", "the folder to bring it back into, which is not there yet, or empty")
	c.Flags().StringVar(&identity, "identity", "", "the file of the key that opens encrypted copies")
	c.Flags().IntVar(&number, "number", 0, "which backup (default: the last)")
	return c
}
