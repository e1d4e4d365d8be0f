package archive

import (
	"fmt"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/workspace"
)

// vouchFor adds lines that must stand in the journal, since what is kept says so itself:
// of what is older than the journal there are none.
func (a *auditing) vouchFor(of journal.Entry, lines ...journal.Entry) {
	if of.Kind != journal.Found {
		a.vouch = append(a.vouch, lines...)
	}
}

// said is what a line says, wherever it stands.
type said struct {
	kind                  journal.Kind
	by, says              string
	place, digest, signed string
}

func sayingOf(e journal.Entry) said {
	return said{e.Kind, e.By, e.Says, e.Place, e.Digest, e.Signature}
}

// vouched holds the lines of what was approved, waived, withdrawn and erased against the
// seals, submissions, releases and withdrawals that are kept: each has its line, and each
// line what it tells of. So none of them can be put in, changed or left out by itself.
func (a *auditing) vouched() error {
	withdrawals, err := a.ws.Landing.Withdrawals()
	if err != nil {
		return err
	}
	for _, w := range withdrawals {
		a.vouch = append(a.vouch, workspace.Withdrawal(w))
	}
	count := map[said]int{}
	for _, e := range a.vouch {
		count[sayingOf(e)]++
	}
	for _, e := range a.journal.Entries {
		switch e.Kind {
		case journal.Approved, journal.Waived, journal.Withdrawn, journal.Erased:
			if count[sayingOf(e)]--; count[sayingOf(e)] < 0 {
				a.tell("line %d of the journal tells of %s, and nothing that is kept does: the line was changed or put there, or what it tells of was", e.Number, inWords(e))
			}
		}
	}
	for _, e := range a.vouch {
		if s := sayingOf(e); count[s] > 0 {
			count[s]--
			a.tell("no line of the journal tells of %s, which is kept: the line was changed or taken away", inWords(e))
		}
	}
	return nil
}

// inWords says what a line tells of.
func inWords(e journal.Entry) string {
	switch e.Kind {
	case journal.Approved:
		return fmt.Sprintf("%s approved by %q", e.Place, e.By)
	case journal.Waived:
		return fmt.Sprintf("%s waived by %q", e.Says, e.By)
	}
	return fmt.Sprintf("%.8s %s by %q", e.Place, e.Kind, e.By)
}
