package signoff

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// versionsInUse are those that decide bytes: the program, Go, DuckDB and the
// libraries. A program that no commit names is known by the bytes of its file.
func versionsInUse() map[string]string {
	out := map[string]string{"program": "of no commit", "go": runtime.Version(), "duckdb": warehouse.Version, "engine": fmt.Sprint(workspace.Engine)}
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
