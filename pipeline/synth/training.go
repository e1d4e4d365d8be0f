package synth

import (
	"errors"
	"fmt"
	"strconv"
)

// training writes sessions and delegates: one session for every 600 referrals,
// at least a dozen, from November to March.
func (w *writer) training(referrals int) error {
	sessions, err := w.open("training_sessions")
	if err != nil {
		return err
	}
	delegates, err := w.open("training_delegates")
	if err != nil {
		return err
	}
	count := max(referrals/600, 12)
	for i := range count {
		s := w.g.session(fmt.Sprintf("T%05d", i+1), 215+i*150/count)
		if sessions != nil {
			sessions.write(w.g, s)
		}
		if delegates != nil {
			for _, d := range w.g.delegates(s, count*12) {
				delegates.write(w.g, d)
			}
		}
	}
	return errors.Join(w.close(sessions), w.close(delegates))
}

// session is one session on a day counted from the year's first.
func (g *generator) session(id string, day int) record {
	offered := g.between(14, 24)
	s := record{"session_id": id, "fund_code": "CORE-UPL-2324", "course_code": g.code("course"), "session_date": g.day(day), "start_time": "09:30",
		"duration_minutes": []string{"90", "120", "180"}[g.rng.IntN(3)], "mode_code": []string{"F2F", "F2F", "VIR", "HYB"}[g.rng.IntN(4)],
		"venue_la_code": g.codes["local_authority"][g.rng.IntN(4)], "trainer_count": "1", "places_offered": strconv.Itoa(offered),
		"places_booked": strconv.Itoa(g.between(10, offered)), "status_code": "DEL", "cancel_reason_code": "", "session_cost": "1200.00"}
	if s["mode_code"] == "VIR" {
		s["venue_la_code"] = "ONL"
	}
	if g.chance(8) {
		s["status_code"], s["cancel_reason_code"] = "CAN", g.code("cancel_reason")
	}
	return s
}

// delegates are the people booked on a session, out of so many in all.
func (g *generator) delegates(s record, people int) []record {
	if s["status_code"] != "DEL" {
		return nil
	}
	booked, err := strconv.Atoi(s["places_booked"])
	if err != nil {
		return nil
	}
	var out []record
	first := g.rng.IntN(people)
	for i := range booked {
		out = append(out, g.delegate(s["session_id"], (first+i*7)%max(people, booked*7)))
	}
	return out
}

func (g *generator) delegate(session string, person int) record {
	kind, attended := g.code("organisation_type"), g.code("attendance")
	d := record{"session_id": session, "delegate_pseudo_id": pseudonym("delegates", person), "organisation_code": kind + "1", "organisation_type_code": kind,
		"role_code": "OTH", "front_line": "Y", "la_code": g.code("local_authority"), "booked": "Y", "attended": attended, "completed": "N"}
	switch {
	case kind == "POL":
		d["organisation_code"], d["role_code"] = "POLICE", []string{"RSP", "RSP", "NPT", "PCSO", "INV", "PPU", "CTL", "SUP"}[g.rng.IntN(8)]
	case kind == "HLT":
		d["role_code"] = "HLT"
	case kind == "HSG":
		d["role_code"] = "HSG"
	case kind == "VCS":
		d["role_code"] = []string{"IDVA", "ISVA", "VCO"}[g.rng.IntN(3)]
	}
	if d["role_code"] == "SUP" || d["role_code"] == "OTH" && g.chance(40) {
		d["front_line"] = "N"
	}
	if attended == "NO" {
		return d
	}
	if g.chance(94) {
		d["completed"] = "Y"
	}
	if g.chance(82) {
		before := g.between(1, 4)
		d["pre_confidence"], d["post_confidence"] = strconv.Itoa(before), strconv.Itoa(min(before+g.between(0, 2), 5))
		before = g.between(1, 4)
		d["pre_knowledge"], d["post_knowledge"] = strconv.Itoa(before), strconv.Itoa(min(before+g.between(0, 2), 5))
		d["will_change_practice"], d["would_recommend"] = "Y", "Y"
		if g.chance(9) {
			d["will_change_practice"] = "N"
		}
	}
	return d
}
