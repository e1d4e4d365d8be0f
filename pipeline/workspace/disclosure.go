package workspace

import "mojreturns/pipeline/strict"

// Disclosure is how the office guards small counts of people.
type Disclosure struct {
	Threshold int  `yaml:"threshold" json:"threshold"` // the smallest count shown, zero apart; 0 means 5
	Delegates bool `yaml:"delegates" json:"delegates"` // whether the return guards people who were trained too, as the briefing does
	// Ministry may switch it off for the return, with a reason that is sealed with
	// it. The briefing is always guarded.
	Ministry struct {
		Off    bool   `yaml:"off" json:"off"`
		Reason string `yaml:"reason" json:"reason"`
	} `yaml:"ministry" json:"ministry"`
}

const usualThreshold = 5 // domain.md section 7.1: counts of 1 to 4 are hidden

// Smallest is the smallest count of people that may be shown, zero apart.
func (d Disclosure) Smallest() int {
	if d.Threshold == 0 {
		return usualThreshold
	}
	return d.Threshold
}

// leastThreshold is the smallest threshold that hides anything: with 2, the one who is
// counted is the only one hidden, and the total gives them away.
const leastThreshold = 3

// check tells what of the guard cannot be.
func (d Disclosure) check(at strict.Place) {
	if at.In("threshold").Given() && d.Threshold < leastThreshold {
		at.In("threshold").Wrong("disclosure: threshold is %d; it is the smallest count of people shown, at least %d (leave it out for %d)",
			d.Threshold, leastThreshold, usualThreshold)
	}
	if d.Ministry.Off && d.Ministry.Reason == "" {
		at.In("ministry").In("reason").Wrong("disclosure: the ministry is shown all, and the reason is missing; write it, since it is sealed")
	}
	if !d.Ministry.Off && d.Ministry.Reason != "" {
		at.In("ministry").In("reason").Wrong("disclosure: there is a reason to show the ministry all, and it is not shown all; write off: true too")
	}
}
