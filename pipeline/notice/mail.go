package notice

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"text/template"
	"time"

	"github.com/wneessen/go-mail"
)

// Mail sends digests by a mail server that speaks TLS.
type Mail struct {
	Host string
	Port int // 465 is TLS from the first byte, any other STARTTLS; 0 is 587
	// User and Password sign in to the server; an empty user does not.
	User, Password string
	From           string
	To             []string
	Office         string // its name, for the subject
	Page           string // where the office's pages are; may be empty
	Words          fs.FS  // has notice/digest.txt
	Location       *time.Location
	TLS            *tls.Config // nil: the system's authorities, and the host's name
}

// Name is that in the outbox.
func (Mail) Name() string { return "mail" }

// Text is the digest in words.
func (m Mail) Text(message Message) (string, error) {
	t, err := template.New("digest.txt").Funcs(template.FuncMap{
		"day":  func(t time.Time) string { return t.Format("2 January 2006") },
		"when": func(t time.Time) string { return t.In(m.Location).Format("2 January 2006, 15:04") },
	}).ParseFS(m.Words, "notice/digest.txt")
	if err != nil {
		return "", fmt.Errorf("the words of notices cannot be read: %w", err)
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		Message
		Office, Page string
	}{message, m.Office, m.Page})
	return out.String(), err
}

// Send sends a digest.
func (m Mail) Send(ctx context.Context, message Message) error {
	text, err := m.Text(message)
	if err != nil {
		return err
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.From), msg.To(m.To...)); err != nil {
		return err
	}
	msg.SetDateWithValue(message.At)
	msg.SetMessageIDWithValue(message.ID + "@mojreturns.invalid")
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // or an absent colleague's mailbox answers
	msg.Subject(fmt.Sprintf("%s: %d new, %d ended", m.Office, len(message.Begun), len(message.Ended)))
	msg.SetBodyString(mail.TypeTextPlain, text)
	return m.deliver(ctx, msg)
}

func (m Mail) deliver(ctx context.Context, msg *mail.Msg) error {
	port := m.Port
	if port == 0 {
		port = mail.DefaultPortTLS
	}
	with := []mail.Option{mail.WithPort(port), mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTimeout(patience)}
	if port == mail.DefaultPortSSL {
		with = append(with, mail.WithSSL())
	}
	with = append(with, mail.WithDialContextFunc(m.dial(ctx, port == mail.DefaultPortSSL)))
	if m.TLS != nil {
		with = append(with, mail.WithTLSConfig(m.TLS))
	}
	if m.User != "" {
		with = append(with, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password))
	}
	client, err := mail.NewClient(m.Host, with...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, msg)
}

// dial calls the server. A server that says nothing is left when the whole sending is to
// end, which the library alone would not do before its own time is over.
func (m Mail) dial(whole context.Context, encrypted bool) mail.DialContextFunc {
	return func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		if encrypted {
			config := &tls.Config{ServerName: m.Host}
			if m.TLS != nil {
				config = m.TLS
			}
			conn, err = (&tls.Dialer{Config: config}).DialContext(ctx, network, address)
		} else {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		}
		if err == nil {
			context.AfterFunc(whole, func() { _ = conn.Close() })
		}
		return conn, err
	}
}
