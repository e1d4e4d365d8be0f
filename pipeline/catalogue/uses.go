package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/lists"
)

// Use is where a return shows an entry.
type Use struct {
	// Return and Sheet say where, Cells which, as ranges: D7:H19.
	Return, Sheet string
	Cells         []string
	// What is shown: the field, the scope, the breakdown and the periods.
	What string
}

// Text is the use in one line.
func (u Use) Text() string {
	return fmt.Sprintf("%s %s (%s, %s)", u.Sheet, strings.Join(u.Cells, " "), u.What, u.Return)
}

// otherKinds are the kinds of map row that do not show an entry: the code of these
// is the configuration's, or words.
var otherKinds = []string{"config", "text", "label"}

// mapUse is what cells must share to be told together.
type mapUse struct{ code, sheet, field, scope, dimension string }

// loadUses reads the cell maps of all returns, by the names of their columns:
// the catalogue takes what it knows and leaves what a map may have besides.
func loadUses(templates fs.FS) (map[string][]Use, error) {
	maps, err := fs.Glob(templates, "returns/*/map.csv")
	if err != nil {
		return nil, err
	}
	slices.Sort(maps)
	out := map[string][]Use{}
	var errs []error
	for _, name := range maps {
		rows, err := readNamed(templates, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		usesOf(path.Base(path.Dir(name)), rows, out)
	}
	return out, errors.Join(errs...)
}

func usesOf(title string, rows []map[string]string, out map[string][]Use) {
	var order []mapUse
	cells, periods := map[mapUse][]string{}, map[mapUse][]string{}
	for _, r := range rows {
		if r["cell"] == "" || r["code"] == "" || slices.Contains(otherKinds, r["kind"]) {
			continue
		}
		codes := []string{r["code"]}
		if r["field"] != "" {
			// what is said of a feed's column: the code is the feed
			codes = append(codes, r["code"]+"."+r["field"])
		}
		for _, code := range codes {
			key := mapUse{code, r["sheet"], r["field"], r["scope"], r["dimension"]}
			if cells[key] == nil {
				order = append(order, key)
			}
			cells[key] = append(cells[key], r["cell"])
			if p := r["period"]; p != "" && !slices.Contains(periods[key], p) {
				periods[key] = append(periods[key], p)
			}
		}
	}
	for _, key := range order {
		what := strings.ReplaceAll(key.field, "_", " ")
		if key.dimension != "" {
			what += " by " + key.dimension
		}
		if key.scope != "" {
			what += " for " + key.scope
		}
		if p := periods[key]; len(p) > 0 {
			what += ", " + strings.Join(p, " ")
		}
		out[key.code] = append(out[key.code], Use{Return: title, Sheet: key.sheet, Cells: ranges(cells[key]),
			What: strings.TrimSpace(strings.TrimPrefix(what, ", "))})
	}
}

// readNamed reads a CSV file as rows by column name.
func readNamed(fsys fs.FS, name string) ([]map[string]string, error) {
	list, err := lists.Open(fsys, name)
	if err != nil {
		return nil, err
	}
	var out []map[string]string
	for _, row := range list.Rows {
		out = append(out, row.Map())
	}
	return out, nil
}

// block is a rectangle of cells.
type block struct{ left, top, right, bottom int }

func (b block) String() string {
	from := letters(b.left) + strconv.Itoa(b.top)
	if b.left == b.right && b.top == b.bottom {
		return from
	}
	return from + ":" + letters(b.right) + strconv.Itoa(b.bottom)
}

// ranges condenses cells: those side by side to runs, runs of the same width
// below each other to blocks. What is no address stays as it is written.
func ranges(cells []string) []string {
	var points []block
	var out []string
	for _, c := range cells {
		if column, row, ok := address(c); ok {
			points = append(points, block{column, row, column, row})
		} else {
			out = append(out, c)
		}
	}
	slices.SortFunc(points, func(a, b block) int {
		if a.top != b.top {
			return a.top - b.top
		}
		return a.left - b.left
	})
	var runs []block
	for _, p := range slices.Compact(points) {
		if n := len(runs) - 1; n >= 0 && runs[n].top == p.top && runs[n].right+1 == p.left {
			runs[n].right = p.left
			continue
		}
		runs = append(runs, p)
	}
	var blocks []block
	for _, r := range runs {
		above := slices.IndexFunc(blocks, func(b block) bool { return b.left == r.left && b.right == r.right && b.bottom+1 == r.top })
		if above >= 0 {
			blocks[above].bottom = r.bottom
			continue
		}
		blocks = append(blocks, r)
	}
	for _, b := range blocks {
		out = append(out, b.String())
	}
	return out
}

var cellForm = regexp.MustCompile(`^([A-Z]{1,3})([1-9][0-9]{0,6})$`)

func address(cell string) (column, row int, ok bool) {
	m := cellForm.FindStringSubmatch(cell)
	if m == nil {
		return 0, 0, false
	}
	for _, letter := range m[1] {
		column = column*26 + int(letter-'A') + 1
	}
	row, err := strconv.Atoi(m[2])
	return column, row, err == nil
}

func letters(column int) string {
	var out string
	for ; column > 0; column = (column - 1) / 26 {
		out = string(rune('A'+(column-1)%26)) + out
	}
	return out
}
