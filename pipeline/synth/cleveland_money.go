package synth

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"path/filepath"

	"github.com/xuri/excelize/v2"
)

// uplift is the training money, by hand: eligible spend comes to 21,900.00 of
// 22,528.57. A commitment for April lies outside the spend window.
func uplift(l *ledger) {
	const fund = "CORE-UPL-2324"
	l.add("INV", fund, "TRN-DEV", 7, 150000, record{"service_from": "2023-10-09", "service_to": "2023-10-27"})
	for p := 8; p <= 11; p++ {
		l.add("INV", fund, "TRN-DEL", p, 360000, nil)
	}
	l.add("INV", fund, "TRN-VEN", 8, 30000, record{"supplier_name": "Venue A", "supplier_id": "S200", "vat_amount": "60.00", "gross_amount": "360.00", "vat_recoverable": "N"})
	l.add("INV", fund, "TRN-MAT", 9, 24000, record{"supplier_name": "Printer", "supplier_id": "S300", "vat_amount": "48.00", "gross_amount": "288.00"})
	l.add("INV", fund, "TRN-TRV", 10, 18550, nil)
	l.add("CRN", fund, "TRN-VEN", 11, -4500, record{"supplier_name": "Venue A", "supplier_id": "S200", "net_amount": "(45.00)", "gross_amount": "(45.00)"})
	l.add("ACC", fund, "TRN-DEL", 12, 360000, record{"accrual_id": "A-2324-01", "evidence_ref": ""})
	l.add("INV", fund, "TRN-EVL", 12, 123450, record{"supplier_name": "Evaluator", "supplier_id": "S400", "net_amount": "£1,234.50", "gross_amount": "£1,234.50"})
	l.add("JNL", fund, "TRN-MAT", 13, 42500, record{"posting_date": "2024-04-12"})
	l.add("COM", fund, "TRN-DEL", 12, 50000, record{"service_from": "2024-04-17", "service_to": "2024-04-17"})
	l.add("PAY", fund, "TRN-DEL", 9, 360000, record{"payment_date": "2023-12-21"})
}

func (c *cleveland) finance() error {
	l := newLedger(c.g.year)
	uplift(l)
	for p := 1; p <= 12; p++ {
		l.add("INV", "CORE", "OTH", p, 6250000, record{"supplier_name": "Victim hub", "supplier_id": "S500"})
		if p >= 4 {
			l.add("JNL", "GEN-ISVAIDVA", "STF-SAL", p, 745000, record{"supplier_name": "Advocacy provider", "supplier_id": "S100"})
			l.add("JNL", "GEN-ISVAIDVA", "STF-ONC", p, 178000, record{"supplier_name": "Advocacy provider", "supplier_id": "S100"})
			l.add("INV", "MATCH", "STF-SAL", p, 600000, record{"supplier_name": "Advocacy provider", "supplier_id": "S100", "cost_centre": "0940", "award_ref": "SLT-MATCH"})
		}
	}
	// an accrual of the autumn, reversed in part in the winter
	l.add("ACC", "CORE", "OTH", 9, 90000, record{"accrual_id": "A-2324-77"})
	l.add("ACR", "CORE", "OTH", 10, -65000, record{"accrual_id": "A-2324-77"})
	good := l.lines[1]
	faulty := []faultyRow{
		bad(good, "txn_id", "X000001", "", "", "net_amount", "1.234,50", "pounds written the continental way", "rejected"),
		bad(good, "txn_id", "X000002", "", "", "gross_amount", "3600.01", "not net plus VAT", "rejected"),
		bad(good, "txn_id", "X000003", "", "", "fund_code", "CORE-UPL", "a fund that is not registered", "rejected"),
		bad(good, "txn_id", "X000004", "", "", "budget_line_code", "TRAINING", "a code nobody knows", "rejected"),
		bad(good, "txn_id", "X000005", "", "", "service_to", "2023-10-01", "service ended before it began", "rejected"),
		bad(good, "txn_id", "X000006", "", "", "period", "14", "no such ledger period", "rejected"),
		bad(good, "txn_id", "X000007", "", "", "capital", "no", "not Y or N", "rejected"),
		bad(good, "txn_id", "X000008", "", "", "vat_recoverable", "", "blank, and every row needs one", "rejected"),
		bad(good, "txn_id", "X000009", "", "", "financial_year", "2023-25", "not a financial year", "rejected"),
	}
	for i := range faulty {
		faulty[i].faults = faulty[i].faults[1:]
	}
	// plain transactions, whose faults in notes keep the row
	noted := bad(record{}, "narrative", strings.Repeat("Room hire for the training day. ", 8), "longer than 200 characters", "kept")
	l.add("COM", "CORE", "OTH", 12, 10000, noted.record)
	last := l.lines[len(l.lines)-1]
	l.lines = l.lines[:len(l.lines)-1]
	faulty = append(faulty, faultyRow{record: last, faults: noted.faults})
	profile := append(l.profile("CORE-UPL-2324", "TRN-DEL", 8, 12, 360000, 12), l.profile("CORE-UPL-2324", "TRN-DEV", 7, 7, 160000, 12)...)
	profile = append(profile, l.profile("CORE-UPL-2324", "TRN-VEN", 8, 11, 15000, 12)...)
	profile = append(profile, l.profile("CORE-UPL-2324", "TRN-EVL", 12, 12, 150000, 12)...)
	profile = append(profile, l.profile("GEN-ISVAIDVA", "STF-SAL", 4, 12, 750000, 12)...)
	profile = append(profile, l.profile("GEN-ISVAIDVA", "STF-ONC", 4, 12, 180000, 12)...)
	profile = append(profile, l.profile("CORE", "OTH", 1, 12, 6250000, 12)...)
	return errors.Join(
		c.file("finance_spend_2023-24_v12.csv", "spend", l.lines, faulty),
		c.file("finance_budget_profile_2023-24_v3.csv", "budget_profile", profile, nil),
		c.file("finance_ledger_control_2023-24_v12.csv", "ledger_control", l.controls(), nil))
}

