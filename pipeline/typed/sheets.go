package typed

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

// StageFile reads a delivery: as one table, or, of a workbook of which the mapping
// asks for all sheets, as one for each visible sheet that has the feed's header. A
// workbook with several such sheets of which the mapping does not say which are meant is
// refused, and so is one of which any sheet cannot be read: rows that nobody counted
// would leave silently.
func StageFile(ctx context.Context, ws *workspace.Workspace, d landing.Delivery, at Place) ([]Staged, error) {
	headers, err := headersOf(ctx, ws, d, at)
	if err != nil {
		return nil, err
	}
	c, _ := ws.Contract(d.Feed)
	headers = slices.DeleteFunc(headers, func(t extract.Table) bool { return !c.Heads(t.Header, d.Spec) })
	switch {
	case len(headers) == 0:
		s, err := stageOne(ctx, ws, d, at)
		s.Delivery.Refused = s.Refused
		return []Staged{s}, err
	case len(headers) > 1 && d.Spec.Sheets == "":
		return []Staged{unchosen(ws, d, headers)}, nil
	}
	var out []Staged
	for i, t := range headers {
		one := d
		one.Spec.Sheet, one.Spec.SheetPattern, one.Spec.Sheets = t.Sheet, "", ""
		if len(headers) > 1 {
			one.Part = i + 1
		}
		s, err := stageOne(ctx, ws, one, at)
		if err != nil {
			return nil, err
		}
		if s.Refused != "" && len(headers) > 1 {
			d.Refused = fmt.Sprintf("of the sheet %s: %s", ws.Safe.Quoted(t.Sheet), s.Refused)
			return []Staged{{Delivery: d}}, nil
		}
		s.Delivery.Refused = s.Refused
		out = append(out, s)
	}
	return out, nil
}

// unchosen is a delivery of which nobody has said which sheets are meant.
func unchosen(ws *workspace.Workspace, d landing.Delivery, headers []extract.Table) Staged {
	var names []string
	for _, t := range headers {
		name := fmt.Sprintf("%q", t.Sheet)
		if told := ws.Safe.Sheet(t.Sheet, t.Place); told != t.Sheet {
			name = told
		}
		names = append(names, name)
	}
	last := len(names) - 1
	d.Refused = fmt.Sprintf("the sheets %s and %s all have the header of %s, and the provider's mapping does not say which to read, so none was: put \"sheets: all\" under the feed to read them all, or \"sheet: %s\" for one",
		strings.Join(names[:last], ", "), names[last], d.Feed, ws.Safe.Name(headers[0].Sheet))
	return Staged{Delivery: d}
}

// headersOf gives the headers of the sheets that the mapping leaves a choice of, from
// beside the staged files where they were looked for before.
func headersOf(ctx context.Context, ws *workspace.Workspace, d landing.Delivery, at Place) (found []extract.Table, err error) {
	if d.Spec.Sheet != "" || d.Spec.SheetNumber != 0 {
		return nil, nil
	}
	options := ws.ReadingOptions(d)
	key := sha256.Sum256([]byte(strings.Join([]string{"headers", d.SHA256, options.Key()}, "\n")))
	kept := filepath.Join(at.Staged, fmt.Sprintf("%x.json", key[:16]))
	if text, err := os.ReadFile(kept); at.Staged != "" && err == nil && json.Unmarshal(text, &found) == nil {
		return found, nil
	}
	found, err = extract.Headers(ctx, at.Bytes, d.Name, options)
	var refused *extract.Refusal
	if errors.As(err, &refused) {
		return nil, nil // told when it is read
	}
	if err != nil || at.Staged == "" {
		return found, err
	}
	if err := os.MkdirAll(at.Staged, 0o770); err != nil {
		return nil, err
	}
	text, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	return found, os.WriteFile(kept, text, 0o660)
}
