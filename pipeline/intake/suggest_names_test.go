package intake

import (
	"testing"
)

func TestPatternOfNames(t *testing.T) {
	for name, want := range map[string]string{
		"hub_referrals_2023-24_q1.csv":             "hub_referrals_{year}_q{quarter}.csv",
		"Safe Harbour Q1 2026-27.xlsx":             "Safe Harbour Q{quarter} {year}.xlsx",
		"victimfirst_export_20260707.csv":          "victimfirst_export_{date}.csv",
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

func TestPatternsOfSeveralNames(t *testing.T) {
	got := patternsOf([]string{"VS01 listing P03 2026-27.xlsx", "VS01 listing P06 2026-27.xlsx", "Safe Harbour Q1 2026-27.xlsx", "Safe Harbour training Q1 2026-27.xlsx", "area 1 part 2.csv", "area 2 part 3.csv"})
	for name, want := range map[string]string{
		"VS01 listing P03 2026-27.xlsx":         "VS01 listing P{version} {year}.xlsx",
		"VS01 listing P06 2026-27.xlsx":         "VS01 listing P{version} {year}.xlsx",
		"Safe Harbour Q1 2026-27.xlsx":          "Safe Harbour Q{quarter} {year}.xlsx",
		"Safe Harbour training Q1 2026-27.xlsx": "Safe Harbour training Q{quarter} {year}.xlsx",
	} {
		if got[name] != want {
			t.Errorf("%s: the pattern is %q, not %q", name, got[name], want)
		}
	}
}
