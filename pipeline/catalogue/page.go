package catalogue

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
)

// pageFile and styleFile are in the templates folder.
const (
	pageFile  = "web/catalogue.html"
	styleFile = "web/style.css"
)

// Page is the catalogue as one page of HTML that needs nothing else.
type Page struct {
	HTML []byte
	// Policy is the Content-Security-Policy under which it works: its own style
	// and script by their hash, and nothing from elsewhere.
	Policy string
}

// section is a kind's part of the page.
type section struct {
	Kind         Kind
	Title, Intro string
	Entries      []Entry
}

var sections = []section{
	{Kind: Metric, Title: "Metrics", Intro: "Every figure: what counts, when, and how it is broken down."},
	{Kind: Condition, Title: "Funding conditions", Intro: "What each fund is held to, and how the program answers."},
	{Kind: Check, Title: "Data checks", Intro: "What is looked for in what providers send, and what to do about it."},
	{Kind: View, Title: "Views", Intro: "The rows that metrics, conditions and checks are made from: what providers sent, typed and joined."},
	{Kind: Feed, Title: "Feeds", Intro: "The extracts that providers and the finance ledger send."},
	{Kind: Column, Title: "Columns", Intro: "Every column of every feed and the rules its values are held to."},
	{Kind: List, Title: "Code lists", Intro: "Every code that may be sent or that figures are broken down by."},
}

// Page makes the page from web/catalogue.html, in the style of the status page.
func (c *Catalogue) Page(templates fs.FS) (Page, error) {
	page, err := template.New("catalogue.html").ParseFS(templates, pageFile)
	if err != nil {
		return Page{}, fmt.Errorf("cannot read the catalogue's template: %w", err)
	}
	style, err := fs.ReadFile(templates, styleFile)
	if err != nil {
		return Page{}, fmt.Errorf("cannot read the catalogue's style: %w", err)
	}
	more, err := part(page, "style")
	if err != nil {
		return Page{}, err
	}
	script, err := part(page, "script")
	if err != nil {
		return Page{}, err
	}
	// a checkout on Windows must not change the page
	style = bytes.ReplaceAll(append(style, more...), []byte("\r\n"), []byte("\n"))
	policy := fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
		digest(style), digest(script))
	var out bytes.Buffer
	err = page.Execute(&out, struct {
		Policy   string
		Style    template.CSS
		Script   template.JS
		Sections []section
		Codes    map[string][]Entry
	}{policy, template.CSS(style), template.JS(script), c.sections(), c.codesByList()})
	if err != nil {
		return Page{}, fmt.Errorf("cannot make the catalogue's page: %w", err)
	}
	return Page{HTML: out.Bytes(), Policy: policy}, nil
}

// part is a named piece of the template that goes into the page as it is.
func part(page *template.Template, name string) ([]byte, error) {
	// a copy, since a template that has run can no longer be put in another place
	copied, err := page.Clone()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := copied.ExecuteTemplate(&out, name, nil); err != nil {
		return nil, fmt.Errorf("the catalogue's template needs a piece named %q: %w", name, err)
	}
	return bytes.ReplaceAll(out.Bytes(), []byte("\r\n"), []byte("\n")), nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (c *Catalogue) sections() []section {
	var out []section
	for _, s := range sections {
		s.Entries = c.Of(s.Kind)
		out = append(out, s)
	}
	return out
}

// codesByList are the codes under the name of their list.
func (c *Catalogue) codesByList() map[string][]Entry {
	out := map[string][]Entry{}
	for _, e := range c.Of(Code) {
		list := e.Fact("List")
		out[list] = append(out[list], e)
	}
	return out
}
