package main

import (
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/table"
)

// mostMoves is how many moved figures the one-screen summary names.
const mostMoves = 6

// summary prints a run on one screen, in plain English, by say, line by line.
func summary(say func(string, ...any), r pipeline.Report) {
	say("%s", r.Period.Human())
	say("")
	landed, already := 0, 0
	for _, l := range r.Landed {
		switch l.Status {
		case landing.StatusLanded:
			landed++
		case landing.StatusAlready:
			already++
		}
	}
	say("Inbox     %s new, %s already landed", files(landed), files(already))
	for _, l := range r.Landed {
		if l.Status == landing.StatusRefused || l.Status == landing.StatusInUse {
			say("          %s: %s", l.Name, l.Message)
		}
	}
	for _, unread := range r.Unread {
		say("          %s", unread)
	}
	var rows, accepted, rejected int64
	for _, f := range r.Build.Files {
		rows, accepted, rejected = rows+f.Rows, accepted+f.Accepted, rejected+f.Rejected
	}
	say("Rows      %s in %s that count: %s accepted, %s rejected (`mojreturns rejects` lists why)", thousands(rows), files(len(distinctFiles(r.Build.Files))), thousands(accepted), thousands(rejected))
	for _, f := range r.Build.Refused {
		say("          %s does not count: %s", f.File, f.Message)
	}
	if r.Build.Unchanged {
		say("Build     number %d, as before: nothing has changed", r.Build.Published.Number)
	} else {
		say("Build     number %d (%s)", r.Build.Published.Number, r.Build.Published.Build)
	}
	tellFindings(say, r.Findings)
	say("")
	fund := ""
	for _, a := range r.Answers {
		if a.Status == "not applicable" {
			continue
		}
		if a.Fund != fund {
			fund = a.Fund
			say("Funding conditions, %s", fund)
		}
		say("  %-4s %-14s %s", a.Code, strings.ToUpper(a.Status), a.Evidence)
	}
	say("")
	moves(say, r.Moved, r.Period)
	for _, dir := range r.Forms {
		say("Form      %s, made for this office's councils, funds and services", dir)
	}
	for _, d := range r.Drafts {
		say("Return    %s", d.Path)
	}
	say("Briefing  %s", r.Briefing.Path)
	say("Done in %.1f seconds.", r.Seconds)
}

func tellFindings(say func(string, ...any), list []published.Finding) {
	failures, warnings := 0, 0
	for i, f := range list {
		if i > 0 && list[i-1].Code == f.Code && list[i-1].Period == f.Period && list[i-1].Subject == f.Subject {
			continue // counted with the first about its subject
		}
		if f.Severity == "error" {
			failures += int(f.Found)
		} else {
			warnings += int(f.Found)
		}
	}
	switch {
	case failures+warnings == 0:
		say("Checks    nothing found")
	default:
		say("Checks    %s, %s (`mojreturns check` lists them and what to do)", plural(failures, "failure"), plural(warnings, "warning"))
	}
}

// moves tells what differs from the build before: of the period, and of earlier quarters,
// whose returns were perhaps sent.
func moves(say func(string, ...any), moved []published.Move, at period.Period) {
	if len(moved) == 0 {
		return
	}
	earlier := slices.IndexFunc(moved, func(m published.Move) bool { return m.Period != at.Label })
	if earlier < 0 {
		earlier = len(moved)
	}
	some := func(about string, moved []published.Move) {
		if len(moved) == 0 {
			return
		}
		say("Moved since the build before%s: %s", about, plural(len(moved), "figure"))
		for i, m := range moved {
			if i == mostMoves {
				say("  and %d more", len(moved)-mostMoves)
				break
			}
			when := ""
			if m.Period != at.Label {
				when = m.Period + "  "
			}
			say("  %s%-5s %-28s %-22s %s, was %s", when, m.Code, m.Name, m.Scope, m.Now, m.Before)
		}
	}
	some("", moved[:earlier])
	some(", of earlier quarters", moved[earlier:])
	say("")
}

func distinctFiles(counts []builds.FileCount) map[string]bool {
	out := map[string]bool{}
	for _, f := range counts {
		out[f.File+f.SHA256] = true
	}
	return out
}

func files(n int) string { return plural(n, "file") }

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return thousands(int64(n)) + " " + word + "s"
}

// thousands writes 12,345.
func thousands(n int64) string { return table.Grouped(fmt.Sprint(n)) }
