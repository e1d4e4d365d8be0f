package intake

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/period"
)

var (
	yearInName    = regexp.MustCompile(`20[0-9]{2}[-_]?(20)?[0-9]{2}`)
	dateInName    = regexp.MustCompile(`20[0-9]{2}-[0-9]{2}-[0-9]{2}|20[0-9]{6}`)
	versionInName = regexp.MustCompile(`(?i)([-_ ]v)[0-9]+`)
	quarterInName = regexp.MustCompile(`(?i)\b(q)[1-4]\b`)
	periodInName  = regexp.MustCompile(`(?i)\b(q[1-4]|h[12]|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|20[0-9]{2}|[0-9]{1,2})\b`)
	stars         = regexp.MustCompile(`\*([-_ ]+\*)+`)
	digitsInName  = regexp.MustCompile(`[0-9]+`)
)

// patternOf is a pattern that a file's name and those of its next deliveries fit. A quarter
// is one beside a financial year; other words of a period stand for anything, so that the
// names of a provider's other files, which say what they are in words, do not fit.
func patternOf(name string) string {
	ending := filepath.Ext(name)
	name = strings.TrimSuffix(name, ending)
	year := yearInName.FindString(name)
	if year != "" && financialYear(year) {
		name = strings.Replace(name, year, "\x01", 1)
	} else if date := dateInName.FindString(name); date != "" {
		name, year = strings.Replace(name, date, "\x02", 1), ""
	} else {
		year = ""
	}
	name = versionInName.ReplaceAllString(name, "${1}\x03")
	name = strings.ReplaceAll(name, "_", " _ ")
	if at := quarterInName.FindStringSubmatchIndex(name); year != "" && at != nil {
		name = name[:at[3]] + "\x04" + name[at[1]:]
	}
	name = periodInName.ReplaceAllString(name, "*")
	name = strings.ReplaceAll(stars.ReplaceAllString(name, "*"), " _ ", "_")
	return strings.NewReplacer("\x01", "{year}", "\x02", "{date}", "\x03", "{version}", "\x04", "{quarter}").Replace(name) + ending
}

// patternsOf are the patterns of several files' names, by name. Where they differ in one
// number alone, it is the version: the later file has the higher.
func patternsOf(names []string) map[string]string {
	alike := map[string][]string{}
	out := map[string]string{}
	for _, name := range names {
		out[name] = patternOf(name)
		form := digitsInName.ReplaceAllString(out[name], "0")
		alike[form] = append(alike[form], name)
	}
	for _, group := range alike {
		first := digitsInName.FindAllString(out[group[0]], -1)
		differs := map[int]bool{}
		for _, name := range group {
			for i, number := range digitsInName.FindAllString(out[name], -1) {
				if number != first[i] {
					differs[i] = true
				}
			}
		}
		for _, name := range slices.Clone(group) {
			if len(differs) == 1 && !strings.Contains(out[name], "{version}") {
				at := -1
				out[name] = digitsInName.ReplaceAllStringFunc(out[name], func(number string) string {
					if at++; differs[at] {
						return "{version}"
					}
					return number
				})
			}
		}
	}
	return out
}

// financialYear says whether the halves of 2023-24, 202324 or 2023-2024 follow each other.
func financialYear(text string) bool {
	digits := strings.NewReplacer("-", "", "_", "").Replace(text)
	_, err := period.ParseYear(digits[:4] + "-" + digits[len(digits)-2:])
	return err == nil
}
