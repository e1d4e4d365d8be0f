package intake

import (
	"context"
	"fmt"

	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// mended are a provider's rejected rows that a later file of theirs has mended, by the
// file's hash: feed, row and sheet.
type mended map[string][]string

func (m mended) in(sha string) int64 { return int64(len(m[sha])) }

// rows are never nil, which SQL would take for not known.
func (m mended) rows(sha string) []string { return append([]string{}, m[sha]...) }

// mendedLater looks for them in what is published.
func mendedLater(ctx context.Context, ws *workspace.Workspace, reader *warehouse.Reader, provider string) (mended, error) {
	out := mended{}
	for _, c := range ws.Contracts {
		type row struct{ SHA256, Place string }
		found, err := warehouse.Select[row](ctx, reader.DB, `SELECT d.sha256, concat_ws(' ', d.feed, m."row", d.sheet) AS place
			FROM (`+c.Mended()+`) m JOIN delivery d USING (delivery) WHERE d.provider = ? ORDER BY ALL`, provider)
		if err != nil {
			return nil, fmt.Errorf("cannot tell which rows of %s were mended: %w", c.Feed, err)
		}
		for _, r := range found {
			out[r.SHA256] = append(out[r.SHA256], r.Place)
		}
	}
	return out, nil
}
