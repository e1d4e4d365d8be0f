package builds_test

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/synth"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

var (
	workspaces    = flag.Int("workspaces", 1, "random workspaces of the laws test")
	workspaceSeed = flag.Uint64("seed", 1, "seed of the first random workspace")
)

// TestLaws holds what must be so of any workspace: categories add up to the
// whole, quarters to the year, providers to everybody, the caseload to itself;
// and the order in which versioned files arrive changes no figure. A workspace costs
// two builds of thousands of rows with their months; .ci/run draws three.
func TestLaws(t *testing.T) {
	for seed := *workspaceSeed; seed < *workspaceSeed+uint64(*workspaces); seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			files := randomFiles(t, random)
			ws := randomWorkspace(t)
			landInOrder(t, ws, files)
			figures := allFigures(t, ws)
			if len(figures) < 10_000 {
				t.Fatalf("only %d figures were computed", len(figures))
			}
			maps.Copy(figures, monthFigures(t, ws))
			categoriesAddUp(t, ws.Metrics, figures)
			periodsAddUp(t, ws.Metrics, figures)
			providersAddUp(t, ws.Metrics, figures)
			caseload(t, figures)
			checksAgree(t, ws)

			other := randomWorkspace(t)
			random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
			landInOrder(t, other, files)
			again := allFigures(t, other)
			maps.Copy(again, monthFigures(t, other))
			if !reflect.DeepEqual(figures, again) {
				t.Errorf("landed in another order the figures differ:\n%s", gocmp.Diff(figures, again))
			}
		})
	}
}

// randomFiles are extracts of two providers, each in two versions that differ
// and each with some faults.
func randomFiles(t *testing.T, random *rand.Rand) []string {
	t.Helper()
	var files []string
	for version := 1; version <= 2; version++ {
		for _, provider := range []string{"", "hub_"} {
			dir := t.TempDir()
			o := synth.Options{Referrals: 50 + random.IntN(400), Seed: random.Uint64(), Faults: 0.05, Year: 2023}
			if provider != "" {
				o.Only = []string{"referrals"}
			}
			if _, err := synth.Write(context.Background(), dir, o); err != nil {
				t.Fatal(err)
			}
			made, err := filepath.Glob(filepath.Join(dir, "inbox", "*.csv"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range made {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if provider != "" {
					text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("STK-ADV"), []byte("VCAS")), []byte("GEN-ISVAIDVA"), []byte("CORE"))
				}
				text = withBlanks(t, random, text)
				name := filepath.Join(dir, provider+strings.Replace(filepath.Base(file), "_v1.csv", fmt.Sprintf("_v%d.csv", version), 1))
				if err := os.WriteFile(name, text, 0o660); err != nil {
					t.Fatal(err)
				}
				files = append(files, name)
			}
		}
	}
	return files
}

// withBlanks empties cells that may be empty, so that every breakdown has blanks.
func withBlanks(t *testing.T, random *rand.Rand, text []byte) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		for i, column := range rows[0] {
			if slices.Contains(maybeBlank, column) && random.IntN(10) == 0 {
				row[i] = ""
			}
		}
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var maybeBlank = []string{"police_team_code", "closure_reason_code", "wait_reason_code", "stalker_relationship_code", "risk_tool_code", "risk_level_code",
	"marac_flag", "repeat_referral", "spo_status_code", "sex_code", "ethnicity_code", "religion_code", "venue_la_code", "la_code", "cancel_reason_code", "supplier_name"}

// randomWorkspace is the synthetic workspace with a second provider.
func randomWorkspace(t *testing.T) *workspace.Workspace {
	t.Helper()
	dir := t.TempDir()
	if _, err := synth.Write(context.Background(), dir, synth.Options{Referrals: 1, Seed: 1, Year: 2023}); err != nil {
		t.Fatal(err)
	}
	config := string(example.ReadFile(t, filepath.Join(dir, workspace.ConfigFile)))
	for list, more := range map[string]string{
		"funds":     `  - {code: CORE, name: Core fund}`,
		"services":  `  - {code: VCAS, name: Advice service, provider: HUB, fund: CORE}`,
		"providers": `  - {code: HUB, name: Hub, feeds: [{feed: referrals, files: "hub_referrals_{year}_v{version}.csv", delivered: increment}]}`,
	} {
		config = strings.Replace(config, "\n"+list+":\n", "\n"+list+":\n"+more+"\n", 1)
	}
	return example.Office(t, config)
}

