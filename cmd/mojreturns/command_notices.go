package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/notice"
	"mojreturns/pipeline/owed"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/workspace"
)

func (a *app) noticesCommand() *cobra.Command {
	var send bool
	var test string
	c := &cobra.Command{
		Use:     "notices",
		Short:   "What stands and people are told of; --send tells what is new and what has ended",
		Example: "  mojreturns notices --workspace testdata/cleveland",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			if test != "" {
				return a.testNotice(ctx, ws, test)
			}
			if send {
				sent, err := tellAndSend(ctx, ws, true)
				if err == nil {
					a.line("%s sent", plural(sent, "message"))
				}
				return err
			}
			return a.listNotices(ctx, ws)
		}),
	}
	before(c, func([]string) error { return a.onlyNow(c) })
	c.Flags().BoolVar(&send, "send", false, "tell those whom the configuration names, each thing once")
	c.Flags().StringVar(&test, "test", "", "send a message that tells nothing to this e-mail address")
	a.printFlags(c)
	return c
}

// outboxWait is how long one process waits for another that sends.
const outboxWait = time.Minute

// outbox opens the outbox for as long as do takes, for this process alone.
func outbox(ctx context.Context, ws *workspace.Workspace, do func(*notice.Outbox) error) (err error) {
	lock, err := ws.Landing.Acquire(ctx, "notices", "notices", outboxWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	o, err := openOutbox(ws)
	if err != nil {
		return err
	}
	return do(o)
}

func openOutbox(ws *workspace.Workspace) (*notice.Outbox, error) {
	return notice.Open(ws.Path("notices", "outbox.jsonl"))
}

func ledgerOf(ws *workspace.Workspace) (*schedule.Ledger, error) {
	return schedule.OpenLedger(filepath.Join(ws.Path("runs"), "occurrences.jsonl"))
}

// tellAndSend tells what is new and what has ended, where anew is asked, and sends what waits.
func tellAndSend(ctx context.Context, ws *workspace.Workspace, anew bool) (sent int, err error) {
	channels, err := channelsOf(ws)
	if err != nil {
		return 0, err
	}
	if len(channels) == 0 {
		return 0, workspace.Refused("nobody is to be told: write notices: into %s, with mail: and to:, or webhook:", workspace.ConfigFile)
	}
	var standing []notice.Event
	if anew {
		ledger, err := ledgerOf(ws)
		if err != nil {
			return 0, err
		}
		if standing, err = owed.Standing(ctx, ws, ledger); err != nil {
			return 0, err
		}
	}
	err = outbox(ctx, ws, func(o *notice.Outbox) error {
		if anew {
			if _, _, err := o.Tell(ws.Now(), standing, notice.Names(channels)); err != nil {
				return err
			}
		}
		sent, err = o.Send(ctx, ws.Now, channels...)
		return err
	})
	return sent, err
}

// channelsOf are the ways that the configuration names.
func channelsOf(ws *workspace.Workspace) (out []notice.Channel, err error) {
	n := ws.Notices
	if !n.ByMail() && n.Webhook == "" {
		return nil, nil
	}
	secret, err := secrets.Read(ws.Dir)
	if err != nil {
		return nil, err
	}
	if n.ByMail() {
		out = append(out, mailer(ws, secret))
	}
	if n.Webhook != "" {
		if secret.WebhookKey == "" {
			return nil, workspace.Refused("what is posted to the webhook is signed: write webhook_key: and a long random text into %s", secrets.File)
		}
		out = append(out, notice.Webhook{URL: n.Webhook, Key: secret.WebhookKey, Office: ws.Register.Area.Office, Now: ws.Now})
	}
	return out, nil
}

func mailer(ws *workspace.Workspace, secret secrets.Secrets) notice.Mail {
	n := ws.Notices
	return notice.Mail{Host: n.Mail.Host, Port: n.Mail.Port, User: n.Mail.User, Password: secret.MailPassword, From: n.From, To: n.To,
		Office: ws.Register.Area.Office, Page: n.Page, Words: ws.Templates, Location: ws.Location}
}

func (a *app) testNotice(ctx context.Context, ws *workspace.Workspace, to string) error {
	if !ws.Notices.ByMail() {
		return workspace.Refused("there is no mail server to be tried: write notices: mail: {host: NAME} into %s", workspace.ConfigFile)
	}
	secret, err := secrets.Read(ws.Dir)
	if err != nil {
		return err
	}
	m := mailer(ws, secret)
	m.To = []string{to}
	now := a.now()
	if err := m.Send(ctx, notice.Message{ID: fmt.Sprintf("test-%d", now.UnixNano()), At: now}); err != nil {
		return fmt.Errorf("the mail server %s did not take it: %w", m.Host, err)
	}
	a.line("Sent to %s.", to)
	return nil
}

// listNotices prints what stands, and what could not be sent.
func (a *app) listNotices(ctx context.Context, ws *workspace.Workspace) error {
	ledger, err := ledgerOf(ws)
	if err != nil {
		return err
	}
	standing, err := owed.Standing(ctx, ws, ledger)
	if err != nil {
		return err
	}
	o, err := openOutbox(ws)
	if err != nil {
		return err
	}
	for _, s := range o.Waiting() {
		a.stuck(s, ws.Location)
	}
	var list [][]any
	for _, e := range standing {
		on := ""
		if !e.On.IsZero() {
			on = e.On.Format(time.DateOnly)
		}
		told := "not yet"
		if o.Told(e) {
			told = "yes"
		}
		list = append(list, []any{string(e.Kind), e.Provider, e.Feed, e.Return, e.Period, e.Fund, e.Code, e.Job, on, e.Step, told})
	}
	return a.print(rows([]string{"kind", "provider", "feed", "return", "period", "fund", "code", "job", "on", "within", "told"}, list...))
}

func (a *app) stuck(s notice.Stuck, location *time.Location) {
	says := "and is sent soon"
	if s.Failed > 0 {
		says = fmt.Sprintf("and could not be sent %s: %s", plural(s.Failed, "time"), s.Says)
	}
	fmt.Fprintf(a.stderr, "mojreturns: a message of %s waits for the %s, %s\n", s.At.In(location).Format("2 January 2006 at 15:04"), s.Channel, says)
}

// sendsWaiting sends again what waits, every minute, until ctx ends.
func sendsWaiting(ctx context.Context, ws *workspace.Workspace) {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		o, err := openOutbox(ws)
		if err == nil && len(o.Waiting()) == 0 {
			continue
		}
		if _, err := tellAndSend(ctx, ws, false); err != nil && ctx.Err() == nil && !errors.Is(err, landing.ErrBusy) {
			ws.Log.Warn("notices wait", slog.Any("error", err))
		}
	}
}
