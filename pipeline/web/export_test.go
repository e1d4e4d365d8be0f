package web

// Routes are the workbench's patterns with an address of each in the example office.
func Routes() map[string]string {
	out := map[string]string{}
	for _, r := range (site{}).routes() {
		out[r.pattern] = r.example
	}
	return out
}
