package main

import (
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

func (a *app) versionCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "version",
		Short:   "What this program is: its version and commit, its engine, Go and DuckDB",
		Example: "  mojreturns version",
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo() // always there in a program that go built
			return a.print(rows([]string{"part", "version"}, parts(info)...))
		},
	}
	a.printFlags(c)
	return c
}

// parts are what the program was built of. A build is named by its figures' engine and by
// DuckDB, so both are told; the commit is not known of a program that go run made.
func parts(info *debug.BuildInfo) [][]any {
	commit := "not known"
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			commit += ", changed since"
		}
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "not released"
	}
	return [][]any{
		{"mojreturns", version},
		{"commit", commit},
		{"engine", strconv.Itoa(workspace.Engine)},
		{"Go", info.GoVersion + " " + runtime.GOOS + "/" + runtime.GOARCH},
		{"DuckDB", warehouse.Version},
	}
}
