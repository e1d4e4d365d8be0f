package intake

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Suggest proposes how a file is mapped to a feed, as YAML to put under a
// provider's feeds. Feed and provider may be empty: the feed that the file is most
// like, and what is registered of any provider. It writes nothing to the store.
func Suggest(ctx context.Context, ws *workspace.Workspace, path, feed, provider string) (string, error) {
	all, rest, err := propose(ctx, ws, path, feed, provider)
	var out strings.Builder
	for _, p := range all {
		out.WriteString(p.yaml)
	}
	return out.String() + rest, err
}

// proposed is what is proposed for a table of a file.
type proposed struct {
	contract.Proposal
	about contract.About
	yaml  string
}

// propose finds what is proposed for the tables of a file; rest says, in comments, for
// which sheets nothing is.
func propose(ctx context.Context, ws *workspace.Workspace, path, feed, provider string) (out []proposed, rest string, err error) {
	contracts := ws.Contracts
	if feed != "" {
		c, ok := ws.Contract(feed)
		if !ok {
			return nil, "", fmt.Errorf("no contract is called %q", feed)
		}
		contracts = []contract.Contract{c}
	}
	aside, err := ws.Temp("suggest")
	if err != nil {
		return nil, "", err
	}
	defer aside.Close()
	heads, err := extract.Heads(ctx, path, filepath.Base(path), extract.Options{Told: ws.Safe.Quoted})
	if err != nil {
		return nil, "", err
	}
	settings := ws.Settings
	settings.Threads = 1 // many small statements: two threads would wait for each other
	db, err := warehouse.Create(ctx, filepath.Join(aside.Path, "suggest.duckdb"), settings)
	if err != nil {
		return nil, "", err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, "", err
	}
	defer conn.Close()
	if err := typed.LoadRules(ctx, ws, conn, "suggest"); err != nil {
		return nil, "", err
	}
	var all []*suggested
	var refused error
	for i, head := range heads {
		s := &suggested{Workspace: ws, conn: conn, path: path, head: head, place: i + 1, sheets: len(heads), parquet: filepath.Join(aside.Path, fmt.Sprintf("%d.parquet", i))}
		err := s.propose(ctx, contracts, provider)
		if refusal := (*extract.Refusal)(nil); errors.As(err, &refusal) {
			refused = err
		} else if err != nil {
			return nil, "", err
		} else {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return nil, "", refused
	}
	if !slices.ContainsFunc(all, func(s *suggested) bool { return len(s.proposals[0].Columns) > 0 }) {
		return nil, "", fmt.Errorf("no header of %q is like a column of any feed asked for; is its header row within the first 30, and does it name the columns?", ws.Masked(filepath.Base(path)))
	}
	return likeFeeds(ctx, all)
}

// likeFeeds gives the proposal of each sheet that is as like its feed as the
// sheet that is most like one, or half of that: a workbook may hold several feeds.
func likeFeeds(ctx context.Context, all []*suggested) (out []proposed, rest string, err error) {
	most := 0.0
	for _, s := range all {
		most = max(most, s.proposals[0].Score())
	}
	written := map[string]bool{}
	var told []*suggested
	slices.SortStableFunc(all, func(a, b *suggested) int { return cmp.Compare(b.proposals[0].Score(), a.proposals[0].Score()) })
	for _, s := range all {
		best := s.proposals[0]
		if slices.Contains(told, s) {
			continue // one of several sheets with one header
		}
		if written[best.Feed] || best.Score() < most/2 {
			rest += fmt.Sprintf("      # the sheet %s is not proposed for any feed; the nearest is %s\n", s.Safe.Quoted(s.head.Sheet), best.Feed)
			continue
		}
		for _, other := range all {
			if other.proposals[0].Feed == best.Feed && slices.Equal(other.table.Header, s.table.Header) {
				s.alike, told = append(s.alike, s.Safe.Sheet(other.table.Sheet, other.table.Place)), append(told, other)
			}
		}
		about, err := s.describe(ctx)
		if err != nil {
			return nil, "", err
		}
		written[best.Feed] = true
		out = append(out, proposed{best, about, best.YAML(about)})
	}
	return out, rest, nil
}

// suggested is one table of a file on its way to a proposal.
type suggested struct {
	*workspace.Workspace
	alike     []string // the sheets with its header, itself among them
	conn      *sql.Conn
	path      string
	head      extract.Head
	place     int // of its sheet among those that are seen, from 1
	sheets    int
	parquet   string
	options   extract.Options
	table     extract.Table
	proposals []contract.Proposal // the best first
}

// propose reads the table and holds it against the contracts.
func (s *suggested) propose(ctx context.Context, contracts []contract.Contract, provider string) (err error) {
	at := s.headerRow()
	s.options = extract.Options{Sheet: s.head.Sheet, HeaderRow: int(at), Delimiter: s.head.Delimiter, Encoding: "detect", Told: s.Safe.Quoted}
	if s.table, err = extract.Stage(ctx, s.path, filepath.Base(s.path), s.parquet, s.options); err != nil {
		return err
	}
	profiles, err := s.profiles(ctx)
	if err != nil {
		return err
	}
	registers := s.Registers(provider)
	if provider == "" {
		for _, service := range s.Register.Services {
			registers["service"] = append(registers["service"], service.Code)
		}
	}
	s.proposals = contract.Propose(contracts, profiles, s.Lists, registers, hints(s.Workspace, provider))
	return nil
}

// headerRow is the first row that looks like names: as wide as most rows, and no
// number or date among its texts, of which no two are equal. It is 0 if none does.
func (s *suggested) headerRow() int64 {
	filled := func(row []string) (n int) {
		for _, v := range row {
			if strings.TrimSpace(v) != "" {
				n++
			}
		}
		return n
	}
	most := 0
	for _, row := range s.head.Values {
		most = max(most, filled(row))
	}
	for i, row := range s.head.Values {
		if 5*filled(row) >= 3*most && allNames(row) {
			return s.head.Rows[i]
		}
	}
	return 0
}

var figure = regexp.MustCompile(`^[-(£]*[0-9][0-9,./: -]*[)%]?$`)

func allNames(row []string) bool {
	seen := map[string]bool{}
	for _, v := range row {
		if v = strings.ToLower(strings.TrimSpace(v)); v != "" && (seen[v] || figure.MatchString(v)) {
			return false
		}
		seen[v] = true
	}
	return true
}

// profiles looks at the values under each header: their forms and the most
// frequent ones.
func (s *suggested) profiles(ctx context.Context) ([]contract.Profile, error) {
	from := " FROM (SELECT tidy(c%d) AS t FROM read_parquet('" + strings.ReplaceAll(filepath.ToSlash(s.parquet), "'", "''") + "')) WHERE t IS NOT NULL"
	names, counts := []string{"''"}, []string{"count(*)"} // all that are filled in have no name
	for _, f := range contract.Forms() {
		names = append(names, "'"+f.Name+"'")
		counts = append(counts, "count("+strings.ReplaceAll(f.SQL, "{t}", "t")+")")
	}
	type fit struct {
		Form   string
		Values int64
	}
	hidden := typed.LooksPersonal(s.Workspace, contract.Contract{People: true}, "t")
	var out []contract.Profile
	for i, header := range s.table.Header {
		profile := contract.Profile{Header: header, Fits: map[string]int64{}}
		fits, err := warehouse.Select[fit](ctx, s.conn, fmt.Sprintf(
			"SELECT unnest([%s]) AS form, unnest(counts) AS values FROM (SELECT [%s] AS counts"+from+")", strings.Join(names, ", "), strings.Join(counts, ", "), i+1))
		if err != nil {
			return nil, err
		}
		for _, f := range fits {
			profile.Fits[f.Form] = f.Values
		}
		profile.Filled = profile.Fits[""]
		delete(profile.Fits, "")
		profile.Values, err = warehouse.Select[contract.Frequent](ctx, s.conn,
			"SELECT CASE WHEN "+hidden+" THEN '(withheld)' ELSE t END AS text, count(*) AS rows"+fmt.Sprintf(from, i+1)+" GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT 200")
		if err != nil {
			return nil, err
		}
		out = append(out, profile)
	}
	return out, nil
}

// describe is what is said of the best proposal's file besides its columns.
func (s *suggested) describe(ctx context.Context) (contract.About, error) {
	best := s.proposals[0]
	name := s.Masked(filepath.Base(s.path))
	about := contract.About{File: name, Files: patternOf(name), Told: s.Safe.Quoted, Shows: showsWord, Delivered: "increment", Notes: s.table.Notes}
	if strings.Contains(about.Files, "{version}") {
		about.Delivered = "refresh"
	}
	about.Read = fmt.Sprintf("%d rows below the header in row %d", s.table.Rows, s.table.HeaderRow)
	if s.table.Sheet != "" {
		about.Read += " of the sheet " + s.Safe.Quoted(s.table.Sheet)
	} else {
		about.Read += fmt.Sprintf(", %s, divided by %s", s.table.Encoding, s.table.Delimiter)
	}
	switch {
	case len(s.alike) > 1:
		about.Alike = s.alike
	case s.sheets > 1 && s.Safe.Name(s.head.Sheet) != s.head.Sheet:
		about.SheetNumber = s.place
	case s.sheets > 1:
		about.Sheet = s.head.Sheet
	}
	if s.table.Encoding == "windows-1252" {
		about.Encoding = s.table.Encoding
	}
	if s.table.Delimiter != "" && s.table.Delimiter != "comma" {
		about.Delimiter = s.table.Delimiter
	}
	if len(best.Columns) < 2 {
		about.HeaderRow = s.table.HeaderRow
	}
	if len(s.proposals) > 1 {
		about.Nearest = fmt.Sprintf("%d of its %d columns are found; the next nearest is %s, with %d", len(best.Columns), len(best.Contract.Columns), s.proposals[1].Feed, len(s.proposals[1].Columns))
	}
	var err error
	if about.Totals, about.End, err = s.apart(ctx); err != nil {
		return about, err
	}
	var unclaimed []string
	for i, header := range s.table.Header {
		if !best.Claims(i) {
			unclaimed = append(unclaimed, header)
		}
	}
	for _, f := range personal.Headers(s.Personal, s.table.Header, unclaimed) {
		about.Personal = append(about.Personal, fmt.Sprintf("Landing refuses the file while %s, unless drop names it.", f.Sentence(s.Safe, s.table.Sheet)))
	}
	return about, nil
}

// apart finds rows that are no rows of the table: totals, and what stands below it
// in the first column alone.
func (s *suggested) apart(ctx context.Context) (totals, end map[string]string, err error) {
	var cells, filled []string
	for i := range s.table.Header {
		cells = append(cells, fmt.Sprintf("tidy(c%d)", i+1))
		filled = append(filled, fmt.Sprintf("(tidy(c%d) IS NOT NULL)::INTEGER", i+1))
	}
	if len(cells) < 3 {
		return nil, nil, nil
	}
	found, err := table.Query(ctx, s.conn, fmt.Sprintf(`WITH r AS (SELECT "row", coalesce(%s) AS first, %s AS filled FROM read_parquet('%s')),
		totals AS (SELECT * FROM r WHERE regexp_matches(lower(first), '^(grand |sub-?|overall )?totals?\b') AND 2 * filled <= %d),
		last AS (SELECT max("row") AS "row" FROM r WHERE filled > 1)
		SELECT 'total' AS kind, first, string_agg("row", ', ' ORDER BY "row") FROM totals GROUP BY first
		UNION ALL (SELECT 'end', first, "row"::VARCHAR FROM r WHERE filled = 1 AND "row" > (SELECT "row" FROM last) AND "row" NOT IN (SELECT "row" FROM totals) ORDER BY "row" LIMIT 1)
		ORDER BY ALL`, strings.Join(cells, ", "), strings.Join(filled, " + "), strings.ReplaceAll(filepath.ToSlash(s.parquet), "'", "''"), len(cells)))
	if err != nil {
		return nil, nil, err
	}
	totals, end = map[string]string{}, map[string]string{}
	for _, row := range found.Rows {
		kind, first, rows := table.AsText(row[0]), table.AsText(row[1]), table.AsText(row[2])
		if kind == "total" {
			totals["^"+regexp.QuoteMeta(strings.ToLower(first))+"$"] = "row " + rows
			continue
		}
		words := strings.Fields(first)
		end["^"+regexp.QuoteMeta(strings.ToLower(strings.Join(words[:min(3, len(words))], " ")))] = "row " + rows + ", below the table"
	}
	return totals, end, nil
}
