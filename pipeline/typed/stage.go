package typed

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/workspace"
)

// Reader is the number of the reader of files, which decides what is staged.
const Reader = extract.Reader

// Staged is one delivery read as text: where its Parquet is, what its header
// says, and how that meets the contract; or the sentence that refuses it.
type Staged struct {
	landing.Delivery
	Table    extract.Table
	Parquet  string
	Contract contract.Contract
	Mapping  contract.Mapping
	Personal []personal.Found // what its values seem to hold of people
}

// Stage reads every delivery that a feed claims, once for each file and way of
// reading it, and says which deliveries are current. A file that cannot be read
// is refused and replaces nothing.
func Stage(ctx context.Context, ws *workspace.Workspace) ([]Staged, error) {
	deliveries, err := ws.Deliveries()
	if err != nil {
		return nil, err
	}
	read := map[stageKey]Staged{}
	var tables []landing.Delivery // one for each table of a delivery
	for i, d := range deliveries {
		if d.Feed == "" || d.Withdrawal != nil && d.Withdrawal.Erased {
			tables = append(tables, d)
			continue
		}
		if ws.Past != nil && !workspace.Exists(ws.Landing.Path(d.SHA256)) {
			d.Refused = "erased since" // those that counted are all there, so this one did not
			tables = append(tables, d)
			continue
		}
		ws.Tell("reading "+d.Name, i, len(deliveries))
		found, err := StageFile(ctx, ws, d, InStore(ws, d))
		if err != nil {
			return nil, fmt.Errorf("cannot read %q: %w", d.Name, err)
		}
		for _, s := range found {
			tables = append(tables, s.Delivery)
			read[keyOf(s.Delivery)] = s
		}
	}
	ws.Tell("", 0, 0)
	var all []Staged
	for _, d := range landing.Current(tables, ws.Moment()) {
		s := read[keyOf(d)]
		s.Delivery = d
		all = append(all, s)
	}
	return all, nil
}

type stageKey struct {
	number, place        int
	feed, sheet, pattern string
}

func keyOf(d landing.Delivery) stageKey {
	return stageKey{number: d.Number, feed: d.Feed, sheet: d.Spec.Sheet, pattern: d.Spec.SheetPattern, place: d.Spec.SheetNumber}
}

// Place is where a delivery's bytes are and where their staged file is kept:
// both in the store, or, before the file is landed, neither. Without a place for it
// nothing is staged, and the file is read as far as its header.
type Place struct{ Bytes, Staged string }

// InStore is where a landed delivery's bytes and its staged file are.
func InStore(ws *workspace.Workspace, d landing.Delivery) Place {
	return Place{Bytes: ws.Landing.Path(d.SHA256), Staged: ws.Path("staged")}
}

// stageOne reads one table of a delivery, unless it was read already, and holds its
// header against its contract. What cannot be read is Refused, with the sentence why.
func stageOne(ctx context.Context, ws *workspace.Workspace, d landing.Delivery, at Place) (Staged, error) {
	s := Staged{Delivery: d}
	var refusal string
	kept, parquet, err := read(ctx, ws, d, at)
	s.Parquet, s.Table, s.Personal, refusal = parquet, kept.Table, kept.Personal, kept.Refusal
	if err != nil || refusal != "" {
		s.Refused = refusal
		return s, err
	}
	s.Contract, _ = ws.Contract(d.Feed)
	if s.Mapping, err = s.Contract.MatchFeed(s.Table.Header, d.Spec, ws.Safe.Quoted); err != nil {
		s.Refused = err.Error()
	}
	return s, nil
}

// reading is what is kept beside a staged file, so that it is read once only.
type reading struct {
	Table    extract.Table    `json:"table"`
	Size     int64            `json:"size"` // bytes of the staged file
	Refusal  string           `json:"refusal,omitempty"`
	Personal []personal.Found `json:"personal,omitempty"`
}

// read gives the staged file of a delivery, from the cache where it is there.
// Its key is what decides its contents: the bytes, how they are read, the
// reader's number, and what is screened.
func read(ctx context.Context, ws *workspace.Workspace, d landing.Delivery, at Place) (kept reading, parquet string, err error) {
	options := ws.ReadingOptions(d)
	if at.Staged == "" {
		kept.Table, err = extract.Header(ctx, at.Bytes, d.Name, options)
		var refused *extract.Refusal
		if errors.As(err, &refused) {
			kept.Refusal, err = refused.Error(), nil
		}
		return kept, "", err
	}
	key := sha256.Sum256([]byte(strings.Join([]string{d.SHA256, options.Key(), d.Feed, ws.ScreenedBy}, "\n")))
	base := filepath.Join(at.Staged, fmt.Sprintf("%x", key[:16]))
	parquet = base + ".parquet"
	if text, err := os.ReadFile(base + ".json"); err == nil && json.Unmarshal(text, &kept) == nil {
		info, err := os.Stat(parquet)
		if kept.Refusal != "" || err == nil && info.Size() == kept.Size {
			return kept, parquet, nil
		}
		if err == nil {
			ws.Log.Warn("what was read of a file is damaged: it is read again", "file", d.Name, "sha256", d.SHA256)
		}
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o770); err != nil {
		return reading{}, "", err
	}
	kept = reading{}
	kept.Table, err = extract.Stage(ctx, at.Bytes, d.Name, parquet, options)
	var refused *extract.Refusal
	if errors.As(err, &refused) {
		kept.Refusal, err = refused.Error(), nil
	} else if err == nil {
		kept.Personal, err = look(ctx, ws, d, at.Bytes, parquet, kept.Table)
	}
	if err != nil {
		return reading{}, "", err
	}
	if info, err := os.Stat(parquet); err == nil {
		kept.Size = info.Size()
	}
	text, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return reading{}, "", err
	}
	return kept, parquet, os.WriteFile(base+".json", append(text, '\n'), 0o660)
}
