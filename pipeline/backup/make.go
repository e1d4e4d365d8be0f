package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// Report tells what a backup did.
type Report struct {
	Number  int
	At      time.Time
	Nothing bool   // nothing had changed since the backup that is told of
	Head    string // the manifest's number and digest
	Files   int
	New     int   // files whose content was not there yet
	Bytes   int64 // written
	Removed int   // contents that were erased since, and are now from the copies
	Secrets bool  // they are in it
}

// Make copies what a workspace keeps to a place, encrypted for keys if there are any. The
// caller holds the store's write lock. What should be there and is not, or is otherwise
// than the last backup has it, is refused: it is never copied over what was good.
func Make(ctx context.Context, ws *workspace.Workspace, place string, keys []string) (r Report, err error) {
	o := objects{place: place, known: map[string]*Stored{}}
	if o.keys, err = Recipients(keys); err != nil {
		return r, err
	}
	if err := outside(ws.Dir, place); err != nil {
		return r, err
	}
	release, err := alone(ctx, place, ws.Now)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, release()) }()
	all, problems, err := manifests(place)
	if err != nil {
		return r, err
	}
	if len(problems) > 0 {
		return r, workspace.Refused("the backups in %q are not as they were written: %s. Back up into a new folder, and keep this one to be looked into", place, strings.Join(problems, "; "))
	}
	last := written{}
	if len(all) > 0 {
		last = all[len(all)-1]
		if !slices.Equal(last.Keys, keys) {
			return r, workspace.Refused("the backups in %q are %s, and this one would be %s: begin a new folder, so that every one of a folder opens with one key", place, encryptedFor(last.Keys), encryptedFor(keys))
		}
	}
	for _, w := range all {
		for _, f := range w.Files {
			if f.Stored != nil {
				o.known[f.SHA256] = f.Stored
			}
		}
	}
	m, err := o.copy(ctx, ws, &r)
	if err != nil {
		return r, err
	}
	m.Number, m.Before, m.Keys = last.Number+1, last.digest, keys
	if err := m.follows(ws, all); err != nil {
		return r, err
	}
	if err := m.describe(ctx, ws); err != nil {
		return r, err
	}
	if r.Nothing = len(all) > 0 && m.same(last.Manifest); r.Nothing {
		r.Number, r.At, r.Head = last.Number, last.At, last.head()
	} else if r.Head, err = o.conclude(m); err != nil {
		return r, err
	} else {
		r.Number, r.At = m.Number, m.At
		all = append(all, written{Manifest: m})
	}
	r.Removed, err = o.sweep(all)
	return r, err
}

func encryptedFor(keys []string) string {
	if len(keys) == 0 {
		return "not encrypted"
	}
	return "encrypted for " + strings.Join(keys, ", ")
}

// outside refuses a place in the workspace itself, which would be lost with it.
func outside(dir, place string) error {
	from, err1 := filepath.Abs(dir)
	to, err2 := filepath.Abs(place)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if relative, err := filepath.Rel(from, to); err == nil && filepath.IsLocal(relative) {
		return workspace.Refused("%q is in the workspace, and would be lost with it: give a folder on another disk or share", place)
	}
	return nil
}

// alone takes the lock of a place, so that two computers never write one manifest.
func alone(ctx context.Context, place string, now func() time.Time) (release func() error, err error) {
	store, err := landing.Open(place, now)
	if err != nil {
		return nil, err
	}
	lock, err := store.Acquire(ctx, landing.WriteLock, "backup", 0)
	if err != nil {
		return nil, fmt.Errorf("the backup's folder %q: %w", place, err)
	}
	return lock.Release, nil
}

// copy copies every file that is kept.
func (o objects) copy(ctx context.Context, ws *workspace.Workspace, r *Report) (m Manifest, err error) {
	names, err := kept(ws.Dir, len(o.keys) > 0)
	if err != nil {
		return m, err
	}
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		f, wrote, err := o.put(ws.Dir, name)
		if err != nil {
			return m, fmt.Errorf("the backup is not made, and those before it are as they were: %w", err)
		}
		if wrote > 0 {
			r.New++
		}
		r.Bytes += wrote
		r.Secrets = r.Secrets || name == secrets.File
		m.Files = append(m.Files, f)
		ws.Tell("backing up", i+1, len(names))
	}
	r.Files = len(m.Files)
	return m, nil
}

