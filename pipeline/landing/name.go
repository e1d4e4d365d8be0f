package landing

import (
	"fmt"
	"strings"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
)

// NextName is what the next file of a feed should be called: its pattern with the
// financial year, the quarter that the period ends in, the next version after those
// of deliveries, and today's date.
func NextName(feed register.Feed, at period.Period, provider string, deliveries []Delivery, today time.Time) string {
	version := 1
	for _, d := range deliveries {
		if d.Provider == provider && d.Feed == feed.Feed && d.Year == at.Year.String() {
			version = max(version, d.Version+1)
		}
	}
	quarter := 1
	for i, q := range at.Year.Quarters() {
		if !at.End.Before(q.End) {
			quarter = i + 1
		}
	}
	return strings.NewReplacer("{year}", at.Year.String(), "{quarter}", fmt.Sprint(quarter), "{version}", fmt.Sprint(version),
		"{date}", today.Format(time.DateOnly), "*", strings.ToLower(at.Label)).Replace(feed.Files)
}
