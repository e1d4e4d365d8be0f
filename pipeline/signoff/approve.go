package signoff

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"strings"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// declarationCondition is the funding condition that the declaration answers.
const declarationCondition = "C14"

// Approve seals the submitted return with the declaration. It refuses if the
// build or the figures are no longer those submitted, and whoever submitted it.
//
// A declaration that contradicts what the conditions found is refused until each
// contradiction is answered with a reason.
func Approve(ctx context.Context, ws *workspace.Workspace, s Signing, d archive.Declaration, answers []archive.Waiver) (archive.Sealed, error) {
	r, err := ws.Return(s.Return)
	if err != nil {
		return archive.Sealed{}, err
	}
	user, err := ws.User(s.By, "approve")
	if err != nil {
		return archive.Sealed{}, err
	}
	if err := ws.KeysHold(); err != nil {
		return archive.Sealed{}, err
	}
	v, err := published.Open(ctx, ws, s.Period)
	if err != nil {
		return archive.Sealed{}, err
	}
	defer v.Close()
	sub, err := awaiting(v, r)
	if err != nil {
		return archive.Sealed{}, err
	}
	submitted := filepath.Join(archive.ReturnDir(ws, r, s.Period), archive.SubmissionName(sub.Number))
	if err := archive.Witnessed(ws, submitted); err != nil {
		return archive.Sealed{}, err
	}
	if sub.By == user.Name {
		return archive.Sealed{}, workspace.Refused("%q submitted this return and so cannot approve it: it takes two", user.Name)
	}
	if err := upToDate(ctx, ws); err != nil {
		return archive.Sealed{}, err
	}
	figures, err := v.FiguresText(ctx)
	if err != nil {
		return archive.Sealed{}, err
	}
	commentary, err := ws.Commentary(r, s.Period)
	if err != nil {
		return archive.Sealed{}, err
	}
	if commentaryDigest(commentary) != sub.Commentary {
		return archive.Sealed{}, workspace.Refused("the commentary is no longer the one submitted on %s: look at the draft and submit it again", sub.At.In(ws.Location).Format("2 January 2006 at 15:04"))
	}
	if v.Build != sub.Build || (seal.Files{archive.FiguresFile: figures}).Digest() != sub.Figures {
		return archive.Sealed{}, workspace.Refused("the figures are no longer those submitted on %s: look at the draft and submit it again", sub.At.In(ws.Location).Format("2 January 2006 at 15:04"))
	}
	if err := passes(ctx, v, r, sub.Waived); err != nil {
		return archive.Sealed{}, err
	}
	if err := dated(ws, v.Period, d); err != nil {
		return archive.Sealed{}, err
	}
	if err := contradicts(ctx, v, r, d, answers); err != nil {
		return archive.Sealed{}, err
	}
	about, err := about(ctx, v, r, sub)
	if err != nil {
		return archive.Sealed{}, err
	}
	about.By, about.Declaration, about.Answers = user.Name, d, answers
	files, err := sealedFiles(ctx, v, about, figures)
	if err != nil {
		return archive.Sealed{}, err
	}
	signature, err := sign(user, s.KeyFile, files.Digest())
	if err != nil {
		return archive.Sealed{}, err
	}
	dir := filepath.Join(archive.ReturnDir(ws, r, s.Period), seal.Name("v", about.Version))
	lines := append(archive.Lines(journal.Sealed, user.Name, nil), journal.Entry{Kind: journal.Approved, By: user.Name, Place: ws.Place(submitted), Digest: sub.Digest()})
	if err := ws.Seal(dir, files, signature, lines...); err != nil {
		return archive.Sealed{}, err
	}
	return archive.Sealed{Dir: dir, About: about, Digest: files.Digest(), Signed: signature != nil}, nil
}

// dated refuses a declaration of a day to come, or from before its period was over, and
// a notice of a day to come.
func dated(ws *workspace.Workspace, at period.Period, d archive.Declaration) error {
	today := ws.Today().Format(time.DateOnly)
	switch {
	case d.Date > today:
		return workspace.Refused("the declaration is dated %s, which is still to come: leave --date out for today", d.Date)
	case d.Date != "" && d.Date <= at.End.Format(time.DateOnly):
		return workspace.Refused("the declaration is dated %s, and %s ends on %s: nobody can declare it before", d.Date, at.Label, at.End.Format(time.DateOnly))
	case d.NotifiedOn > today:
		return workspace.Refused("the notice is dated %s, which is still to come", d.NotifiedOn)
	}
	return nil
}

// contradicts refuses a declaration that says otherwise than the conditions, without a reason.
func contradicts(ctx context.Context, v *published.View, r workspace.Return, d archive.Declaration, answers []archive.Waiver) error {
	objections, err := gate.Declared(ctx, v, r, d)
	if err != nil {
		return err
	}
	return gate.Refuse(objections, answers, gate.Answer)
}

// awaiting is the latest submission, if it is not sealed already.
func awaiting(v *published.View, r workspace.Return) (archive.Submission, error) {
	at := v.Period
	all := v.Given.Submitted(r, at)
	if len(all) == 0 {
		return archive.Submission{}, workspace.Refused("%s for %s has not been submitted: look at the draft, then `mojreturns return submit --period %s --by USER`", r.Name, at.Label, at.Label)
	}
	sub := all[len(all)-1]
	for _, s := range v.Given.Versions(r, at) {
		if s.About.Submission.Number == sub.Number {
			return archive.Submission{}, workspace.Refused("%s for %s is sealed already, as version %d; a change needs a new submission", r.Name, at.Label, s.About.Version)
		}
	}
	return sub, nil
}

