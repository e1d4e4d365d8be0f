package web

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Metric is one measure of the office's machine, as Prometheus reads it. It is made anew
// at each look from what is known, so there is no registry of counters to keep, and none
// is imported.
type Metric struct {
	Name, Help string
	Kind       string // gauge or counter
	Samples    []Sample
}

// Sample is a value of a metric.
type Sample struct {
	Labels map[string]string
	Value  float64
}

// One is a metric without labels.
func One(name, help string, value float64) Metric {
	return Metric{Name: name, Help: help, Kind: "gauge", Samples: []Sample{{Value: value}}}
}

var labelValue = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// text is the metric in the text format, version 0.0.4.
func (m Metric) text(out *bytes.Buffer) {
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", m.Name, m.Help, m.Name, m.Kind)
	for _, s := range m.Samples {
		var labels []string
		for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
			labels = append(labels, name+`="`+labelValue.Replace(s.Labels[name])+`"`)
		}
		out.WriteString(m.Name)
		if len(labels) > 0 {
			out.WriteString("{" + strings.Join(labels, ",") + "}")
		}
		out.WriteString(" " + strconv.FormatFloat(s.Value, 'g', -1, 64) + "\n")
	}
}

func (s site) metrics(w http.ResponseWriter, r *http.Request) {
	list, err := s.options.Metrics(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var out bytes.Buffer
	for _, m := range list {
		m.text(&out)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	answer(w, r, out.Bytes())
}

// ready answers whether the office can be served: 200, or 503 and why not, a line each.
func (s site) ready(w http.ResponseWriter, r *http.Request) {
	var lacks []string
	if s.options.Lacks != nil {
		lacks = s.options.Lacks(r.Context())
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if len(lacks) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, strings.Join(lacks, "\n"))
		return
	}
	fmt.Fprintln(w, "ready")
}
