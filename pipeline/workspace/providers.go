package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
)

// ProvidersDir is the folder beside mojreturns.yaml with a file for each provider,
// CODE.yaml: what one entry under providers holds there. A change to one touches nobody
// else. A provider may stand in the configuration instead, not in both.
const ProvidersDir = "providers"

// ownFile is a provider with a file of its own.
type ownFile struct {
	name     string // such as providers/HUB.yaml
	text     []byte
	document *strict.Document
}

// readProviders adds the providers that have a file of their own, in the order of the
// files' names, after those of the configuration. The texts of instead count instead.
func (c *config) readProviders(dir string, instead map[string][]byte) error {
	folder := filepath.Join(dir, ProvidersDir)
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return mistake("cannot read the folder of providers: %w", err)
	}
	texts := map[string][]byte{}
	for code, text := range instead {
		texts[code+".yaml"] = text
	}
	var errs []error
	for _, e := range entries {
		file := filepath.Join(folder, e.Name())
		_, given := texts[e.Name()]
		switch ending := strings.ToLower(filepath.Ext(e.Name())); {
		case e.IsDir() || given || strings.HasPrefix(e.Name(), "."):
			continue
		case ending == ".yml":
			errs = append(errs, fmt.Errorf("%q is not read: call it %s.yaml", file, strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))))
			continue
		case ending != ".yaml":
			continue // notes, and what editors leave
		}
		if texts[e.Name()], err = os.ReadFile(file); err != nil {
			return mistake("cannot read %q: %w", file, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		var p register.Provider
		document := strict.Read(filepath.Join(folder, name), texts[name], &p)
		if document.Broken() {
			errs = append(errs, document.Err())
			continue
		}
		c.apart = append(c.apart, ownFile{path.Join(ProvidersDir, name), texts[name], document})
		c.Providers = append(c.Providers, p)
	}
	c.unread = errors.Join(errs...) // told with the mistakes of the others
	return nil
}

// awaitProviders adds those that services name and nobody has described yet, so that
// nothing else is wrong with the services. They send nothing.
func (c *config) awaitProviders() {
	var awaited []register.Provider // before the others: those with files of their own stay last
	for _, s := range c.Services {
		named := func(p register.Provider) bool { return p.Code == s.Provider }
		if s.Provider != "" && !slices.ContainsFunc(c.Providers, named) && !slices.ContainsFunc(awaited, named) {
			awaited = append(awaited, register.Provider{Code: s.Provider, Name: s.Provider})
		}
	}
	own := len(c.Providers) - len(c.apart)
	c.Providers = slices.Insert(slices.Clone(c.Providers), own, awaited...)
}

// mistakes are those of all files that could be read, each told where it stands.
func (c *config) mistakes() *strict.Mistakes {
	m := c.document.Mistakes()
	first := len(c.Providers) - len(c.apart)
	for i, own := range c.apart {
		m.Elsewhere(m.Top().In("providers").Nth(first+i), own.document)
	}
	return m
}

// checkNames holds each file's name against the provider in it.
func (c *config) checkNames(top strict.Place) {
	first := len(c.Providers) - len(c.apart)
	for i, own := range c.apart {
		name := strings.TrimSuffix(path.Base(own.name), path.Ext(own.name))
		if code := c.Providers[first+i].Code; code != "" && code != name {
			top.In("providers").Nth(first+i).In("code").Wrong("the file of provider %q is called %s: call it %s.yaml", code, path.Base(own.name), code)
		}
	}
}

// files are the configuration as it is, for the seals.
func (c *config) files(text []byte) map[string][]byte {
	all := map[string][]byte{ConfigFile: text}
	for _, own := range c.apart {
		all[own.name] = own.text
	}
	return all
}

// Apart is the file of a provider that has one of its own; empty if it has none.
func (ws *Workspace) Apart(code string) string {
	name := path.Join(ProvidersDir, code+".yaml")
	if _, there := ws.Config[name]; there {
		return name
	}
	return ""
}

// Describes tells whether the configuration describes a provider; one that only a service
// names is not described.
func (ws *Workspace) Describes(code string) bool {
	p, known := ws.Register.Provider(code)
	return known && (p.Name != p.Code || len(p.Feeds) > 0)
}
