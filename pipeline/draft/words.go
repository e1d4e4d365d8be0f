package draft

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/narrative"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/workspace"
)

// wordsFile is where people write the briefing's words for a period, in the workspace.
func wordsFile(at period.Period) string { return "commentary/briefing/" + at.Label + ".md" }

// mostWords is how long the file of people's words may be, in bytes: a hundred pages.
const mostWords = 200_000

// words is the file of people's words as it is; nil where nobody wrote any.
func words(ws *workspace.Workspace, at period.Period) ([]byte, error) {
	file, err := os.Open(filepath.Join(ws.Dir, filepath.FromSlash(wordsFile(at))))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostWords+1))
	if err == nil && len(text) > mostWords {
		err = fmt.Errorf("%s has more than %d kB: people's words are shorter; is it the file that was meant?", wordsFile(at), mostWords/1000)
	}
	return text, err
}

// narrated reads the text of the pack, briefing/pack.md of the templates, with what
// people wrote for the period.
func narrated(ws *workspace.Workspace, at period.Period) (narrative.Pack, error) {
	text, err := fs.ReadFile(ws.Templates, textFile)
	if err != nil {
		return narrative.Pack{}, err
	}
	known, err := knownTo(ws)
	if err != nil {
		return narrative.Pack{}, err
	}
	pack, err := narrative.Parse(textFile, string(text), known)
	if err != nil {
		return narrative.Pack{}, err
	}
	written, err := words(ws, at)
	if err != nil || written == nil {
		return pack, err
	}
	said, err := narrative.ParseCommentary(wordsFile(at), string(written), pack.Asked(), known, func(line string) string {
		return personal.InWords(ws.Personal, line)
	})
	return pack.With(said), err
}

// knownTo is what a text of the workspace can name.
func knownTo(ws *workspace.Workspace) (known narrative.Known, err error) {
	year, month, day := ws.Now().In(ws.Location).Date()
	known.Today = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	known.Metric = func(code string) (by []string, ok bool) {
		m, ok := ws.Metrics.Metric(code)
		for _, b := range m.By {
			by = append(by, b.String())
		}
		return by, ok
	}
	for _, m := range ws.Metrics.Metrics {
		known.Codes = append(known.Codes, m.Code)
	}
	known.Names = []string{ws.Register.Area.Code, ws.Register.Area.Name, ws.Register.Area.Office}
	for _, f := range ws.Register.Funds {
		known.Names = append(known.Names, f.Name, f.Code, f.Agreement)
	}
	for _, s := range ws.Register.Services {
		known.Names = append(known.Names, s.Name, s.Code)
	}
	for _, p := range ws.Register.Providers {
		known.Names = append(known.Names, p.Name, p.Code)
	}
	known.Names = slices.DeleteFunc(known.Names, func(name string) bool { return !strings.ContainsFunc(name, unicode.IsLetter) })
	known.Tables, known.Words, err = briefing.Vocabulary(ws.Queries)
	return known, err
}

// unwritten are the words that the pack needs and nobody has written, as the gate takes
// them.
func unwritten(pack narrative.Pack) []gate.Unwritten {
	var out []gate.Unwritten
	for _, u := range pack.Unwritten() {
		out = append(out, gate.Unwritten{Name: u.Name, Who: u.Who})
	}
	return out
}

// StartWords writes the file of the briefing's words for a period, with a heading for
// each place where people write, and gives its path. What is written already is never
// touched.
func StartWords(ws *workspace.Workspace, at period.Period) (string, error) {
	text, err := fs.ReadFile(ws.Templates, textFile)
	if err != nil {
		return "", err
	}
	known, err := knownTo(ws)
	if err != nil {
		return "", err
	}
	pack, err := narrative.Parse(textFile, string(text), known)
	if err != nil {
		return "", err
	}
	asked := pack.Asked()
	if len(asked) == 0 {
		return "", fmt.Errorf("%s has no place for people's words: a line such as `:::commentary money needed by the commissioning officer` makes one", textFile)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# Words for the briefing, %s\n\n<!--\n"+
		"Write below each heading, and behind \"by:\" your role and the day (commissioning officer, 15 April 2024). Numbers that you type stand as you typed them; {S02C} prints a figure.\n"+
		"Nobody may be recognised in what is written. What is left empty is left out of the briefing.\n\n", at.Human())
	for _, a := range asked {
		fmt.Fprintf(&out, "- %s stands under \"%s\"", a.Name, a.Under)
		if a.Needed {
			out.WriteString(" and is needed")
		}
		if a.Who != "" {
			out.WriteString(", by " + a.Who)
		}
		out.WriteString("\n")
	}
	out.WriteString("-->\n")
	for _, a := range asked {
		fmt.Fprintf(&out, "\n## %s\n\nby:\n", a.Name)
	}
	path := filepath.Join(ws.Dir, filepath.FromSlash(wordsFile(at)))
	return path, workspace.WriteOnce(path, []byte(out.String()))
}
