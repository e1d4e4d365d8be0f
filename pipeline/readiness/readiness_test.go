package readiness_test

import (
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/readiness"
)

// found is a return with one of everything missing.
func found() readiness.Found {
	k21 := readiness.Fault{Code: "K21", Title: "Rows are repeated"}
	return readiness.Found{Return: "moj-quarterly", Period: "2023-24-Q4", Due: time.Date(2024, 4, 30, 0, 0, 0, 0, time.UTC), DaysLeft: 6, Standing: "no draft",
		Files:    []readiness.File{{Provider: "SLT", Feed: "referrals", Period: "2023-24-Q4", State: readiness.Late, Asked: "data officer", Chaser: "commissioning officer"}},
		Blocking: []readiness.Fault{k21, k21}, Unmet: []readiness.Fault{{Code: "C09", Title: "Every line has its evidence", Fund: "CORE"}},
		Submitters: []string{"analyst", "deputy"}}
}

func told(f readiness.Found) string {
	var lines []string
	for _, s := range readiness.Of(f).Steps {
		lines = append(lines, strings.Join([]string{s.What, s.About, s.State, s.Who, s.Command}, " | "))
	}
	return strings.Join(lines, "\n")
}

// What is missing comes in the order in which it is done, each with who acts and how.
func TestFirstThingsFirst(t *testing.T) {
	want := strings.TrimSpace(`
file | referrals of SLT for 2023-24-Q4 | late | commissioning officer asks the data officer | mojreturns chase --period 2023-24-Q4 --provider SLT
build | nothing is published of what came | waiting | analyst or deputy | mojreturns run --period 2023-24-Q4
check | K21 Rows are repeated | blocked | analyst or deputy | mojreturns check --period 2023-24-Q4
condition | C09 Every line has its evidence, CORE | waiting | chief finance officer | mojreturns conditions --period 2023-24-Q4 --fund CORE --breaches
draft | no draft yet | waiting | analyst or deputy | mojreturns return draft --period 2023-24-Q4 --return moj-quarterly
submission | not submitted yet | waiting | analyst or deputy | mojreturns return submit --period 2023-24-Q4 --return moj-quarterly --by USER
approval | not approved yet | waiting | chief finance officer | mojreturns return approve --period 2023-24-Q4 --return moj-quarterly --by USER`)
	if got := told(found()); got != want {
		t.Errorf("it is told\n%s", got)
	}
}

// What was done is not asked for again.
func TestWhatWasDone(t *testing.T) {
	done := found()
	done.Built, done.Drafted, done.Files, done.Blocking, done.Unmet = true, true, nil, nil, nil
	if got := told(done); strings.Contains(got, "build") || strings.Contains(got, "draft |") || !strings.HasPrefix(got, "submission") {
		t.Errorf("drafted, and told\n%s", got)
	}
	done.Submitted = true
	if got := told(done); !strings.HasPrefix(got, "approval") {
		t.Errorf("submitted, and told\n%s", got)
	}
	sealed := found()
	sealed.Sealed = true
	if got := told(sealed); got != "" {
		t.Errorf("sealed, and told\n%s", got)
	}
}
