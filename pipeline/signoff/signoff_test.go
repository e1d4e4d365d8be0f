package signoff_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline"
	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/workspace"
)

var declared = archive.Declaration{Name: "The chief finance officer", Role: "Chief finance officer", InLine: "Y", Notified: "NA", Date: "2024-04-22"}

func analyst(at period.Period) signoff.Signing {
	return signoff.Signing{Period: at, By: "performance-analyst"}
}

func officer(at period.Period) signoff.Signing {
	return signoff.Signing{Period: at, By: "chief-finance-officer"}
}

// reasons are given for all that the gate would let through with one.
func reasons(t *testing.T, ws *workspace.Workspace, at period.Period) (waived, answers []archive.Waiver) {
	t.Helper()
	v := example.View(t, ws, at)
	objections, err := gate.Return(t.Context(), v, ws.Returns[0])
	if err != nil {
		t.Fatal(err)
	}
	contradictions, err := gate.Declared(t.Context(), v, ws.Returns[0], declared)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objections {
		waived = append(waived, archive.Waiver{Check: o.Code, Reason: "it is the example's", By: "performance-analyst"})
	}
	for _, o := range contradictions {
		answers = append(answers, archive.Waiver{Check: o.Code, Reason: "it is the example's", By: "chief-finance-officer"})
	}
	return waived, answers
}

// submits submits a return with reasons for what the example's own faults hold back.
func submits(t *testing.T, ws *workspace.Workspace, at period.Period) (answers []archive.Waiver) {
	t.Helper()
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(t.Context(), ws, analyst(at), waived); err != nil {
		t.Fatal(err)
	}
	return answers
}

// seals lands, builds, submits and approves a return for a period. A run would make
// drafts of it too, which submitting makes again.
func seals(t *testing.T, ws *workspace.Workspace, at period.Period) archive.Sealed {
	t.Helper()
	ctx := context.Background()
	if _, err := intake.Land(ctx, ws, nil, landing.Given{}); err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(ctx, ws, analyst(at), waived); err != nil {
		t.Fatal(err)
	}
	sealed, err := signoff.Approve(ctx, ws, officer(at), declared, answers)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestWhoMaySign(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := ran(t)
	at := example.Quarter(t, "2023-24-Q4")
	ws.Users = append(ws.Users, workspace.User{Name: "both", May: []string{"submit", "approve"}})
	step := func(name, want string, do func() error) {
		t.Helper()
		err := do()
		switch {
		case want == "" && err != nil:
			t.Fatalf("%s: %v", name, err)
		case want != "" && (!errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), want)):
			t.Fatalf("%s: the sentence is %v, and must hold %q", name, err, want)
		}
	}
	waived, given := reasons(t, ws, at)
	submit := func(s signoff.Signing) func() error {
		return func() error { _, err := signoff.Submit(ctx, ws, s, waived); return err }
	}
	approve := func(s signoff.Signing) func() error {
		return func() error { _, err := signoff.Approve(ctx, ws, s, declared, given); return err }
	}
	step("approved before it is submitted", "has not been submitted", approve(officer(at)))
	step("submitted by who may not", `"chief-finance-officer" may not submit`, submit(officer(at)))
	step("submitted by nobody known", `no user is called "someone"`, submit(signoff.Signing{Period: at, By: "someone"}))
	step("submitted", "", submit(signoff.Signing{Period: at, By: "both"}))
	step("approved by the submitter", "it takes two", approve(signoff.Signing{Period: at, By: "both"}))
	answers, err := example.View(t, ws, at).Conditions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(answers, func(a published.Answer) bool { return a.Code == "C14" && a.Fund == "CORE-UPL-2324" }); answers[i].Status != "at risk" {
		t.Errorf("submitted, C14 is %s", answers[i].Status)
	}

	// a file arrives between submission and approval
	example.ChangeReferrals(t, ws, func(rows [][]string) [][]string { return rows[:len(rows)-1] })
	step("approved after a file came", "has changed since the published figures were made", approve(officer(at)))
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	step("approved on another build", "no longer those submitted", approve(officer(at)))
	step("submitted again", "", submit(analyst(at)))
	ws.Disclosure.Threshold = 8 // no figure has moved, but fewer would be shown
	step("approved with other small counts hidden", "would no longer show what was submitted", approve(officer(at)))
	ws.Disclosure.Threshold = 0
	step("approved", "", approve(officer(at)))
	step("approved twice", "is sealed already, as version 1", approve(officer(at)))
	step("submitted for a revision", "", submit(analyst(at)))
	step("approved as a revision", "", approve(officer(at)))
	sealed, err := archive.Seals(ws, "", at)
	if err != nil || len(sealed) != 2 || sealed[0].About.Status != "final" || sealed[1].About.Status != "revised" {
		t.Errorf("sealed are %+v, %v", sealed, err)
	}
}

