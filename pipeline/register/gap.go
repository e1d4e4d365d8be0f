package register

import "time"

// Gap is what the registers do not say of a time: of whom, and what is to be done.
type Gap struct{ Of, Says string }

// Gaps lists what is missing for the days from one to another, such as a financial
// year: a fund that can be claimed from, its maximum, and a fund for each service that
// goes on and each of the codes that are bound.
func (r Register) Gaps(from, to time.Time, bound []string) []Gap {
	var out []Gap
	goes := map[string]bool{}
	claimed := false
	for _, f := range r.Funds {
		begins := f.Begins()
		goes[f.Code] = !begins.After(to) && (f.SpendBy.IsZero() || !f.SpendBy.Before(from))
		if !goes[f.Code] || f.Match {
			continue
		}
		claimed = true
		if f.Maximum == nil || f.Maximum.Date.After(to) {
			out = append(out, Gap{f.Code, "no maximum of this fund is in force: enter it under maximum"})
		}
	}
	if !claimed {
		out = append(out, Gap{"funds", "no fund can be claimed from: enter the grant, its maximum and its dates under funds"})
	}
	for _, s := range r.Services {
		runs := !s.From.After(to) && (s.To.IsZero() || !s.To.Before(from))
		if s.Fund != "" && !goes[s.Fund] && runs {
			out = append(out, Gap{s.Code, "its fund " + s.Fund + " does not run then: name the fund that pays for it, or its days under from and to"})
		}
	}
	for _, code := range bound {
		if known, is := goes[code]; is && !known {
			out = append(out, Gap{code, "a return is about this fund, which does not run then: bind the one that does under returns"})
		}
	}
	return out
}
