package web

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"sync"
	"time"

	"mojreturns/pipeline/journal"
)

// sessions are of those who came by the key. A browser keeps a number of its session
// alone, which opens nothing once the program has ended; the key stays with whoever has it.
type sessions struct {
	mu    sync.Mutex
	until map[string]time.Time // by number: when it ends
}

const (
	lasts   = 12 * time.Hour // a session: a working day
	allOpen = 100            // sessions; who has the key can open no more, the one that ends first goes
)

// begin opens a session and gives its number.
func (s *sessions) begin(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := ""
	for id, until := range s.until {
		if !now.Before(until) {
			delete(s.until, id)
		} else if first == "" || until.Before(s.until[first]) {
			first = id
		}
	}
	if len(s.until) >= allOpen {
		delete(s.until, first)
	}
	id := rand.Text()
	s.until[id] = now.Add(lasts)
	return id
}

// open tells whether a number is of a session that has not ended.
func (s *sessions) open(id string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.until[id])
}

// cookieOf names the cookie of the program at the port that was asked: browsers send a
// cookie to every port of a machine, and another office may be served at the next.
func cookieOf(r *http.Request) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return "mojreturns-" + port
	}
	return "mojreturns"
}

// open lets whoever has the key in, and leads to the figures: the key then stands in no
// address any more.
func (s site) open(w http.ResponseWriter, r *http.Request) {
	fits := subtle.ConstantTimeCompare([]byte(r.PathValue("key")), []byte(s.options.Key)) == 1
	asked := r.Clone(r.Context())
	asked.URL.Path = "/open" // a key is written nowhere
	record := s.audit.refuse
	if fits {
		record = func(r *http.Request, says string) error { return s.audit.write(journal.Opened, r, says) }
	}
	if err := record(asked, ""); err != nil {
		s.fail(w, r, err)
		return
	}
	if !fits {
		s.html(w, r, s.sorry(r, problem{http.StatusForbidden, "This is not the key of the program that is running: use the address that it printed when it was started."}))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieOf(r), Value: s.sessions.begin(s.options.Now()), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/figures", http.StatusSeeOther)
}

// opened shows rows and figures only to whoever came by the key: other people may be
// signed in to the same machine.
func (s site) opened(next http.Handler) http.Handler {
	if s.options.Key == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(cookieOf(r)); err != nil || !s.sessions.open(c.Value, s.options.Now()) {
			if err := s.audit.refuse(r, "401"); err != nil {
				s.fail(w, r, err)
				return
			}
			s.html(w, r, s.sorry(r, problem{http.StatusUnauthorized, "Figures and rows are shown to whoever started the program: use the address that it printed then, which begins with /open/."}))
			return
		}
		next.ServeHTTP(w, r)
	})
}
