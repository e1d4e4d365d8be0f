package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/owed"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func (a *app) statusCommand() *cobra.Command {
	var board bool
	c := &cobra.Command{
		Use:     "status [--period P]",
		Short:   "What has arrived, what is late, what is due",
		Example: "  mojreturns status --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			p, err := a.periodOrLatest(ctx, ws)
			if err != nil {
				return err
			}
			if board {
				return a.boards(ctx, ws, p)
			}
			expected, err := published.Expected(ctx, ws, p)
			if err != nil {
				return err
			}
			due, err := owed.Returns(ws, p)
			if err != nil {
				return err
			}
			expired, err := intake.ExpiredFiles(ws)
			if err != nil {
				return err
			}
			names := []string{"what", "provider", "feed", "period", "due", "status", "days_late", "file", "received", "chase", "chased_by"}
			var list [][]any
			for _, e := range expected {
				whom, by := "", ""
				if sender, ok := ws.Register.Provider(e.Provider); ok && e.Status != landing.Received {
					whom, by = sender.Addressee(), sender.Chaser()
				}
				list = append(list, []any{"extract", e.Provider, e.Feed, e.Period, e.Due.Format(time.DateOnly), e.Status, late(e.Late),
					e.File, moment(e.Received, ws.Location), whom, by})
			}
			for _, d := range due {
				list = append(list, []any{"return", "", d.Name, d.Period, d.Due.Format(time.DateOnly), d.Status, late(d.Late), d.File, "", "", ""})
			}
			objections, unmet, err := a.objections(ctx, ws, p)
			if err != nil {
				return err
			}
			for _, f := range objections {
				list = append(list, []any{"before it may leave", "", f.Subject, p.Label, "", f.Code + " " + f.Title, nil, f.Detail, "", "", ""})
			}
			for _, u := range unmet {
				list = append(list, []any{"condition not met", "", u.Fund, p.Label, "", u.Code + " " + u.Title, nil, u.Evidence, "", "", ""})
			}
			for _, lacking := range owed.YearsLacking(ws, p) {
				what, begins := "year", lacking.Year.Start()
				if lacking.Next {
					what = "next year"
				}
				for _, g := range lacking.Gaps {
					list = append(list, []any{what, "", g.Of, lacking.Year.String(), begins.Format(time.DateOnly), g.Says,
						late(owed.DaysLate(ws, begins)), "", "", "", ""})
				}
			}
			if intake.Unfinished(ws) {
				list = append(list, []any{"unfinished", "", "an erasure", "", "", "begun and not ended", nil, "the next command that changes anything ends it", "", "", ""})
			}
			lost, err := ws.UnacceptedKeys()
			if err != nil {
				return err
			}
			for _, user := range lost {
				list = append(list, []any{"key to be accepted", "", user, "", "", "taken away or replaced", nil, "put it back under users, or `mojreturns return keys` accepts it; until then nobody submits or approves", "", "", ""})
			}
			strays, err := ws.Strays()
			if err != nil {
				return err
			}
			for _, path := range strays {
				list = append(list, []any{"unfinished", "", filepath.Base(path), "", "", "half made, or empty", nil, "the next command that changes anything clears what is half made; `seal verify` names the rest", "", "", ""})
			}
			for _, e := range expired {
				list = append(list, []any{"retention", e.Provider, e.Feed, e.Year, e.Since.Format(time.DateOnly), "to be erased", late(owed.DaysLate(ws, e.Since)),
					e.Name, moment(e.Received, ws.Location), "", ""})
			}
			return a.print(rows(names, list...))
		}),
	}
	a.periodOption(c, nil)
	c.Flags().BoolVar(&board, "board", false, "only what each return lacks before it can be sent: who acts, the command, working days left")
	a.printFlags(c)
	return c
}

// boards prints what the status page shows of the returns; as JSON the page's own struct.
func (a *app) boards(ctx context.Context, ws *workspace.Workspace, at period.Period) error {
	boards, err := owed.Boards(ctx, ws, at)
	if err != nil {
		return err
	}
	if a.format == "json" && a.output == "" {
		text, err := json.MarshalIndent(boards, "", "  ")
		if err == nil {
			_, err = fmt.Fprintf(a.stdout, "%s\n", text)
		}
		return err
	}
	var list [][]any
	for _, b := range boards {
		for _, s := range b.Steps {
			list = append(list, []any{b.Return, b.Period, b.Due.Format(time.DateOnly), b.DaysLeft, s.What, s.About, s.State, s.Who, s.Command})
		}
	}
	return a.print(rows([]string{"return", "period", "due", "days_left", "what", "about", "state", "who", "command"}, list...))
}

// objections are what stands in the way of the period's returns, in the words of
// `check`, and the funding conditions that are not met, which whoever declares answers
// for; none before anything is published, or of a period that has no returns.
func (a *app) objections(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]published.Finding, []published.Answer, error) {
	if _, found, err := builds.Latest(ctx, ws); err != nil || !found || at.Kind == period.Month {
		return nil, nil, err
	}
	v, err := published.Open(ctx, ws, at)
	if err != nil {
		return nil, nil, err
	}
	defer v.Close()
	found, err := gate.Findings(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	answers, err := v.Conditions(ctx)
	return slices.DeleteFunc(found, func(f published.Finding) bool { return f.Severity != "error" }),
		slices.DeleteFunc(answers, func(c published.Answer) bool { return c.Status != "not met" }), err
}

// late is how many days late a thing is; nothing for what is not.
func late(days int) any {
	if days == 0 {
		return nil
	}
	return days
}

func moment(t time.Time, location *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(location).Format("2006-01-02 15:04")
}
