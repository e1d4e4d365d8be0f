package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/schedule"
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
	Resources         resources        `yaml:"resources"`
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

// Configured reads a workspace's configuration strictly: an unknown key is a
// Mistake that shows its line. The rules are not read yet; see Load.
func Configured(dir string) (*Workspace, error) {
	path := filepath.Join(dir, ConfigFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, mistake("there is no %s in %q: give the folder with --workspace, or make one with `mojreturns init DIR`", ConfigFile, dir)
	}
	if err != nil {
		return nil, mistake("cannot read %q: %w", path, err)
	}
	c := config{TimeZone: "Europe/London", Resources: resources{Memory: "2GB"}}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c); err != nil {
		return nil, mistake("%s cannot be read:\n%s", path, yaml.FormatError(err, false, true))
	}
	location, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return nil, mistake("%s: time_zone %q is not known; use Europe/London", path, c.TimeZone)
	}
	ws := &Workspace{Dir: dir, Register: c.Register, Returns: c.Returns, Users: c.Users, Disclosure: c.Disclosure, Schedule: c.Schedule,
		Config: text, Location: location, Settings: warehouse.Settings{Memory: c.Resources.Memory, Threads: c.Resources.Threads}}
	ws.Queries, ws.Templates = Rules(dir)
	return ws, nil
}
