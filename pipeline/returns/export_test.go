package returns

// Prove is the proof of Draft, for a workbook that a test has changed. Written
// cells hold texts.
func Prove(blank, out []byte, written map[string]string) error {
	before, err := readBook(blank)
	if err != nil {
		return err
	}
	want := map[string]shown{}
	for place, text := range written {
		want[place] = shown{text: text}
	}
	return prove(before, out, want)
}
