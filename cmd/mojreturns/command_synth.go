package main

import (
	"github.com/spf13/cobra"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/synth"
)

func (a *app) synthCommand() *cobra.Command {
	var o synth.Options
	var year string
	c := &cobra.Command{
		Use:     "synth DIR",
		Short:   "Writes a synthetic workspace of any size, made from the contracts; the same seed gives the same bytes",
		Example: "  mojreturns synth /tmp/big --referrals 20000 --seed 7 --faults 0.01",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			at, err := period.ParseYear(year)
			if err != nil {
				return usageError{err}
			}
			o.Year = at
			if err := o.Check(); err != nil {
				return usageError{err}
			}
			made, err := synth.Write(c.Context(), args[0], o)
			if err != nil {
				return err
			}
			var list [][]any
			for _, f := range made.Files {
				faults := 0
				for _, fault := range made.Faults {
					if fault.File == f.Name {
						faults++
					}
				}
				list = append(list, []any{f.Name, f.Rows, faults})
			}
			return a.print(rows([]string{"file", "rows", "faults"}, list...))
		},
	}
	c.Flags().IntVar(&o.Referrals, "referrals", 1000, "how many referrals; the other feeds are in proportion")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "the seed: the same one gives the same bytes")
	c.Flags().Float64Var(&o.Faults, "faults", 0, "the share of referral rows with a deliberate fault, such as 0.01")
	c.Flags().StringVar(&year, "year", "2023-24", "the financial year")
	c.Flags().StringSliceVar(&o.Only, "only", nil, "only these feeds, such as referrals,spend (default: all)")
	a.printFlags(c)
	return c
}
