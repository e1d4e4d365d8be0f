package main

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
	"mojreturns/pipeline/workspace"
)

// configFile is the workspace's configuration.
const configFile = "mojreturns.yaml"

// config is mojreturns.yaml. Only this package knows the file; every other
// package is handed the part it needs.
type config struct {
	register.Register `yaml:",inline"`
	TimeZone          string               `yaml:"time_zone"`
	Returns           []workspace.Return   `yaml:"returns"`
	Users             []workspace.User     `yaml:"users"`
	Disclosure        workspace.Disclosure `yaml:"disclosure"`
	Schedule          []schedule.Entry     `yaml:"schedule"`
	Resources         resources            `yaml:"resources"`

	text []byte // the file as it is
}

// resources bound what a build may use of the machine.
type resources struct {
	Memory  string `yaml:"memory"`  // such as 2GB
	Threads int    `yaml:"threads"` // 0 means every processor
}

func defaultConfig() config {
	return config{TimeZone: "Europe/London", Resources: resources{Memory: "2GB"}}
}

// readConfig reads a workspace's configuration strictly: an unknown key is an
// error that shows its line.
func readConfig(workspace string) (config, *time.Location, error) {
	path := filepath.Join(workspace, configFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return config{}, nil, usage("there is no %s in %q: give the folder with --workspace, or make one with `mojreturns init DIR`", configFile, workspace)
	}
	if err != nil {
		return config{}, nil, usage("cannot read %q: %v", path, err)
	}
	c := defaultConfig()
	c.text = text
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c); err != nil {
		return config{}, nil, usage("%s cannot be read:\n%s", path, yaml.FormatError(err, false, true))
	}
	location, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return config{}, nil, usage("%s: time_zone %q is not known; use Europe/London", path, c.TimeZone)
	}
	return c, location, nil
}

// usageError is a mistake in the command line or the configuration: exit code 2.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
