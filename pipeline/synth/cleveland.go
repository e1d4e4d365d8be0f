package synth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
)

// clevelandSeed makes the example what it is.
const clevelandSeed = 23240017

func iso(t time.Time) string { return t.Format(time.DateOnly) }

// Cleveland writes the inbox of the example workspace for 2023-24, as the
// providers in dir/mojreturns.yaml send it: two providers and the ledger, with
// deliberate faults that the Summary lists.
func Cleveland(_ context.Context, dir string) (Summary, error) {
	g, err := newGenerator(clevelandSeed, 2023)
	if err != nil {
		return Summary{}, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "mojreturns.yaml"))
	if err != nil {
		return Summary{}, err
	}
	c := &cleveland{writer: writer{dir: filepath.Join(dir, "inbox"), g: g}}
	// the schedule and the returns are not this package's, and so are mistakes to it
	if document := strict.Read("mojreturns.yaml", text, &c.register); document.Broken() {
		return Summary{}, document.Err()
	}
	if err := os.MkdirAll(c.dir, 0o770); err != nil {
		return Summary{}, err
	}
	err = errors.Join(c.advocacy(), c.hub(), c.workbook(), c.finance())
	return c.summary, err
}

type cleveland struct {
	writer
	register register.Register
}

// file writes one CSV of a feed: good rows, then faulty ones.
func (c *cleveland) file(name, feed string, rows []record, faulty []faultyRow) error {
	f, err := createExtract(filepath.Join(c.dir, name), c.g.columns(feed))
	if err != nil {
		return err
	}
	for _, r := range rows {
		f.write(c.g, r)
	}
	for _, r := range faulty {
		f.write(c.g, r.record)
		c.note(r, name, "", f.rows+1, f.rows+1)
	}
	return c.close(f)
}

// faultyRow is a row with deliberate faults.
type faultyRow struct {
	record
	faults []Fault
}

// bad makes a faulty row out of a good one: column, value, what, fate, and so on.
func bad(r record, faults ...string) faultyRow {
	out := faultyRow{record: record{}}
	for k, v := range r {
		out.record[k] = v
	}
	for i := 0; i < len(faults); i += 4 {
		out.record[faults[i]] = faults[i+1]
		out.faults = append(out.faults, Fault{Column: faults[i], What: faults[i+2], Fate: faults[i+3]})
	}
	return out
}

func (c *cleveland) note(r faultyRow, file, sheet string, row, line int) {
	for _, f := range r.faults {
		f.File, f.Sheet, f.Row, f.Line = file, sheet, row, line
		c.summary.Faults = append(c.summary.Faults, f)
	}
}

