package draft

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/workspace"
)

// The figures of a released pack as people may have them, described as CSV on the Web
// (W3C, Metadata Vocabulary for Tabular Data, 2015) asks.
const (
	handedFile   = "figures.csv"
	metadataFile = handedFile + "-metadata.json"
)

// handedColumns are those of the file, with what each says.
var handedColumns = [][2]string{
	{"code", "The code of the figure, as the catalogue has it"},
	{"title", "What the figure is"},
	{"scope", "What it is of: a fund, a service or a provider"},
	{"period", "The financial year, or the part of it; empty for rows delivered so far"},
	{"dimension", "What it is broken down by; empty for a total"},
	{"category", "The category of the breakdown"},
	{"shows", "The exact figure; [c] hidden to protect people, [x] not available, [z] not applicable, [u] of too few"},
}

// handed is what the pack printed, and nothing of what it hid.
func handed(ws *workspace.Workspace, printed []archive.Released) ([]byte, error) {
	titles := map[string]string{}
	for _, m := range ws.Metrics.Metrics {
		titles[m.Code] = m.Title
	}
	for _, c := range ws.Metrics.Conditions {
		titles[c.Code] = c.Title
	}
	for _, c := range ws.Contracts {
		titles[c.Feed] = "Rows delivered: " + strings.ReplaceAll(c.Feed, "_", " ")
	}
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	var names []string
	for _, c := range handedColumns {
		names = append(names, c[0])
	}
	records := [][]string{names}
	for _, f := range printed {
		if !f.IsPrinted() {
			continue
		}
		shows := f.Shows
		if shows == "" && f.Value.Marker != "" {
			shows = "[" + f.Value.Marker + "]"
		}
		records = append(records, []string{f.Place.Code, titles[f.Place.Code], f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category, shows})
	}
	err := out.WriteAll(records)
	return text.Bytes(), err
}

// metadata describes the file of figures.
func metadata(office, title string) ([]byte, error) {
	type column struct {
		Name        string `json:"name"`
		Titles      string `json:"titles"`
		Description string `json:"dc:description"`
		Datatype    string `json:"datatype"`
	}
	var columns []column
	for _, c := range handedColumns {
		columns = append(columns, column{c[0], c[0], c[1], "string"})
	}
	return json.MarshalIndent(map[string]any{
		"@context": []any{"http://www.w3.org/ns/csvw", map[string]string{"@language": "en-GB"}},
		"url":      handedFile, "dc:title": title, "dc:publisher": office,
		"tableSchema": map[string]any{"columns": columns, "primaryKey": []string{"code", "scope", "period", "dimension", "category"}},
	}, "", "  ")
}
