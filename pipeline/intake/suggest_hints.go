package intake

import (
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/workspace"
)

// hints are what lists and mappings tell of other people's words. What was decided for one
// provider is proposed for the next, so a correction is made once.
func hints(ws *workspace.Workspace, provider string) contract.Hints {
	h := contract.Hints{Words: map[string][]string{}, Own: map[string][]string{}, Others: map[string][]string{}, Means: map[string]map[string]string{},
		Registered: ws.Registered()}
	for _, row := range ws.Lists["header_word"] {
		h.Words[row["header_word"]] = append(h.Words[row["header_word"]], row["column_word"])
	}
	means := func(list, word, code string) {
		if h.Means[list] == nil {
			h.Means[list] = map[string]string{}
		}
		h.Means[list][strings.ToLower(strings.TrimSpace(word))] = code
	}
	for _, row := range ws.Lists["synonym"] {
		means(row["list"], row["word"], row["means"])
	}
	for _, p := range ws.Register.Providers {
		for _, f := range p.Feeds {
			c, _ := ws.Contract(f.Feed)
			for _, col := range c.Columns {
				key, to := f.Feed+"."+col.Name, h.Others
				if p.Code == provider {
					to = h.Own
				}
				to[key] = append(to[key], f.Columns[col.Name]...)
				for word, code := range f.Codes[col.Name] {
					if col.List != "" {
						means(col.List, word, code)
					}
				}
			}
		}
	}
	return h
}
