package briefing

import (
	"html/template"

	"mojreturns/pipeline/chart"
)

// area fills what the pack shows of every fund and service.
func (d *Data) area(answers map[string][]row) error {
	for _, c := range answers["decisions"] {
		d.Decisions = append(d.Decisions, Decision{Condition: c["title"], Code: c["code"], Fund: c["fund"], Status: c["status"],
			Evidence: c["evidence"], Needed: c["needed"], SpendBy: c["spend_by"]})
	}
	bars := chart.Chart{ID: "funds", Kind: chart.Bar, Series: []chart.Series{{Name: "Spent"}}}
	for _, f := range answers["funds"] {
		show := func(name, unit string) string { return figure(f[name], unit, f[name+"_marker"]) }
		d.Funds = append(d.Funds, Fund{f["label"], show("award", "pounds"), show("spent", "pounds"), show("forecast", "pounds"), show("days", "")})
		if f["award_marker"] != "" || f["spent_marker"] != "" {
			continue // a match fund, or one that has not begun: there is nothing to hold spend against
		}
		bars.Labels = append(bars.Labels, f["label"])
		bars.Series[0].Values = append(bars.Series[0].Values, chart.Value{Value: f["spent"], Shown: show("spent", "pounds")})
		bars.Series[0].Targets = append(bars.Series[0].Targets, chart.Value{Value: f["award"], Shown: show("award", "pounds")})
	}
	if len(bars.Labels) > 0 {
		svg, err := bars.SVG()
		if err != nil {
			return err
		}
		d.FundsChart = Chart{Title: "Spent so far, of the award (the upright mark)", Sentence: bars.Sentence(), SVG: template.HTML(svg)}
	}
	for _, s := range answers["services"] {
		show := func(name string) string { return figure(s[name], "", s[name+"_marker"]) }
		d.Services = append(d.Services, Service{s["label"], s["provider"], show("received"), show("valid"), show("started"), show("still_open")})
	}
	return nil
}
