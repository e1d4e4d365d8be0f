package contract

import "slices"

// Doubt says what somebody must look at; empty if nothing.
func (m Match) Doubt() string { return m.doubt }

// Meaning is a word of a coded column, and our code for it: Code where it surely is, Near
// where it only shares words with its label.
type Meaning struct {
	Frequent
	Code, Near string
}

// Meanings are the words of a header that gives a coded column. A header with nearly as
// many different values as rows is of no list: its values may be anybody's.
func (p Proposal) Meanings(col Column, at int) (out []Meaning) {
	profile := p.Profiles[at]
	if different := int64(len(profile.Values)); different > mostCodes || different > 8 && 2*different > profile.Filled {
		return nil
	}
	if col.Register != "" {
		for _, v := range profile.Values {
			m := Meaning{Frequent: v, Near: p.registered(col, v.Text)}
			if m.Near == v.Text {
				m.Code, m.Near = m.Near, ""
			}
			out = append(out, m)
		}
		return out
	}
	translated, codes := p.translate(col, profile), p.codes(col, p.Lists)
	for _, v := range profile.Values {
		m := Meaning{Frequent: v, Code: translated[v.Text]}
		if near := p.nearLabel(col, v.Text); m.Code == "" && slices.Contains(codes, near) {
			m.Near = near
		}
		out = append(out, m)
	}
	return out
}

// OwnName says whether a header is a column's own name or title.
func (col Column) OwnName(header string) bool { return isOne([]string{col.Name, col.Title}, header) }

// Asks says whether a column asks yes or no.
func (col Column) Asks() bool { return col.Type == "yes/no" || col.Type == "yes/no/not known" }

// registered is the fund, service or provider that a text is the code or the name of.
func (p Proposal) registered(col Column, text string) string {
	for _, code := range p.Registers[col.Register] {
		if text == code || fold(text) == fold(p.hints.Registered[code]) {
			return code
		}
	}
	return ""
}
