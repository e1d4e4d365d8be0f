package builds_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
)

// TestPeopleAreCountedOnce holds the engine's count of people, which never joins
// every row to every period, against the definition written out in SQL: in each
// period and scope, each person once, in the category of their latest row.
func TestPeopleAreCountedOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	year, err := period.ParseYear("2023-24")
	if err != nil {
		t.Fatal(err)
	}
	periods := append(year.Periods(), year.Months()...)
	var values []string
	for _, p := range periods {
		values = append(values, fmt.Sprintf("('%s', DATE '%s', DATE '%s')", p.Label, p.Start.Format("2006-01-02"), p.End.Format("2006-01-02")))
	}
	for _, people := range []int{1, 30, 400} { // 600 rows: all one person's, many each, mostly one each
		t.Run(fmt.Sprint(people), func(t *testing.T) {
			ws := caseWorkspace(t, "")
			conn := caseWarehouse(t, ws)
			// starts from 2022-12 to 2024-05; a third open, the others of any length, so that some lie inside others
			if err := warehouse.Exec(ctx, conn, fmt.Sprintf(`INSERT INTO typed.referrals BY NAME
				SELECT 'R' || i AS referral_id, CASE hash(i, 1) %% 3 WHEN 0 THEN 'P2' ELSE 'P1' END AS sender, sender AS key_group,
				  CASE sender WHEN 'P1' THEN 'A' ELSE 'B' END AS service_code, CASE hash(i, 2) %% 5 WHEN 0 THEN 'F2' END AS fund_code,
				  'person' || (hash(i, 3) %% %d) AS victim_pseudo_id, DATE '2022-12-01' + (hash(i, 4) %% 520)::INTEGER AS support_start_date,
				  support_start_date AS referral_received_date,
				  CASE WHEN hash(i, 5) %% 3 > 0 THEN support_start_date + (hash(i, 6) %% 300)::INTEGER END AS closure_date,
				  ['F', 'M', NULL][1 + (hash(i, 7) %% 3)::INTEGER] AS sex_code, ['E06000001', 'OOA'][1 + (hash(i, 8) %% 2)::INTEGER] AS la_code,
				  'ACC' AS referral_outcome_code, 1 AS delivery, i AS "row", 'counted' AS standing
				FROM range(600) t(i)`, people)); err != nil {
				t.Fatal(err)
			}
			if err := typed.Model(ctx, ws, conn, "[1-9]*.sql"); err != nil {
				t.Fatal(err)
			}
			engine := metrics.Engine{Set: ws.Metrics, Conn: conn, Periods: periods, Schema: "main"}
			if err := engine.Tables(ctx); err != nil {
				t.Fatal(err)
			}
			if err := engine.Compute(ctx, "R13", "R05"); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ code, falls, date string }{
				{"R13", "support_start_date <= period_end AND (closure_date IS NULL OR closure_date >= period_start)", "support_start_date"},
				{"R05", "received_date BETWEEN period_start AND period_end", "received_date"},
			} {
				want := query(t, conn, fmt.Sprintf(`WITH chosen AS (
					SELECT * FROM (SELECT *, unnest(['all', 'fund:' || fund_code, 'service:' || service_code, 'provider:' || provider_code]) AS scope FROM referral)
					JOIN (VALUES %s) p(period, period_start, period_end) ON %s
					QUALIFY row_number() OVER (PARTITION BY period, scope, person ORDER BY %s DESC, provider_code DESC, key DESC) = 1)
					SELECT period, scope, '' AS dimension, '' AS category, count(*)::VARCHAR AS n FROM chosen GROUP BY ALL
					UNION ALL SELECT period, scope, 'sex', coalesce(sex::VARCHAR, 'NS'), count(*)::VARCHAR FROM chosen WHERE '%[4]s' = 'R13' GROUP BY ALL
					UNION ALL SELECT period, scope, 'la', la::VARCHAR, count(*)::VARCHAR FROM chosen WHERE '%[4]s' = 'R13' GROUP BY ALL ORDER BY ALL`,
					strings.Join(values, ", "), c.falls, c.date, c.code))
				got := query(t, conn, `SELECT period, scope, dimension, category, n::VARCHAR AS n FROM figure
					WHERE code = '`+c.code+`' AND dimension IN ('', 'sex', 'la') AND n > 0 ORDER BY ALL`)
				if len(got) != len(want) || len(got) < 100 {
					t.Fatalf("%s: %d figures are not 0, by the definition %d are", c.code, len(got), len(want))
				}
				for i := range want {
					if fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
						t.Errorf("%s: the engine says %v, the definition %v", c.code, got[i], want[i])
					}
				}
			}
		})
	}
}