func TestFailingChecksBlockSubmission(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.SmallUnbuilt(t)
	at := example.Quarter(t, "2023-24-Q4")
	// a control total that is a penny out
	file := filepath.Join(ws.Dir, "inbox", "finance_ledger_control_2023-24_v12.csv")
	rows := example.ReadCSV(t, file)
	last := slices.Index(rows[0], "net_total")
	rows[1][last] += "1"
	rows[1][last] = strings.Replace(rows[1][last], ".001", ".01", 1)
	example.WriteCSV(t, file, rows)
	if _, err := pipeline.Run(ctx, ws, at); err != nil {
		t.Fatal(err)
	}
	if _, err := signoff.Submit(ctx, ws, analyst(at), nil); !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), "K02") {
		t.Fatalf("a return that does not tie was submitted: %v", err)
	}
	waived, answers := reasons(t, ws, at)
	i := slices.IndexFunc(waived, func(w archive.Waiver) bool { return w.Check == "K02" })
	waived[i].Reason = "the ledger is mended next month"
	sub, err := signoff.Submit(ctx, ws, analyst(at), waived)
	if err != nil || len(sub.Waived) != len(waived) {
		t.Fatalf("waived: %+v, %v", sub, err)
	}
	if _, err := signoff.Submit(ctx, ws, analyst(at), slices.Delete(slices.Clone(waived), i, i+1)); !errors.Is(err, workspace.ErrRefused) {
		t.Errorf("with every other reason it was submitted: %v", err)
	}
	sealed, err := signoff.Approve(ctx, ws, officer(at), declared, answers)
	if err != nil || sealed.About.Submission.Waived[i].Reason != "the ledger is mended next month" {
		t.Errorf("the waiver is not in the seal: %+v, %v", sealed.About.Submission, err)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := ran(t)
	at := example.Quarter(t, "2023-24-Q4")
	key := filepath.Join(t.TempDir(), "officer.key")
	public, err := seal.NewKey(key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(ws.Users, func(u workspace.User) bool { return u.Name == "chief-finance-officer" })
	ws.Users[i].Key = public
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(ctx, ws, analyst(at), waived); err != nil {
		t.Fatal(err)
	}
	if _, err := signoff.Approve(ctx, ws, officer(at), declared, answers); !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), "signs with a key") {
		t.Fatalf("approved without the key: %v", err)
	}
	signs := officer(at)
	signs.KeyFile = key
	sealed, err := signoff.Approve(ctx, ws, signs, declared, answers)
	if err != nil || !sealed.Signed {
		t.Fatalf("signed: %+v, %v", sealed, err)
	}
	if v, err := signoff.Verify(ctx, ws, signoff.Asked{Period: at}); err != nil || !v.OK() || !v.Rebuilt {
		t.Errorf("a signed return: %+v, %v", v, err)
	}
}

// Approving changes the cells of the declaration and of C14, and no others: a return
// that shows anything else than what was submitted is not sealed. It is slow since it
// is said of every cell of the example's return, made four times.
func TestApprovingFillsTheDeclarationOnly(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws, sealed := sealedWhole(t)
	at := example.Quarter(t, "2023-24-Q4")
	v, err := published.Open(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	submitted, err := signoff.AsSubmitted(ctx, v, sealed.About)
	if err != nil {
		t.Fatal(err)
	}
	was, is := cellsOf(t, submitted), cellsOf(t, example.ReadFile(t, archive.SealedFile(sealed)))
	var changed []string
	for at := range is {
		if was[at] != is[at] {
			changed = append(changed, at)
		}
	}
	slices.Sort(changed)
	// name, role, date, in line, notified, on what day; evidence and status of C14
	want := []string{"Declaration!B10", "Declaration!B11", "Declaration!B12", "Declaration!B7", "Declaration!B8", "Declaration!B9", "T03_Conditions!B20", "T03_Conditions!D20"}
	if diff := cmp.Diff(want, changed); diff != "" || len(was) != len(is) {
		t.Errorf("%d cells became %d:\n%s", len(was), len(is), diff)
	}
	spoilt := sealed.About
	spoilt.Settings.Fields = map[string]string{"recipient": "Another office", "area": "A", "agreement": "B", "contact": "C"}
	other, _, err := signoff.SealedWorkbook(ctx, v, spoilt)
	if err != nil {
		t.Fatal(err)
	}
	if err := signoff.OnlySigned(ctx, v, sealed.About, other); err == nil || !strings.Contains(err.Error(), "Cover!A4: was to be") {
		t.Errorf("another cover is sealed: %v", err)
	}
}

// cellsOf is what every cell of a workbook shows, by its place.
func cellsOf(t *testing.T, workbook []byte) map[string]string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	out := map[string]string{}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for row, cells := range rows {
			for column, shows := range cells {
				at, err := excelize.CoordinatesToCellName(column+1, row+1)
				if err != nil {
					t.Fatal(err)
				}
				out[sheet+"!"+at] = shows
			}
		}
	}
	return out
}

