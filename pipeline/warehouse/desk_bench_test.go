package warehouse_test

import (
	"fmt"
	"testing"

	"mojreturns/pipeline/warehouse"
)

// BenchmarkAsk is a small question: asked of a desk (its own text each time, so that no
// answer is remembered), and, the yardstick, of a warehouse opened for it.
func BenchmarkAsk(b *testing.B) {
	dir, bounds := askable(b)
	for _, how := range []string{"desk", "opened for each"} {
		b.Run(how, func(b *testing.B) {
			desk := warehouse.NewDesk(dir, bounds, oneRun())
			defer func() { desk.Close() }()
			for i := range b.N {
				if how != "desk" {
					desk = warehouse.NewDesk(dir, bounds, oneRun())
				}
				if _, err := desk.Ask(b.Context(), warehouse.Question{SQL: fmt.Sprintf("SELECT count(*) FROM spend -- %d", i)}); err != nil {
					b.Fatal(err)
				}
				if how != "desk" {
					desk.Close()
				}
			}
		})
	}
}
