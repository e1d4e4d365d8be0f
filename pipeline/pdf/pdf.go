// Package pdf prints a page of HTML as PDF with the browser that the machine has:
// Chromium, Chrome or Edge, which every Windows has. Only they write tagged PDF with
// bookmarks from HTML; no library of Go does.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoBrowser says that no browser was found.
var ErrNoBrowser = errors.New("there is no Chromium, Chrome or Edge on this machine to print with")

// patience is how long a browser may take over one page.
const patience = time.Minute

// Browser finds a browser by its name on the path, or where Windows and macOS put it.
// Getenv is os.Getenv.
func Browser(getenv func(string) string) (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome", "microsoft-edge", "msedge"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	places := []string{
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
	}
	for _, root := range []string{getenv("ProgramFiles"), getenv("ProgramFiles(x86)"), getenv("LocalAppData")} {
		if root != "" {
			places = append(places, filepath.Join(root, "Microsoft", "Edge", "Application", "msedge.exe"),
				filepath.Join(root, "Google", "Chrome", "Application", "chrome.exe"))
		}
	}
	for _, path := range places {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// Print makes the PDF of a page. Aside is a folder of the caller's for the page and the
// browser's profile; what the browser leaves there is the caller's to remove. A PDF
// without a bookmark for each heading of the page is refused: a browser that cannot show
// a page prints an empty one and says nothing.
func Print(ctx context.Context, browser string, page []byte, aside string) ([]byte, error) {
	headings, err := headingsOf(page)
	if err != nil {
		return nil, err
	}
	from, to := filepath.Join(aside, "page.html"), filepath.Join(aside, "page.pdf")
	if err := os.WriteFile(from, page, 0o600); err != nil {
		return nil, err
	}
	from, err = filepath.Abs(from)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	run := exec.CommandContext(ctx, browser, append(arguments(filepath.Join(aside, "profile"), to), address(from))...)
	run.WaitDelay = 5 * time.Second // its children may hold the pipe
	var said bytes.Buffer
	run.Stderr = &said
	if err := run.Run(); err != nil {
		return nil, fmt.Errorf("%s did not print the page: %w%s", filepath.Base(browser), errors.Join(ctx.Err(), err), lastLine(said.String()))
	}
	text, err := os.ReadFile(to)
	if err != nil {
		return nil, fmt.Errorf("%s printed nothing%s: %w", filepath.Base(browser), lastLine(said.String()), err)
	}
	return text, whole(text, headings)
}

// arguments keep the browser apart: its own profile, nothing of the network, no
// extensions. Its sandbox cannot be had by root, which servers run as in containers.
func arguments(profile, to string) []string {
	out := []string{"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
		"--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND",
		"--user-data-dir=" + profile, "--no-pdf-header-footer", "--generate-pdf-document-outline", "--print-to-pdf=" + to}
	if os.Geteuid() == 0 {
		out = append(out, "--no-sandbox")
	}
	return out
}

// address is a file's, as a browser wants it; Windows' drives have no slash before them.
func address(file string) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

func lastLine(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return " (" + last + ")"
	}
	return ""
}
