// Package queries holds every rule that is SQL or a list, embedded in the
// program: code lists and calendar (reference), typed facts (model), rows that
// are wrong (checks), metrics, funding conditions, the briefing's questions and
// saved questions (adhoc). A workspace may lay its own files over them.
package queries

import "embed"

// Files are the folders of this package.
//
//go:embed reference model checks metrics conditions briefing adhoc
var Files embed.FS
