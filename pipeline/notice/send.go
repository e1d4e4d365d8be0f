package notice

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Channel is a way that messages go.
type Channel interface {
	// Name tells it from the others, in the outbox.
	Name() string
	// Send sends a message; the error says why it could not be, without a secret.
	Send(ctx context.Context, m Message) error
}

// patience is how long a server may take.
const patience = 30 * time.Second

// Send sends what waits and is due, by each channel, oldest first. What could not be sent
// waits for its next time: the error says so, and nothing is lost by it.
func (o *Outbox) Send(ctx context.Context, now func() time.Time, channels ...Channel) (sent int, err error) {
	for _, c := range channels {
		for _, m := range o.pending(c.Name(), now()) {
			limited, cancel := context.WithTimeout(ctx, patience)
			failed := c.Send(limited, m)
			cancel()
			if ctx.Err() != nil { // told to stop: it was not the server's fault
				return sent, ctx.Err()
			}
			err = errors.Join(err, o.record(now(), m.ID, c.Name(), failed))
			if failed != nil {
				err = errors.Join(err, fmt.Errorf("a notice could not be sent by %s, and waits: %w", c.Name(), failed))
				break // the others would fare no better
			}
			sent++
		}
	}
	return sent, err
}

// Names are those of channels.
func Names(channels []Channel) (out []string) {
	for _, c := range channels {
		out = append(out, c.Name())
	}
	return out
}
