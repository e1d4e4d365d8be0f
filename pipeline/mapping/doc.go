// Package mapping writes a provider's mapping as a workbook that a data officer fills in,
// and reads it back. What a mapping in YAML can hold the workbook can hold too, and gives
// back exactly; a test derives the keys from what the configuration is read into, so that
// a new key must have its place here.
//
// What stands where: the sheet Start says who the provider is and lists the sheets;
// Settings has what is said of a feed once (its files, sheets, dates, rows, when it is
// awaited); Columns says where each of our columns comes from; and a sheet for each coded
// column translates its words. An answer that is blank is not decided: what was proposed
// without being sure stands beside it, and counts for nothing until somebody chooses it.
package mapping

import (
	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/register"
)

// About is what a workbook offers to choose from.
type About struct {
	Contracts  []contract.Contract
	Lists      contract.Lists
	Registers  map[string][]string // the codes of fund, service and provider
	Registered map[string]string   // what each is called
	Marking    string              // of protection, on each printed page; empty: none
}

// Book is a mapping with what was seen of the files it is for.
type Book struct {
	Provider register.Provider
	Files    []string // the names of the files that were looked at
	Seen     []Seen   // for each feed of the provider, in its order; may be shorter
}

// Seen is what was seen of one feed's files, beside what is proposed for them.
type Seen struct {
	Headers []Header
	Words   map[string][]Word // of contract columns
	Yes     []Word            // of the columns that ask yes or no
	Guesses map[string]Guess  // of settings, by their key, and constants, as constants.COLUMN
}

// Header is a header of a file. Its values are never shown, only their shape.
type Header struct {
	Name, Shape string
	Column      string // what it is, where Own; else what it may be; empty: nobody knows
	Own         bool   // it is known by its own name, so that nothing need be said
	Why         string // why somebody must look; empty: nobody need
}

// Word is a value of a coded column, in how many rows it stands, and what it may mean:
// it counts only once somebody has said so.
type Word struct {
	Text  string
	Rows  int64
	Guess string // a code of ours; empty: none is like it
	Ours  bool   // it is our code already
}

// Guess is a value that is not decided, and why.
type Guess struct{ Value, Why string }

// Problem is something in a workbook that cannot be, and where.
type Problem struct{ Sheet, Cell, Says string }

func (p Problem) String() string {
	switch {
	case p.Cell != "":
		return "sheet " + p.Sheet + ", cell " + p.Cell + ": " + p.Says
	case p.Sheet != "":
		return "sheet " + p.Sheet + ": " + p.Says
	}
	return p.Says
}
