package pipeline

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
)

// Restated is a cell of a return that has moved between a sealed version and
// another, or what would be printed now.
type Restated struct {
	Cell     string // such as T04_Source!D7
	Code     string
	Was, Now string // values, or markers in brackets
	By       string // the difference, where both are numbers
	Rows     []MovedRow
}

// MovedRow is a row that counts on one side and not on the other.
type MovedRow struct {
	Part string // numerator, denominator or a component's code
	Side string // "gone" or "new"
	// Why is late (received after the seal), corrected (another version of the
	// row counts), withdrawn (no version counts any more) or redefined (the rows
	// are as they were, the rule is another).
	Why              string
	File, Sheet, Key string
	SHA256           string
	Row              string
}

// side is one of the two versions compared. A seal whose files were erased since has
// its figures and no rows: v is nil.
type side struct {
	p      *Pipeline
	v      *view
	values figures
	files  map[string]delivered // by hash and sheet
}

type delivered struct{ provider, feed string }

// Diff compares a sealed version of a return (0: the newest) with another, or
// with what the published figures would print now (to: 0): which cells moved, by
// how much, and which rows, from which files, moved them.
func (p *Pipeline) Diff(ctx context.Context, name string, at period.Period, from, to int) ([]Restated, error) {
	sealed, err := p.version(name, at, from)
	if err != nil {
		return nil, err
	}
	then, release, err := p.sideOf(ctx, at, &sealed)
	if err != nil {
		return nil, err
	}
	defer release()
	var other *Sealed
	if to > 0 {
		found, err := p.version(name, at, to)
		if err != nil {
			return nil, err
		}
		other = &found
	}
	now, release, err := p.sideOf(ctx, at, other)
	if err != nil {
		return nil, err
	}
	defer release()
	template, err := fs.Sub(os.DirFS(sealed.Dir), templateDir)
	if err != nil {
		return nil, err
	}
	opened, err := returns.Open(template)
	if err != nil {
		return nil, err
	}
	cells, err := opened.Cells(sealed.About.Settings.Scopes, at)
	if err != nil {
		return nil, err
	}
	var out []Restated
	for _, c := range cells {
		was, is := then.shows(c), now.shows(c)
		if was == is || c.Place.Code == "C14" {
			continue
		}
		moved := Restated{Cell: c.Cell, Code: c.Place.Code, Was: was, Now: is, By: by(was, is)}
		if !c.Condition && then.v != nil && now.v != nil {
			if moved.Rows, err = movedRows(ctx, then, now, c.Place); err != nil {
				return nil, err
			}
		}
		out = append(out, moved)
	}
	return out, nil
}

// sideOf opens a sealed version with its own rules, or what is published now.
func (p *Pipeline) sideOf(ctx context.Context, at period.Period, sealed *Sealed) (s side, release func(), err error) {
	s.p, release = p, func() {}
	if sealed != nil {
		gone, err := p.gone(*sealed)
		if err != nil {
			return s, nil, err
		}
		if gone != "" {
			p.Log.Warn(fmt.Sprintf("version %d is compared figure by figure, and no rows can be named: %s", sealed.About.Version, gone))
			s.values, err = sealedFigures(sealed.Dir)
			return s, release, err
		}
		if s.p, release, err = p.asSealed(*sealed); err != nil {
			return s, nil, err
		}
	}
	fail := func(err error) (side, func(), error) {
		if s.v != nil {
			s.v.Close()
		}
		release()
		return side{}, nil, err
	}
	if s.v, err = s.p.at(ctx, at); err != nil {
		return fail(err)
	}
	if s.values, err = s.v.figures(ctx, at); err != nil {
		return fail(err)
	}
	s.files = map[string]delivered{}
	if err := each(ctx, s.v.conn, "SELECT sha256 || ' ' || sheet, provider, feed FROM main.delivery WHERE current = ($1 = 'current')", "current", func(row []string) {
		s.files[row[0]] = delivered{provider: row[1], feed: row[2]}
	}); err != nil {
		return fail(err)
	}
	remove := release
	return s, func() { s.v.Close(); remove() }, nil
}

// sealedFigures reads the figures of a seal back.
func sealedFigures(dir string) (figures, error) {
	f := figures{values: map[returns.Place]returns.Value{}, conditions: map[[3]string]returns.Condition{}}
	file, err := os.Open(filepath.Join(dir, figuresFile))
	if err != nil {
		return f, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return f, fmt.Errorf("%q: %w", file.Name(), err)
	}
	for _, row := range rows[min(1, len(rows)):] {
		at := map[string]string{}
		for i, column := range rows[0] {
			at[column] = row[i]
		}
		if at["status"] != "" {
			f.conditions[[3]string{at["code"], at["scope"], at["period"]}] = returns.Condition{Status: at["status"], Evidence: at["evidence"],
				Value: at["value"], Limit: at["denominator"], Breaches: at["n"]}
			continue
		}
		f.values[returns.Place{Code: at["code"], Scope: at["scope"], Period: at["period"], Dimension: at["dimension"], Category: at["category"]}] =
			returns.Value{Value: at["value"], N: at["n"], Numerator: at["numerator"], Denominator: at["denominator"], Marker: at["marker"]}
	}
	return f, nil
}

