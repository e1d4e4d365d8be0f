package lists_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/lists"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		rows       []string // line, then the fields
		err        string   // all of it
	}{
		{"plain", "code,label\nM,Male\n\nF,\"Fe\nmale\"\nX,Other\n", nil, []string{"2 M|Male", "4 F|Fe\nmale", "6 X|Other"}, ""},
		{"as Excel saves it", "\ufeffcode,label\r\nM,Male\r\n", []string{"code"}, []string{"2 M|Male"}, ""},
		{"a row that ends early", "code,label,note\nM\nF,Female,,,\n", nil, []string{"2 M||", "3 F|Female|"}, ""},
		{"a row too long", "code,label\nM,Male, or a boy\nF,Female,x\n", nil, nil,
			"f.csv:2: the row has 3 fields and the header names 2 columns; is a comma not in quotation marks?\n" +
				"f.csv:3: the row has 3 fields and the header names 2 columns; is a comma not in quotation marks?"},
		{"empty", "", nil, nil, "f.csv:1: the file is empty; it needs a line that names its columns"},
		{"only a mark", "\ufeff", nil, nil, "f.csv:1: the file is empty; it needs a line that names its columns"},
		{"a column renamed", "code,name\nM,Male\n", []string{"code", "label"}, nil, `f.csv:1: there is no column "label"; the columns are code, name`},
		{"columns without a name of their own", "code,,code\n", nil, nil, "f.csv:1: column 2 has no name\nf.csv:1: two columns are called \"code\""},
		{"a quotation mark left open", "code\nM\n\"F\n", nil, nil, `f.csv:3: extraneous or missing " in quoted-field`},
		{"a header alone", "code,label\n", nil, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, err := lists.Read("f.csv", []byte(c.text), c.want...)
			if said := sentence(err); said != c.err {
				t.Fatalf("said\n%s\nwant\n%s", said, c.err)
			}
			var rows []string
			for _, r := range table.Rows {
				rows = append(rows, strings.TrimSpace(strings.TrimPrefix(r.Wrong("").Error(), "f.csv:"))[:1]+" "+strings.Join(r.Fields, "|"))
			}
			if c.err == "" {
				if diff := cmp.Diff(c.rows, rows); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func sentence(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestReadExactly(t *testing.T) {
	if _, err := lists.ReadExactly("f.csv", []byte("a,b\n1,2\n"), "a", "b"); err != nil {
		t.Error(err)
	}
	_, err := lists.ReadExactly("f.csv", []byte("a,c\n1,2\n"), "a", "b")
	if said := sentence(err); said != `f.csv:1: the columns are "a,c"; they must be "a,b"` {
		t.Error(said)
	}
}

// What a spreadsheet or this program writes is read as it was, every row with the
// line it starts on; nothing else crashes.
func FuzzRead(f *testing.F) {
	f.Add("code,label\nM,Male\n")
	f.Add("\ufeffcode,label\r\nM\r\n\r\n\"F\",\"x\ny\"\n")
	f.Add("")
	f.Add(",\n,,,\n")
	f.Add("a,a\n\"")
	f.Add("code,label\n\"\r\r\n\",M\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := lists.Read("f.csv", []byte(text))
		last := 1
		for _, r := range table.Rows {
			if len(r.Fields) != len(table.Columns) {
				t.Fatalf("%d fields of %d columns", len(r.Fields), len(table.Columns))
			}
			if r.Line <= last || r.Line > 1+strings.Count(text, "\n") {
				t.Fatalf("line %d after %d", r.Line, last)
			}
			last = r.Line
			for i, column := range table.Columns {
				if first := slices.Index(table.Columns, column); first == i && (r.Get(column) != r.Fields[i] || err == nil && r.Map()[column] != r.Fields[i]) {
					t.Fatalf("%q is %q", column, r.Get(column))
				}
			}
		}
		if err != nil {
			return
		}
		var again bytes.Buffer
		out := csv.NewWriter(&again)
		records := [][]string{table.Columns}
		for _, r := range table.Rows {
			records = append(records, r.Fields)
		}
		if slices.ContainsFunc(records, func(r []string) bool { return len(r) == 1 && r[0] == "" }) {
			return // encoding/csv writes such a record as a blank line, which is none
		}
		if err := out.WriteAll(records); err != nil {
			t.Fatal(err)
		}
		second, err := lists.Read("f.csv", again.Bytes())
		if err != nil || len(second.Rows) != len(table.Rows) {
			t.Fatalf("%q: %d rows, then %d: %v", again.String(), len(table.Rows), len(second.Rows), err)
		}
		for i, r := range table.Rows {
			// encoding/csv reads any line's end inside quotation marks as "\n".
			want := slices.Clone(r.Fields)
			for j := range want {
				want[j] = strings.ReplaceAll(want[j], "\r\n", "\n")
			}
			if !slices.Equal(want, second.Rows[i].Fields) {
				t.Fatalf("%q is %q", r.Fields, second.Rows[i].Fields)
			}
		}
	})
}
