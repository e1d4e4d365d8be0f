package landing

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"mojreturns/pipeline/register"
)

// pattern is one feed's `files`, ready to match names.
type pattern struct {
	provider string
	spec     register.Feed
	// loose also takes years and dates that cannot be, to explain a near miss.
	loose *regexp.Regexp
	// exact spells out every year of the century, so it is made ready only for the
	// first name that fits loosely.
	exact func() *regexp.Regexp
}

type patterns []pattern

// claim is one pattern's hold on one name. Year is "" and Date zero where the
// name does not say; Version is -1.
type claim struct {
	provider string
	spec     register.Feed
	year     string
	quarter  int // 0 for none
	version  int
	date     time.Time
}

// token is what a word in braces stands for: exactly, and loosely.
type token struct{ exact, loose string }

const (
	looseYear = `\d{4}[-_]?(?:\d{4}|\d{2})`
	looseDate = `\d{4}-\d{2}-\d{2}|\d{8}`
	exactDate = `\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])`
)

var inBraces = regexp.MustCompile(`\{[^{}]*\}|\*`)

// CheckPattern says why a file pattern cannot be understood.
func CheckPattern(files string) error {
	_, err := compileOne(files, tokens())
	return err
}

// tokens are the words that a pattern may hold.
func tokens() map[string]token {
	return map[string]token{
		"{year}":    {`(?P<year>` + yearForms() + `)`, `(?P<year>` + looseYear + `)`},
		"{quarter}": {`(?P<quarter>[1-4])`, `(?P<quarter>\d)`},
		"{version}": {`(?P<version>\d{1,9})`, `(?P<version>\d+)`},
		"{date}":    {`(?P<date>` + exactDate + `)`, `(?P<date>` + looseDate + `)`},
		// As little as possible, so that in *_v{version} all digits are the version's.
		"*": {`.*?`, `.*?`},
	}
}

func compile(providers []register.Provider) (patterns, error) {
	tokens := tokens()
	var all patterns
	var errs []error
	for _, p := range providers {
		for _, f := range p.Feeds {
			one, err := compileOne(f.Files, tokens)
			if err != nil {
				errs = append(errs, fmt.Errorf("provider %q, feed %q: files %q: %w", p.Code, f.Feed, f.Files, err))
				continue
			}
			one.provider, one.spec = p.Code, f
			all = append(all, one)
			blank, err := compileOne(strings.ToLower(p.Code)+"_"+f.Feed+"_extract_{year}_v{version}.xlsx", tokens)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			blank.provider, blank.spec = p.Code, ofBlank(f)
			all = append(all, blank)
		}
	}
	return all, errors.Join(errs...)
}

// ofBlank is how a blank extract of a feed is read, whatever the provider's own
// files are like: it needs no mapping.
func ofBlank(f register.Feed) register.Feed {
	return register.Feed{Feed: f.Feed, Files: f.Files, Sheet: f.Feed[:min(len(f.Feed), 31)], Delivered: f.Delivered, KeepMonths: f.KeepMonths, Expected: f.Expected}
}

