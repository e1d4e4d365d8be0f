package returns

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"mojreturns/pipeline/lists"
)

// over is a figure with what another, nearer one says laid over it.
func (f Figure) over(nearer Figure) Figure {
	out := f
	out.Dimension, out.Category = crossing(f.Dimension, nearer.Dimension), crossing(f.Category, nearer.Category)
	if nearer.Code != "" || nearer.Condition != "" || nearer.Quality != "" || nearer.Words != "" {
		out.Code, out.Condition, out.Quality, out.Words = nearer.Code, nearer.Condition, nearer.Quality, nearer.Words
	}
	for _, p := range []struct{ to, from *string }{
		{&out.Field, &nearer.Field}, {&out.Scope, &nearer.Scope}, {&out.Period, &nearer.Period},
		{&out.Format, &nearer.Format}, {&out.Missing, &nearer.Missing}, {&out.Group, &nearer.Group},
	} {
		if *p.from != "" {
			*p.to = *p.from
		}
	}
	return out
}

// crossing is the name of a dimension or category crossed with another.
func crossing(far, near string) string {
	if far == "" || near == "" {
		return far + near
	}
	return far + " x " + near
}

// tableRow is one row of a table: what its first columns say, and its figures.
type tableRow struct {
	labels []string
	total  bool
	cells  map[string]Figure
	Figure
}

// expand gives the rows a description asks for, and the categories that have none.
func (r Rows) expand(lists fs.FS) (rows []tableRow, unlisted []Figure, err error) {
	if r.List == "" {
		return []tableRow{{labels: r.Labels, total: r.Total, cells: r.Cells, Figure: r.Figure}}, nil, nil
	}
	codes, labels, err := readList(lists, r.List, r.Column)
	if err != nil {
		return nil, nil, err
	}
	only := r.Only
	if len(only) == 0 {
		only = codes
	}
	category := func(code string) Figure {
		f := r.Figure
		f.Category = crossing(r.Category, code)
		return f
	}
	for _, code := range only {
		i := slices.Index(codes, code)
		if i < 0 {
			return nil, nil, fmt.Errorf("%s: the list %s has no code %q", descriptionFile, r.List, code)
		}
		label := labels[i]
		if r.Codes {
			label = code + " " + label
		}
		rows = append(rows, tableRow{labels: slices.Concat(r.Labels, []string{label}, r.After), cells: r.Cells, Figure: category(code)})
	}
	own := r.Dimension[strings.LastIndex(r.Dimension, " ")+1:] // of a crossing, the second
	blank, err := blankCategory(lists, own, r.List)
	if err != nil {
		return nil, nil, err
	}
	if blank != "" && !slices.Contains(codes, blank) {
		codes = append(codes, blank)
	}
	for _, code := range codes {
		if !slices.Contains(only, code) {
			unlisted = append(unlisted, category(code))
		}
	}
	return rows, unlisted, nil
}

// readList reads the codes of a code list with their labels, in its order; or
// the different values of another of its columns. A list without labels speaks
// in its codes.
func readList(queries fs.FS, name, column string) (codes, labels []string, err error) {
	if column == "" {
		column = "code"
	}
	list, err := codeList(queries, name, column)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the code list %q: %w", name, err)
	}
	labelled := slices.Contains(list.Columns, "label")
	for _, r := range list.Rows {
		code := r.Get(column)
		if slices.Contains(codes, code) {
			continue
		}
		said := code
		switch {
		case column == "code" && labelled:
			said = r.Get("label")
		case said == "NK":
			said = "Not known"
		}
		codes, labels = append(codes, code), append(labels, said)
	}
	return codes, labels, nil
}

// blankCategory is where rows without a value of a dimension are counted, or
// empty where the dimension is not one of the reference.
func blankCategory(queries fs.FS, dimension, list string) (string, error) {
	dimensions, err := codeList(queries, "dimension", "dimension", "list", "blank")
	if err != nil {
		return "", fmt.Errorf("cannot read the dimensions: %w", err)
	}
	for _, r := range dimensions.Rows {
		if r.Get("dimension") == dimension && r.Get("list") == list {
			return r.Get("blank"), nil
		}
	}
	return "", nil
}

func codeList(queries fs.FS, name string, want ...string) (lists.Table, error) {
	return lists.Open(queries, path.Join("reference", name+".csv"), want...)
}
