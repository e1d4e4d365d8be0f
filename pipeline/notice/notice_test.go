package notice_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"mojreturns/pipeline/notice"
	"mojreturns/templates"
)

// clock is a time that a test moves.
type clock struct{ time.Time }

func (c *clock) now() time.Time            { return c.Time }
func (c *clock) passes(d time.Duration)    { c.Time = c.Add(d) }
func someday() *clock                      { return &clock{time.Date(2024, 4, 22, 7, 30, 0, 0, time.UTC)} }
func on(month time.Month, d int) time.Time { return time.Date(2024, month, d, 0, 0, 0, 0, time.UTC) }

// events are one of each kind.
func events() []notice.Event {
	return []notice.Event{
		{Kind: notice.Late, Provider: "SLT", Feed: "referrals", Period: "2023-24-Q4", On: on(4, 15)},
		{Kind: notice.Refused, Code: "0a1b2c3d", On: on(4, 16)},
		{Kind: notice.Failed, Job: "nightly"},
		{Kind: notice.Missed, Job: "copies"},
		{Kind: notice.Due, Return: "moj-quarterly", Period: "2023-24-Q4", On: on(4, 30), Step: "10 working days"},
		{Kind: notice.Overdue, Return: "moj-quarterly", Period: "2023-24-Q3", On: on(1, 30)},
		{Kind: notice.Waiting, Return: "moj-quarterly", Period: "2023-24-Q4"},
		{Kind: notice.Unmet, Code: "C09", Fund: "CORE", Period: "2023-24-Q4"},
		{Kind: notice.Blocked, Code: "K21", Period: "2023-24-Q4"},
		{Kind: notice.Unproved},
	}
}

func mail(s *server) notice.Mail {
	return notice.Mail{Host: "localhost", Port: s.port, User: "mojreturns", Password: "the password", From: "mojreturns@office.example", To: []string{"analyst@office.example"},
		Office: "Office", Words: templates.Files, Location: time.UTC, TLS: s.trusted}
}

func outbox(t *testing.T, file string) *notice.Outbox {
	t.Helper()
	o, err := notice.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func tell(t *testing.T, o *notice.Outbox, c *clock, standing []notice.Event) (notice.Message, bool) {
	t.Helper()
	m, any, err := o.Tell(c.now(), standing, []string{"mail"})
	if err != nil {
		t.Fatal(err)
	}
	return m, any
}

// Ten things are one digest; each is told once, and its end once; a step is told again.
func TestEachThingIsToldOnce(t *testing.T) {
	s, c, file := serves(t), someday(), filepath.Join(t.TempDir(), "notices", "outbox.jsonl")
	o, list := outbox(t, file), events()
	send := func(want int) {
		t.Helper()
		if n, err := o.Send(t.Context(), c.now, mail(s)); err != nil || n != want {
			t.Fatalf("%d were sent, %v; and %d should have been", n, err, want)
		}
	}
	if m, any := tell(t, o, c, list); !any || len(m.Begun) != len(list) {
		t.Fatalf("told is %+v", m)
	}
	send(1)
	send(0)
	text := strings.ReplaceAll(s.took()[0], "=\r\n", "")
	for _, want := range []string{"Subject: Office: 10 new, 0 ended", "Auto-Submitted: auto-generated", "referrals of SLT for 2023-24-Q4 has not come", "within 10 working days"} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail does not say %q:\n%s", want, text)
		}
	}
	c.passes(24 * time.Hour)
	o = outbox(t, file) // another day, another process
	if m, any := tell(t, o, c, list); any {
		t.Errorf("told again: %+v", m)
	}
	list[4].Step = "5 working days"
	gone := slices.DeleteFunc(slices.Clone(list), func(e notice.Event) bool { return e.Kind == notice.Late || e.Kind == notice.Refused })
	m, any := tell(t, o, c, gone)
	if !any || len(m.Begun) != 1 || m.Begun[0].Kind != notice.Due || len(m.Ended) != 1 || m.Ended[0].Kind != notice.Late {
		t.Errorf("of a step and of an end is told %+v", m)
	}
	send(1)
	if m, any := tell(t, o, c, gone); any {
		t.Errorf("an end was told twice: %+v", m)
	}
	if m, any := tell(t, o, c, list); !any || len(m.Begun) != 1 || m.Begun[0].Kind != notice.Late { // a refusal is told once for good
		t.Errorf("what begins again is told again: %+v", m)
	}
}