func compileOne(files string, tokens map[string]token) (pattern, error) {
	if files == "" {
		return pattern{}, errors.New("the pattern is missing")
	}
	if strings.ContainsAny(files, `/\`) {
		return pattern{}, errors.New("a pattern is of a file's name, without folders")
	}
	var exact, loose strings.Builder
	used := map[string]bool{}
	at := 0
	for _, span := range inBraces.FindAllStringIndex(files, -1) {
		word := files[span[0]:span[1]]
		t, ok := tokens[word]
		if !ok {
			return pattern{}, fmt.Errorf("%s is not known; there are {year}, {quarter}, {version}, {date} and *", word)
		}
		if used[word] && word != "*" {
			return pattern{}, fmt.Errorf("%s stands twice", word)
		}
		used[word] = true
		plain := regexp.QuoteMeta(files[at:span[0]])
		exact.WriteString(plain + t.exact)
		loose.WriteString(plain + t.loose)
		at = span[1]
	}
	rest := regexp.QuoteMeta(files[at:])
	fits, err := regexp.Compile(`(?is)\A` + loose.String() + rest + `\z`)
	ready := func() *regexp.Regexp { // of the same words as loose, quoted alike
		return regexp.MustCompile(`(?is)\A` + exact.String() + rest + `\z`)
	}
	return pattern{loose: fits, exact: sync.OnceValue(ready)}, err
}

// yearForms lists the ways to write each financial year of the century, so that
// only halves that follow each other match: 2023-24, 2023_24, 202324, 2023-2024.
func yearForms() string {
	var forms []string
	for y := 2000; y < 2099; y++ {
		forms = append(forms, fmt.Sprintf(`%d[-_]?(?:%d|%02d)`, y, y+1, (y+1)%100))
	}
	return strings.Join(forms, "|")
}

// match gives the claim this pattern has on a name.
func (p pattern) match(name string) (claim, bool) {
	if !p.loose.MatchString(name) {
		return claim{}, false
	}
	exact := p.exact()
	m := exact.FindStringSubmatch(name)
	if m == nil {
		return claim{}, false
	}
	c := claim{provider: p.provider, spec: p.spec, version: -1}
	for i, group := range exact.SubexpNames() {
		switch group {
		case "year":
			c.year = m[i][:4] + "-" + m[i][len(m[i])-2:]
		case "quarter":
			c.quarter, _ = strconv.Atoi(m[i]) // one digit
		case "version":
			c.version, _ = strconv.Atoi(m[i]) // at most nine digits
		case "date":
			date, err := time.Parse("20060102", strings.ReplaceAll(m[i], "-", ""))
			if err != nil {
				return claim{}, false // 30 February
			}
			c.date = date
		}
	}
	return c, true
}

// claim gives every feed that a file serves: those whose pattern fits its name,
// within what was stated by hand. With provider and feed both stated the name
// need not fit. Two providers claiming one name is an error.
func (ps patterns) claim(name, provider, feed string) ([]claim, error) {
	var claims []claim
	var stated *claim
	by := map[string]string{}
	for _, p := range ps {
		if provider != "" && p.provider != provider || feed != "" && p.spec.Feed != feed {
			continue
		}
		if c, ok := p.match(name); ok {
			claims = append(claims, c)
			if by[p.provider] == "" {
				by[p.provider] = fmt.Sprintf("%q of %s", p.spec.Files, p.provider)
			}
		}
		if stated == nil {
			stated = &claim{provider: p.provider, spec: p.spec, version: -1}
		}
	}
	if len(by) > 1 {
		return nil, fmt.Errorf("%q fits the patterns of more than one provider: %s; make a pattern narrower, or state the provider", name, inOrder(by))
	}
	if len(claims) == 0 && provider != "" && feed != "" && stated != nil {
		return []claim{*stated}, nil
	}
	return claims, nil
}

func inOrder(by map[string]string) string {
	var words []string
	for _, w := range by {
		words = append(words, w)
	}
	sort.Strings(words)
	return strings.Join(words, " and ")
}

// belongs gives the provider of a past delivery under this configuration, "" when
// unknown, and the feeds it serves.
func (ps patterns) belongs(r Receipt) (string, map[string]bool) {
	provider, feeds := r.Provider, map[string]bool{}
	if r.Feed != "" {
		feeds[r.Feed] = true
	}
	claims, err := ps.claim(r.Name, r.Provider, r.Feed)
	if err != nil {
		return provider, feeds
	}
	for _, c := range claims {
		provider = c.provider
		feeds[c.spec.Feed] = true
	}
	return provider, feeds
}

// dropped lists the headers that the feeds a file serves say to drop, in order.
func (ps patterns) dropped(r Receipt) []string {
	claims, err := ps.claim(r.Name, r.Provider, r.Feed)
	if err != nil {
		return nil
	}
	var drop []string
	for _, c := range claims {
		drop = append(drop, c.spec.Drop...)
	}
	slices.Sort(drop)
	return slices.Compact(drop)
}

// hashed lists the columns that the feeds a file serves say to hash, in order.
func (ps patterns) hashed(r Receipt) []string {
	claims, err := ps.claim(r.Name, r.Provider, r.Feed)
	if err != nil {
		return nil
	}
	var columns []string
	for _, c := range claims {
		columns = append(columns, c.spec.Pseudonym...)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// whyNot says why no feed claims a name, with the nearest miss where there is one.
func (ps patterns) whyNot(name, provider, feed string) string {
	why := "no pattern fits"
	if provider != "" {
		why = fmt.Sprintf("no pattern of %s fits", provider)
	}
	for _, p := range ps {
		if provider != "" && p.provider != provider || feed != "" && p.spec.Feed != feed {
			continue
		}
		m := p.loose.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		if fault := p.fault(m); fault != "" {
			return fmt.Sprintf("%s: %s (pattern %q of %s)", why, fault, p.spec.Files, p.provider)
		}
	}
	return why
}

// fault names the part of a loosely matched name that cannot be.
func (p pattern) fault(m []string) string {
	for i, group := range p.loose.SubexpNames() {
		switch group {
		case "year":
			if !halvesFollow(m[i]) {
				return fmt.Sprintf("%s is not a financial year, whose halves follow each other as in 2023-24", m[i])
			}
		case "date":
			if _, err := time.Parse("20060102", strings.ReplaceAll(m[i], "-", "")); err != nil {
				return fmt.Sprintf("%s is not a date", m[i])
			}
		case "quarter":
			if m[i] < "1" || m[i] > "4" {
				return fmt.Sprintf("%s is not a quarter, which is 1 to 4", m[i])
			}
		case "version":
			if len(m[i]) > 9 {
				return fmt.Sprintf("%s is too long for a version", m[i])
			}
		}
	}
	return ""
}

// halvesFollow judges a year in any of the forms that looseYear takes.
func halvesFollow(text string) bool {
	digits := strings.NewReplacer("-", "", "_", "").Replace(text)
	begins, _ := strconv.Atoi(digits[:4])
	ends, _ := strconv.Atoi(digits[4:])
	return ends == begins+1 || len(digits) == 6 && ends == (begins+1)%100
}
