package intake

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// mail is a message as a draft, which Outlook opens to be looked over and sent
// (X-Unsent). It has no sender: that is whose program sends it. The same message at the
// same time has the same bytes. The form (RFC 5322, MIME) is go-mail's, which is kept and
// small.
type mail struct {
	to       string // an address, or a role that whoever sends fills in
	at       time.Time
	text     string // its first lines may be To:, From: and Subject:
	attached []attachment
}

type attachment struct {
	name    string
	content []byte
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (m mail) bytes() ([]byte, error) {
	subject, body := m.parts()
	sum := sha256.New()
	sum.Write([]byte(m.text))
	for _, a := range m.attached {
		sum.Write(a.content)
	}
	id := fmt.Sprintf("%x", sum.Sum(nil))[:40]
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary("part-"+id))
	msg.SetDateWithValue(m.at)
	msg.SetMessageIDWithValue(id + "@mojreturns.invalid")
	msg.SetGenHeader("X-Unsent", "1")
	msg.Subject(subject)
	if address, err := netmail.ParseAddress(m.to); err == nil {
		if err := msg.To(address.String()); err != nil {
			return nil, err
		}
	}
	msg.SetBodyString(gomail.TypeTextPlain, body)
	for _, a := range m.attached {
		kind := workbookType
		if strings.HasSuffix(strings.ToLower(a.name), ".xlsm") {
			kind = "application/vnd.ms-excel.sheet.macroEnabled.12"
		}
		if err := msg.AttachReader(a.name, bytes.NewReader(a.content), gomail.WithFileContentType(gomail.ContentType(kind))); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	_, err := msg.WriteTo(&out)
	return out.Bytes(), err
}

var headForm = regexp.MustCompile(`^(To|From|Subject): *(.*)$`)

// parts are the subject and the text below the head lines, in the office's own words.
func (m mail) parts() (subject, body string) {
	rest := strings.ReplaceAll(m.text, "\r\n", "\n")
	for {
		line, after, _ := strings.Cut(rest, "\n")
		head := headForm.FindStringSubmatch(line)
		if head == nil {
			return cmp.Or(subject, "Your files"), strings.TrimLeft(rest, "\n")
		}
		if head[1] == "Subject" {
			subject = strings.TrimSpace(head[2])
		}
		rest = after
	}
}