// What is declared is held against what was found: each contradiction is answered with
// a reason, by name, which the seal keeps. It is slow since it seals the whole example.
func TestADeclarationThatContradictsWhatWasFound(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.Built(t)
	at := example.Quarter(t, "2023-24-Q4")
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(ctx, ws, analyst(at), waived); err != nil {
		t.Fatal(err)
	}
	review, err := signoff.Reviewed(ctx, example.View(t, ws, at), "")
	if want := map[string][]string{"--in-line Y": {"C09", "C10"}, "--notified Y": {"C10"}, "--notified NA": {"C10"}}; err != nil || !maps.EqualFunc(review.Contradicted, want, slices.Equal) {
		t.Errorf("the page says that reasons are needed for %v (%v), want %v", review.Contradicted, err, want)
	}
	answer := func(codes ...string) (out []archive.Waiver) {
		for _, code := range codes {
			out = append(out, archive.Waiver{Check: code, Reason: "the auditor has it", By: "chief-finance-officer"})
		}
		return out
	}
	for _, c := range []struct {
		name, inLine, notified string
		answers                []archive.Waiver
		want, not              string
	}{
		{"no reason at all", "Y", "NA", nil, "C09 Every line of spend has its evidence", "C12"},
		{"one of two", "Y", "NA", answer("C09"), "C10 A forecast underspend is notified", "C09"},
		{"not in line, and nothing to notify", "N", "NA", nil, "there is declared to be no underspend to notify", "C09"},
		{"notified, without a notice", "N", "Y", nil, "no notice stands under notices", "C09"},
		{"a reason for what is met", "N", "N", answer("C12"), "C12 does not fail", "C09"},
	} {
		d := declared
		d.InLine, d.Notified = c.inLine, c.notified
		_, err := signoff.Approve(ctx, ws, officer(at), d, c.answers)
		if !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), c.not) {
			t.Errorf("%s: %v; want it to say %q and nothing of %q", c.name, err, c.want, c.not)
		}
	}
	sealed, err := signoff.Approve(ctx, ws, officer(at), declared, answers)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := archive.Version(ws, "moj-quarterly", at, 0)
	if err != nil || len(kept.About.Answers) != len(answers) || kept.About.Answers[0] != answers[0] || kept.Digest != sealed.Digest {
		t.Errorf("the seal keeps %+v (%v), given were %+v", kept.About.Answers, err, answers)
	}
}

// A declaration is of a day that has come, after the period it declares.
func TestTheDayOfADeclaration(t *testing.T) {
	t.Parallel()
	ws := example.Small(t)
	at := example.Quarter(t, "2023-24-Q4")
	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(t.Context(), ws, analyst(at), waived); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ date, notifiedOn, want string }{
		{"2030-01-01", "", "which is still to come"}, {"2024-03-31", "", "nobody can declare it before"}, {"2024-04-22", "2031-05-05", "the notice is dated 2031-05-05"},
	} {
		d := declared
		d.Date, d.NotifiedOn = c.date, c.notifiedOn
		if _, err := signoff.Approve(t.Context(), ws, officer(at), d, answers); !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v", c.date, c.notifiedOn, err)
		}
	}
	d := declared
	d.Date = "2024-04-01"
	if _, err := signoff.Approve(t.Context(), ws, officer(at), d, answers); err != nil {
		t.Errorf("the day after: %v", err)
	}
}