// about gathers what decides the figures now.
func about(ctx context.Context, v *published.View, r workspace.Return, sub archive.Submission) (archive.About, error) {
	ws, at := v.Workspace, v.Period
	versions := v.Given.Versions(r, at)
	freeze, err := v.Frozen(ctx)
	if err != nil {
		return archive.About{}, err
	}
	records, err := ws.Landing.Records()
	if err != nil {
		return archive.About{}, err
	}
	j, err := ws.Journal()
	if err != nil {
		return archive.About{}, err
	}
	status := "final"
	if len(versions) > 0 {
		status = "revised"
	}
	return archive.About{Return: r.Name, Period: at.Label, Releases: v.Given.Names(), Disclosure: ws.Disclosure, Version: len(versions) + 1, Status: status, Submission: sub, At: ws.Now().UTC().Truncate(time.Second),
		Records: records, Freeze: freeze.UTC(), TimeZone: ws.Location.String(), Settings: r, Register: ws.Register, Versions: versionsInUse(), Journal: j.Head()}, nil
}

// sealedFiles is everything a seal holds.
func sealedFiles(ctx context.Context, v *published.View, about archive.About, figures []byte) (seal.Files, error) {
	ws, r := v.Workspace, about.Settings
	files := seal.Files{archive.FiguresFile: figures}
	maps.Copy(files, ws.Config)
	workbook, printed, err := SealedWorkbook(ctx, v, about)
	if err != nil {
		return nil, err
	}
	if err := OnlySigned(ctx, v, about, workbook); err != nil {
		return nil, err
	}
	files[archive.WorkbookName+ws.Ending(r)] = workbook
	if files[archive.ReleasedFile], err = archive.WriteReleased(printed); err != nil {
		return nil, err
	}
	if commentary, err := ws.Commentary(r, v.Period); err != nil {
		return nil, err
	} else if commentary != nil {
		files[archive.CommentaryFile] = commentary
	}
	deliveries, err := table.Query(ctx, v.Conn, `SELECT delivery, number, file, sha256, provider, feed, financial_year, sheet, received, current, rows, accepted, rejected, message
		FROM main.delivery ORDER BY delivery, number, feed, sheet`)
	if err != nil {
		return nil, err
	}
	var list bytes.Buffer
	if err := deliveries.Write(&list, "csv"); err != nil {
		return nil, err
	}
	files[archive.DeliveriesFile] = list.Bytes()
	if files[archive.AboutFile], err = json.MarshalIndent(about, "", "  "); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		fsys fs.FS
		dir  string
		to   string
	}{
		{ws.Queries, "reference", archive.RulesDir + "/queries/reference"}, {ws.Queries, "model", archive.RulesDir + "/queries/model"}, {ws.Queries, "checks", archive.RulesDir + "/queries/checks"},
		{ws.Queries, "metrics", archive.RulesDir + "/queries/metrics"}, {ws.Queries, "conditions", archive.RulesDir + "/queries/conditions"},
		{ws.Templates, "extracts", archive.RulesDir + "/templates/extracts"}, {ws.Templates, ws.FormDir(r), archive.TemplateDir},
	} {
		if err := addTo(files, part.fsys, part.dir, part.to); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func addTo(files seal.Files, fsys fs.FS, dir, to string) error {
	return fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(fsys, name)
		files[path.Join(to, strings.TrimPrefix(name, dir))] = content
		return err
	})
}

// SealedWorkbook fills the return as it is sealed: the draft's figures, and the
// declaration. It tells what was printed as well.
func SealedWorkbook(ctx context.Context, v *published.View, about archive.About) (content []byte, printed []archive.Released, err error) {
	request, err := draft.Request(ctx, v, about.Settings)
	if err != nil {
		return nil, nil, err
	}
	location, err := time.LoadLocation(about.TimeZone)
	if err != nil {
		return nil, nil, err
	}
	fields, declared, err := fields(about.Declaration)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(fields, about.Settings.Fields)
	answer := returns.Condition{Status: "met", Evidence: "The declaration was made on " + declared + "."}
	if about.Declaration == (archive.Declaration{}) {
		answer = returns.Condition{Status: "at risk", Evidence: "The return is submitted; the declaration has not been made."}
	}
	figures := request.Figures.(published.Figures)
	for key := range figures.Conditions {
		if key[0] == declarationCondition && key[2] == v.Period.Label && covers(about, key[1]) {
			figures.Conditions[key] = answer
		}
	}
	request.Fields, request.Freeze, request.Build, request.Status = fields, about.Freeze.In(location), about.Submission.Build, about.Status
	content, result, err := returns.Draft(ctx, request)
	if err != nil {
		return nil, nil, err
	}
	printed, err = guard.AndUnprinted(v, draft.PrintedOf(result, figures), figures.Values)
	return content, printed, err
}

// covers says whether a scope is one of the return's.
func covers(a archive.About, scope string) bool {
	for _, s := range a.Settings.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// fields are the declaration's answers by the names a cell map gives them, and
// its date in words.
func fields(d archive.Declaration) (fields map[string]string, date string, err error) {
	words := func(what, day string) string {
		if day == "" {
			return ""
		}
		t, parseErr := time.Parse(time.DateOnly, day)
		if parseErr != nil {
			err = fmt.Errorf("the date of %s: %w", what, parseErr)
		}
		return t.Format("2 January 2006")
	}
	date = words("the declaration", d.Date)
	notified := words("the notice", d.NotifiedOn)
	if notified == "" && d.Notified != "" && d.Notified != "Y" {
		notified = "[z]" // nothing was notified, so there is no date
	}
	return map[string]string{"declared_by": d.Name, "declared_role": d.Role, "declared_on": date, "declared_in_line": d.InLine,
		"declared_notified": d.Notified, "declared_notified_on": notified}, date, err
}
