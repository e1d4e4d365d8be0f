package returns

// Prove is the proof of Draft, for a workbook that a test has changed.
func Prove(blank, out []byte, written map[string]string) error {
	f, err := openWorkbook(blank)
	if err != nil {
		return err
	}
	defer f.Close()
	before, err := readWorkbook(f)
	if err != nil {
		return err
	}
	d := drafting{template: Template{blank: blank}, written: written}
	return d.prove(before, out)
}
