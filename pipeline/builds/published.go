package builds

import (
	"context"
	"os"
	"time"

	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Ready is the folder readers read: that of what is published, or, when
// looking back, one built for the purpose, which nobody else sees.
func Ready(ctx context.Context, ws *workspace.Workspace) (string, error) {
	if ws.Past != nil {
		if _, err := Build(ctx, ws); err != nil {
			return "", err
		}
	}
	return ws.BuildDir(), nil
}

// Published is the published warehouse in numbers.
type Published struct {
	warehouse.Published
	At               time.Time
	Rows, Deliveries int64
}

// Latest says what readers see; false before the first build.
func Latest(ctx context.Context, ws *workspace.Workspace) (Published, bool, error) {
	latest, found, err := warehouse.Latest(ws.BuildDir())
	if err != nil || !found {
		return Published{}, false, err
	}
	info, err := os.Stat(latest.Path)
	if err != nil {
		return Published{}, false, err
	}
	b := Published{Published: latest, At: info.ModTime()}
	reader, err := Reader(ctx, ws)
	if err != nil {
		return b, false, err
	}
	defer reader.Close()
	err = reader.DB.QueryRowContext(ctx, "SELECT coalesce(sum(accepted), 0)::BIGINT, count(*) FROM delivery WHERE current").Scan(&b.Rows, &b.Deliveries)
	return b, true, err
}
