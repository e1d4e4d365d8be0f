package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// Question is one of an analyst.
type Question struct {
	// By is whose turn it takes: questions of one asker wait for each other.
	By  string
	SQL string
	// Values are bound to the question's $names, every one of them and no other.
	Values map[string]any
	// MaxRows is the most rows to return; 0 is all.
	MaxRows int
	// Timeout stops the query, counted from its turn; 0 is no limit.
	Timeout time.Duration
}

// Answer is what a question gave. Answers are shared: nobody changes one.
type Answer struct {
	Published Published // the warehouse that was asked
	Columns   []Column
	Rows      [][]any // values as in Rows.Row
	More      bool    // there were more rows than MaxRows
}

// patience is how long a query that was told to stop may take to do so. One
// call of a function over a huge value cannot be stopped; it is then left to
// end by itself, in a warehouse that nobody else is given any more.
const patience = 2 * time.Second

// flight is a question under way and those who wait for its answer.
type flight struct {
	key    string
	askers int
	stop   context.CancelFunc
	done   chan struct{}
	answer Answer
	err    error
}

// Ask answers one SELECT (or WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE,
// EXPLAIN) over the newest published warehouse. The query can change nothing
// and can reach no file. A question that is asked already is not asked again: whoever
// comes waits for the one answer, and a question is stopped when all who wait have
// gone. ErrRefused, ErrBusy, ErrTimeLimit and ErrNothingPublished tell what went
// wrong; a mistake in the query keeps DuckDB's message.
func (d *Desk) Ask(ctx context.Context, q Question) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, err
	}
	statements, err := split(q.SQL)
	if err != nil {
		return Answer{}, err
	}
	if len(statements) != 1 {
		return Answer{}, fmt.Errorf("%w: there are %d statements; ask one question at a time", ErrRefused, len(statements))
	}
	q.SQL = statements[0].text
	s, err := d.take(ctx)
	if err != nil {
		return Answer{}, err
	}
	f, answer, err := d.board(s, q)
	if err != nil || f == nil {
		return answer, errors.Join(err, d.give(s))
	}
	defer d.leave(s, f)
	select {
	case <-f.done:
		return f.answer, f.err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

// board joins a flight of the same question, or starts one; it is nil where the answer
// is known already. A flight that was started gives the station back itself.
func (d *Desk) board(s *station, q Question) (*flight, Answer, error) {
	key, err := q.key()
	if err != nil {
		return nil, Answer{}, err
	}
	if s.kept != nil && !q.changes() {
		if answer, ok := s.kept.Get(key); ok {
			return nil, answer, nil
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := s.flights[key]; f != nil {
		f.askers++
		s.readers-- // the flight's own reading keeps the station open
		return f, Answer{}, nil
	}
	ctx, stop := context.WithCancel(context.Background())
	f := &flight{key: key, askers: 1, stop: stop, done: make(chan struct{})}
	s.flights[key] = f
	go func() {
		f.answer, f.err = d.fly(ctx, s, q)
		stop()
		if f.err == nil && s.kept != nil && !q.changes() && f.answer.small() {
			s.kept.Add(key, f.answer)
		}
		d.mu.Lock()
		s.land(f)
		d.mu.Unlock()
		close(f.done)
	}()
	return f, Answer{}, nil
}

// land lets nobody else join a flight.
func (s *station) land(f *flight) {
	if s.flights[f.key] == f {
		delete(s.flights, f.key)
	}
}

// leave ends one asker's wait; when the last has gone, the flight is stopped.
func (d *Desk) leave(s *station, f *flight) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f.askers--; f.askers == 0 {
		s.land(f)
		f.stop()
	}
}

// key says what a question asks, apart from who does.
func (q Question) key() (string, error) {
	values, err := json.Marshal(q.Values)
	return fmt.Sprintf("%d %s %s", q.MaxRows, values, q.SQL), err
}

// moving are the functions that give something else each time.
var moving = regexp.MustCompile(`(?i)\b(now|today|current_date|current_time|current_timestamp|localtime|localtimestamp|get_current_\w+|transaction_timestamp|age|random|uuid|gen_random_uuid|uuidv\d|nextval)\b`)

// changes tells whether a question may have another answer of the same warehouse, so that
// none is remembered. It may be wrong about a column of such a name: that costs an asking.
func (q Question) changes() bool { return moving.MatchString(q.SQL) }

// small says whether an answer is worth remembering: up to about a megabyte.
func (a Answer) small() bool {
	size := 0
	for _, row := range a.Rows {
		for _, v := range row {
			size += 32
			switch v := v.(type) {
			case string:
				size += len(v)
			case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
			default: // a list, or something else with parts
				size += len(fmt.Sprint(v))
			}
		}
		if size > 1<<20 {
			return false
		}
	}
	return true
}

// fly asks, and gives the station back when DuckDB has ended, which may be later than
// this returns.
func (d *Desk) fly(ctx context.Context, s *station, q Question) (Answer, error) {
	answer, ended, err := turned(ctx, d, s, q, func(ctx context.Context) (Answer, error) { return s.ask(ctx, q) })
	return answer, errors.Join(err, after(ended, func() error { return d.give(s) }))
}

// turned waits for a turn and works in it, no longer than the question may take. Ended is
// closed when DuckDB has ended, which may be later than this returns.
func turned[T any](ctx context.Context, d *Desk, s *station, q Question, work func(context.Context) (T, error)) (out T, ended <-chan struct{}, err error) {
	over := make(chan struct{})
	end, err := d.queue.wait(ctx, q.By)
	if err != nil {
		close(over)
		return out, over, err
	}
	defer end()
	limited, cancel := ctx, context.CancelFunc(func() {})
	if q.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, q.Timeout)
	}
	defer cancel()
	type outcome struct {
		out T
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		out, err := work(limited)
		close(over)
		done <- outcome{out, err}
	}()
	var o outcome
	select {
	case o = <-done:
	case <-limited.Done():
		select {
		case o = <-done:
		case <-time.After(patience):
			d.mu.Lock()
			o.err = errors.Join(limited.Err(), d.retire(s))
			d.mu.Unlock()
		}
	}
	if o.err != nil && ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		return out, over, fmt.Errorf("%w: it took longer than %s; ask for fewer rows or a shorter period", ErrTimeLimit, q.Timeout)
	}
	return o.out, over, o.err
}

