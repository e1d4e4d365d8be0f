package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// The files of a seal.
const (
	workbookName   = "return" // .xlsx or .xlsm
	figuresFile    = "figures.csv"
	deliveriesFile = "deliveries.csv"
	configFile     = "mojreturns.yaml"
	aboutFile      = "about.json"
	releasedFile   = "released.csv"   // what the workbook printed
	commentaryFile = "commentary.csv" // what people wrote
	templateDir    = "template"
	rulesDir       = "rules"
)

// declarationCondition is the funding condition that the declaration answers.
const declarationCondition = "C14"

// About is what a seal says of itself, in about.json: enough to make every
// figure in it again.
type About struct {
	Return      string            `json:"return"`
	Period      string            `json:"period"`
	Version     int               `json:"version"`
	Status      string            `json:"status"` // final or revised
	Submission  Submission        `json:"submission"`
	Declaration Declaration       `json:"declaration"`
	By          string            `json:"by"`
	At          time.Time         `json:"at"`
	Records     int               `json:"records"`  // the last record of landing that was known
	Releases    []string          `json:"releases"` // what had been released in the financial year, by name
	Disclosure  Disclosure        `json:"disclosure"`
	Freeze      time.Time         `json:"freeze"`
	TimeZone    string            `json:"time_zone"`
	Settings    Return            `json:"settings"`
	Register    register.Register `json:"register"`
	Versions    map[string]string `json:"versions"`
}

// Sealed is one sealed version of a return.
type Sealed struct {
	Dir    string
	About  About
	Digest string
	Signed bool
}

// name is the seal's, as people know it.
func (s Sealed) name() string {
	return fmt.Sprintf("return %s for %s, version %d", s.About.Return, s.About.Period, s.About.Version)
}

// Approve seals the submitted return with the declaration. It refuses if the
// build or the figures are no longer those submitted, and whoever submitted it.
func (p *Pipeline) Approve(ctx context.Context, s Signing, d Declaration) (Sealed, error) {
	r, err := p.configured(s.Return)
	if err != nil {
		return Sealed{}, err
	}
	user, err := p.user(s.By, "approve")
	if err != nil {
		return Sealed{}, err
	}
	sub, err := p.awaiting(r, s.Period)
	if err != nil {
		return Sealed{}, err
	}
	if sub.By == user.Name {
		return Sealed{}, refused("%q submitted this return and so cannot approve it: it takes two", user.Name)
	}
	if err := p.upToDate(ctx); err != nil {
		return Sealed{}, err
	}
	build, figures, err := p.pinned(ctx, s.Period)
	if err != nil {
		return Sealed{}, err
	}
	commentary, err := p.commentary(r, s.Period)
	if err != nil {
		return Sealed{}, err
	}
	if commentaryDigest(commentary) != sub.Commentary {
		return Sealed{}, refused("the commentary is no longer the one submitted on %s: look at the draft and submit it again", sub.At.In(p.Location).Format("2 January 2006 at 15:04"))
	}
	if build != sub.Build || (seal.Files{figuresFile: figures}).Digest() != sub.Figures {
		return Sealed{}, refused("the figures are no longer those submitted on %s: look at the draft and submit it again", sub.At.In(p.Location).Format("2 January 2006 at 15:04"))
	}
	about, err := p.about(ctx, r, s.Period, sub)
	if err != nil {
		return Sealed{}, err
	}
	about.By, about.Declaration = user.Name, d
	files, err := p.sealedFiles(ctx, r, s.Period, about, figures)
	if err != nil {
		return Sealed{}, err
	}
	signature, err := sign(user, s.KeyFile, files.Digest())
	if err != nil {
		return Sealed{}, err
	}
	dir := filepath.Join(p.returnDir(r, s.Period), fmt.Sprintf("v%03d", about.Version))
	if err := seal.Write(dir, files, signature); err != nil {
		return Sealed{}, err
	}
	return Sealed{Dir: dir, About: about, Digest: files.Digest(), Signed: signature != nil}, nil
}

// awaiting is the latest submission, if it is not sealed already.
func (p *Pipeline) awaiting(r Return, at period.Period) (Submission, error) {
	all, err := p.submissions(r, at)
	if err != nil {
		return Submission{}, err
	}
	if len(all) == 0 {
		return Submission{}, refused("%s for %s has not been submitted", r.Name, at.Label)
	}
	sub := all[len(all)-1]
	sealed, err := p.Sealed(r.Name, at)
	if err != nil {
		return Submission{}, err
	}
	for _, s := range sealed {
		if s.About.Submission.Number == sub.Number {
			return Submission{}, refused("%s for %s is sealed already, as version %d; a change needs a new submission", r.Name, at.Label, s.About.Version)
		}
	}
	return sub, nil
}

// about gathers what decides the figures now.
func (p *Pipeline) about(ctx context.Context, r Return, at period.Period, sub Submission) (About, error) {
	versions, err := seal.Versions(p.returnDir(r, at))
	if err != nil {
		return About{}, err
	}
	v, err := p.at(ctx, at)
	if err != nil {
		return About{}, err
	}
	defer v.Close()
	freeze, err := p.frozen(ctx, v)
	if err != nil {
		return About{}, err
	}
	records, err := p.store.Records()
	if err != nil {
		return About{}, err
	}
	status := "final"
	if len(versions) > 0 {
		status = "revised"
	}
	releases, err := p.releaseNames(at.Year)
	if err != nil {
		return About{}, err
	}
	return About{Return: r.Name, Period: at.Label, Releases: releases, Disclosure: p.Disclosure, Version: len(versions) + 1, Status: status, Submission: sub, At: p.Now().UTC().Truncate(time.Second),
		Records: records, Freeze: freeze.UTC(), TimeZone: p.Location.String(), Settings: r, Register: p.Register, Versions: versionsInUse()}, nil
}

