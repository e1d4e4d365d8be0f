package synth

import "strconv"

// pick is a list of codes with weights.
type pick struct {
	codes []string
	upTo  []int
}

// mixes are how often codes occur: published mixes where there are any (the
// sources are in the research notes), plain guesses elsewhere. A list that is not
// here is drawn from evenly.
func mixes(codes map[string][]string) map[string]pick {
	weights := map[string]map[string]int{
		"referral_source":      {"POL": 46, "SELF": 18, "HUB": 9, "NSH": 7, "DAS": 6, "MRC": 4, "HLT": 3, "FAM": 2, "LAC": 1, "HSG": 1, "EDU": 1, "VCS": 1, "NK": 1},
		"referral_outcome":     {"ACC": 62, "INF": 9, "DEC": 9, "UNC": 7, "WTL": 3, "UNS": 1, "RFO": 2, "PND": 1, "INC": 2, "DUP": 2, "OOA": 1, "INE": 1},
		"crime_type":           {"STK": 78, "HAR": 11, "DA": 5, "CCB": 4, "NK": 1, "OTH": 1},
		"police_team":          {"RSP": 48, "NPT": 17, "CID": 14, "PPU": 16, "CTL": 4, "OTH": 1},
		"stalker_relationship": {"EXP": 48, "ACQ": 18, "STR": 9, "COL": 7, "NEI": 6, "FAM": 4, "ONL": 4, "CUP": 2, "NK": 2},
		"risk_tool":            {"DASH": 38, "DARA": 22, "SDASH": 16, "SST": 13, "PRF": 5, "NONE": 4, "NK": 2},
		"risk_level":           {"STD": 28, "MED": 42, "HIGH": 27, "NK": 3},
		"closure_reason":       {"MET": 44, "PMT": 21, "NEN": 14, "DEC": 9, "NEE": 5, "TRF": 3, "MOV": 2, "ANO": 2},
		"sex":                  {"F": 83, "M": 16, "NS": 1},
		"gender_identity":      {"SAME": 91, "DIFF": 1, "NS": 8},
		"ethnicity":            {"W1": 82, "W9": 3, "A2": 3, "A1": 2, "B2": 2, "M9": 1, "O9": 1, "NS": 6},
		"sexual_orientation":   {"STR": 82, "GAY": 3, "BI": 3, "OTH": 1, "NS": 11},
		"religion":             {"NONE": 48, "CHR": 34, "MUS": 5, "OTH": 2, "NS": 11},
		"disability":           {"Y": 22, "N": 66, "NS": 12},
		"local_authority":      {"E06000001": 16, "E06000002": 27, "E06000003": 23, "E06000004": 31, "OOA": 1, "NK": 2},
		"spo_status":           {"NCO": 62, "CON": 18, "APP": 5, "INT": 3, "FUL": 4, "REF": 1, "NK": 7},
		"yes_no_nk":            {"Y": 62, "N": 33, "NK": 5},
		"support_type":         {"EMO": 30, "ADV": 24, "SAF": 20, "PRA": 10, "CJS": 8, "EQP": 4, "LEG": 4},
		"support_mode":         {"TEL": 52, "F2F": 22, "VID": 10, "TXT": 10, "EML": 6},
		"organisation_type":    {"POL": 64, "LA": 12, "HLT": 9, "VCS": 8, "HSG": 4, "PRB": 2, "EDU": 1},
		"attendance":           {"YES": 86, "LATE": 4, "NO": 10},
	}
	out := map[string]pick{}
	for list, all := range codes {
		p, total := pick{codes: all}, 0
		for _, code := range all {
			weight := 1
			if mix, ok := weights[list]; ok {
				weight = mix[code]
			}
			total += weight
			p.upTo = append(p.upTo, total)
		}
		out[list] = p
	}
	return out
}

// code draws a code of a list.
func (g *generator) code(list string) string {
	p := g.picks[list]
	n := g.rng.IntN(p.upTo[len(p.upTo)-1])
	for i, upTo := range p.upTo {
		if n < upTo {
			return p.codes[i]
		}
	}
	return p.codes[len(p.codes)-1]
}

// referral is one referral of the year from first contact to closure; one in
// twelve was received the year before, so that cases are carried over.
func (g *generator) referral(id, service string, person int) record {
	received := g.rng.IntN(g.days)
	if g.chance(8) {
		received = -g.between(1, 150)
	}
	return g.referralOn(id, service, person, received)
}

