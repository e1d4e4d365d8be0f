// Package templates holds what is not SQL but still rule or form: contracts of
// extracts, returns (blank workbook, cell map, description), and the pages of
// the briefing and the status page, embedded in the program. A workspace may lay
// its own files over them.
package templates

import "embed"

// Files are the folders of this package, whichever there are.
//
//go:embed */*
var Files embed.FS
