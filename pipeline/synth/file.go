package synth

import (
	"bufio"
	"errors"
	"os"
	"strconv"
	"strings"

	"mojreturns/pipeline/contract"
)

// extractFile is one CSV being written.
type extractFile struct {
	path    string
	file    *os.File
	out     *bufio.Writer
	columns []contract.Column
	rows    int
	line    []byte
}

func createExtract(path string, columns []contract.Column) (*extractFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	e := &extractFile{path: path, file: f, out: bufio.NewWriterSize(f, 1<<20), columns: columns}
	for i, c := range columns {
		if i > 0 {
			e.line = append(e.line, ',')
		}
		e.line = append(e.line, c.Name...)
	}
	e.flush()
	return e, nil
}

func (e *extractFile) flush() {
	e.line = append(e.line, '\n')
	_, _ = e.out.Write(e.line) // the error stays with the writer until close
	e.line = e.line[:0]
}

// write adds a row. A column the record does not speak of gets a valid value
// where it is required, so that a new contract column needs no code here.
func (e *extractFile) write(g *generator, r record) {
	for i, c := range e.columns {
		if i > 0 {
			e.line = append(e.line, ',')
		}
		value, given := r[c.Name]
		if !given && c.Constraints.Required {
			value = g.any(c)
		}
		e.line = appendField(e.line, value, ",")
	}
	e.rows++
	e.flush()
}

func appendField(line []byte, value, delimiter string) []byte {
	if strings.ContainsAny(value, "\"\r\n"+delimiter) {
		line = append(line, '"')
		line = append(line, strings.ReplaceAll(value, `"`, `""`)...)
		return append(line, '"')
	}
	return append(line, value...)
}

func (e *extractFile) close() error { return errors.Join(e.out.Flush(), e.file.Close()) }

// any is a valid value for a column, by its type.
func (g *generator) any(c contract.Column) string {
	switch c.Type {
	case "code":
		return g.codes[c.List][g.rng.IntN(len(g.codes[c.List]))]
	case "yes/no":
		return g.codes["yes_no"][g.rng.IntN(2)]
	case "yes/no/not known":
		return g.codes["yes_no_nk"][g.rng.IntN(3)]
	case "date":
		return g.day(g.rng.IntN(g.days))
	case "datetime":
		return g.day(g.rng.IntN(g.days)) + "T09:30:00"
	case "time":
		return "09:30"
	case "money":
		return "100.00"
	case "integer", "number":
		low, high := int64(0), int64(9)
		if c.Constraints.Minimum != nil {
			low, high = *c.Constraints.Minimum, *c.Constraints.Maximum
		}
		return strconv.FormatInt(low+g.rng.Int64N(high-low+1), 10)
	}
	return g.hex()
}
