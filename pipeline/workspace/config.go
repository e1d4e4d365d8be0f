package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/strict"
	"mojreturns/pipeline/warehouse"
)

// ConfigFile is the name of a workspace's configuration.
const ConfigFile = "mojreturns.yaml"

// config is mojreturns.yaml. Only this package knows the file; every other
// package is handed the part it needs.
type config struct {
	register.Register `yaml:",inline"`
	TimeZone          string           `yaml:"time_zone"`
	Returns           []Return         `yaml:"returns"`
	Users             []User           `yaml:"users"`
	Disclosure        Disclosure       `yaml:"disclosure"`
	Schedule          []schedule.Entry `yaml:"schedule"`
	Backup            Backup           `yaml:"backup"`
	Notices           Notices          `yaml:"notices"`
	Resources         resources        `yaml:"resources"`

	document *strict.Document // what it was read from
	apart    []ownFile        // the providers that have a file of their own
	unread   error            // of those whose file is none
}

// resources bound what a build may use of the machine.
type resources struct {
	Memory  string `yaml:"memory"`  // such as 2GB
	Threads int    `yaml:"threads"` // 0 means every processor
}

// Mistake is something in a workspace that cannot be, for the office to mend.
type Mistake struct{ error }

// Unwrap gives the error itself.
func (m Mistake) Unwrap() error { return m.error }

func mistake(format string, args ...any) error { return Mistake{fmt.Errorf(format, args...)} }

// Configured reads a workspace's configuration strictly: what it cannot take is a
// Mistake that shows its line. The rules are not read yet, nor is anything held
// against them; see Open.
func Configured(dir string) (*Workspace, error) {
	ws, err := configured(dir, Use{})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(ws.written.mistakes().Err(), ws.written.unread); err != nil {
		return nil, Mistake{err}
	}
	return ws, nil
}

// configured reads what can be read; the document knows what could not.
func configured(dir string, use Use) (*Workspace, error) {
	path := filepath.Join(dir, ConfigFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, mistake("there is no %s in %q: give the folder with --workspace, or make one with `mojreturns init DIR`", ConfigFile, dir)
	}
	if err != nil {
		return nil, mistake("cannot read %q: %w", path, err)
	}
	c := config{TimeZone: "Europe/London", Resources: resources{Memory: "2GB"}}
	if c.document = strict.Read(path, text, &c); c.document.Broken() {
		return nil, Mistake{c.document.Err()}
	}
	if err := c.readProviders(dir, use.Instead); err != nil {
		return nil, err
	}
	if use.Taking {
		c.awaitProviders()
	}
	ws := &Workspace{Dir: dir, Register: c.Register, Returns: c.Returns, Users: c.Users, Disclosure: c.Disclosure, Schedule: c.Schedule, Backup: c.Backup, Notices: c.Notices,
		Config:  c.files(text),
		written: &c}
	ws.Settings = warehouse.Settings{Memory: c.Resources.Memory, Threads: c.Resources.Threads, TempDir: ws.Path("tmp")}
	if ws.Location, err = c.location(); err != nil {
		ws.Location = time.UTC // the mistake is told with the others
	}
	ws.Queries, ws.Templates = Rules(dir)
	if !ws.ownCouncils() {
		ws.Queries = ofArea(ws.Queries, ws.Register.Area.Code)
	}
	return ws, nil
}

// Jobs are what the schedule can run.
func Jobs() []string {
	return []string{"run", "land", "build", "chase", "erase expired", BackupJob, ProofJob, NoticesJob}
}

var memoryForm = regexp.MustCompile(`^[1-9]\d*(\.\d+)? ?([KMGT]i?B)$`)

// check tells every mistake of the configuration at its place: each part held by
// itself, and against the others and the rules.
func (ws *Workspace) check(top strict.Place) {
	known := register.Known{}
	for _, c := range ws.Contracts {
		known.Feeds = append(known.Feeds, c.Feed)
	}
	for _, row := range ws.Lists["budget_line"] {
		known.BudgetLines = append(known.BudgetLines, row["code"])
	}
	ws.Register.Check(top, known)
	ws.written.checkNames(top)
	ws.checkFeeds(top.In("providers"))
	ws.checkReturns(top.In("returns"))
	checkUsers(ws.Users, top.In("users"))
	ws.Disclosure.check(top.In("disclosure"))
	for _, m := range schedule.Mistakes(ws.Schedule, Jobs()) {
		top.In("schedule").Nth(m.Entry).In(m.Key).Wrong("%s", m.Says)
	}
	for i, e := range ws.Schedule {
		if days := top.In("schedule").Nth(i).In("days"); days.Given() && len(e.Days) == 0 {
			days.Wrong("schedule entry %d (%q): days names none, which would be every day; name them, or take the key away for all", i+1, e.Name)
		}
	}
	ws.checkBackup(top)
	ws.checkCouncils(top.In("area").In("code"))
	ws.checkNotices(top)
	ws.written.checkMachine(top)
}

// location is the time zone of business dates. The computer's own is not asked.
func (c *config) location() (*time.Location, error) {
	if c.TimeZone == "" || c.TimeZone == "Local" {
		return nil, errors.New("no time zone")
	}
	return time.LoadLocation(c.TimeZone)
}

// checkMachine tells what of the time zone and the computer's resources cannot be.
func (c *config) checkMachine(top strict.Place) {
	if _, err := c.location(); err != nil {
		top.In("time_zone").Wrong("time_zone %q is not known; write Europe/London", c.TimeZone)
	}
	if !memoryForm.MatchString(c.Resources.Memory) {
		top.In("resources").In("memory").Wrong("resources: memory %q is not an amount such as 2GB", c.Resources.Memory)
	}
	if c.Resources.Threads < 0 {
		top.In("resources").In("threads").Wrong("resources: threads is %d; it is a number of processors, 0 for all", c.Resources.Threads)
	}
}
