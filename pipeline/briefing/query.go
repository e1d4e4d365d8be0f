package briefing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// query is one file of queries/briefing: a table of the pack, and rows that its text
// names.
type query struct {
	file, name, title, empty, sql string
	columns                       []column
	charts                        []drawn
	shows                         []Shown
}

// column is one that the table shows: a name of the answer, the kind of what is in it,
// and its heading.
type column struct{ name, kind, heading string }

// isNumber tells whether a column is of figures. Those of kind unit have theirs in the
// answer's column "unit"; a marker stands in NAME_marker, what a share is of in NAME_n.
func (c column) isNumber() bool {
	return slices.Contains([]string{"count", "pounds", "share", "unit"}, c.kind)
}

// drawn is a chart of a table: its kind, the columns drawn, and the one they are of.
type drawn struct {
	kind, target, title string
	values              []string
}

var (
	headerForm    = regexp.MustCompile(`^-- ([a-z]+):\s*(.*?)\s*$`)
	nameForm      = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	columnForm    = regexp.MustCompile(`^([a-z_]+)(?: (count|pounds|share|unit|status|small))?:\s*(.*)$`)
	chartForm     = regexp.MustCompile(`^(column|line|bar) ([a-z_]+(?:, [a-z_]+)*)(?: of ([a-z_]+))?: (.+)$`)
	parameterForm = regexp.MustCompile(`\$[a-z_]+`)
	figureForm    = regexp.MustCompile(`(?i)\b(FROM|JOIN)\s+(figure|condition)\b`)
	braceForm     = regexp.MustCompile(`\{([^}]*)\}`)
	parameters    = []string{"$period", "$money_scope", "$activity_scope"}
	headerKeys    = "briefing, title, shows, column, chart and empty"
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
		q, mistakes := parse(file, string(text))
		errs = append(errs, mistakes...)
		if other, twice := found[q.name]; twice {
			errs = append(errs, fmt.Errorf("%s: briefing %q is already in %s", file, q.name, other.file))
		}
		found[q.name] = q
	}
	if _, ok := found["period"]; !ok {
		errs = append(errs, errors.New("briefing/period.sql: the briefing has no query \"period\", which tells its dates"))
	}
	return found, errors.Join(errs...)
}

// parse reads the comment lines at the head of a query file.
func parse(file, text string) (q query, mistakes []error) {
	q.file = file
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	at := 0
	for ; at < len(lines) && strings.HasPrefix(lines[at], "--"); at++ {
		if err := q.header(lines[at], at+1); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	q.sql = strings.Join(lines[at:], "\n")
	wrong := func(format string, args ...any) {
		mistakes = append(mistakes, fmt.Errorf("%s: %w", file, fmt.Errorf(format, args...)))
	}
	if !nameForm.MatchString(q.name) {
		wrong("briefing %q is not a name of small letters", q.name)
	}
	if q.title == "" {
		wrong("the title is missing")
	}
	if q.name != "period" && (len(q.columns) == 0 || q.columns[0].kind != "") {
		wrong("no column says what a row is about: begin with one such as -- column: label: Fund")
	}
	said := q.title + q.empty
	for _, c := range q.charts {
		said += c.title
		for _, name := range append(slices.Clone(c.values), c.target) {
			if name != "" && !slices.ContainsFunc(q.columns, func(c column) bool { return c.name == name && c.isNumber() }) {
				wrong("the chart draws %q, which is no column of figures", name)
			}
		}
	}
	for _, c := range q.columns {
		said += c.heading
	}
	for _, m := range braceForm.FindAllStringSubmatch(said, -1) {
		if !slices.Contains(words, m[1]) {
			wrong("%s is none of the words that a caption can say: {%s}", m[0], strings.Join(words, "}, {"))
		}
	}
	for _, p := range parameterForm.FindAllString(q.sql, -1) {
		if !slices.Contains(parameters, p) {
			wrong("parameter %q is unknown; there are %s", p, strings.Join(parameters, ", "))
		}
	}
	if m := figureForm.FindStringSubmatch(q.sql); m != nil && len(q.shows) == 0 {
		wrong("it reads %ss and does not say which it shows, so it would find none: add a line such as -- shows: R01 of activity in this", strings.ToLower(m[2]))
	}
	return q, mistakes
}

// header reads one line of the head.
func (q *query) header(line string, number int) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%s:%d: %w", q.file, number, fmt.Errorf(format, args...))
	}
	m := headerForm.FindStringSubmatch(line)
	switch {
	case m == nil:
		return wrong("%q is not a header line such as \"-- title: words\"", line)
	case m[1] == "briefing" && q.name == "":
		q.name = m[2]
	case m[1] == "title" && q.title == "":
		q.title = m[2]
	case m[1] == "empty" && q.empty == "":
		q.empty = m[2]
	case m[1] == "column":
		c := columnForm.FindStringSubmatch(m[2])
		if c == nil {
			return wrong("%q is not a column such as \"award pounds: Award\"; the kinds are count, pounds, share, unit, status and small, or none for words", m[2])
		}
		q.columns = append(q.columns, column{c[1], c[2], c[3]})
	case m[1] == "chart":
		c := chartForm.FindStringSubmatch(m[2])
		if c == nil {
			return wrong("%q is not a chart such as \"bar spent of award: Spent so far\"; the kinds are column, line and bar", m[2])
		}
		q.charts = append(q.charts, drawn{kind: c[1], values: strings.Split(c[2], ", "), target: c[3], title: c[4]})
	case m[1] == "shows":
		shown, at, err := parseShown(m[2])
		if err != nil {
			before := len([]rune(line[:strings.Index(line, m[2])])) + at
			return fmt.Errorf("%s:%d:%d: %w\n  %s\n  %s^", q.file, number, before+1, err, line, strings.Repeat(" ", before))
		}
		for i := range shown {
			shown[i].At = fmt.Sprintf("%s:%d", q.file, number)
		}
		q.shows = append(q.shows, shown...)
	default:
		return wrong("header key %q is unknown or given twice; there are %s", m[1], headerKeys)
	}
	return nil
}

// row is one row of an answer, by column; NULL is empty.
type row map[string]string

// ask runs a query with the parameters it names.
func (q query) ask(ctx context.Context, db Querier, r Request) ([]row, error) {
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
	for _, c := range q.columns {
		needed := []string{c.name}
		if c.kind == "share" {
			needed = append(needed, c.name+"_n")
		}
		if c.kind == "unit" {
			needed = append(needed, "unit")
		}
		for _, name := range needed {
			if !slices.Contains(got, name) {
				return nil, fmt.Errorf("%s: the columns are %s; %q is missing", q.file, strings.Join(got, ", "), name)
			}
		}
	}
	var answer []row
	for rows.Next() {
		cells := make([]sql.NullString, len(got))
		places := make([]any, len(got))
		for i := range cells {
			places[i] = &cells[i]
		}
		if err := rows.Scan(places...); err != nil {
			return nil, fmt.Errorf("%s: every column must be text: %w", q.file, err)
		}
		one := row{}
		for i, c := range got {
			one[c] = cells[i].String
		}
		answer = append(answer, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", q.file, err)
	}
	return answer, nil
}

// words are those that a pack's text and the captions of its tables can name.
var words = []string{"period", "period-end", "to-date", "year", "fund", "service", "office", "conditions", "largest-hidden", "left-out", "window", "last-release", "unchanged"}

// Vocabulary are the tables and words that a pack's text can name.
func Vocabulary(queries fs.FS) (tables, named []string, err error) {
	found, err := load(queries)
	delete(found, "period")
	return slices.Sorted(maps.Keys(found)), words, err
}