// Whatever a server does, the message waits, is sent again after 1, 5, 15 and 60 minutes,
// then once a day, and comes once when the server takes it.
func TestAMessageWaitsForItsServer(t *testing.T) {
	s, c, file := serves(t), someday(), filepath.Join(t.TempDir(), "outbox.jsonl")
	o := outbox(t, file)
	m, _ := tell(t, o, c, events()[:1])
	wrong := mail(s)
	wrong.TLS = nil // nobody vouches for the certificate
	noPassword := mail(s)
	noPassword.Password = "another"
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	closed := mail(s)
	closed.Port = 1
	s.answers(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back later"})
	for i, step := range []struct {
		by   notice.Mail
		wait time.Duration
		says string
	}{
		{wrong, time.Minute, "certificate"}, {noPassword, 5 * time.Minute, ""}, {closed, 15 * time.Minute, "refused"}, {mail(s), time.Hour, "come back later"}, {mail(s), 24 * time.Hour, "come back later"},
	} {
		n, err := o.Send(t.Context(), c.now, step.by)
		if n != 0 || err == nil || !strings.Contains(err.Error(), step.says) || strings.Contains(err.Error(), "another") {
			t.Fatalf("try %d: %d sent, %v", i+1, n, err)
		}
		if stuck := o.Waiting(); len(stuck) != 1 || stuck[0].Failed != i+1 || stuck[0].Says == "" {
			t.Errorf("try %d: waiting are %+v", i+1, stuck)
		}
		o = outbox(t, file) // the program may be another by then
		c.passes(step.wait - time.Second)
		if n, err := o.Send(t.Context(), c.now, mail(s)); n != 0 || err != nil {
			t.Errorf("try %d: sent again too early: %d, %v", i+1, n, err)
		}
		c.passes(time.Second)
	}
	s.answers(nil)
	if n, err := o.Send(t.Context(), c.now, mail(s)); n != 1 || err != nil || len(o.Waiting()) != 0 {
		t.Fatalf("the server takes it: %d, %v, %+v", n, err, o.Waiting())
	}
	if took := s.took(); len(took) != 1 || !strings.Contains(took[0], "Message-ID: <"+m.ID+"@") {
		t.Errorf("it took %q", took)
	}
}

// A server that says nothing does not hold the program up, and stopping is no failure.
func TestASilentServer(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s, c := serves(t), someday()
	o := outbox(t, filepath.Join(t.TempDir(), "outbox.jsonl"))
	tell(t, o, c, events()[:1])
	by := mail(s)
	by.Port = silent.Addr().(*net.TCPAddr).Port
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := o.Send(ctx, c.now, by); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if stuck := o.Waiting(); len(stuck) != 1 || stuck[0].Failed != 0 {
		t.Errorf("being stopped counts as a failure: %+v", stuck)
	}
}

// What a kill left between sending and noting it comes again, with the same Message-ID; a
// torn line is passed over.
func TestAKillSendsTwiceAtMost(t *testing.T) {
	s, c, file := serves(t), someday(), filepath.Join(t.TempDir(), "outbox.jsonl")
	o := outbox(t, file)
	tell(t, o, c, events()[:1])
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Send(t.Context(), c.now, mail(s)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(before, `{"at":"2024`...), 0o660); err != nil { // torn as it was noted
		t.Fatal(err)
	}
	o = outbox(t, file)
	if n, err := o.Send(t.Context(), c.now, mail(s)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	id := regexp.MustCompile(`Message-ID: (<.*>)`)
	if took := s.took(); len(took) != 2 || id.FindString(took[0]) == "" || id.FindString(took[0]) != id.FindString(took[1]) {
		t.Errorf("it took %q", took)
	}
	if o = outbox(t, file); len(o.Waiting()) != 0 {
		t.Errorf("waiting are %+v", o.Waiting())
	}
}

// A web address is told the same, signed; a redirect, which could lead elsewhere, is not
// followed; what fails names no address.
func TestWebhook(t *testing.T) {
	c := someday()
	var got []byte
	var header http.Header
	status := http.StatusNoContent
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			t.Error("a redirect was followed")
			return
		}
		got, _ = io.ReadAll(r.Body)
		header = r.Header
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	hook := notice.Webhook{URL: receiver.URL + "/token-in-the-path", Key: "shared", Office: "Office", Now: c.now, Client: receiver.Client()}
	o := outbox(t, filepath.Join(t.TempDir(), "outbox.jsonl"))
	if _, _, err := o.Tell(c.now(), events(), notice.Names([]notice.Channel{hook})); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []int{http.StatusFound, http.StatusInternalServerError} {
		status = bad
		if n, err := o.Send(t.Context(), c.now, hook); n != 0 || err == nil || strings.Contains(err.Error(), "token") {
			t.Errorf("answered %d: %d, %v", bad, n, err)
		}
		c.passes(2 * time.Hour)
	}
	status = http.StatusNoContent
	if n, err := o.Send(t.Context(), c.now, hook); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if want := "sha256=" + notice.Sign("shared", header.Get("Mojreturns-Time"), got); header.Get("Mojreturns-Signature") != want || header.Get("Mojreturns-Id") == "" {
		t.Errorf("it is signed %q, and should be %q", header.Get("Mojreturns-Signature"), want)
	}
	if !strings.Contains(string(got), `"kind":"late","provider":"SLT","feed":"referrals"`) {
		t.Errorf("it says %s", got)
	}
	receiver.Close()
	if err := hook.Send(t.Context(), notice.Message{ID: "x"}); err == nil || strings.Contains(err.Error(), "token") {
		t.Errorf("of an address that is not there it says %v", err)
	}
}

// An event has no place for a figure, a row or a person: every field is a code of the
// configuration or a date, what is written freely is refused, and no number but of a date,
// a period, a code or a step is in the words.
func TestNothingElseLeaves(t *testing.T) {
	var fields []string
	for f := range reflect.TypeFor[notice.Event]().Fields() {
		fields = append(fields, f.Name+" "+f.Type.String())
	}
	if got, want := strings.Join(fields, ", "), "Kind notice.Kind, Provider string, Feed string, Return string, Period string, Fund string, Code string, Job string, On time.Time, Step string"; got != want {
		t.Errorf("an event has %s; think who reads it, and whether it can hold what nobody outside may know", got)
	}
	o, c := outbox(t, filepath.Join(t.TempDir(), "outbox.jsonl")), someday()
	for _, text := range []string{"somebody@example.org", "£1,234", "a, b", "line\nline", strings.Repeat("x", 61), "(1)"} {
		if _, any, err := o.Tell(c.now(), []notice.Event{{Kind: notice.Late, Provider: text}}, nil); err == nil || any || strings.Contains(err.Error(), text) {
			t.Errorf("%q may leave: %v", text, err)
		}
	}
	text, err := notice.Mail{Office: "Office", Words: templates.Files, Location: time.UTC}.Text(notice.Message{At: c.Time, Begun: events(), Ended: events()})
	if err != nil {
		t.Fatal(err)
	}
	known := regexp.MustCompile(`\d+ (January|April) 2024(, 07:30)?|2023-24-Q[34]|0a1b2c3d|C09|K21|10 working days`)
	if rest := known.ReplaceAllString(text, ""); regexp.MustCompile(`\d|£|%`).MatchString(rest) {
		t.Errorf("a number is in it:\n%s", rest)
	}
	for _, e := range events() {
		if strings.Contains(text, "- "+string(e.Kind)+"\n") {
			t.Errorf("no words tell of %q", e.Kind)
		}
	}
}
