// Package gate answers one question of a return or a briefing: may this leave? The
// answer is the same wherever it is asked: `check` and `status` print the objections,
// `submit`, `approve` and `briefing --release` refuse while one stands.
//
// An objection is a data check of severity error, or one of the gate's own, which need
// the form: G1 (what a printed figure rests on never came), G2 (a printed breakdown
// has figures in categories that the form has no row for), G3 (a form of our own was made
// for other lists, funds or services) and G4 (words that the briefing needs are missing). One that is firm is mended;
// any other may be waived by name and with a reason, which goes into the seal. A feed
// that is late (K03) is not firm: a return is owed on its day, its figures show [x],
// and the reason says why (2026-11-28). A file of which no row counts (K20), a sum that
// does not come out (G2), a form of others (G3), words that are missing (G4) and a cell
// without a place are.
package gate

import (
	"context"
	"slices"
	"strings"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

// Objection is one reason why an output may not leave.
type Objection struct {
	published.Finding
	Firm bool // no reason that is given lets it pass
}

// Findings are what the data checks found for the View's period, and the gate's own
// objections to each configured return.
func Findings(ctx context.Context, v *published.View) ([]published.Finding, error) {
	found, err := v.Check(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range v.Workspace.Returns {
		own, err := own(ctx, v, r)
		if err != nil {
			return nil, err
		}
		for _, o := range own {
			found = append(found, o.Finding)
		}
	}
	return found, nil
}

// Return lists the objections to a return for the View's period.
func Return(ctx context.Context, v *published.View, r workspace.Return) ([]Objection, error) {
	failing, err := Data(ctx, v)
	if err != nil {
		return nil, err
	}
	own, err := own(ctx, v, r)
	return append(failing, own...), err
}

// Data lists the objections to anything made from the View's period: the data checks
// of severity error that fail.
func Data(ctx context.Context, v *published.View) ([]Objection, error) {
	found, err := v.Check(ctx)
	if err != nil {
		return nil, err
	}
	firm := map[string]bool{}
	for _, c := range v.Workspace.Metrics.Checks {
		firm[c.Code] = c.Firm
	}
	var out []Objection
	for _, f := range found {
		if f.Severity == "error" {
			out = append(out, Objection{f, firm[f.Code]})
		}
	}
	return out, nil
}

// How an objection that is not firm is got over.
const (
	Waive  = "Mend it, or waive what may be waived with --waive CODE=REASON, which is kept with what leaves."
	Answer = "Where both are right, say why with --answer CODE=REASON, which is sealed with the return."
)

// Refuse is the refusal of what is objected to, but for what a reason was given for;
// nil where nothing is left. A reason for what does not fail is refused as well. How
// says what can be done where an objection is not firm.
func Refuse(objections []Objection, given []archive.Waiver, how string) error {
	var lines []string
	open, last := false, ""
	for _, o := range objections {
		if !o.Firm && slices.ContainsFunc(given, o.is) {
			continue
		}
		if o.Code != last {
			lines = append(lines, "  "+o.Code+" "+o.Title+o.firmness(), "    "+o.Remedy+":")
		}
		open, last = open || !o.Firm, o.Code
		lines = append(lines, "    - "+strings.TrimPrefix(o.Subject+": "+o.Detail, ": "))
	}
	for _, w := range given {
		if !slices.ContainsFunc(objections, func(o Objection) bool { return o.Code == w.Check }) {
			lines = append(lines, "  "+w.Check+" does not fail, so it needs no reason")
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if open {
		lines = append(lines, how)
	}
	return workspace.Refused("it may not leave yet:\n%s", strings.Join(lines, "\n"))
}

// is tells whether a waiver is of the objection, with a name and a reason.
func (o Objection) is(w archive.Waiver) bool {
	return w.Check == o.Code && w.Reason != "" && w.By != ""
}

func (o Objection) firmness() string {
	if o.Firm {
		return " (cannot be waived)"
	}
	return ""
}
