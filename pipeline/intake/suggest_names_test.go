package intake

import (
	"testing"
)

func TestPatternOfNames(t *testing.T) {
	for name, want := range map[string]string{
		"hub_referrals_2023-24_q1.csv":             "hub_referrals_{year}_*.csv",
		"slt_training_2023-24_v2.xlsx":             "slt_training_{year}_v{version}.xlsx",
		"finance 2024-01-31.csv":                   "finance {date}.csv",
		"expenditure-over-500-apr-jun-2014.csv":    "expenditure-over-500-*.csv",
		"Spend over £500 January 2024.xlsx":        "Spend over £500 *.xlsx",
		"payments 2023-25.csv":                     "payments *.csv",
		"referrals.csv":                            "referrals.csv",
		"date_of_year_20240131.csv":                "date_of_year_{date}.csv",
		"q1 h2 returns.csv":                        "* returns.csv",
		"housing_march_april_2024_resubmitted.csv": "housing_*_resubmitted.csv",
	} {
		if got := patternOf(name); got != want {
			t.Errorf("%s: the pattern is %q, not %q", name, got, want)
		}
	}
}
