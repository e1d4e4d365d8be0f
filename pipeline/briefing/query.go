package briefing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// section is a query the briefing needs and the columns it must give, all as
// text and in this order.
type section struct {
	name    string
	columns []string
}

var sections = []section{
	{"period", []string{"period", "period_end", "to_date", "to_date_words", "year"}},
	{"decisions", []string{"code", "title", "status", "evidence", "fund", "spend_by", "needed"}},
	{"funds", []string{"label", "award", "award_marker", "spent", "spent_marker", "forecast", "forecast_marker", "days", "days_marker"}},
	{"services", []string{"label", "provider", "received", "received_marker", "valid", "valid_marker", "started", "started_marker", "still_open", "still_open_marker"}},
	{"money", []string{"item", "label", "unit", "value", "marker", "note"}},
	{"conditions", []string{"code", "title", "status", "evidence", "basis", "breaches"}},
	{"training", []string{"item", "label", "unit", "value", "marker", "n", "to_date_value", "to_date_marker", "to_date_n"}},
	{"organisations", []string{"label", "completions", "marker", "people", "people_marker", "front_line", "front_line_known", "front_line_marker"}},
	{"referrals", []string{"label", "months", "total", "received", "received_marker", "valid", "valid_marker", "started", "started_marker", "still_open", "still_open_marker"}},
	{"deliveries", []string{"provider", "feed", "files", "rows", "accepted", "rejected", "rows_marker", "accepted_marker", "rejected_marker"}},
	{"missing", []string{"provider", "feed", "period", "detail"}},
}

// query is one file of queries/briefing.
type query struct {
	file, title, sql string
	shows            []Shown
}

var (
	headerForm    = regexp.MustCompile(`^-- ([a-z]+):\s*(.*?)\s*$`)
	parameterForm = regexp.MustCompile(`\$[a-z_]+`)
	parameters    = []string{"$period", "$money_scope", "$activity_scope"}
)

// load reads briefing/*.sql and reports every mistake in them together.
func load(queries fs.FS) (map[string]query, error) {
	files, err := fs.Glob(queries, "briefing/*.sql")
	if err != nil {
		return nil, err
	}
	found := map[string]query{}
	var errs []error
	for _, file := range files {
		text, err := fs.ReadFile(queries, file)
		if err != nil {
			return nil, err
		}
		name, q, mistakes := parse(file, string(text))
		errs = append(errs, mistakes...)
		if other, twice := found[name]; twice {
			errs = append(errs, fmt.Errorf("%s: briefing %q is already in %s", file, name, other.file))
		}
		found[name] = q
	}
	for _, s := range sections {
		if _, ok := found[s.name]; !ok {
			errs = append(errs, fmt.Errorf("briefing/%s.sql: the briefing has no query %q", s.name, s.name))
		}
	}
	return found, errors.Join(errs...)
}

// parse reads the comment lines at the head of a query file.
func parse(file, text string) (name string, q query, mistakes []error) {
	q.file = file
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	at := 0
	for ; at < len(lines) && strings.HasPrefix(lines[at], "--"); at++ {
		m := headerForm.FindStringSubmatch(lines[at])
		switch {
		case m == nil:
			mistakes = append(mistakes, fmt.Errorf("%s:%d: %q is not a header line such as \"-- title: words\"", file, at+1, lines[at]))
		case m[1] == "briefing" && name == "":
			name = m[2]
		case m[1] == "title" && q.title == "":
			q.title = m[2]
		case m[1] == "shows":
			shown, err := parseShown(m[2])
			if err != nil {
				mistakes = append(mistakes, fmt.Errorf("%s:%d: %w", file, at+1, err))
			}
			for i := range shown {
				shown[i].At = fmt.Sprintf("%s:%d", file, at+1)
			}
			q.shows = append(q.shows, shown...)
		default:
			mistakes = append(mistakes, fmt.Errorf("%s:%d: header key %q is unknown or given twice; there are briefing, title and shows", file, at+1, m[1]))
		}
	}
	q.sql = strings.Join(lines[at:], "\n")
	if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
		mistakes = append(mistakes, fmt.Errorf("%s: briefing %q is not a part of the briefing", file, name))
	}
	if q.title == "" {
		mistakes = append(mistakes, fmt.Errorf("%s: the title is missing", file))
	}
	for _, p := range parameterForm.FindAllString(q.sql, -1) {
		if !slices.Contains(parameters, p) {
			mistakes = append(mistakes, fmt.Errorf("%s: parameter %q is unknown; there are %s", file, p, strings.Join(parameters, ", ")))
		}
	}
	return name, q, mistakes
}

// row is one row of an answer, by column; NULL is empty.
type row map[string]string

// ask runs a query with the parameters it names.
func ask(ctx context.Context, db Querier, q query, columns []string, r Request) ([]row, error) {
	values := map[string]string{"$period": r.Period, "$money_scope": r.MoneyScope, "$activity_scope": r.ActivityScope}
	var arguments []any
	for _, p := range parameters {
		if slices.Contains(parameterForm.FindAllString(q.sql, -1), p) {
			arguments = append(arguments, sql.Named(p[1:], values[p]))
		}
	}
	rows, err := db.QueryContext(ctx, q.sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.file, err)
	}
	defer rows.Close()
	got, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.file, err)
	}
	if !slices.Equal(got, columns) {
		return nil, fmt.Errorf("%s: the columns are %s; they must be %s", q.file, strings.Join(got, ", "), strings.Join(columns, ", "))
	}
	var answer []row
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		places := make([]any, len(columns))
		for i := range cells {
			places[i] = &cells[i]
		}
		if err := rows.Scan(places...); err != nil {
			return nil, fmt.Errorf("%s: every column must be text: %w", q.file, err)
		}
		one := row{}
		for i, c := range columns {
			one[c] = cells[i].String
		}
		answer = append(answer, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", q.file, err)
	}
	return answer, nil
}
