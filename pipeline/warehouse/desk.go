package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Desk is where one process asks what is published in a folder. The newest warehouse
// is opened once, locked, and shared by all who ask; when a newer one is published it
// is opened beside it, and the older closed when its last reader has ended. Nobody's
// temporary tables or settings reach another: each reader has a connection of its own,
// which is not used again.
type Desk struct {
	dir    string
	bounds Bounds
	beside Beside
	queue  *queue

	mu      sync.Mutex
	station *station // the newest that was asked for; nil: none is open
	closed  bool
}

// Bounds say what a Desk gives. A number that is 0 stands for no bound.
type Bounds struct {
	Settings
	AtOnce  int // questions that are worked on side by side
	Each    int // of those, of one asker
	Waiting int // questions that wait for their turn; one more is ErrBusy
	// Idle is how long a warehouse that nobody asks stays open: Windows deletes no
	// file that is, and what was erased is to be gone.
	Idle time.Duration
	// Kept is the number of answers remembered of one warehouse, of those that are not
	// too large to be. A published warehouse never changes, so they stay true.
	Kept int
}

// Beside are tables that change without a build and that questions may read besides the
// warehouse, such as the run records. Its Mark is another whenever they are.
type Beside interface {
	Mark() (string, error)
	Tables() ([]Small, error)
}

// station is one open warehouse and who reads it.
type station struct {
	*Reader
	mark    string
	readers int
	retired bool // to be closed when its last reader has ended
	idle    *time.Timer
	kept    *lru.Cache[string, Answer]
	flights map[string]*flight
	macros  func() ([]string, error)
}

// NewDesk is a desk over the folder of what is published; beside may be nil.
func NewDesk(dir string, bounds Bounds, beside Beside) *Desk {
	return &Desk{dir: dir, bounds: bounds, beside: beside, queue: newQueue(bounds)}
}

// Reader gives the newest published warehouse, as OpenPublished does; its Close gives
// it back.
func (d *Desk) Reader(ctx context.Context) (*Reader, error) {
	s, err := d.take(ctx)
	if err != nil {
		return nil, err
	}
	return &Reader{DB: s.DB, Published: s.Published, back: func() error { return d.give(s) }}, nil
}

// Close closes what is open, now or when its last reader has ended. Nothing can be asked
// afterwards.
func (d *Desk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return d.retire(d.station)
}

// take opens the newest warehouse, or joins those who read it.
func (d *Desk) take(ctx context.Context) (*station, error) {
	mark := ""
	if d.beside != nil {
		var err error
		if mark, err = d.beside.Mark(); err != nil {
			return nil, err
		}
	}
	latest, found, err := Latest(d.dir)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return nil, errors.New("the program is about to end")
	case !found:
		return nil, errors.Join(ErrNothingPublished, d.retire(d.station))
	case d.station == nil || d.station.Path != latest.Path || d.station.mark != mark:
		s, err := d.open(ctx, mark)
		if err != nil {
			return nil, err
		}
		older := d.station
		d.station = s
		if err := d.retire(older); err != nil {
			return nil, err
		}
	}
	d.station.readers++
	if d.station.idle != nil {
		d.station.idle.Stop()
	}
	return d.station, nil
}

func (d *Desk) open(ctx context.Context, mark string) (*station, error) {
	var tables []Small
	if d.beside != nil {
		var err error
		if tables, err = d.beside.Tables(); err != nil {
			return nil, err
		}
	}
	reader, err := openPublished(ctx, d.dir, d.bounds.Settings, &lock{prepare: func(ctx context.Context, conn *sql.Conn) error {
		return layBeside(ctx, conn, tables)
	}})
	if err != nil {
		return nil, err
	}
	reader.DB.SetMaxIdleConns(-1) // what one reader made on its connection ends with it
	s := &station{Reader: reader, mark: mark, flights: map[string]*flight{}}
	if d.bounds.Kept > 0 {
		if s.kept, err = lru.New[string, Answer](d.bounds.Kept); err != nil {
			return nil, errors.Join(err, reader.Close())
		}
	}
	s.macros = sync.OnceValues(func() ([]string, error) { return tableMacros(context.WithoutCancel(ctx), reader.DB) })
	return s, nil
}

// errBeside is of a table laid beside the warehouse, not of its file.
var errBeside = errors.New("cannot lay a table beside the warehouse")

// layBeside makes tables in the database in memory, where every connection sees them.
func layBeside(ctx context.Context, conn *sql.Conn, tables []Small) error {
	if len(tables) == 0 {
		return nil
	}
	if err := execAll(ctx, conn, "USE memory"); err != nil {
		return err
	}
	for _, t := range tables {
		if err := load(ctx, conn, "TABLE", t); err != nil {
			return fmt.Errorf("%w, %q: %w", errBeside, t.Table, err)
		}
	}
	return execAll(ctx, conn, usual)
}

// give ends one reading of a station.
func (d *Desk) give(s *station) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.readers--
	switch {
	case s.readers > 0:
	case s.retired:
		return s.Close()
	case d.bounds.Idle > 0:
		s.idle = time.AfterFunc(d.bounds.Idle, func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			if s.readers == 0 {
				_ = d.retire(s) // a spill folder that cannot be removed is cleared by the next that holds the lock
			}
		})
	}
	return nil
}

// retire lets nobody new read a station; d.mu is held.
func (d *Desk) retire(s *station) error {
	if s == nil || s.retired {
		return nil
	}
	s.retired = true
	if d.station == s {
		d.station = nil
	}
	if s.readers == 0 {
		return s.Close()
	}
	return nil
}
