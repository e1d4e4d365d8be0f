package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Reader is a published warehouse open for reading. It stays as it is when a
// newer one is published. Temporary tables may be made on its connections.
type Reader struct {
	DB *sql.DB
	Published
	spill spill
	back  func() error // of a warehouse that is shared: gives it back
}

// OpenPublished opens the newest published warehouse of a folder. Any number of
// readers, in this process and others, may have it open.
func OpenPublished(ctx context.Context, dir string, s Settings) (*Reader, error) {
	return openPublished(ctx, dir, s, &lock{})
}

// tries is how often a file may be pruned between finding and opening it; each
// time means that a whole build was published meanwhile.
const tries = 5

func openPublished(ctx context.Context, dir string, s Settings, l *lock) (*Reader, error) {
	for try := 1; ; try++ {
		p, found, err := Latest(dir)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, ErrNothingPublished
		}
		pool, spill, err := attach(ctx, p.Path, s.reading(p.Path), l)
		if err == nil {
			return &Reader{DB: pool, Published: p, spill: spill}, nil
		}
		if _, gone := os.Stat(p.Path); gone != nil && try < tries {
			continue
		}
		if errors.Is(err, errBeside) || ctx.Err() != nil || errors.Is(err, ErrInUse) || errors.Is(err, errSetting) {
			return nil, fmt.Errorf("cannot open the warehouse %q: %w", p.Path, err)
		}
		if _, err := sumOf(p.Path); err != nil { // the system does not let us read it
			return nil, err
		}
		return nil, p.damaged()
	}
}

// smallFile is the size up to which one thread reads a file: several would wait for
// each other longer than they work. The build of 300,000 rows has half of it.
const smallFile = 64 << 20

// reading is the settings for reading a file.
func (s Settings) reading(path string) Settings {
	if info, err := os.Stat(path); err == nil && info.Size() <= smallFile {
		s.Threads = 1
	}
	return s
}

// Close closes the warehouse; rows and connections of it are closed before.
func (r *Reader) Close() error {
	if r.back != nil {
		return r.back()
	}
	return errors.Join(r.DB.Close(), r.spill.remove())
}
