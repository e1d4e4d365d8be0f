package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/pseudonym"
	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/workspace"
)

func (a *app) pseudonymiseCommand() *cobra.Command {
	var d intake.ClientFile
	var key, makeKey, people string
	c := &cobra.Command{
		Use:   "pseudonymise FILE --key KEYFILE --column HEADER",
		Short: "Writes a file again with keyed hashes in place of its client numbers, for the provider's own desk; or makes a key",
		Example: `  mojreturns pseudonymise --make-key ours.key
  mojreturns pseudonymise clients.xlsx --key ours.key --column "Client No"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			switch {
			case makeKey != "":
				return a.makeKey(makeKey)
			case people != "":
				return a.makeKeyOf(people)
			}
			d.File, d.To = args[0], a.output
			if d.Key, err = pseudonym.ReadKey(key); err != nil {
				return usageError{err}
			}
			done, err := intake.Pseudonymise(c.Context(), d)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s: %s hashed, by the key %s.\n", done.To, plural(done.Hashed, "client number"), d.Key.Fingerprint())
			if done.Rounded > 0 {
				fmt.Fprintf(a.stdout, "Rounded by a spreadsheet, so that nobody knows whose it is: %s. Make the column text where it comes from.\n",
					plural(done.Rounded, "client number"))
			}
			if len(done.Untouched) > 0 {
				fmt.Fprintf(a.stdout, "Sheets without the column are as they were: %s.\n", strings.Join(done.Untouched, ", "))
			}
			return nil
		},
	}
	c.Flags().StringVar(&key, "key", "", "the file with the key")
	c.Flags().StringArrayVar(&d.Columns, "column", nil, "the header of the client numbers; give it again for another")
	c.Flags().StringVar(&makeKey, "make-key", "", "make a key, into this new file")
	c.Flags().StringVar(&people, "people", "", "make a key of this group of people (a provider's code, or its people), into secrets.yaml of the workspace")
	a.outputFlag(c, "the file to write, which must not be there: .csv, or .xlsx of a workbook", only(".csv", ".xlsx"))
	before(c, func(files []string) error {
		makes := makeKey != "" || people != ""
		switch {
		case makeKey != "" && people != "":
			return usage("--make-key and --people each make a key; ask for one of them")
		case makes && (len(files) > 0 || key != "" || len(d.Columns) > 0 || a.output != ""):
			return usage("a key is made by itself: leave the file, --key, --column and -o out")
		case !makes && (len(files) == 0 || key == "" || len(d.Columns) == 0):
			return usage("name the FILE, and give --key and --column; or make a key with --make-key FILE or --people GROUP")
		}
		return nil
	})
	return c
}

const keepIt = "Keep a copy in the safe: without it nobody can be followed from earlier files to later ones, and who has it can tell who is who.\n"

func (a *app) makeKey(file string) error {
	if err := pseudonym.MakeKey(file, rand.Reader); err != nil {
		return usageError{err}
	}
	key, err := pseudonym.ReadKey(file)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "The key %s is in %s, for you alone to read. %s", key.Fingerprint(), file, keepIt)
	return nil
}

// makeKeyOf makes a key of people whom some provider's feed tells of.
func (a *app) makeKeyOf(people string) error {
	ws, err := workspace.Configured(a.workspace)
	if err != nil {
		return err
	}
	var groups []string
	for _, p := range ws.Register.Providers {
		if !slices.Contains(groups, p.KeyGroup()) {
			groups = append(groups, p.KeyGroup())
		}
	}
	if !slices.Contains(groups, people) {
		return usage("no provider has the people %q; there are %s", people, strings.Join(groups, ", "))
	}
	_, statErr := os.Stat(filepath.Join(a.workspace, secrets.File))
	key, err := secrets.MakeKey(a.workspace, people, rand.Reader)
	if err != nil {
		return usageError{err}
	}
	what := "added to"
	if statErr != nil {
		what = "in the new file"
	}
	fmt.Fprintf(a.stdout, "The key %s of the people of %s is %s %s. %s", key.Fingerprint(), people, what, filepath.Join(a.workspace, secrets.File), keepIt)
	return nil
}