// workbook is the training workbook: two sheets, true dates shown the UK way, a
// title above the header of the first.
func (c *cleveland) workbook() error {
	const name = "slt_training_2023-24_v2.xlsx"
	var sessions, delegates []record
	for i, day := range []string{"2023-11-08", "2023-11-22", "2023-12-06", "2023-12-14", "2024-01-10", "2024-01-24", "2024-02-07", "2024-02-29", "2024-03-13", "2024-03-27"} {
		s := c.g.session("T-"+strconv.Itoa(101+i), 0)
		s["session_date"], s["status_code"], s["cancel_reason_code"] = day, "DEL", ""
		sessions = append(sessions, s)
		delegates = append(delegates, c.g.delegates(s, 150)...)
	}
	for _, s := range []struct{ id, day, status, reason string }{{"T-111", "2024-02-14", "CAN", "OPS"}, {"T-112", "2024-04-17", "RES", ""}} {
		r := c.g.session(s.id, 0)
		r["session_date"], r["status_code"], r["cancel_reason_code"] = s.day, s.status, s.reason
		sessions = append(sessions, r)
	}
	s := c.g.session("T-113", 0)
	s["session_date"], s["status_code"], s["cancel_reason_code"] = "2024-03-05", "DEL", ""
	faultySessions := []faultyRow{
		bad(s, "duration_minutes", "5", "shorter than 15 minutes", "rejected"),
		bad(s, "session_id", "T-114", "", "", "status_code", "DONE", "a code nobody knows", "rejected"),
	}
	faultySessions[1].faults = faultySessions[1].faults[1:]
	d := c.g.delegate("T-101", 5000)
	faultyDelegates := []faultyRow{
		bad(d, "front_line", "Yes", "not Y or N", "rejected"),
		bad(d, "delegate_pseudo_id", "12345", "not a keyed hash", "rejected"),
		bad(d, "session_id", "T-999", "no such session was sent: listed by a check, counts for nothing", "accepted"),
		bad(d, "delegate_pseudo_id", pseudonym("faulty", 77), "", "", "post_confidence", "6", "not between 1 and 5", "kept"),
	}
	faultyDelegates[3].faults = faultyDelegates[3].faults[1:]
	book := excelize.NewFile()
	defer book.Close()
	if err := errors.Join(
		book.SetSheetName("Sheet1", "Sessions"),
		c.sheet(book, name, "Sessions", "training_sessions", 2, sessions, faultySessions)); err != nil {
		return err
	}
	if _, err := book.NewSheet("Delegates"); err != nil {
		return err
	}
	if err := errors.Join(
		book.SetCellStr("Sessions", "A1", "Stalking training 2023-24"),
		c.sheet(book, name, "Delegates", "training_delegates", 1, delegates, faultyDelegates),
		book.SetDocProps(&excelize.DocProperties{Creator: "Synthetic provider", LastModifiedBy: "Synthetic provider", Created: "2024-04-10T09:00:00Z", Modified: "2024-04-10T09:00:00Z"})); err != nil {
		return err
	}
	return book.SaveAs(filepath.Join(c.dir, name))
}

func (c *cleveland) sheet(book *excelize.File, name, sheet, feed string, header int, rows []record, faulty []faultyRow) error {
	dates, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		return err
	}
	var errs []error
	set := func(column, row int, value any, style int) {
		cell, err := excelize.CoordinatesToCellName(column, row)
		errs = append(errs, err, book.SetCellValue(sheet, cell, value))
		if style > 0 {
			errs = append(errs, book.SetCellStyle(sheet, cell, cell, style))
		}
	}
	columns := c.g.columns(feed)
	for i, col := range columns {
		set(i+1, header, col.Title, 0)
	}
	n := 0
	write := func(r record) {
		n++
		for i, col := range columns {
			value, given := r[col.Name]
			if !given && col.Constraints.Required {
				value = c.g.any(col)
			}
			day, notDate := time.Parse(time.DateOnly, value)
			number, notNumber := strconv.Atoi(value)
			switch {
			case value == "":
			case col.Type == "date" && notDate == nil:
				set(i+1, header+n, day, dates)
			case col.Type == "integer" && notNumber == nil:
				set(i+1, header+n, number, 0)
			default:
				set(i+1, header+n, value, 0)
			}
		}
	}
	for _, r := range rows {
		write(r)
	}
	for _, r := range faulty {
		write(r.record)
		c.note(r, name, sheet, header+n, header+n)
	}
	c.summary.Files = append(c.summary.Files, File{Name: name, Sheet: sheet, Rows: n})
	return errors.Join(errs...)
}
