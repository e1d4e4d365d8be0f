package warehouse

import (
	"context"
	"errors"
	"sync"
)

// ErrBusy is returned where too many questions wait already.
var ErrBusy = errors.New("too many questions are waiting; ask again in a moment")

// queue gives turns: some at once, fewer of them to one asker, and a bounded number
// that wait.
type queue struct {
	bounds Bounds

	mu      sync.Mutex
	working int
	of      map[string]int // turns that each asker has
	waiting []*turn        // in the order they came
}

type turn struct {
	by   string
	come chan struct{}
}

func newQueue(b Bounds) *queue { return &queue{bounds: b, of: map[string]int{}} }

// wait returns when by has a turn; end ends it. A context that ends while waiting gives
// the place up.
func (q *queue) wait(ctx context.Context, by string) (end func(), err error) {
	q.mu.Lock()
	t := &turn{by, make(chan struct{})}
	q.waiting = append(q.waiting, t)
	q.next()
	if !t.has() && q.bounds.Waiting > 0 && len(q.waiting) > q.bounds.Waiting {
		q.leave(t)
		q.mu.Unlock()
		return nil, ErrBusy
	}
	q.mu.Unlock()
	select {
	case <-t.come:
		return sync.OnceFunc(func() { q.end(t) }), nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.has() { // both came at once
		q.give(t)
	} else {
		q.leave(t)
	}
	return nil, ctx.Err()
}

func (q *queue) end(t *turn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.give(t)
}

// give gives a turn back; q.mu is held, as in those below.
func (q *queue) give(t *turn) {
	q.working--
	if q.of[t.by]--; q.of[t.by] == 0 {
		delete(q.of, t.by)
	}
	q.next()
}

// next gives turns to those who wait, in the order they came, but for those whose asker
// has as many as one may have.
func (q *queue) next() {
	var left []*turn
	for _, t := range q.waiting {
		if q.bounds.AtOnce > 0 && q.working >= q.bounds.AtOnce || q.bounds.Each > 0 && q.of[t.by] >= q.bounds.Each {
			left = append(left, t)
			continue
		}
		q.working++
		q.of[t.by]++
		close(t.come)
	}
	q.waiting = left
}

func (q *queue) leave(gone *turn) {
	for i, t := range q.waiting {
		if t == gone {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			return
		}
	}
}

func (t *turn) has() bool {
	select {
	case <-t.come:
		return true
	default:
		return false
	}
}
