package pipeline

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// personalRule is one line of reference/personal_data.csv: what personal data
// looks like, in a header or in a value.
type personalRule struct {
	what     string // such as "an email address"
	header   bool
	pattern  *regexp.Regexp
	checksum string // nhs: the digits must check as an NHS number's do
}

func parsePersonal(rows []map[string]string) ([]personalRule, error) {
	var out []personalRule
	var errs []error
	for i, row := range rows {
		pattern, err := regexp.Compile(row["pattern"])
		if err != nil || row["rule"] == "" || row["looks_at"] != "header" && row["looks_at"] != "value" || row["checksum"] != "" && row["checksum"] != "nhs" {
			errs = append(errs, fmt.Errorf("reference/personal_data.csv:%d: %q at %q with the pattern %q is not a rule: %v", i+2, row["rule"], row["looks_at"], row["pattern"], err))
			continue
		}
		out = append(out, personalRule{what: row["rule"], header: row["looks_at"] == "header", pattern: pattern, checksum: row["checksum"]})
	}
	return out, errors.Join(errs...)
}

// personal is what a column of a file seems to hold of people.
type personal struct {
	Column  string  `json:"column"` // its header; empty where it has none, or one that is not to be repeated
	At      int     `json:"at"`     // its place, from 0
	What    string  `json:"what"`
	Matches int64   `json:"matches"`
	Filled  int64   `json:"filled"` // values that are not blank
	Rows    []int64 `json:"rows"`   // where, at most mostRows
}

const mostRows = 10000

// fills tells whether a column is full of it: at least 3 values and a fifth.
func (f personal) fills() bool { return f.Matches >= 3 && f.Matches*5 >= f.Filled }

// sentence says what was found, and repeats no value.
func (f personal) sentence(sheet string) string {
	where := "the column " + f.name()
	if sheet != "" {
		where += fmt.Sprintf(" of the sheet %q", sheet)
	}
	switch {
	case f.Matches > 0:
		return fmt.Sprintf("%s holds what looks like %s in %d of its %d values", where, f.What, f.Matches, f.Filled)
	case f.Column == "":
		return fmt.Sprintf("the header of %s looks like %s itself (does the file begin with its header row?)", where, f.What)
	}
	return fmt.Sprintf("%s is headed as %s", where, f.What)
}

// name is the column as people are told of it.
func (f personal) name() string {
	if strings.TrimSpace(f.Column) == "" {
		return fmt.Sprint(f.At + 1)
	}
	return fmt.Sprintf("%q", f.Column)
}