// follows refuses a backup that would lack what an earlier one has, and notes what was erased.
func (m *Manifest) follows(ws *workspace.Workspace, all []written) error {
	withdrawals, err := ws.Landing.Withdrawals()
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, w := range withdrawals {
		if w.Erased {
			m.Erased, gone[w.SHA256] = append(m.Erased, Erased{SHA256: w.SHA256, On: w.At, By: w.By, Reason: w.Reason}), true
		}
	}
	now, contents, lost := map[string]string{}, map[string]bool{}, []string{}
	for _, f := range m.Files {
		now[f.Path], contents[f.SHA256] = f.SHA256, true
		if sha, landed := strings.CutPrefix(f.Path, "store/landing/"+f.SHA256[:2]+"/"); strings.HasPrefix(f.Path, "store/landing/") && (!landed || sha != f.SHA256) {
			lost = append(lost, f.Path+" is not what was received")
		}
	}
	for i, w := range all {
		for _, f := range w.Files {
			is, there := now[f.Path]
			switch {
			case i == len(all)-1 && forGood(f.Path) && !there && !gone[f.SHA256]:
				lost = append(lost, f.Path+" is gone")
			case i == len(all)-1 && forGood(f.Path) && there && is != f.SHA256:
				lost = append(lost, f.Path+" is another")
			case leavesCopies(f.Path) && !there && !contents[f.SHA256] && !gone[f.SHA256]:
				m.Erased, gone[f.SHA256] = append(m.Erased, Erased{SHA256: f.SHA256, On: ws.Now().UTC().Truncate(time.Second)}), true
			}
		}
	}
	if len(all) > 0 {
		lost = append(lost, m.journalled(ws, all[len(all)-1].Manifest)...)
		m.Erased = keepDates(m.Erased, erased(all))
	}
	if len(lost) > 0 {
		more := ""
		if n := len(lost); n > 5 {
			lost, more = lost[:5], fmt.Sprintf(" and %d more", n-5)
		}
		return workspace.Refused("this store is not the one that the last backup there was made of, or was damaged since: %s%s. Nothing was written over: `mojreturns restore` brings back what the backup has; for another workspace give another folder",
			strings.Join(lost, "; "), more)
	}
	return nil
}

// journalled says whether the journal leads on from where it was.
func (m Manifest) journalled(ws *workspace.Workspace, last Manifest) []string {
	if last.Journal == "" {
		return nil
	}
	j, err := ws.Journal()
	if err == nil {
		err = j.Holds(last.Journal)
	}
	if err != nil {
		return []string{"store/journal.jsonl: " + err.Error()}
	}
	return nil
}

// keepDates are all that was ever erased, each as it was told first.
func keepDates(now []Erased, before map[string]Erased) []Erased {
	for i, e := range now {
		if was, told := before[e.SHA256]; told {
			now[i] = was
			delete(before, e.SHA256)
		}
	}
	for _, was := range before {
		now = append(now, was)
	}
	slices.SortFunc(now, func(a, b Erased) int { return strings.Compare(a.SHA256, b.SHA256) })
	return now
}

// describe says what the files give when they are built.
func (m *Manifest) describe(ctx context.Context, ws *workspace.Workspace) error {
	m.At, m.Office, m.Versions = ws.Now().UTC().Truncate(time.Second), ws.Register.Area.Office, builds.Versions()
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return err
	}
	if m.Build, err = builds.Identity(ws, sources); err != nil {
		return err
	}
	j, err := ws.Journal()
	if err != nil {
		return err
	}
	m.Journal = j.Head()
	latest, found, err := builds.Latest(ctx, ws)
	if err != nil || !found || latest.Build != m.Build {
		return err
	}
	m.Figures, err = published.Digest(ctx, ws)
	return err
}

// same tells whether another manifest of the same moment would say the same.
func (m Manifest) same(last Manifest) bool {
	m.Number, m.At, m.Before = last.Number, last.At, last.Before
	a, err1 := m.encode()
	b, err2 := last.encode()
	return err1 == nil && err2 == nil && string(a) == string(b)
}

// conclude writes the manifest, with which the backup is there.
func (o objects) conclude(m Manifest) (head string, err error) {
	text, err := m.encode()
	if err != nil {
		return "", err
	}
	w := written{m, digestOf(text)}
	temp, err := o.temp()
	if err != nil {
		return "", err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if _, err := temp.Write(text); err != nil {
		return "", err
	}
	return w.head(), landing.Settle(temp, filepath.Join(o.place, "manifests", w.name()))
}

// sweep removes from the copies what was erased, and what no backup names: of one that
// was killed. What is not a copy by its path is somebody's, who has a folder of such a
// name in the same place, and stays.
func (o objects) sweep(all []written) (removed int, err error) {
	named, gone := map[string]bool{}, erased(all)
	for _, w := range all {
		for _, f := range w.Files {
			named[filepath.Base(o.path(f.SHA256, f.Stored != nil))] = true
		}
	}
	walk := filepath.WalkDir(filepath.Join(o.place, "objects"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !o.isCopy(file) {
			return err
		}
		_, isErased := gone[strings.TrimSuffix(d.Name(), sealedEnding)]
		if named[d.Name()] && !isErased {
			return nil
		}
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("cannot remove a copy of what was erased: is it open in another program? Close it and back up again: %w", err)
		}
		if isErased {
			removed++
		}
		return nil
	})
	if errors.Is(walk, fs.ErrNotExist) {
		walk = nil
	}
	if err := os.Remove(o.unfinished()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		walk = errors.Join(walk, err)
	}
	_ = os.Remove(filepath.Dir(o.unfinished())) // stays where somebody keeps something in it
	return removed, walk
}