func (g *generator) referralOn(id, service string, person, received int) record {
	source, outcome, crime := g.code("referral_source"), g.code("referral_outcome"), g.code("crime_type")
	r := record{
		"referral_id": id, "service_code": service, "victim_pseudo_id": pseudonym(service, person),
		"referral_received_date": g.day(received), "referral_source_code": source, "police_team_code": "NA",
		"repeat_referral": "N", "referral_outcome_code": outcome, "crime_type_code": crime, "da_related": g.code("yes_no_nk"),
		"online_flag": g.code("yes_no_nk"), "reported_to_police": g.code("yes_no_nk"), "la_code": g.code("local_authority"),
		"sex_code": g.code("sex"), "gender_identity_code": g.code("gender_identity"), "ethnicity_code": g.code("ethnicity"),
		"religion_code": g.code("religion"), "disability_code": g.code("disability"), "interpreter_flag": "N",
		"enhanced_rights_code": g.code("enhanced_rights"), "case_status_code": "CON", "fund_code": "",
		"updated_at": g.day(received+g.between(1, 60)) + "T16:00:00",
	}
	if g.chance(14) {
		r["repeat_referral"] = "Y"
	}
	if source == "POL" {
		r["police_team_code"], r["reported_to_police"] = g.code("police_team"), "Y"
	}
	if g.chance(92) {
		age := g.between(14, 78)
		r["age_years"] = strconv.Itoa(age)
		if age >= 16 {
			r["sexual_orientation_code"] = g.code("sexual_orientation")
		}
	}
	if crime == "STK" {
		g.stalking(r, received)
	}
	g.course(r, received, outcome)
	return r
}

// stalking fills what is asked of a stalking referral.
func (g *generator) stalking(r record, received int) {
	r["stalker_relationship_code"], r["risk_tool_code"], r["risk_level_code"] = g.code("stalker_relationship"), g.code("risk_tool"), g.code("risk_level")
	r["ho_offence_code"] = []string{"8/65", "8/66", "195/12"}[g.rng.IntN(3)]
	r["spo_status_code"] = g.code("spo_status")
	r["marac_flag"] = "N"
	switch r["risk_level_code"] {
	case "HIGH":
		r["risk_score"], r["risk_assessed_date"] = strconv.Itoa(g.between(14, 22)), g.day(received+g.between(0, 9))
		if g.chance(71) {
			r["marac_flag"] = "Y"
		}
	case "MED":
		r["risk_score"], r["risk_assessed_date"] = strconv.Itoa(g.between(10, 13)), g.day(received+g.between(0, 12))
	case "STD":
		r["risk_score"], r["risk_assessed_date"] = strconv.Itoa(g.between(1, 9)), g.day(received+g.between(0, 12))
	}
	if g.chance(20) {
		r["risk_assessed_date"] = ""
	}
}

// course is what becomes of a referral: attempts, contact, support, closure.
func (g *generator) course(r record, received int, outcome string) {
	attempt := received + g.between(0, 3)
	r["first_attempt_date"], r["contact_attempts"] = g.day(attempt), strconv.Itoa(g.between(1, 6))
	switch outcome {
	case "ACC", "INF", "DEC", "WTL", "RFO":
		r["first_contact_date"] = g.day(attempt + g.between(0, 4))
	case "UNC", "UNS", "PND":
		r["case_status_code"] = "DOR"
		return
	default:
		r["case_status_code"], r["first_attempt_date"], r["contact_attempts"] = "CLO", "", ""
		return
	}
	switch outcome {
	case "WTL":
		r["case_status_code"], r["wait_reason_code"] = "WTL", []string{"CAP", "CHO", "INF"}[g.rng.IntN(3)]
		return
	case "ACC":
	default:
		r["case_status_code"] = "CLO"
		return
	}
	start := attempt + g.between(4, 20)
	r["assessment_date"], r["support_start_date"], r["case_status_code"] = g.day(start-1), g.day(start), "SUP"
	if g.chance(70) {
		r["safety_plan_date"] = g.day(start + g.between(0, 10))
	}
	sessions := g.between(3, 14)
	r["sessions_planned"], r["sessions_attended"] = strconv.Itoa(sessions), strconv.Itoa(g.between(1, sessions))
	// what would close after the year's end is still open when the extract is made
	if closure := start + g.between(14, 240); closure < g.days {
		r["closure_date"], r["closure_reason_code"], r["case_status_code"] = g.day(closure), g.code("closure_reason"), "CLO"
	}
}

// support is one or two kinds of support for a case.
func (g *generator) support(r record) []record {
	if r["support_start_date"] == "" {
		return nil
	}
	var out []record
	seen := map[string]bool{}
	for range g.between(1, 2) {
		kind, mode := g.code("support_type"), g.code("support_mode")
		if seen[kind+mode] {
			continue
		}
		seen[kind+mode] = true
		out = append(out, record{"referral_id": r["referral_id"], "support_type_code": kind, "mode_code": mode,
			"first_date": r["support_start_date"], "contacts": strconv.Itoa(g.between(1, 12))})
	}
	return out
}

// outcomes are scores at entry for half of the cases, and at exit for most of
// those that ended as planned.
func (g *generator) outcomes(r record) []record {
	if r["support_start_date"] == "" || g.chance(50) {
		return nil
	}
	var out []record
	for _, code := range []string{"VFS1", "VFS2", "LOC-SAFE"} {
		if g.chance(25) {
			continue
		}
		entry := g.between(1, 6)
		score := func(point string, value int, date string) {
			out = append(out, record{"referral_id": r["referral_id"], "outcome_code": code, "scale_code": "L10", "measure_point": point,
				"score": strconv.Itoa(value), "measured_date": date, "answered_by": "VIC"})
		}
		score("ENTRY", entry, r["support_start_date"])
		if r["closure_date"] != "" && g.chance(80) {
			score("EXIT", max(min(entry+g.between(-1, 4), 10), 1), r["closure_date"])
		}
	}
	return out
}
