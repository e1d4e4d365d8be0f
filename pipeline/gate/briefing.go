package gate

import (
	"context"

	"mojreturns/pipeline/published"
)

// Unwritten are words of people that the briefing cannot do without and nobody has
// written: the place they are for, and who writes them, where the pack says so.
type Unwritten struct{ Name, Who string }

// Briefing lists the objections to the briefing for the View's period. Words that are
// missing are firm: whoever has nothing to say writes that. File is where they go.
func Briefing(ctx context.Context, v *published.View, file string, missing []Unwritten) ([]Objection, error) {
	out, err := Data(ctx, v)
	for _, u := range missing {
		by := ""
		if u.Who != "" {
			by = " by " + u.Who
		}
		out = append(out, Objection{Firm: true, Finding: published.Finding{
			Code: "G4", Title: "The words that the briefing needs are written", Severity: "error", Period: v.Period.Label, Subject: u.Name, Found: 1,
			Detail: "nothing is written" + by + " yet",
			Remedy: "Write it in " + file + "; `mojreturns briefing comments --period " + v.Period.Label + "` makes the file"}})
	}
	return out, err
}
