package notice

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Webhook posts digests as JSON to a web address. Its receiver knows by the header
// Mojreturns-Signature that they are the office's: sha256= and the HMAC-SHA256, by the key
// they share, of the header Mojreturns-Time, a full stop and the body.
type Webhook struct {
	URL    string
	Key    string
	Office string
	Now    func() time.Time
	Client *http.Client // nil: one that follows no redirects
}

// Name is that in the outbox.
func (Webhook) Name() string { return "webhook" }

// Send posts a digest.
func (w Webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(struct {
		Office string `json:"office"`
		Message
	}{w.Office, m})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("the web address cannot be called")
	}
	at := strconv.FormatInt(w.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Mojreturns-Id", m.ID)
	r.Header.Set("Mojreturns-Time", at)
	r.Header.Set("Mojreturns-Signature", "sha256="+Sign(w.Key, at, body))
	client := w.Client
	if client == nil {
		client = &http.Client{}
	}
	here := *client
	here.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := here.Do(r)
	if err != nil {
		return fmt.Errorf("%w", unaddressed(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("the web address answers %s", answer.Status)
	}
	return nil
}

// unaddressed is an error without the address, which may have a token in it.
func unaddressed(err error) error {
	var wrapped interface{ Unwrap() error }
	if errors.As(err, &wrapped) && wrapped.Unwrap() != nil {
		return wrapped.Unwrap()
	}
	return err
}

// Sign is the HMAC-SHA256 by a key of a time, a full stop and a body.
func Sign(key, at string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