// personalHeaders are the headers that speak of people, among those no column of
// the contract claims, and those that look like somebody's data themselves.
func personalHeaders(rules []personalRule, header, unclaimed []string) []personal {
	var out []personal
	for i, h := range header {
		words := strings.Join(strings.FieldsFunc(strings.ToLower(h), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
		if what := inWords(rules, h); what != "" {
			out = append(out, personal{At: i, What: what})
		}
		if !slices.Contains(unclaimed, h) {
			continue
		}
		for _, r := range rules {
			if r.header && r.pattern.MatchString(words) {
				out = append(out, personal{Column: h, At: i, What: r.what})
				break
			}
		}
	}
	return out
}

// screened lists the header positions whose values are looked at: of the feeds
// about people every text and whatever no column claims, else texts that the
// contract says are screened.
func screened(c contract.Contract, m contract.Mapping, header []string) []int {
	claimed := map[int]contract.Column{}
	for _, col := range c.Columns {
		if at, ok := m.Columns[col.Name]; ok {
			claimed[at] = col
		}
	}
	var out []int
	for i := range header {
		col, ok := claimed[i]
		text := !ok || col.Type == "text" && col.Register == ""
		if text && (c.People || c.Feed == "" || col.Screened) {
			out = append(out, i)
		}
	}
	return out
}

// personalValues looks for personal data in the values of a staged file.
func (p *Pipeline) personalValues(ctx context.Context, rules []personalRule, parquet string, header []string, columns []int) ([]personal, error) {
	if len(columns) == 0 {
		return nil, nil
	}
	s := p.scratch
	if s == nil {
		s = &warehouse.Scratch{}
		defer s.Close()
	}
	conn, err := s.Open(ctx, p.Settings)
	if err != nil {
		return nil, err
	}
	from := " FROM read_parquet('" + strings.ReplaceAll(filepath.ToSlash(parquet), "'", "''") + "')"
	anyRule := anyOf(rules)
	var out []personal
	for _, at := range columns {
		c := fmt.Sprintf("c%d", at+1)
		// most columns have none: one look, that leaves out the checksums, says so
		filled, matched, err := counted(ctx, conn, "SELECT count("+c+")::VARCHAR, count(*) FILTER ("+anyRule.matches(c)+")::VARCHAR"+from)
		if err != nil {
			return nil, err
		}
		for _, r := range rules {
			if matched == 0 || r.header {
				continue
			}
			found := personal{Column: header[at], At: at, What: r.what, Filled: filled}
			err := each(ctx, conn, "SELECT \"row\"::VARCHAR"+from+" WHERE $1 <> '' AND "+r.matches(c)+" ORDER BY \"row\"", "rows", func(row []string) {
				if found.Matches++; found.Matches <= mostRows {
					n, _ := whole(row[0])
					found.Rows = append(found.Rows, n)
				}
			})
			if err != nil {
				return nil, err
			}
			if found.Matches > 0 {
				out = append(out, found)
			}
		}
	}
	return out, nil
}

func counted(ctx context.Context, conn *sql.Conn, query string) (filled, matched int64, err error) {
	found, err := table.Query(ctx, conn, query)
	if err == nil {
		filled, _ = whole(text(found.Rows[0][0]))
		matched, _ = whole(text(found.Rows[0][1]))
	}
	return filled, matched, err
}

// anyOf is the rule that finds whatever one of the rules of values finds, before
// any checksum.
func anyOf(rules []personalRule) personalRule {
	var patterns []string
	for _, r := range rules {
		if !r.header {
			patterns = append(patterns, "(?:"+r.pattern.String()+")")
		}
	}
	if len(patterns) == 0 {
		return personalRule{pattern: regexp.MustCompile(`[^\x00-\x{10FFFF}]`)} // nothing
	}
	return personalRule{pattern: regexp.MustCompile(strings.Join(patterns, "|"))}
}

// matches is the SQL for a value that a rule finds.
func (r personalRule) matches(column string) string {
	sql := fmt.Sprintf("coalesce(regexp_matches(trim(%s), '%s'), false)", column, strings.ReplaceAll(r.pattern.String(), "'", "''"))
	if r.checksum == "nhs" {
		sql = fmt.Sprintf("(%s AND %s)", sql, nhsChecks(fmt.Sprintf("translate(%s, ' -', '')", column)))
	}
	return sql
}

// nhsChecks is the SQL for the Modulus 11 check of an NHS number (NHS Data
// Dictionary, NHS NUMBER).
func nhsChecks(digits string) string {
	var terms []string
	for i := range 9 {
		terms = append(terms, fmt.Sprintf("TRY_CAST(%s[%d] AS INTEGER) * %d", digits, i+1, 10-i))
	}
	return fmt.Sprintf("coalesce((11 - (%s) %% 11) %% 11 = TRY_CAST(%s[10] AS INTEGER), false)", strings.Join(terms, " + "), digits)
}

// inWords finds personal data in what somebody wrote; empty for none.
func inWords(rules []personalRule, words string) string {
	for _, r := range rules {
		if !r.header && r.checksum == "" && r.pattern.MatchString(words) {
			return r.what
		}
	}
	return ""
}

// look finds personal data in the values of a file just staged. Of a file about
// people it also looks at what is not staged, since its bytes are kept: values to the right
// of the header, and rows that the mapping leaves out.
func (p *Pipeline) look(ctx context.Context, d landing.Delivery, bytes, parquet string, t extract.Table) ([]personal, error) {
	c, _ := p.contractFor(d.Feed)
	if (c.People || c.Feed == "") && (t.Widest > len(t.Header) || t.LeftOut > 0 || len(t.Totals) > 0) {
		whole := p.options(d)
		whole.Skip, whole.Totals, whole.End, whole.SkipRows, whole.Width = nil, nil, nil, 0, t.Widest
		wide := parquet + ".whole"
		defer os.Remove(wide)
		var err error
		if t, err = extract.Stage(ctx, bytes, d.Name, wide, whole); err != nil {
			return nil, err
		}
		parquet = wide
	}
	m, _ := c.MatchFeed(t.Header, d.Spec) // what does not match is told elsewhere
	return p.personalValues(ctx, p.personal, parquet, t.Header, screened(c, m, t.Header))
}

// rejectPersonal rejects the rows of a source in which personal data was found,
// and takes values that look like it out of every fault.
func (p *Pipeline) rejectPersonal(ctx context.Context, conn *sql.Conn, s staged) error {
	for _, f := range s.Personal {
		rows, err := json.Marshal(f.Rows)
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, `UPDATE typed.`+s.Feed+` SET standing = 'rejected',
			faults = list_append(coalesce(faults, []), {'column_name': $1, 'rule': 'personal data', 'value': '(withheld)'})
			WHERE delivery = $2 AND "row" IN (SELECT unnest($3::JSON::BIGINT[]))`, cmp.Or(strings.TrimSpace(f.Column), "column "+f.name()), s.Order, string(rows)); err != nil {
			return fmt.Errorf("cannot reject rows with personal data: %w", err)
		}
	}
	return nil
}

// withhold is the SQL that takes values that look like personal data out of the
// faults of feeds about people and of texts that are screened, and with them
// whatever was sent in place of a person's key, and ages, of which only bands are kept.
func (p *Pipeline) withhold() string {
	about, bands := []string{"false"}, []string{"''"}
	for _, c := range p.contracts {
		if c.People {
			about = append(about, "feed = '"+c.Feed+"'")
		}
		for _, col := range c.Columns {
			if col.Screened {
				about = append(about, "feed = '"+c.Feed+"' AND column_name = '"+col.Name+"'")
			}
			if col.Band != "" {
				bands = append(bands, "'"+col.Name+"'")
			}
		}
	}
	return `UPDATE fault SET value = '(withheld)', message = replace(message, '"' || value || '"', '(withheld)')
		WHERE (` + strings.Join(about, " OR ") + `) AND value IS NOT NULL AND (column_name LIKE '%pseudo_id' AND rule <> 'duplicate key'
			OR column_name IN (` + strings.Join(bands, ", ") + `) OR ` + p.looksPersonal(contract.Contract{People: true}, "value") + ")"
}
