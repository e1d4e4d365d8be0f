package builds_test

import (
	"fmt"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/table"
)

// Each view has a labelled one with all its columns and rows, in which every code stands
// with what its list, or the register, says of it.
func TestLabelledViews(t *testing.T) {
	t.Parallel()
	v := example.View(t, example.Shared(t), example.Quarter(t, "2023-24-Q4"))
	for sql, want := range map[string]string{
		// no column is missing, and none is named like one of the model's that it is not
		`SELECT count(*) FROM duckdb_columns() c WHERE database_name = 'warehouse' AND schema_name = 'main'
			AND table_name IN (SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal AND database_name = 'warehouse')
			AND NOT EXISTS (FROM duckdb_columns() l WHERE l.database_name = 'warehouse' AND l.schema_name = 'labelled' AND l.table_name = c.table_name AND l.column_name = c.column_name AND l.data_type = c.data_type)`: "0",
		`SELECT (SELECT count(*) FROM labelled.valid_referral) = (SELECT count(*) FROM valid_referral)`: "true",
		// these codes say what they mean themselves
		`SELECT string_agg(DISTINCT column_name, ' ' ORDER BY column_name) FROM duckdb_columns() c WHERE database_name = 'warehouse' AND schema_name = 'labelled' AND data_type LIKE 'ENUM%'
			AND NOT EXISTS (FROM duckdb_columns() l WHERE l.database_name = 'warehouse' AND l.schema_name = 'labelled' AND l.table_name = c.table_name AND l.column_name = c.column_name || '_label')`: "age_band scale",
		`SELECT count(*) FROM labelled.referral l JOIN reference.referral_source s ON s.code = l.source WHERE l.source_label IS DISTINCT FROM s.label`:                         "0",
		`SELECT count(*) FROM labelled.referral l JOIN reference.referral_outcome s ON s.code = l.outcome WHERE l.outcome_label IS DISTINCT FROM s.label`:                      "0",
		`SELECT count(*) FROM labelled.outcome_score l JOIN reference.outcome s ON s.code = l.outcome WHERE l.outcome_label IS DISTINCT FROM s.label`:                          "0",
		`SELECT count(*) FROM labelled.eligible_outcome l JOIN reference.outcome s ON s.code = l.outcome WHERE l.outcome_label IS DISTINCT FROM s.label`:                       "0",
		`SELECT count(*) FROM labelled.outcome_score l JOIN reference.measure_point s ON s.code = l.measure_point WHERE l.measure_point_label IS DISTINCT FROM s.label`:        "0",
		`SELECT count(*) FROM labelled.spend_line l JOIN register.fund f ON f.code = l.fund WHERE l.fund_label IS DISTINCT FROM f.name OR l.fund IS DISTINCT FROM l.fund_code`: "0",
		`SELECT DISTINCT provider_label FROM labelled.referral JOIN register.provider p ON p.code = provider WHERE p.name <> provider_label`:                                   "none",
		// what figures count as not known, not stated and (blank) says so
		`SELECT DISTINCT risk_level_label FROM labelled.referral WHERE risk_level IS NULL`:   "Not known",
		`SELECT DISTINCT wait_reason_label FROM labelled.referral WHERE wait_reason IS NULL`: "(blank)",
		`SELECT DISTINCT service_label FROM labelled.spend_line`:                             "(blank)",
		`SELECT referral_source_label('POL') || ', ' || referral_source_label('nowhere')`:    "Police, nowhere",
	} {
		found, err := table.Query(t.Context(), v.Conn, sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		got := "none"
		for _, row := range found.Rows {
			got = fmt.Sprint(row[0])
		}
		if got != want {
			t.Errorf("%s\ngives %q, not %q", sql, got, want)
		}
	}
}