// advocacy is the stalking advocacy service, from July 2023.
func (c *cleveland) advocacy() error {
	var referrals, support, outcomes []record
	for i := range 260 {
		r := c.g.referralOn(fmt.Sprintf("SA-%05d", i+1), "STK-ADV", c.g.rng.IntN(222), 91+i*272/260)
		referrals = append(referrals, r)
		support = append(support, c.g.support(r)...)
		outcomes = append(outcomes, c.g.outcomes(r)...)
	}
	good := c.g.referralOn("SA-90001", "STK-ADV", 900, 200)
	good["crime_type_code"], good["stalker_relationship_code"], good["risk_tool_code"], good["risk_level_code"] = "STK", "EXP", "DASH", "MED"
	good["referral_outcome_code"] = "ACC"
	good["first_attempt_date"], good["first_contact_date"], good["support_start_date"], good["closure_date"], good["closure_reason_code"] =
		"2023-10-18", "2023-10-19", "2023-10-25", "", ""
	good["assessment_date"], good["risk_assessed_date"], good["age_years"] = "2023-10-24", "2023-10-26", "34"
	n := 0
	row := func(faults ...string) faultyRow {
		n++
		r := bad(good, faults...)
		if faults[0] == "closure_reason_code" {
			r.record["closure_date"] = "2024-01-31"
		}
		if r.record["referral_id"] == good["referral_id"] {
			r.record["referral_id"] = fmt.Sprintf("SA-9%04d", n)
		}
		r.record["victim_pseudo_id"] = first(faultValue(r, "victim_pseudo_id"), pseudonym("faulty", n))
		return r
	}
	faulty := []faultyRow{
		row("referral_received_date", "31/02/2024", "a date that does not exist", "rejected"),
		row("referral_source_code", "POLICE", "a code nobody knows", "rejected"),
		row("victim_pseudo_id", "A PERSON", "not a keyed hash", "rejected"),
		row("la_code", "", "blank, and every row needs one", "rejected"),
		row("closure_date", "2023-10-01", "closed before support began", "rejected"),
		row("closure_reason_code", "", "blank although a closure date is given", "kept"),
		row("support_start_date", "2023-01-09", "support began before the referral was received", "rejected"),
		row("service_code", "VCAS", "another provider's service", "rejected"),
		row("fund_code", "CORE-UPL-2223", "a fund that is not registered", "rejected"),
		row("age_years", "140", "an age nobody has", "kept"),
		row("first_contact_date", "2023-10-01", "contact before the referral was received", "kept"),
		row("stalker_relationship_code", "", "blank although the crime type is stalking", "kept"),
		row("risk_tool_code", "", "blank although the crime type is stalking", "kept"),
		row("ho_offence_code", "8-65", "not in the form 8/65", "kept"),
		row("sessions_attended", "many", "not a whole number", "kept"),
		row("referral_id", "SA-95000", "the same key twice in one file", "rejected"),
		row("referral_id", "SA-95000", "the same key twice in one file", "rejected"),
		row("referral_received_date", "2032-10-17", "a year outside the calendar", "rejected"),
	}
	scores := []faultyRow{
		bad(record{"referral_id": "SA-00001", "outcome_code": "VFS1", "scale_code": "L5", "measure_point": "ENTRY", "score": "7", "measured_date": "2023-08-01"}, "score", "7", "a score the scale does not have", "rejected"),
		bad(record{"referral_id": "SA-00002", "outcome_code": "VFS9", "scale_code": "L5", "measure_point": "ENTRY", "score": "3", "measured_date": "2023-08-01"}, "outcome_code", "VFS9", "a code nobody knows", "rejected"),
	}
	orphan := []faultyRow{
		bad(record{"referral_id": "SA-77777", "support_type_code": "EMO", "mode_code": "TEL", "first_date": "2023-12-01", "contacts": "2"}, "referral_id", "SA-77777", "no such referral was sent: listed by a check, counts for nothing", "accepted"),
		bad(record{"referral_id": "SA-00003", "support_type_code": "EMO", "mode_code": "PIGEON", "first_date": "2023-12-01", "contacts": "2"}, "mode_code", "PIGEON", "a code nobody knows", "rejected"),
	}
	return errors.Join(
		c.file("slt_referrals_2023-24_v4.csv", "referrals", referrals, faulty),
		c.file("slt_referral_support_2023-24_v4.csv", "referral_support", support, orphan),
		c.file("slt_referral_outcomes_2023-24_v4.csv", "referral_outcomes", outcomes, scores),
		c.file("slt_match_funding_2023-24_v1.csv", "match_funding", c.match(), nil))
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func faultValue(r faultyRow, column string) string {
	for _, f := range r.faults {
		if f.Column == column {
			return r.record[column]
		}
	}
	return ""
}

func (c *cleveland) match() []record {
	var out []record
	for p := 4; p <= 12; p++ {
		out = append(out, record{"provider_code": "SLT", "financial_year": "2023-24", "period": strconv.Itoa(p), "source": "Provider's own funds", "amount": "6000.00", "in_kind": "N", "fte": "2"})
	}
	return out
}

// hub is the victim hub: increments by quarter, its own headers, codes and
// encoding. Some cases were open when the year began; some rows come again,
// closed, in a later quarter.
func (c *cleveland) hub() error {
	provider, _ := c.register.Provider("HUB")
	spec := provider.Feeds[0]
	rows := make([][]record, 4)
	for i := range 900 {
		received := c.g.rng.IntN(c.g.days)
		if i < 40 {
			received = -c.g.between(5, 120)
		}
		r := c.g.referralOn(fmt.Sprintf("H%06d", i+1), "VCAS", c.g.rng.IntN(800), received)
		r["crime_type_code"] = []string{"DA", "HAR", "VWI", "VWO", "BUR", "TFT", "CDA", "FRD", "ASB", "STK", "ROB", "HAT"}[c.g.rng.IntN(12)]
		if r["crime_type_code"] == "STK" {
			r["stalker_relationship_code"], r["risk_tool_code"], r["risk_level_code"] = c.g.code("stalker_relationship"), c.g.code("risk_tool"), c.g.code("risk_level")
		} else {
			r["stalker_relationship_code"], r["risk_tool_code"], r["risk_level_code"] = "", "", ""
		}
		q := max(received, 0) * 4 / c.g.days
		rows[q] = append(rows[q], r)
		if closed := r["closure_date"]; closed != "" && q < 3 && c.g.chance(40) && closed >= c.g.day((q+1)*c.g.days/4+5) {
			// sent open first, and again when it had closed
			open := record{}
			for k, v := range r {
				open[k] = v
			}
			open["closure_date"], open["closure_reason_code"], open["case_status_code"] = "", "", "SUP"
			rows[q][len(rows[q])-1] = open
			rows[q+1] = append(rows[q+1], r)
		}
	}
	faulty := [4][]faultyRow{}
	base := rows[1][0]
	faulty[1] = []faultyRow{
		bad(base, "referral_id", "H900001", "", "", "referral_source_code", "Constabulary", "a code the mapping does not translate", "rejected"),
		bad(base, "referral_id", "H900002", "", "", "referral_received_date", "2023-13-01", "a month that does not exist", "rejected"),
		bad(base, "referral_id", "H900003", "", "", "sex_code", "Woman", "a code the mapping does not translate", "kept"),
	}
	faulty[3] = []faultyRow{
		bad(base, "referral_id", "H900004", "", "", "da_related", "", "blank, and every row needs one", "rejected"),
		bad(base, "referral_id", "H900005", "", "", "la_code", "Durham", "a code the mapping does not translate", "rejected"),
	}
	for i := range faulty {
		for j := range faulty[i] {
			faulty[i][j].faults = slices.DeleteFunc(faulty[i][j].faults, func(f Fault) bool { return f.What == "" })
		}
	}
	for q := range rows {
		if err := c.hubFile(spec, fmt.Sprintf("hub_referrals_2023-24_q%d.csv", q+1), rows[q], faulty[q]); err != nil {
			return err
		}
	}
	return nil
}

// hubFile writes rows as the hub does: semicolons, Windows-1252, day-first
// dates, its own headers and words, and a column of its own.
func (c *cleveland) hubFile(spec register.Feed, name string, rows []record, faulty []faultyRow) error {
	var columns []string
	for _, col := range c.g.columns("referrals") {
		if len(spec.Columns[col.Name]) > 0 {
			columns = append(columns, col.Name)
		}
	}
	var line []byte
	for _, column := range columns {
		line = append(appendField(line, spec.Columns[column][0], ";"), ';')
	}
	text := append(line, "Team site\r\n"...)
	sites := []string{"Café, Stockton", "Hartlepool – Middleton Road", "Redcar"}
	count := 0
	write := func(r record) {
		for _, column := range columns {
			text = append(appendField(text, c.theirs(spec, column, r[column]), ";"), ';')
		}
		text = append(appendField(text, sites[count%len(sites)], ";"), "\r\n"...)
		count++
	}
	for _, r := range rows {
		write(r)
	}
	for _, r := range faulty {
		write(r.record)
		c.note(r, name, "", count+1, count+1)
	}
	encoded, err := charmap.Windows1252.NewEncoder().Bytes(text)
	if err != nil {
		return err
	}
	c.summary.Files = append(c.summary.Files, File{Name: name, Rows: count})
	return os.WriteFile(filepath.Join(c.dir, name), encoded, 0o660)
}

// theirs is our value in the hub's words: of several the first by name.
func (c *cleveland) theirs(spec register.Feed, column, value string) string {
	var words []string
	for word, ours := range spec.Codes[column] {
		if ours == value {
			words = append(words, word)
		}
	}
	if len(words) > 0 {
		slices.Sort(words)
		return words[0]
	}
	if strings.HasSuffix(column, "_date") {
		if t, err := time.Parse(time.DateOnly, value); err == nil {
			return t.Format("02/01/2006")
		}
	}
	return value
}