// shows is what a cell says on this side.
func (s side) shows(c returns.Shown) string {
	if c.Condition {
		answer, ok := s.values.Condition(c.Place.Code, c.Place.Scope, c.Place.Period)
		if !ok {
			return "[x]"
		}
		if c.Field == "value" || c.Field == "limit_value" {
			return plain(answer.Part(c.Field))
		}
		return answer.Part(c.Field)
	}
	value, ok := s.values.Figure(c.Place)
	if !ok {
		return "[x]"
	}
	return plain(value.Part(c.Field))
}

// plain is a decimal without the noughts that say nothing.
func plain(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// by is the difference of two numbers; empty where one is a marker or words.
func by(was, now string) string {
	a, ok1 := new(big.Rat).SetString(was)
	b, ok2 := new(big.Rat).SetString(now)
	if !ok1 || !ok2 {
		return ""
	}
	text := plain(new(big.Rat).Sub(b, a).FloatString(10))
	if !strings.HasPrefix(text, "-") {
		text = "+" + text
	}
	return text
}

// movedRows are the rows behind a figure on one side only, part by part.
func movedRows(ctx context.Context, then, now side, at returns.Place) ([]MovedRow, error) {
	was, err := then.rows(ctx, at)
	if err != nil {
		return nil, err
	}
	is, err := now.rows(ctx, at)
	if err != nil {
		return nil, err
	}
	var gone, added []MovedRow
	for id, row := range was {
		if _, ok := is[id]; !ok {
			row.Side = "gone"
			gone = append(gone, row)
		}
	}
	for id, row := range is {
		if _, ok := was[id]; !ok {
			row.Side = "new"
			added = append(added, row)
		}
	}
	countsNow, err := now.known(ctx, gone, then)
	if err != nil {
		return nil, err
	}
	countedThen, err := then.known(ctx, added, now)
	if err != nil {
		return nil, err
	}
	for i, row := range gone {
		gone[i].Why = why(countsNow, row, "withdrawn")
	}
	for i, row := range added {
		added[i].Why = why(countedThen, row, "late")
	}
	all := append(gone, added...)
	slices.SortFunc(all, func(a, b MovedRow) int {
		return strings.Compare(a.Part+a.Key+a.Side+a.File+fmt.Sprintf("%9s", a.Row), b.Part+b.Key+b.Side+b.File+fmt.Sprintf("%9s", b.Row))
	})
	return all, nil
}

// rows are those behind a figure on this side, by what tells them apart: whose
// row it is and what of it was counted. A row that came again, unchanged in
// another file, is the same.
func (s side) rows(ctx context.Context, at returns.Place) (map[string]MovedRow, error) {
	when, err := period.Parse(at.Period)
	if err != nil {
		return nil, err
	}
	parts, err := s.p.trace(ctx, s.v, metrics.Cell{Code: at.Code, Scope: at.Scope, Dimension: at.Dimension, Category: at.Category, Period: when})
	if err != nil {
		return nil, err
	}
	out := map[string]MovedRow{}
	for _, part := range parts {
		for _, values := range part.Rows.Rows {
			row := MovedRow{Part: part.Part, File: text(values[0]), SHA256: text(values[1]), Sheet: text(values[2]), Row: text(values[3]), Key: text(values[4])}
			id := []string{row.Part, s.files[row.SHA256+" "+row.Sheet].provider, row.Key}
			for _, counted := range values[5:] {
				id = append(id, text(counted))
			}
			out[strings.Join(id, "\n")] = row
		}
	}
	return out, nil
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// why a row counts on one side only: other holds, for its key, the row that
// counts on the other side.
func why(other map[string]string, row MovedRow, none string) string {
	switch other[row.Key] {
	case "":
		return none
	case row.place():
		return "redefined"
	}
	return "corrected"
}

func (r MovedRow) place() string { return r.SHA256 + " " + r.Sheet + " " + r.Row }

// known gives, for the keys of rows of another side, the row that counts on this
// one, whether or not it is behind the figure.
func (s side) known(ctx context.Context, rows []MovedRow, from side) (map[string]string, error) {
	keys := map[string]map[string][]string{} // by feed, the start of the model's key that is the contract's
	for _, row := range rows {
		d := from.files[row.SHA256+" "+row.Sheet]
		c, ok := s.p.contractFor(d.feed)
		if !ok {
			continue
		}
		parts := strings.Split(row.Key, " | ")
		key := d.provider + " | " + strings.Join(parts[:min(len(parts), len(c.Key))], " | ")
		if keys[d.feed] == nil {
			keys[d.feed] = map[string][]string{}
		}
		keys[d.feed][key] = append(keys[d.feed][key], row.Key)
	}
	out := map[string]string{}
	for feed, wanted := range keys {
		c, _ := s.p.contractFor(feed)
		var list []string
		for key := range wanted {
			list = append(list, key)
		}
		asked, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		key := "concat_ws(' | ', t.sender, t." + strings.Join(c.Key, ", t.") + ")"
		found, err := table.Query(ctx, s.v.conn, `SELECT `+key+`, d.sha256, d.sheet, t."row" FROM typed.`+feed+` t
			JOIN main.delivery d ON d.delivery = t.delivery AND d.feed = '`+feed+`' AND d.current
			WHERE t.standing = 'counted' AND `+key+` IN (SELECT unnest($1::JSON::VARCHAR[])) ORDER BY ALL`, string(asked))
		if err != nil {
			return nil, err
		}
		for _, row := range found.Rows {
			at := MovedRow{SHA256: text(row[1]), Sheet: text(row[2]), Row: text(row[3])}
			for _, key := range wanted[text(row[0])] {
				out[key] = at.place()
			}
		}
	}
	return out, nil
}
