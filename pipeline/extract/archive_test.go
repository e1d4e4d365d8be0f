package extract_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/extract"
)

const (
	worksheet  = `<worksheet><sheetData>`
	mainPart   = `<workbook><sheets><sheet name="Sheet1" r:id="r1"/></sheets></workbook>`
	noTable    = `, which no table needs, so it was not opened: copy the table alone into a new workbook, or save its sheet as "CSV UTF-8", and send that`
	headerCell = `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>`
)

// entry is a part of a workbook made by hand; claims is what the list of parts
// says of its size, if it lies.
type entry struct {
	name, content, end string
	claims             uint64
}

// TestArchiveBounds: a workbook made to exhaust the machine is refused with a
// sentence, within a second of processor time and 200 MB.
func TestArchiveBounds(t *testing.T) {
	sheet := func(e entry) []entry { return append(parts(), e) }
	const sheet1 = "xl/worksheets/sheet1.xml"
	row := `<row><c t="inlineStr"><is><t>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</t></is></c></row>`
	many := append(parts(), entry{name: sheet1, content: worksheet + headerCell + `</sheetData></worksheet>`})
	for range 10_001 {
		many = append(many, entry{name: "xl/media/" + strings.Repeat("x", len(many)%200) + ".png"})
	}
	long := bytes.Clone(archived(t, many[:8]))
	tests := []struct {
		name     string
		content  []byte
		sentence string
	}{
		{"Ratio", archived(t, sheet(entry{name: sheet1, content: worksheet + headerCell, end: strings.Repeat(row, 300_000)})), "the workbook packs more than 200 bytes into one" + noTable},
		{"Size", archived(t, sheet(entry{name: "xl/media/noise.png", content: noise(16 << 20), claims: 600 << 20})), "the workbook holds more than 512 MB when unpacked" + noTable},
		{"Lies", archived(t, sheet(entry{name: sheet1, content: worksheet + headerCell, end: strings.Repeat(row, 300_000), claims: 1000})), "the workbook holds more than its list of parts says" + noTable},
		{"LiesOfBoth", archived(t, sheet(entry{name: sheet1, content: worksheet + headerCell, end: strings.Repeat(row, 300_000), claims: 300 << 20})), "the workbook packs more than 200 bytes into one" + noTable},
		{"Parts", archived(t, many), "the workbook is made of more than 10,000 parts" + noTable},
		{"LongList", archived(t, listOf(60_000)), "the workbook is made of more than 10,000 parts" + noTable},
		{"Overlap", overlapping(t, long), "the workbook lists more data than it has" + noTable},
		{"Depth", archived(t, sheet(entry{name: sheet1, content: worksheet + headerCell, end: strings.Repeat("<a>", 1_000_000)})), "the workbook nests its parts more than 256 deep" + noTable},
		{"Cell", archived(t, sheet(entry{name: sheet1, content: worksheet + headerCell + `<row><c t="str"><v>`, end: noise(2 << 20)})), "the workbook has a cell of more than a million characters" + noTable},
		{"Shared", archived(t, append(sheet(entry{name: sheet1, content: worksheet + headerCell}), entry{name: "xl/sharedStrings.xml", content: "<sst>", end: strings.Repeat("<si><t/></si>", 2<<20)})), "the workbook packs more than 200 bytes into one" + noTable},
		{"SharedSize", archived(t, append(sheet(entry{name: sheet1, content: worksheet + headerCell}), entry{name: "xl/sharedStrings.xml", content: noise(2 << 20), claims: 200 << 20})), "the workbook has more text than a table holds" + noTable},
		{"Entities", archived(t, sheet(entry{name: sheet1, content: `<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;">]>` + worksheet})), `the sheet "Sheet1" of the workbook is damaged after row 0: open it in Excel, save it again as an Excel workbook (.xlsx) and send that`},
		{"Tag", archived(t, sheet(entry{name: sheet1, content: worksheet + `<row r="` + noise(2<<20)})), `the sheet "Sheet1" of the workbook is damaged after row 0: open it in Excel, save it again as an Excel workbook (.xlsx) and send that`},
		{"Locked", locked(archived(t, sheet(entry{name: sheet1}))), "the file is a zip archive locked with a password: take the password off and send it by the agreed secure route"},
		{"RepeatedRows", openDocument(t, `<table:table table:name="A">`+odsHeader+`<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row></table:table>`),
			`the sheet "A" says that row 2 comes 1000000 times, which no table needs: delete the rows below the table, save the file again and send that`},
		{"RepeatedSpaces", openDocument(t, `<table:table table:name="A">`+odsHeader+`<table:table-row><table:table-cell office:value-type="string"><text:p>`+strings.Repeat(`<text:s text:c="2000000000"/>`, 1000)+`</text:p></table:table-cell></table:table-row></table:table>`),
			"the workbook has a cell of more than a million characters" + noTable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := written(t, test.content)
			var err error
			seconds, size := spent(func() {
				_, err = extract.Stage(context.Background(), src, "extract.xlsx", filepath.Join(t.TempDir(), "staged.parquet"), extract.Options{})
			})
			var refused *extract.Refusal
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if diff := cmp.Diff(test.sentence, refused.Sentence); diff != "" {
				t.Errorf("the sentence differs (-want +got):\n%s", diff)
			}
			if size > 200<<20 {
				t.Errorf("it took %d MB", size>>20)
			}
			t.Logf("%.2f s of processor time, %d MB", seconds, size>>20) // the budget is a second
		})
	}
}