// versionsInUse are those that decide bytes: the program, Go, DuckDB and the
// libraries. A program that no commit names is known by the bytes of its file.
func versionsInUse() map[string]string {
	out := map[string]string{"program": "of no commit", "go": runtime.Version(), "duckdb": warehouse.Version, "engine": fmt.Sprint(Engine)}
	if info, ok := debug.ReadBuildInfo(); ok {
		built := map[string]string{}
		for _, setting := range info.Settings {
			built[setting.Key] = setting.Value
		}
		if commit := built["vcs.revision"]; commit != "" {
			out["program"] = commit
			if built["vcs.modified"] == "true" {
				out["program"] += " with changes"
			}
		}
		for _, dep := range info.Deps {
			if dep.Path == "github.com/xuri/excelize/v2" {
				out["excelize"] = dep.Version
			}
		}
	}
	if strings.Contains(out["program"], " ") {
		out["program"] += ", " + ownHash()
	}
	return out
}

// ownHash is the SHA-256 of the program's file, or says that there is none.
func ownHash() string {
	name, err := os.Executable()
	if err != nil {
		return "its file not known"
	}
	f, err := os.Open(name)
	if err != nil {
		return "its file not readable"
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "its file not readable"
	}
	return fmt.Sprintf("SHA-256 %x", hash.Sum(nil))
}

// sealedFiles is everything a seal holds.
func (p *Pipeline) sealedFiles(ctx context.Context, r Return, at period.Period, about About, figures []byte) (seal.Files, error) {
	v, err := p.at(ctx, at)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	files := seal.Files{figuresFile: figures, configFile: p.Config}
	workbook, printed, err := p.sealedWorkbook(ctx, v, about)
	if err != nil {
		return nil, err
	}
	if err := p.onlySigned(ctx, v, about, workbook); err != nil {
		return nil, err
	}
	files[workbookName+p.ending(r)] = workbook
	if files[releasedFile], err = writeReleased(printed); err != nil {
		return nil, err
	}
	if commentary, err := p.commentary(r, at); err != nil {
		return nil, err
	} else if commentary != nil {
		files[commentaryFile] = commentary
	}
	deliveries, err := table.Query(ctx, v.conn, `SELECT delivery, number, file, sha256, provider, feed, financial_year, sheet, received, current, rows, accepted, rejected, message
		FROM main.delivery ORDER BY delivery, number, feed, sheet`)
	if err != nil {
		return nil, err
	}
	var list bytes.Buffer
	if err := deliveries.Write(&list, "csv"); err != nil {
		return nil, err
	}
	files[deliveriesFile] = list.Bytes()
	if files[aboutFile], err = json.MarshalIndent(about, "", "  "); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		fsys fs.FS
		dir  string
		to   string
	}{
		{p.Queries, "reference", rulesDir + "/queries/reference"}, {p.Queries, "model", rulesDir + "/queries/model"}, {p.Queries, "checks", rulesDir + "/queries/checks"},
		{p.Queries, "metrics", rulesDir + "/queries/metrics"}, {p.Queries, "conditions", rulesDir + "/queries/conditions"},
		{p.Templates, "extracts", rulesDir + "/templates/extracts"}, {p.Templates, path.Join("returns", r.Template), templateDir},
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

// sealedWorkbook fills the return as it is sealed: the draft's figures, and the
// declaration. It tells what was printed as well.
func (p *Pipeline) sealedWorkbook(ctx context.Context, v *view, about About) (content []byte, printed []released, err error) {
	at, err := period.Parse(about.Period)
	if err != nil {
		return nil, nil, err
	}
	request, err := p.request(ctx, v, about.Settings, at)
	if err != nil {
		return nil, nil, err
	}
	location, err := time.LoadLocation(about.TimeZone)
	if err != nil {
		return nil, nil, err
	}
	fields, declared, err := about.Declaration.fields()
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(fields, about.Settings.Fields)
	answer := returns.Condition{Status: "met", Evidence: "The declaration was made on " + declared + "."}
	if about.Declaration == (Declaration{}) {
		answer = returns.Condition{Status: "at risk", Evidence: "The return is submitted; the declaration has not been made."}
	}
	figures := request.Figures.(figures)
	for key := range figures.conditions {
		if key[0] == declarationCondition && key[2] == at.Label && about.covers(key[1]) {
			figures.conditions[key] = answer
		}
	}
	request.Fields, request.Freeze, request.Build, request.Status = fields, about.Freeze.In(location), about.Submission.Build, about.Status
	content, result, err := returns.Draft(ctx, request)
	if err != nil {
		return nil, nil, err
	}
	printed, err = p.andUnprinted(at, printedOf(result, figures), figures.values)
	return content, printed, err
}

// printedOf is what a return printed, with the figures behind it.
func printedOf(result returns.Result, figures figures) []released {
	var out []released
	for _, f := range result.Printed {
		out = append(out, released{Printed: f.Printed, Shows: f.Shows, Value: figures.values[f.Place]})
	}
	return out
}

// sealedFile is the path of a sealed version's workbook.
func (p *Pipeline) sealedFile(s Sealed) string {
	return filepath.Join(s.Dir, workbookName+returns.Ending(os.DirFS(filepath.Join(s.Dir, templateDir))))
}

// covers says whether a scope is one of the return's.
func (a About) covers(scope string) bool {
	for _, s := range a.Settings.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// fields are the declaration's answers by the names a cell map gives them, and
// its date in words.
func (d Declaration) fields() (fields map[string]string, date string, err error) {
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
