package intake_test

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/workspace"
)

// doorOf is the office of client numbers, with one rule of figures, which is enough here.
func doorOf(t *testing.T) *workspace.Workspace {
	t.Helper()
	ws := example.OpenPart(t, example.Office(t, doorOffice).Dir, example.Kept{Rules: []string{"R01", "K19", "C12"}})
	withKeys(t, ws, keyOfPool, keyOfR)
	return ws
}

// landOne lands a file, and says what became of it.
func landOne(t *testing.T, ws *workspace.Workspace, file string, given landing.Given) landing.Landed {
	t.Helper()
	landed, err := intake.Land(t.Context(), ws, []string{file}, given)
	if err != nil || len(landed) != 1 {
		t.Fatal(landed, err)
	}
	return landed[0]
}

// A file whose client numbers cannot all be hashed is refused before anything of it is
// kept, and the sentence says what to do. What the office has to mend is not held against
// the sender; what the sender has to is recorded once. It is slow for its offices, one each.
func TestNothingIsKeptThatCannotBeHashed(t *testing.T) {
	t.Parallel()
	const numbers = "SA-700123,SA-700124,SA-700125,SA-700126"
	for _, c := range []struct {
		name, file string
		secrets    string              // in place of the office's own; "-" for none
		change     func(string) string // of the file
		want       string              // a regular expression
		recorded   bool
	}{
		{name: "no feed claims it", file: "x_2023-24.csv", want: `^no feed claims it, and in this office client numbers are hashed .* --provider and --feed$`},
		{name: "no secrets", secrets: "-", want: `secrets.yaml has no key of the people of POOL under pseudonym_keys; .mojreturns pseudonymise --people POOL. makes one$`},
		{name: "no key of these people", secrets: "pseudonym_keys: {R: \"" + keyOfR + "\"}", want: "no key of the people of POOL"},
		{name: "a key that is none", secrets: "pseudonym_keys: {POOL: \"" + keyOfPool[:20] + "\"}", want: `group "POOL": the key cannot be used: it is 32 random bytes or more`},
		{name: "a key that nobody drew", secrets: "pseudonym_keys: {POOL: \"" + strings.Repeat("ab", 32) + "\"}", want: `the key cannot be used`},
		{name: "one key for two", secrets: "pseudonym_keys: {POOL: \"" + keyOfPool + "\", R: \"" + keyOfPool + "\"}", want: `the groups "POOL" and "R" have one key`},
		{name: "secrets that are no map", secrets: "pseudonym_keys:\n  POOL: \"" + keyOfPool + "\n", want: `cannot be read, at line \d+ \(not shown, since it may hold a key\)`},
		{name: "secrets with another key in them", secrets: "pseudonym_key: " + keyOfPool, want: `cannot be read, at line 1 \(not shown`},
		{name: "no column", change: replacing("Client No", "Case worker"), want: `client numbers cannot be hashed, so nothing of it was kept: the column victim_pseudo_id is missing`, recorded: true},
		{name: "two columns", change: replacing("Case worker", "client no."), want: `the headers "Client No" \(column 3\) and "client no." \(column 4\) each mean the column victim_pseudo_id`, recorded: true},
		{name: "the number beside its column", change: replacing("A2,SP", "ref/0700124/b,SP", "-7001", "7001", "SA", ""), want: `^client numbers would be kept, so nothing of this file was: the column "referral_id" holds the row's client number too \(row 3 the first\)`, recorded: true},
		{name: "short numbers beside their column", change: replacing(",xq,", ",7,", "SA-700123", "7", "SA-700124", "7", "SA-700125", "7", "SA-700126", "7"), want: `the column "Case worker" holds the row's client number too \(row 2 the first\)`, recorded: true},
		{name: "an unclosed quote", change: replacing("A4", `"A4`), want: `nothing of it was kept, since it cannot be looked into$`, recorded: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ws := doorOf(t)
			switch at := filepath.Join(ws.Dir, secrets.File); c.secrets {
			case "":
			case "-":
				if err := os.Remove(at); err != nil {
					t.Fatal(err)
				}
			default:
				if err := os.WriteFile(at, []byte(c.secrets), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			name := c.file
			if name == "" {
				name = "p_2023-24_v1.csv"
			}
			file := inboxFile(t, ws, name, "SP", strings.Split(numbers, ",")...)
			if c.change != nil {
				if err := os.WriteFile(file, []byte(c.change(string(example.ReadFile(t, file)))), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			dry, err := intake.LandAndJudge(t.Context(), ws, []string{file}, landing.Given{}, true)
			if err != nil || dry[0].Status != string(landing.StatusRefused) {
				t.Errorf("dry: %+v, %v", dry, err)
			}
			l := landOne(t, ws, file, landing.Given{})
			if l.Status != landing.StatusRefused || !regexp.MustCompile(c.want).MatchString(l.Message) {
				t.Errorf("%s: %s", l.Status, l.Message)
			}
			refusals, err := ws.Landing.Refusals()
			if err != nil || (len(refusals) == 1) != c.recorded {
				t.Errorf("recorded: %+v, %v", refusals, err)
			}
			everything := example.Everything(t, ws, "inbox", secrets.File)
			everything["the message"] = l.Message
			for where, text := range everything {
				for _, secret := range []string{"70012", keyOfPool[:20]} {
					if strings.Contains(text, secret) {
						t.Errorf("%s is in %s", secret, where)
					}
				}
			}
		})
	}
}

func replacing(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }

// What others may read is no secret.
func TestSecretsAreTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps rights elsewhere")
	}
	ws := doorOf(t)
	if err := os.Chmod(filepath.Join(ws.Dir, secrets.File), 0o640); err != nil {
		t.Fatal(err)
	}
	l := landOne(t, ws, inboxFile(t, ws, "p_2023-24_v1.csv", "SP", "1"), landing.Given{})
	if l.Status != landing.StatusRefused || !strings.Contains(l.Message, "may be read by others than its owner (0640): run `chmod 600") {
		t.Errorf("%s: %s", l.Status, l.Message)
	}
}

// A number that is an age or a count by chance refuses nothing, and neither does an office
// without client numbers a file that nobody claims. A file of which nothing is hashed needs
// no key, and may not have client numbers either.
func TestWhatIsNotRefused(t *testing.T) {
	t.Parallel()
	ws := doorOf(t)
	p := &ws.Register.Providers[0]
	p.Feeds = append(p.Feeds, register.Feed{Feed: "referral_support", Files: "p_support_{year}.csv", Delivered: "refresh"})
	secret := filepath.Join(ws.Dir, secrets.File)
	if err := os.Rename(secret, secret+".away"); err != nil {
		t.Fatal(err)
	}
	support := inboxFile(t, ws, "p_support_2023-24.csv", "SP", "SA-700123")
	if l := landOne(t, ws, support, landing.Given{}); l.Status != landing.StatusRefused || !strings.Contains(l.Message, `the column "Client No" is headed as client numbers, which are hashed in other files of P`) {
		t.Errorf("%s: %s", l.Status, l.Message)
	}
	p.Feeds[1].Drop = register.Names{"Client No"}
	if l := landOne(t, ws, support, landing.Given{}); l.Status != landing.StatusLanded { // and needs no key
		t.Errorf("%s: %s", l.Status, l.Message)
	}
	if err := os.Rename(secret+".away", secret); err != nil {
		t.Fatal(err)
	}
	file := inboxFile(t, ws, "r_2023-24_v1.csv", "SR", "7", "8", "9", "10")
	text := replacing("A2,SR", "R-8,SR", ",xq,", ",7,")(string(example.ReadFile(t, file)))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if l := landOne(t, ws, file, landing.Given{}); l.Status != landing.StatusLanded {
		t.Errorf("%s: %s", l.Status, l.Message)
	}
	for i := range ws.Register.Providers {
		ws.Register.Providers[i].Feeds[0].Pseudonym = nil
	}
	if l := landOne(t, ws, inboxFile(t, ws, "x.csv", "SP", "1"), landing.Given{}); l.Status != landing.StatusLanded {
		t.Errorf("%s: %s", l.Status, l.Message)
	}
}

// With another key a person of earlier files would be another in later ones: nothing lands
// until somebody says why, and then the files that are at hand land again and take the
// place of what the old key made.
func TestAnotherKey(t *testing.T) {
	t.Parallel()
	ws := doorOf(t)
	first := inboxFile(t, ws, "p_2023-24_v1.csv", "SP", "SA-700123")
	was := landOne(t, ws, first, landing.Given{})
	withKeys(t, ws, newKey, keyOfR)
	second := inboxFile(t, ws, "q_2023-24_v1.csv", "SQ", "SA-700123") // another provider of the same people
	l := landOne(t, ws, second, landing.Given{})
	if l.Status != landing.StatusRefused || !regexp.MustCompile(`^the key of the people of POOL in secrets.yaml is another than on 22 April 2024 \(its fingerprint is [0-9a-f]{16}, and was `+was.Sent.Pseudonyms.Key+`\), and by two keys one person would be counted as two`).MatchString(l.Message) {
		t.Errorf("%s: %s", l.Status, l.Message)
	}
	if l := landOne(t, ws, first, landing.Given{}); l.Status != landing.StatusAlready {
		t.Errorf("what has landed is %s", l.Status)
	}
	given := landing.Given{NewKey: "the old one was lost"}
	for _, file := range []string{first, second} {
		l := landOne(t, ws, file, given)
		if l.Status != landing.StatusLanded || l.Sent.Pseudonyms.Key == was.Sent.Pseudonyms.Key {
			t.Errorf("%s: %s", l.Status, l.Message)
		}
		if again := landOne(t, ws, file, given); again.Status != landing.StatusAlready {
			t.Errorf("again: %s", again.Status)
		}
	}
	deliveries, err := ws.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	current := 0
	for _, d := range deliveries {
		if d.Current {
			current++
		}
		if d.Current && d.Sent.Pseudonyms.Key == was.Sent.Pseudonyms.Key {
			t.Errorf("%s still counts under the old key", d.Name)
		}
	}
	if said := deliveries[1].Sent.Pseudonyms.NewKey; current != 2 || said != "the old one was lost" {
		t.Errorf("%d count; the receipt says %q", current, said)
	}
	withKeys(t, ws, keyOfPool, keyOfR) // the old one is found again
	if l := landOne(t, ws, inboxFile(t, ws, "p_2023-24_v2.csv", "SP", "SA-700123"), landing.Given{}); l.Status != landing.StatusRefused {
		t.Errorf("by the old key again it is %s", l.Status)
	}
}

// What was kept with its client numbers, before the mapping said to hash them, lands again
// without them, and what is to be erased is named.
func TestHashedLater(t *testing.T) {
	t.Parallel()
	ws := doorOf(t)
	feed := &ws.Register.Providers[2].Feeds[0]
	feed.Pseudonym = nil
	file := inboxFile(t, ws, "r_2023-24_v1.csv", "SR", "SA-700123")
	text := strings.Replace(string(example.ReadFile(t, file)), "Case worker", "Team", 1) // which nobody need drop
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	was := landOne(t, ws, file, landing.Given{})
	feed.Pseudonym = []string{"victim_pseudo_id"}
	l := landOne(t, ws, file, landing.Given{})
	if l.Status != landing.StatusLanded || l.Sent == nil || !strings.Contains(l.Message, "still kept: `mojreturns erase "+was.SHA256[:8]+"` removes them") {
		t.Fatalf("%s: %s", l.Status, l.Message)
	}
	if _, err := intake.Erase(t.Context(), ws, was.SHA256, "client numbers", "data protection officer"); err != nil {
		t.Fatal(err)
	}
	for where, text := range example.Everything(t, ws, "inbox", secrets.File) {
		if strings.Contains(text, "700123") {
			t.Errorf("the number is in %s", where)
		}
	}
}