// parts are those of a workbook without its sheet.
func parts() []entry {
	return []entry{
		{name: "[Content_Types].xml", content: `<Types><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{name: "_rels/.rels", content: `<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{name: "xl/workbook.xml", content: mainPart},
		{name: "xl/_rels/workbook.xml.rels", content: `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/styles" Target="styles.xml"/><Relationship Id="r3" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
	}
}

func listOf(n int) []entry {
	all := parts()
	for range n {
		all = append(all, entry{name: "xl/" + strings.Repeat("y", 100)})
	}
	return all
}

func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = 'a' + byte(x>>24)%26
	}
	return string(b)
}

// declared gives parts written for the tests the declarations that a program writes.
func declared(part string) string {
	const sheets, related = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`, "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const open = "urn:oasis:names:tc:opendocument:xmlns:"
	pairs := []string{`Type="x/`, `Type="` + related + `/`, `<workbook>`, `<workbook` + sheets + ` xmlns:r="` + related + `">`,
		`<Relationships>`, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`,
		`<Types>`, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`,
		`<manifest:manifest/>`, `<manifest:manifest xmlns:manifest="` + open + `manifest:1.0"/>`, `<manifest:manifest>`, `<manifest:manifest xmlns:manifest="` + open + `manifest:1.0">`,
		`<office:document-content>`, `<office:document-content xmlns:office="` + open + `office:1.0" xmlns:table="` + open + `table:1.0" xmlns:text="` + open + `text:1.0" xmlns:style="` +
			open + `style:1.0" xmlns:number="` + open + `datastyle:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">`}
	for _, root := range []string{"worksheet", "sst", "styleSheet", "table"} {
		pairs = append(pairs, "<"+root+">", "<"+root+sheets+">")
	}
	return strings.NewReplacer(pairs...).Replace(part)
}

// archived writes a zip archive; small parts are not packed.
func archived(t testing.TB, entries []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		content := declared(e.content + e.end)
		method, packed := zip.Store, bytes.NewBufferString(content)
		if len(content) > 64<<10 {
			method, packed = zip.Deflate, new(bytes.Buffer)
			f, err := flate.NewWriter(packed, flate.DefaultCompression)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(f, content); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
		size := uint64(len(content))
		if e.claims > 0 {
			size = e.claims
		}
		part, err := w.CreateRaw(&zip.FileHeader{Name: e.name, Method: method, CRC32: crc32.ChecksumIEEE([]byte(content)), UncompressedSize64: size, CompressedSize64: uint64(packed.Len())})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// overlapping makes an archive whose list claims more packed bytes than there are.
func overlapping(t *testing.T, content []byte) []byte {
	t.Helper()
	at := bytes.LastIndex(content, []byte("PK\x01\x02"))
	if at < 0 {
		t.Fatal("the archive has no list")
	}
	copy(content[at+20:], "\xff\xff\xff\x00") // the last part's packed size
	return content
}

// locked marks the parts as those of an archive with a password.
func locked(content []byte) []byte {
	for at := 0; ; at += 4 {
		next := bytes.Index(content[at:], []byte("PK\x01\x02"))
		if next < 0 {
			return content
		}
		at += next
		content[at+8] |= 1
	}
}

// spent measures the processor time of this process, in seconds, and how far
// its memory grew.
func spent(do func()) (seconds float64, size int64) {
	runtime.GC()
	done := make(chan struct{})
	peak := make(chan uint64)
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		var most uint64
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	start := processorTime()
	do()
	seconds = (processorTime() - start).Seconds()
	close(done)
	return seconds, max(0, int64(<-peak)-int64(before.HeapAlloc))
}

func processorTime() time.Duration {
	runtime.GC() // brings the count up to date
	sample := []metrics.Sample{{Name: "/cpu/classes/user:cpu-seconds"}}
	metrics.Read(sample)
	return time.Duration(sample[0].Value.Float64() * float64(time.Second))
}

// TestEmptyRows: rows without values are no rows, however many there are. What they
// cost is in BenchmarkEmptyRows.
func TestEmptyRows(t *testing.T) {
	workbook, open := emptyRows(t)
	if table, _ := stage(t, workbook, "extract.xlsx", extract.Options{}); table.Rows != 1 {
		t.Errorf("%d rows", table.Rows)
	}
	if table, _ := stage(t, open, "extract.ods", extract.Options{}); table.Rows != 0 {
		t.Errorf("OpenDocument: %d rows", table.Rows)
	}
}

// BenchmarkEmptyRows measures 300,000 styled rows without values, as a whole column
// painted leaves them, with 750,000 blank ones; a second of processor time is
// their budget. An OpenDocument sheet has 50 million.
func BenchmarkEmptyRows(b *testing.B) {
	workbook, open := emptyRows(b)
	for range b.N {
		seconds, _ := spent(func() { stage(b, workbook, "extract.xlsx", extract.Options{}) })
		b.ReportMetric(seconds, "xlsx-cpu-s")
		seconds, _ = spent(func() { stage(b, open, "extract.ods", extract.Options{}) })
		b.ReportMetric(seconds, "ods-cpu-s")
	}
}

func emptyRows(t testing.TB) (workbook, open string) {
	t.Helper()
	var rows strings.Builder
	rows.WriteString(worksheet + headerCell + `<row r="2"><c r="A2"><v>1</v></c></row>`)
	for i := 3; i < 300_003; i++ {
		n := strconv.Itoa(i)
		rows.WriteString(`<row r="` + n + `" spans="1:4" s="1" customFormat="1"><c r="A` + n + `" s="1"/><c r="B` + n + `" s="1"/><c r="C` + n + `" s="1"/><c r="D` + n + `" s="1"/></row>`)
	}
	for i := 300_003; i <= 1_048_576; i++ {
		rows.WriteString(`<row r="` + strconv.Itoa(i) + `" ht="15"/>`)
	}
	rows.WriteString(`</sheetData></worksheet>`)
	workbook = written(t, archived(t, append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: rows.String()})))
	open = written(t, openDocument(t, `<table:table table:name="A">`+odsHeader+strings.Repeat(`<table:table-row table:style-name="ro1" table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`, 50)+`</table:table>`))
	return workbook, open
}

// TestChecksum: a sheet that unpacks to other text than was packed is damaged,
// even where that text is a sheet too.
func TestChecksum(t *testing.T) {
	content, err := os.ReadFile(examples + "/sessions.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		header := f.FileHeader
		if strings.HasSuffix(f.Name, "sheet1.xml") {
			header.CRC32++
		}
		w, err := to.CreateRaw(&header)
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = extract.Stage(context.Background(), written(t, out.Bytes()), "sessions.xlsx", filepath.Join(t.TempDir(), "staged.parquet"), extract.Options{})
	var refused *extract.Refusal
	if !errors.As(err, &refused) || !strings.Contains(refused.Sentence, "is damaged") {
		t.Errorf("it gives %v", err)
	}
}