// after does something when work has ended, at once if it has.
func after(ended <-chan struct{}, do func() error) error {
	select {
	case <-ended:
		return do()
	default:
		go func() {
			<-ended
			_ = do() // nobody waits any more
		}()
		return nil
	}
}

func (s *station) ask(ctx context.Context, q Question) (answer Answer, err error) {
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return Answer{}, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	kind, err := permit(ctx, conn, q.SQL, s.macros)
	if err != nil {
		return Answer{}, err
	}
	columns, err := columnNames(conn, q.SQL, q.Values)
	if err != nil {
		return Answer{}, err
	}
	query := q.SQL
	if kind == "SELECT" {
		query = q.limited()
	}
	rows, err := Query(ctx, conn, query, q.bound()...)
	if err != nil {
		return Answer{}, forAnalyst(err)
	}
	answer = Answer{Published: s.Published, Columns: rows.Columns()}
	for i := range columns { // a subquery renames columns of the same name
		if len(q.Values) == 0 { // with values DuckDB knows no names before it has them
			answer.Columns[i].Name = columns[i]
		}
	}
	answer.Rows, answer.More, err = rows.Collect(q.MaxRows)
	return answer, err
}

// limited is the question for one row more than may be had: DuckDB makes the whole result
// before the first row is read.
func (q Question) limited() string {
	if q.MaxRows == 0 {
		return q.SQL
	}
	return fmt.Sprintf("FROM (\n%s\n) LIMIT %d", q.SQL, q.MaxRows+1)
}

func (q Question) bound() (values []any) {
	for _, name := range slices.Sorted(maps.Keys(q.Values)) {
		values = append(values, sql.Named(name, q.Values[name]))
	}
	return values
}

// columnNames asks DuckDB for the names of a query's columns as written. It
// also finds mistakes with the carets under the analyst's own text, and parameters
// without a value.
func columnNames(conn *sql.Conn, query string, values map[string]any) (names []string, err error) {
	err = conn.Raw(func(raw any) error {
		prepared, err := raw.(*duckdb.Conn).Prepare(query)
		if err != nil {
			return err
		}
		defer prepared.Close()
		stmt, ok := prepared.(*duckdb.Stmt)
		if !ok {
			return fmt.Errorf("the driver prepared a %T", prepared)
		}
		if err := allBound(stmt, values); err != nil {
			return err
		}
		count, err := stmt.ColumnCount()
		if err != nil {
			return err
		}
		for i := range count {
			name, err := stmt.ColumnName(i)
			if err != nil {
				return err
			}
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// allBound refuses a parameter without a value, and a value without a parameter.
func allBound(stmt *duckdb.Stmt, values map[string]any) error {
	left := maps.Clone(values)
	var without []string
	for i := range stmt.NumInput() {
		name, err := stmt.ParamName(i + 1)
		if err != nil {
			return err
		}
		if _, ok := values[name]; !ok {
			without = append(without, "$"+name)
		}
		delete(left, name)
	}
	if len(without) > 0 {
		return fmt.Errorf("%w: it has %d parameters without values: %s", ErrRefused, len(without), strings.Join(without, ", "))
	}
	if len(left) > 0 {
		return fmt.Errorf("%w: it has no parameter $%s", ErrRefused, strings.Join(slices.Sorted(maps.Keys(left)), ", $"))
	}
	return nil
}

// forAnalyst mends the messages that speak of what the analyst did not write:
// the line above the query, and settings that cannot be changed.
func forAnalyst(err error) error {
	if strings.Contains(err.Error(), "Out of Memory Error") {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fmt.Errorf("%w: it needs more memory than it may have; ask for fewer rows or columns (%s)", ErrRefused, first)
	}
	message, _ := moveLine(err.Error(), -1)
	return &placedError{message, err}
}
