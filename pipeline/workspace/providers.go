package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
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
// files' names, after those of the configuration.
func (c *config) readProviders(dir string) error {
	entries, err := os.ReadDir(filepath.Join(dir, ProvidersDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return mistake("cannot read the folder of providers: %w", err)
	}
	var errs []error
	for _, e := range entries {
		file := filepath.Join(dir, ProvidersDir, e.Name())
		switch ending := strings.ToLower(filepath.Ext(e.Name())); {
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
			continue
		case ending == ".yml":
			errs = append(errs, fmt.Errorf("%q is not read: call it %s.yaml", file, strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))))
			continue
		case ending != ".yaml":
			continue // notes, and what editors leave
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return mistake("cannot read %q: %w", file, err)
		}
		var p register.Provider
		document := strict.Read(file, text, &p)
		if document.Broken() {
			errs = append(errs, document.Err())
			continue
		}
		c.apart = append(c.apart, ownFile{path.Join(ProvidersDir, e.Name()), text, document})
		c.Providers = append(c.Providers, p)
	}
	c.unread = errors.Join(errs...) // told with the mistakes of the others
	return nil
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
