package workspace

import (
	"net"
	"net/mail"
	"net/url"

	"mojreturns/pipeline/strict"
)

// Notices says who is told of what stands, and how. Passwords and keys are in the secrets.
type Notices struct {
	From string   `yaml:"from"` // an e-mail address
	To   []string `yaml:"to"`   // of roles: a mailbox that outlives whoever reads it
	Mail struct {
		Host string `yaml:"host"`
		Port int    `yaml:"port"` // 587 where it is left out
		User string `yaml:"user"` // empty: nobody signs in
	} `yaml:"mail"`
	Webhook string `yaml:"webhook"` // an address, https
	Page    string `yaml:"page"`    // where the office's pages are, to be named in a mail
}

// NoticesJob is the job that tells.
const NoticesJob = "notices"

// ByMail tells whether notices are mailed.
func (n Notices) ByMail() bool { return n.Mail.Host != "" }

// checkNotices tells what of the notices cannot be.
func (ws *Workspace) checkNotices(top strict.Place) {
	n, at := ws.Notices, top.In("notices")
	if n.ByMail() {
		if _, err := mail.ParseAddress(n.From); err != nil {
			at.In("from").Wrong("notices: from %q is no e-mail address", n.From)
		}
		if len(n.To) == 0 {
			at.In("to").Wrong("notices: there is a mail server and nobody to write to; write to: [somebody@the.office]")
		}
		if n.Mail.Port < 0 || n.Mail.Port > 65535 {
			at.In("mail").In("port").Wrong("notices: port %d is none; leave it out for 587", n.Mail.Port)
		}
	} else if len(n.To) > 0 {
		at.In("mail").In("host").Wrong("notices: somebody is to be written to, and the mail server is missing; write mail: {host: NAME}")
	}
	for i, to := range n.To {
		if _, err := mail.ParseAddress(to); err != nil {
			at.In("to").Nth(i).Wrong("notices: %q is no e-mail address", to)
		}
	}
	if n.Webhook != "" && !isSafe(n.Webhook) {
		at.In("webhook").Wrong("notices: the webhook is no address that begins with https://")
	}
	for i, e := range ws.Schedule {
		if e.Job == NoticesJob && !n.ByMail() && n.Webhook == "" {
			top.In("schedule").Nth(i).In("job").Wrong("schedule entry %d (%q): nobody is to be told; write notices: with mail: and to:, or webhook:", i+1, e.Name)
		}
	}
}

// isSafe tells whether an address is encrypted, or of this machine.
func isSafe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback()
}
