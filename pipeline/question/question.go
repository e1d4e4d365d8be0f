// Package question reads saved questions: files of queries/adhoc, SQL below a header that
// says what they are called and which values they are asked with. The values are bound to
// the question's $names and never become text of it, so that no value can change what is
// asked.
package question

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/period"
)

// Question is a saved question.
type Question struct {
	Name   string // of the file, without its ending
	Title  string
	Params []Param
	SQL    string
}

// Kind is what a parameter's values are.
type Kind string

// The kinds, as a header names them.
const (
	Text   Kind = "text"
	Number Kind = "number" // 12, 12.5 or 1,200.50; also an amount of pounds
	Date   Kind = "date"   // 2024-03-31
	Period Kind = "period" // 2023-24-Q3
	Code   Kind = "code"   // of a code list, code(referral_source)
)

// Param is a value that a question is asked with.
type Param struct {
	Name     string
	Kind     Kind
	List     string // the code list of a Code
	Optional bool   // may be left out, and then is NULL
	Default  string // empty: none
	Says     string // what it means, in words
}

// Lists are the codes of each code list.
type Lists map[string][]string

var (
	headerLine = regexp.MustCompile(`^--\s*([a-z_]+):\s*(.*?)\s*$`)
	paramForm  = regexp.MustCompile(`^([a-z][a-z0-9_]*) ([a-z]+)(?:\(([a-z_]+)\))?(\?)?(?:\s*=\s*([^;]*?))?\s*(?:;\s*(.*))?$`)
)

// Load reads every saved question; all mistakes are told together, each with its file and
// line.
func Load(files fs.FS, lists Lists) ([]Question, error) {
	names, err := fs.Glob(files, "adhoc/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []Question
	var errs []error
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		q, err := read(name, string(text), lists)
		out, errs = append(out, q), append(errs, err)
	}
	return out, errors.Join(errs...)
}

// Named finds a question.
func Named(all []Question, name string) (Question, error) {
	var names []string
	for _, q := range all {
		if q.Name == name {
			return q, nil
		}
		names = append(names, q.Name)
	}
	return Question{}, fmt.Errorf("no saved question is called %q; there are %s", name, strings.Join(names, ", "))
}

func read(file, text string, lists Lists) (Question, error) {
	q := Question{Name: strings.TrimSuffix(path.Base(file), ".sql"), SQL: text}
	var errs []error
	wrong := func(line int, format string, args ...any) {
		errs = append(errs, fmt.Errorf("queries/%s:%d: %s", file, line, fmt.Sprintf(format, args...)))
	}
	for n, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "--") {
			break // the header ends where the SQL or a blank line begins
		}
		m := headerLine.FindStringSubmatch(strings.TrimSuffix(line, "\r"))
		switch {
		case m == nil:
			wrong(n+1, "%q is no line of a header such as `-- title: Spend by month`; put comments below a blank line", line)
		case m[1] == "title" && q.Title != "":
			wrong(n+1, "the title is given twice")
		case m[1] == "title":
			q.Title = m[2]
		case m[1] == "param":
			p, err := param(m[2], lists)
			if err == nil && slices.ContainsFunc(q.Params, func(o Param) bool { return o.Name == p.Name }) {
				err = fmt.Errorf("the parameter %q is there twice", p.Name)
			}
			if err != nil {
				wrong(n+1, "%v", err)
				continue
			}
			q.Params = append(q.Params, p)
		default:
			wrong(n+1, "%q is not known here; there are title and param", m[1])
		}
	}
	if q.Title == "" {
		wrong(1, "the header has no line `-- title: ` with words for the question")
	}
	return q, errors.Join(errs...)
}

// param reads NAME KIND, KIND? of one that may be left out, = DEFAULT and ; WORDS.
func param(text string, lists Lists) (Param, error) {
	m := paramForm.FindStringSubmatch(text)
	if m == nil {
		return Param{}, fmt.Errorf("%q is no parameter; write such as `since date = 2023-04-01; the first day`, or `source code(referral_source)?` for one that may be left out", text)
	}
	p := Param{Name: m[1], Kind: Kind(m[2]), List: m[3], Optional: m[4] != "", Default: m[5], Says: m[6]}
	switch {
	case !slices.Contains([]Kind{Text, Number, Date, Period, Code}, p.Kind):
		return p, fmt.Errorf("the parameter %q is a %q; it can be text, number, date, period or code(LIST)", p.Name, p.Kind)
	case (p.Kind == Code) != (p.List != ""):
		return p, fmt.Errorf("the parameter %q: a code names its list, code(referral_source), and nothing else does", p.Name)
	case p.Kind == Code && lists[p.List] == nil:
		return p, fmt.Errorf("the parameter %q: there is no code list %q", p.Name, p.List)
	case p.Default != "":
		if _, err := p.value(p.Default, lists); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Values are what is bound to a question, made of texts as people write them: those that
// are given, else the defaults. All mistakes are told together.
func (q Question) Values(given map[string]string, lists Lists) (map[string]any, error) {
	values := map[string]any{}
	var errs []error
	for _, p := range q.Params {
		text := strings.TrimSpace(given[p.Name])
		if text == "" {
			text = p.Default
		}
		switch {
		case text != "":
			v, err := p.value(text, lists)
			values[p.Name], errs = v, append(errs, err)
		case p.Optional:
			values[p.Name] = nil
		default:
			errs = append(errs, fmt.Errorf("%s has no value; it is a %s", p.Name, p.Kind))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(q.Params, func(p Param) bool { return p.Name == name }) {
			errs = append(errs, fmt.Errorf("%s has no parameter %q%s", q.Name, name, q.has()))
		}
	}
	return values, errors.Join(errs...)
}

func (q Question) has() string {
	var names []string
	for _, p := range q.Params {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return "; it has none"
	}
	return "; it has " + strings.Join(names, ", ")
}

var numberForm = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,10})?$`)

// value is what is bound: a number stays the exact text that it is.
func (p Param) value(text string, lists Lists) (any, error) {
	switch p.Kind {
	case Number:
		plain := strings.NewReplacer(",", "", "£", "", " ", "").Replace(text)
		if !numberForm.MatchString(plain) {
			return nil, fmt.Errorf("%s: %q is not a number such as 12 or 1,200.50", p.Name, text)
		}
		return plain, nil
	case Date:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a date such as 2024-03-31", p.Name, text)
		}
		return day, nil
	case Period:
		at, err := period.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		return at.Label, nil
	case Code:
		if !slices.Contains(lists[p.List], text) {
			return nil, fmt.Errorf("%s: %q is not a code of %s; there are %s", p.Name, text, p.List, strings.Join(lists[p.List], ", "))
		}
	}
	return text, nil
}
