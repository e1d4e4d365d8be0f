package intake_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
)

// One file never came, one was refused for what it holds, one cannot be read, and one has
// faulty rows. By hand: the quarter ends on Sunday 31 March 2024 and Monday 1 April is
// a holiday, so ten working days on is Monday 15 April; today is Monday 22 April. It
// costs two runs: one with the mistakes, one with them mended.
func TestChase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.SmallUnbuilt(t, "finance_budget_profile_2023-24_v3.csv", "hub_referrals_2023-24_q1.csv", "hub_referrals_2023-24_q2.csv",
		"hub_referrals_2023-24_q3.csv", "hub_referrals_2023-24_q4.csv", "slt_match_funding_2023-24_v1.csv", "slt_referral_support_2023-24_v4.csv",
		"slt_training_2023-24_v2.xlsx")
	inbox := func(name string) string { return filepath.Join(ws.Dir, "inbox", name) }
	example.WriteCSV(t, inbox("slt_referral_support_2023-24_v4.csv"), example.WithColumn("Surname", "xyzzy")(example.ReadCSV(t, inbox("slt_referral_support_2023-24_v4.csv"))))
	if err := os.WriteFile(inbox("slt_referrals_2023-24_v4.csv"), []byte("%PDF-1.4 nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := example.Quarter(t, "2023-24-Q4")
	if _, err := pipeline.Run(ctx, ws, at); err != nil {
		t.Fatal(err)
	}
	chases, err := intake.Chases(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, c := range chases {
		told = append(told, c.Provider.Code)
		if c.Provider.Code != "SLT" {
			continue
		}
		message, err := intake.ChaseMessage(ws, c)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/chase.txt")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), message); diff != "" {
			t.Errorf("the message (-want +got):\n%s", diff)
		}
	}
	if strings.Join(told, " ") != "FIN SLT HUB" { // the ledger and the hub have faulty rows
		t.Errorf("there is something to tell %v", told)
	}
	// mended files end the matter
	for _, name := range []string{"slt_referral_outcomes_2023-24_v4.csv", "slt_referral_support_2023-24_v4.csv", "slt_referrals_2023-24_v4.csv"} {
		content, err := os.ReadFile(filepath.Join("../../testdata/cleveland/inbox", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(inbox(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pipeline.Run(ctx, ws, at); err != nil {
		t.Fatal(err)
	}
	chases, err = intake.Chases(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chases {
		if len(c.Late)+len(c.Refused) > 0 || len(c.Faulty) == 0 {
			t.Errorf("still to be told: %+v", c)
		}
	}
}

// A draft is a mail that other programs read: the message as its text, the marked
// workbooks as they are, no sender, and the same bytes for the same message at the same
// time. What was written is kept, and the next message says so. It is slow since
// each marked workbook is judged again.
func TestLetters(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.Small(t)
	at := example.Quarter(t, "2023-24-Q4")
	chases, err := intake.Chases(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	chases = slices.DeleteFunc(chases, func(c intake.Chase) bool { return c.Provider.Code != "SLT" })
	if len(chases) != 1 || len(chases[0].Faulty) != 1 || len(chases[0].Late) == 0 {
		t.Fatalf("%+v", chases)
	}
	dir := t.TempDir()
	var letters []intake.Letter
	for range 2 {
		written, err := intake.WriteLetters(ctx, ws, at, chases, dir)
		if err != nil || len(written) != 1 {
			t.Fatal(written, err)
		}
		letters = append(letters, written...)
	}
	if a, b := letters[0], letters[1]; a.Draft != "SLT_2023-24-Q4_2024-04-22.eml" || b.Draft != "SLT_2023-24-Q4_2024-04-22_2.eml" || a.SHA256 != b.SHA256 {
		t.Errorf("%+v\n%+v", a, b)
	}
	content := example.ReadFile(t, filepath.Join(dir, letters[0].Draft))
	if got := fmt.Sprintf("%x", sha256.Sum256(content)); got != letters[0].SHA256 {
		t.Errorf("the record says %s, and it is %s", letters[0].SHA256, got)
	}
	message, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{"From": "", "To": "", "X-Unsent": "1", "Subject": "Your files for January to March 2024 (quarter 4 of 2023-24)", "Date": "Mon, 22 Apr 2024 10:00:00 +0100"} {
		if got := message.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatal(kind, err)
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	text, err := parts.NextPart() // it takes quoted-printable apart
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	want, err := intake.ChaseMessage(ws, chases[0])
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ = strings.Cut(want, "\n\n") // without the lines of its head
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(strings.ReplaceAll(string(got), "\r\n", "\n"))); diff != "" {
		t.Errorf("the text (-want +got):\n%s", diff)
	}
	book, err := parts.NextPart()
	if err != nil || book.FileName() != "slt_referrals_2023-24_v4_faults.xlsx" {
		t.Fatal(book, err)
	}
	attached, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, book))
	if err != nil {
		t.Fatal(err)
	}
	marked, err := intake.Annotate(ctx, ws, intake.Annotation{File: chases[0].Faulty[0].SHA256, To: t.TempDir()})
	if err != nil || !bytes.Equal(attached, example.ReadFile(t, marked[0].Path)) {
		t.Errorf("%d bytes are attached: %v", len(attached), err)
	}

	all, err := intake.Letters(ws)
	if err != nil || len(all) != 2 || all[0].Number != 1 || all[1].Number != 2 || all[0].To != chases[0].Provider.Addressee() {
		t.Errorf("%+v, %v", all, err)
	}
	chases, err = intake.Chases(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chases {
		asked := c.Provider.Code == "SLT"
		for _, o := range c.Late {
			if o.Asked.IsZero() == asked {
				t.Errorf("%s %s: asked on %v", c.Provider.Code, o.Name, o.Asked)
			}
		}
		if asked {
			again, err := intake.ChaseMessage(ws, c)
			if err != nil || strings.Count(again, "We asked for it on 22 April 2024.") != len(c.Late) || !strings.Contains(again, "We wrote about it on 22 April 2024.") {
				t.Errorf("%v: %s", err, again)
			}
		}
	}
	if _, err := intake.WriteLetters(ctx, ws, at, chases, ws.Path("drafts")); err == nil || !strings.Contains(err.Error(), "is in the store, where nobody sends from") {
		t.Errorf("into the store: %v", err)
	}
}
