package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Listen takes an address for the pages, such as 127.0.0.1:8080; port 0 is any that is
// free. The pages have no sign-in, so an address that other machines could reach is refused.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("address %q is not a host and a port such as 127.0.0.1:8080: %w", addr, err)
	}
	if !loopbackName(host) {
		return nil, fmt.Errorf("address %q can be reached by other machines; use 127.0.0.1 or localhost", addr)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot serve the status page: %w; another port is chosen with --address, and port 0 is any that is free", err)
	}
	// A hosts file can give the name localhost any address.
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("address %q turned out to be %s, which other machines can reach", addr, listener.Addr()), listener.Close())
	}
	return listener, nil
}

// Serve answers until ctx is done, then lets answers under way finish and returns nil.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      3 * time.Minute, // a question waits for its turn, and then for its time
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the status page broke off: %w", err)
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		return errors.Join(fmt.Errorf("the status page did not stop cleanly: %w", err), server.Close())
	}
	return nil
}
