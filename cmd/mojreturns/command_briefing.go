package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/published"
)

func (a *app) briefingCommand() *cobra.Command {
	var at, output, audience, by string
	var release bool
	var wait time.Duration
	c := &cobra.Command{
		Use:     "briefing --period P",
		Short:   "The Commissioner's pack: one page of HTML that needs nothing else",
		Example: "  mojreturns briefing --workspace testdata/cleveland --period 2023-24-Q4 -o briefing.html\n  mojreturns briefing --workspace testdata/cleveland --period 2023-24-Q4 --release --by \"Performance analyst\"",
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := parsePeriod(at)
			if err != nil {
				return err
			}
			if release {
				flow, done, err := a.change(c.Context(), "briefing --release", wait)
				if err != nil {
					return err
				}
				defer done()
				v, err := published.Open(c.Context(), flow, p)
				if err != nil {
					return err
				}
				defer v.Close()
				kept, err := draft.Release(c.Context(), v, audience, by)
				if err != nil {
					return err
				}
				fmt.Fprintln(a.stdout, kept.Path)
				return nil
			}
			flow, err := a.open()
			if err != nil {
				return err
			}
			if a.asAt != "" && output == "" {
				return usage("a briefing --as-at is not kept in the store: say where it goes with -o FILE.html")
			}
			v, err := published.Open(c.Context(), flow, p)
			if err != nil {
				return err
			}
			defer v.Close()
			written, err := draft.Briefing(c.Context(), v, output)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, written.Path)
			return nil
		},
	}
	periodFlag(c, &at)
	c.Flags().BoolVar(&release, "release", false, "keep it as released: later outputs must not give away what it hides")
	c.Flags().StringVar(&audience, "audience", "briefing", "with --release, who it goes to: briefing or public")
	c.Flags().StringVar(&by, "by", "", "with --release, the role of who released it")
	waitFlag(c, &wait)
	c.Flags().StringVarP(&output, "output", "o", "", "where to write it (default: the store's drafts)")
	return c
}
