package main

import (
	"github.com/schollz/progressbar/v3"

	"mojreturns/pipeline/workspace"
)

// progress shows long work on a terminal, on stderr, and nothing in a pipe.
func (a *app) progress() workspace.Progress {
	if a.quiet || !terminal(a.stderr) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(work string, done, total int) {
		if bar != nil {
			_ = bar.Clear() // what cannot be drawn on stderr cannot be told there either
		}
		if work == "" {
			bar = nil
			return
		}
		if total == 0 {
			total = -1
		}
		if bar == nil || bar.GetMax() != total {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(a.stderr), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20))
		}
		bar.Describe(work)
		_ = bar.Set(done)
	}
}
