package intake

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// Comparison is one feed of a file held against an earlier version.
type Comparison struct {
	Provider, Feed, Year string
	Old, New             string         // names of the files
	Counts               map[string]int // of each kind of change
	Both                 int            // rows that both have
}

// version is a received file as one feed: one delivery, or one for each sheet of it.
type version []landing.Delivery

// versionOf is what the versions of a thing have in common. Each file of an
// increment adds to the others, so only those of the same name are versions of it.
func versionOf(d landing.Delivery) string {
	name := ""
	if d.Spec.Delivered == "increment" {
		name = strings.ToLower(d.Name)
	}
	return strings.Join([]string{d.Provider, d.Feed, d.Year, name}, "\x00")
}

// Compare says what changed between two versions of a provider's file: of OLD and
// NEW; of NEW and the one before it; or, where none is named, of whatever counts and
// was sent before. The table lists faults mended, still there and new, and rows
// withdrawn and new.
func Compare(ctx context.Context, ws *workspace.Workspace, files []string, feed, provider string) (table.Table, []Comparison, error) {
	out := table.Table{Columns: compared()}
	pairs, err := versions(ctx, ws, files)
	if err != nil {
		return out, nil, err
	}
	var all []Comparison
	for _, pair := range pairs {
		if d := pair[1][0]; feed != "" && d.Feed != feed || provider != "" && d.Provider != provider {
			continue
		}
		c, rows, err := compare(ctx, ws, pair[0], pair[1])
		if err != nil {
			return out, nil, fmt.Errorf("cannot compare %q with %q: %w", pair[1][0].Name, pair[0][0].Name, err)
		}
		all = append(all, c)
		out.Rows = append(out.Rows, rows...)
	}
	return out, all, nil
}

// compared are the columns of what changed.
func compared() []table.Column {
	var out []table.Column
	for _, name := range []string{"change", "provider", "feed", "financial_year", "old_file", "new_file", "sheet", "key", "column_name", "severity", "rule",
		"old_row", "old_value", "new_row", "new_value", "message"} {
		column := table.Column{Name: name}
		if name == "old_row" || name == "new_row" {
			column.Kind = table.Integer
		}
		out = append(out, column)
	}
	return out
}

// versions are the pairs to compare, each the older first.
func versions(ctx context.Context, ws *workspace.Workspace, files []string) ([][2]version, error) {
	deliveries, err := ws.Deliveries()
	if err != nil {
		return nil, err
	}
	var named [][]landing.Delivery
	for _, file := range files {
		found, err := find(ws, file, deliveries)
		if err != nil {
			return nil, err
		}
		named = append(named, found)
	}
	if len(named) == 2 {
		return between(named[0], named[1])
	}
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return nil, err
	}
	var pairs [][2]version
	for i, s := range sources {
		wanted := s.Current
		if len(named) == 1 {
			wanted = s.Number == named[0][0].Number && s.Refused == ""
		}
		before := before(sources[:i], s)
		if !wanted || before == nil {
			continue
		}
		if n := len(pairs); n > 0 && pairs[n-1][1][0].Number == s.Number && pairs[n-1][1][0].Feed == s.Feed { // its second sheet of one feed
			pairs[n-1][1] = append(pairs[n-1][1], s.Delivery)
			continue
		}
		pairs = append(pairs, [2]version{before, {s.Delivery}})
	}
	if len(named) == 1 && len(pairs) == 0 {
		return nil, unanswerable("%s is the first that can be read of its provider, feed and year, so there is none before it to compare it with; name both as OLD and NEW", named[0][0].Name)
	}
	return pairs, nil
}

// between pairs two named files, feed by feed.
func between(old, now []landing.Delivery) ([][2]version, error) {
	var pairs [][2]version
	var feeds []string
	for _, d := range now {
		same := func(o landing.Delivery) bool { return o.Feed != d.Feed || o.Provider != d.Provider || d.Feed == "" }
		of := slices.DeleteFunc(slices.Clone(old), same)
		if len(of) == 0 || slices.Contains(feeds, d.Feed) {
			continue
		}
		feeds = append(feeds, d.Feed)
		pairs = append(pairs, [2]version{of, slices.DeleteFunc(slices.Clone(now), same)})
	}
	switch {
	case old[0].SHA256 == now[0].SHA256:
		return nil, unanswerable("%s and %s are the same file, byte for byte", old[0].Name, now[0].Name)
	case len(pairs) == 0:
		return nil, unanswerable("%s and %s are not the same feed of the same provider, so they are not versions of one file", old[0].Name, now[0].Name)
	}
	return pairs, nil
}

// before is the version in front of a delivery: the last other file that can be read
// and was not withdrawn.
func before(earlier []typed.Staged, s typed.Staged) version {
	var out version
	for _, e := range slices.Backward(earlier) {
		if versionOf(e.Delivery) != versionOf(s.Delivery) || e.SHA256 == s.SHA256 || e.Refused != "" || e.Withdrawal != nil {
			continue
		}
		if len(out) > 0 && out[0].Number != e.Number {
			break
		}
		out = append(out, e.Delivery)
	}
	return out
}

// compare judges both versions apart from what is published.
func compare(ctx context.Context, ws *workspace.Workspace, old, now version) (Comparison, [][]any, error) {
	c := Comparison{Provider: now[0].Provider, Feed: now[0].Feed, Year: now[0].Year, Old: old[0].Name, New: now[0].Name, Counts: map[string]int{}}
	sources, err := typed.Readable(ctx, ws, slices.Concat(old, now))
	if err != nil {
		return c, nil, err
	}
	var were, are []int
	for _, s := range sources { // one for each sheet that is read of a file
		if s.Refused != "" {
			return c, nil, fmt.Errorf("%s cannot be read: %s", s.Name, s.Refused)
		}
		if s.Number == old[0].Number {
			were = append(were, s.Order)
		} else {
			are = append(are, s.Order)
		}
	}
	aside, err := ws.Temp("compare")
	if err != nil {
		return c, nil, err
	}
	defer aside.Close()
	var out [][]any
	err = typed.JudgeApart(ctx, ws, aside.Path, sources, func(conn *sql.Conn) error {
		found, err := table.Query(ctx, conn, sources[0].Contract.Compare(were, are, typed.LooksPersonal(ws, sources[0].Contract, "{value}")))
		if err != nil {
			return err
		}
		for _, row := range found.Rows {
			if row[1] == nil { // no change: how many rows both have
				c.Both = int(row[6].(int64))
				continue
			}
			c.Counts[table.AsText(row[0])]++
			out = append(out, slices.Concat([]any{row[0], c.Provider, c.Feed, c.Year, c.Old, c.New}, row[1:]))
		}
		return nil
	})
	return c, out, err
}
