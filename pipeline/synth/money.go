package synth

import (
	"errors"
	"fmt"
	"sort"
	"strconv"

	"mojreturns/pipeline/period"
)

// ledger is the lines of the finance ledger and what they add to.
type ledger struct {
	year   period.Year
	lines  []record
	totals map[[2]string]int // fund and ledger period: net pence of lines that count
}

func newLedger(year period.Year) *ledger { return &ledger{year: year, totals: map[[2]string]int{}} }

var counts = map[string]bool{"INV": true, "CRN": true, "JNL": true, "ACC": true, "ACR": true}

// add makes a line of net pence on a fund's budget line in a ledger period; the
// service is that of the period's month unless more says otherwise.
func (l *ledger) add(kind, fund, budgetLine string, ledgerPeriod, net int, more record) {
	month := l.year.Months()[min(ledgerPeriod, 12)-1]
	number := len(l.lines) + 1
	r := record{"txn_id": fmt.Sprintf("L%06d", number), "line_no": "1", "txn_type": kind, "fund_code": fund, "budget_line_code": budgetLine,
		"gl_code": "04210", "cost_centre": "0017", "supplier_id": "S100", "supplier_name": "Training provider", "invoice_no": fmt.Sprintf("INV-%05d", number),
		"invoice_date": iso(month.End), "service_from": iso(month.Start), "service_to": iso(month.End), "posting_date": iso(month.End),
		"financial_year": l.year.String(), "period": strconv.Itoa(ledgerPeriod), "net_amount": pounds(net), "vat_amount": "0.00", "gross_amount": pounds(net),
		"vat_recoverable": "Y", "capital": "N", "evidence_ref": fmt.Sprintf("EV-%05d", number)}
	for k, v := range more {
		r[k] = v
	}
	l.lines = append(l.lines, r)
	if counts[kind] {
		l.totals[[2]string{fund, strconv.Itoa(ledgerPeriod)}] += net
	}
}

// controls are the ledger's own totals, by fund and period.
func (l *ledger) controls() []record {
	var keys [][2]string
	for k := range l.totals {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, _ := strconv.Atoi(keys[i][1])
		b, _ := strconv.Atoi(keys[j][1])
		return keys[i][0] < keys[j][0] || keys[i][0] == keys[j][0] && a < b
	})
	var out []record
	for _, k := range keys {
		out = append(out, record{"fund_code": k[0], "financial_year": l.year.String(), "period": k[1], "net_total": pounds(l.totals[k])})
	}
	return out
}

// profile spreads a fund's plan over its months.
func (l *ledger) profile(fund, budgetLine string, from, to, pence int, forecast int) []record {
	var out []record
	for p := from; p <= to; p++ {
		r := record{"fund_code": fund, "budget_line_code": budgetLine, "financial_year": l.year.String(), "period": strconv.Itoa(p), "profile_amount": pounds(pence)}
		if p >= forecast {
			r["forecast_amount"], r["forecast_date"] = pounds(pence), iso(l.year.Months()[forecast-1].Start)
		}
		out = append(out, r)
	}
	return out
}

// pounds writes pence as 1234.50.
func pounds(pence int) string {
	sign := ""
	if pence < 0 {
		sign, pence = "-", -pence
	}
	return fmt.Sprintf("%s%d.%02d", sign, pence/100, pence%100)
}

// money writes the ledger: lines in proportion to the referrals, the profile,
// match funding, and the control totals they tie to.
func (w *writer) money(referrals int) error {
	l := newLedger(w.g.year)
	for i := range max(referrals/40, 60) {
		p := 8 + i%5
		switch i % 6 {
		case 0, 1:
			l.add("INV", "CORE-UPL-2324", []string{"TRN-DEL", "TRN-VEN", "TRN-MAT"}[i%3], p, w.g.between(100, 900), nil)
		case 2:
			net := w.g.between(10, 90) * 100
			l.add("INV", "GEN-ISVAIDVA", "MGT", 1+i%12, net, record{"vat_amount": pounds(net / 5), "gross_amount": pounds(net + net/5), "vat_recoverable": "N"})
		case 3, 4:
			l.add("JNL", "GEN-ISVAIDVA", []string{"STF-SAL", "STF-ONC"}[i%2], 4+i%9, w.g.between(500, 5000), nil)
		default:
			l.add("COM", "CORE-UPL-2324", "TRN-DEL", p, w.g.between(100, 900), nil)
		}
	}
	profile := l.profile("CORE-UPL-2324", "TRN-DEL", 8, 12, 400000, 12)
	var match []record
	for p := 4; p <= 12; p++ {
		match = append(match, record{"provider_code": "SLT", "financial_year": l.year.String(), "period": strconv.Itoa(p), "source": "Provider's own funds", "amount": "6000.00", "in_kind": "N", "fte": "2"})
	}
	var errs []error
	for _, f := range []struct {
		feed string
		rows []record
	}{{"spend", l.lines}, {"budget_profile", profile}, {"ledger_control", l.controls()}, {"match_funding", match}} {
		file, err := w.open(f.feed)
		if err != nil {
			return err
		}
		if file == nil {
			continue
		}
		for _, r := range f.rows {
			file.write(w.g, r)
		}
		errs = append(errs, w.close(file))
	}
	return errors.Join(errs...)
}
