package workspace

import (
	_ "embed"
	"strings"
	"time"

	"mojreturns/pipeline/period"
)

// starter is the configuration a new workspace begins with, without its dates and names.
// Every word that mojreturns.yaml can hold stands in it, explained; a test holds it to that.
//
//go:embed starter.yaml
var starter string

// Starter is the configuration of a new workspace for a financial year and an area.
func Starter(year period.Year, area Area) []byte {
	said := strings.NewReplacer("{start}", year.Start().Format(time.DateOnly), "{end}", year.End().Format(time.DateOnly),
		"{label}", year.String(), "{area}", area.Name, "{area_code}", area.Code)
	return []byte(said.Replace(starter))
}