// landInOrder lands the files one after the other and builds.
func landInOrder(t *testing.T, ws *workspace.Workspace, files []string) {
	t.Helper()
	landed, err := intake.Land(context.Background(), ws, files, landing.Given{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range landed {
		if l.Status != landing.StatusLanded {
			t.Fatalf("%+v", l)
		}
	}
	if _, err := builds.Build(context.Background(), ws); err != nil {
		t.Fatal(err)
	}
}

func allFigures(t *testing.T, ws *workspace.Workspace) map[string]map[string]string {
	t.Helper()
	reader, err := builds.Reader(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	conn, err := reader.DB.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return placedFigures(t, conn)
}

// monthFigures are those of the months of 2023-24, which no build keeps.
func monthFigures(t *testing.T, ws *workspace.Workspace) map[string]map[string]string {
	t.Helper()
	ctx := context.Background()
	v, err := published.OpenFigures(ctx, ws, period.Year(2023).Months()[0], "R01") // makes the tables that hold figures made now
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if err := warehouse.Exec(ctx, v.Conn, "DELETE FROM temp.figure"); err != nil {
		t.Fatal(err)
	}
	engine := metrics.Engine{Set: ws.Metrics, Conn: v.Conn, Periods: period.Year(2023).Months(), Schema: "temp"}
	if err := engine.Compute(ctx); err != nil {
		t.Fatal(err)
	}
	return placedFigures(t, v.Conn)
}

func placedFigures(t *testing.T, conn *sql.Conn) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for _, row := range query(t, conn, `SELECT code, scope, period, dimension, category,
		value::VARCHAR AS value, numerator::VARCHAR AS numerator, denominator::VARCHAR AS denominator, n::VARCHAR AS n, marker FROM figure`) {
		out[placed(row)] = row
	}
	return out
}

// adds says whether what a metric counts adds up over categories and providers:
// not quantiles, nor a quotient of two figures. Over time people do not either.
func adds(m metrics.Metric) bool {
	return m.Code == "S03" || slices.Contains([]metrics.CountKind{"rows", "rate", "distinct", "sum", "share", "mean"}, m.Count.Kind)
}

// number is what a figure counts: of a share, mean or rate what is above the line.
func number(t *testing.T, row map[string]string) *big.Rat {
	t.Helper()
	value, ok := new(big.Rat).SetString(cmp.Or(row["numerator"], row["value"]))
	if !ok {
		t.Fatalf("%s: %q is not a number", placed(row), row["value"])
	}
	return value
}

// sums adds figures up under the place each belongs to; an empty one leaves it out.
func sums(t *testing.T, figures map[string]map[string]string, under func(row map[string]string) string) map[string]*big.Rat {
	t.Helper()
	out := map[string]*big.Rat{}
	for _, row := range figures {
		if to := under(row); to != "" && row["marker"] == "" {
			if out[to] == nil {
				out[to] = new(big.Rat)
			}
			out[to].Add(out[to], number(t, row))
		}
	}
	return out
}

// compareSums holds each sum against the figure of its place.
func compareSums(t *testing.T, law string, figures map[string]map[string]string, added map[string]*big.Rat) {
	t.Helper()
	compared, wrong := 0, 0
	for at, sum := range added {
		at, _, _ = strings.Cut(at, " by ") // one sum for each breakdown of the same total
		whole, ok := figures[at]
		if !ok || whole["marker"] != "" {
			continue
		}
		if compared++; number(t, whole).Cmp(sum) != 0 {
			if wrong++; wrong <= 10 {
				t.Errorf("%s: %s is %s, its parts add up to %s", law, at, number(t, whole).FloatString(4), sum.FloatString(4))
			}
		}
	}
	if compared < 100 {
		t.Errorf("%s: only %d figures were compared", law, compared)
	}
}

func placed(row map[string]string, changed ...string) string {
	var words []string
	for i, key := range []string{"code", "scope", "period", "dimension", "category"} {
		word := row[key]
		for j := 0; j < len(changed); j += 2 {
			if changed[j] == key {
				word = changed[j+1]
			}
		}
		if i < 3 || word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func categoriesAddUp(t *testing.T, set *metrics.Set, figures map[string]map[string]string) {
	t.Helper()
	compareSums(t, "categories", figures, sums(t, figures, func(row map[string]string) string {
		m, _ := set.Metric(row["code"])
		if row["dimension"] == "" || m.NoTotal || !adds(m) {
			return ""
		}
		return placed(row, "dimension", "", "category", "") + " by " + row["dimension"]
	}))
}

func periodsAddUp(t *testing.T, set *metrics.Set, figures map[string]map[string]string) {
	t.Helper()
	for whole, parts := range map[string][]string{
		"2023-24": {"2023-24-Q1", "2023-24-Q2", "2023-24-Q3", "2023-24-Q4"}, "2023-24-H2": {"2023-24-Q3", "2023-24-Q4"},
		"2023-24-Q3-YTD": {"2023-24-Q1", "2023-24-Q2", "2023-24-Q3"}, "2023-24-Q4": {"2024-01", "2024-02", "2024-03"},
	} {
		compareSums(t, "parts of "+whole, figures, sums(t, figures, func(row map[string]string) string {
			m, _ := set.Metric(row["code"])
			if !slices.Contains(parts, row["period"]) || !adds(m) || m.Count.Kind == "distinct" || m.When.Kind != "in" && m.Code != "S03" {
				return ""
			}
			return placed(row, "period", whole)
		}))
	}
}

// providersAddUp: the two providers' pseudonyms are of different key groups, so
// people add up too.
func providersAddUp(t *testing.T, set *metrics.Set, figures map[string]map[string]string) {
	t.Helper()
	compareSums(t, "providers", figures, sums(t, figures, func(row map[string]string) string {
		m, _ := set.Metric(row["code"])
		if !strings.HasPrefix(row["scope"], "provider:") || !slices.Contains(m.Scopes, "all") || !adds(m) {
			return ""
		}
		return placed(row, "scope", "all")
	}))
}

func caseload(t *testing.T, figures map[string]map[string]string) {
	t.Helper()
	compared, wrong := 0, 0
	for _, end := range figures {
		if end["code"] != "R12" || end["marker"] != "" {
			continue
		}
		compared++
		left := new(big.Rat)
		for code, sign := range map[string]int64{"R12S": 1, "R10": 1, "R11": -1} {
			part := figures[placed(end, "code", code)]
			left.Add(left, new(big.Rat).Mul(big.NewRat(sign, 1), number(t, part)))
		}
		if left.Cmp(number(t, end)) == 0 {
			continue
		}
		if wrong++; wrong <= 10 {
			t.Errorf("%s: open at start + started - ended is %s, open at end %s", placed(end), left.FloatString(0), end["value"])
		}
	}
	if compared < 16*5 { // periods and scopes
		t.Errorf("only %d caseloads were compared", compared)
	}
}

// checksAgree: the same laws are data checks, for whoever adds a metric.
func checksAgree(t *testing.T, ws *workspace.Workspace) {
	t.Helper()
	for _, at := range []period.Period{{}, period.Year(2023).Months()[11]} {
		found, err := example.View(t, ws, at).Check(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if slices.Contains([]string{"K01", "K06", "K07"}, f.Code) {
				t.Errorf("%s %s %s: %s", f.Code, f.Period, f.Subject, f.Detail)
			}
		}
	}
}
