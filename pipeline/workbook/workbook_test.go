package workbook

import (
	"fmt"
	"strings"
	"testing"
)

// Every tag is found with its place and depth, whatever stands around it.
func TestScan(t *testing.T) {
	const part = `<?xml version="1.0"?><!-- <no/> --><x:a b='1>2' r:id="i"><![CDATA[<no>]]>text<c/><d>&lt;</d ></x:a>`
	var got []string
	if err := Scan([]byte(part), func(tag Tag) error {
		if part[tag.From:tag.To] != tag.String() {
			t.Errorf("%q stands elsewhere", tag.String())
		}
		got = append(got, fmt.Sprint(tag.Prefix, tag.Name, " ", tag.Depth, tag.End, tag.Empty))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := "x:a 1 false false, c 2 false true, d 2 false false, d 2 true false, x:a 1 true false"
	if strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
	for _, broken := range []string{"<a", "<a><b></b>", "</a>", "<a b='>", "<!-- a"} {
		if err := Scan([]byte(broken), func(Tag) error { return nil }); err == nil {
			t.Errorf("%q was taken for a whole part", broken)
		}
	}
}

// An element of another space is not taken for one of the part's own of that name.
func TestScanSpaces(t *testing.T) {
	const part = `<a xmlns="urn:a" xmlns:y="urn:a"><row/><x:row xmlns:x='urn:x'><row/></x:row><y:row/><row xmlns="urn:x"><row/></row><x:row/><row/></a>`
	var got []string
	if err := Scan([]byte(part), func(tag Tag) error {
		if !tag.End && tag.Depth > 1 {
			got = append(got, tag.Name)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := "row, urn:x row, row, row, urn:x row, urn:x row,  row, row"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}

func TestAttributes(t *testing.T) {
	for _, c := range []struct{ tag, name, value, with, without string }{
		{`<c r="A1" s = '3'/>`, "s", "3", `<c r="A1" s = '&lt;9'/>`, `<c r="A1"/>`},
		{`<c r="A1"/>`, "s", "", `<c r="A1" s="&lt;9"/>`, `<c r="A1"/>`},
		{`<c>`, "s", "", `<c s="&lt;9">`, `<c>`},
		{`<s xmlns:id="n" r:id="x &amp; y" name="z">`, "id", "x & y", `<s xmlns:id="n" r:id="&lt;9" name="z">`, `<s xmlns:id="n" name="z">`},
	} {
		tag := tagOf([]byte(c.tag), 0, len(c.tag))
		if tag.Attr(c.name) != c.value || tag.With(c.name, "<9").String() != c.with || tag.Without(c.name).String() != c.without {
			t.Errorf("%s: %s is %q, with %s, without %s", c.tag, c.name, tag.Attr(c.name), tag.With(c.name, "<9"), tag.Without(c.name))
		}
	}
}

func TestInside(t *testing.T) {
	for part, want := range map[string]string{
		`<a/>`:                `<a><b c="1"/></a>`,
		`<x:a> <x:d/></x:a >`: `<x:a> <x:d/><x:b c="1"/></x:a >`,
	} {
		if got, err := Inside([]byte(part), `<b c="1"/>`); err != nil || string(got) != want {
			t.Errorf("%s becomes %s (%v), want %s", part, got, err, want)
		}
	}
	if _, err := Inside([]byte("no part"), "<b/>"); err == nil {
		t.Error("a text without elements was taken for a part")
	}
}

// What a text means survives being written and read.
func TestEscaped(t *testing.T) {
	for _, text := range []string{"a < b & \"c\"", "_x0041_", "line\nline"} {
		if got := Unescaped(strings.NewReplacer("&lt;", "<", "&amp;", "&", "&#34;", `"`).Replace(Escaped(text))); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

// Opening what is no workbook is an error with a sentence, never a crash.
func FuzzScan(f *testing.F) {
	f.Add([]byte(`<a b="1"><c/></a>`))
	f.Add([]byte(`<!-- --><a b= ></a`))
	f.Fuzz(func(t *testing.T, part []byte) {
		last := 0
		_ = Scan(part, func(tag Tag) error {
			if tag.From < last || tag.To <= tag.From || tag.To > len(part) {
				t.Fatalf("a tag stands from %d to %d after %d", tag.From, tag.To, last)
			}
			last = tag.To
			tag.Attr("b")
			_ = tag.With("b", "1").String() + tag.Without("b").String()
			return nil
		})
		_, _ = Inside(part, "<b/>")
	})
}
