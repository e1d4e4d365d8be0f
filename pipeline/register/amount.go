package register

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Money is exact decimal pounds as text, such as 22528.57. It is never a float.
type Money string

// moneyForm is an amount as people write it: a sign or brackets, £, commas between
// groups of three, at most two places.
var moneyForm = regexp.MustCompile(`^(-?)£?(0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4})(\.\d{1,2})?$`)

// FromText takes every form in which an amount of pounds can mean one thing only.
func (m *Money) FromText(text string) error {
	said := strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(said, "("); ok && strings.HasSuffix(inner, ")") && !strings.HasPrefix(inner, "-") {
		said = "-" + strings.TrimSuffix(inner, ")")
	}
	if after, ok := strings.CutPrefix(said, "£-"); ok {
		said = "-£" + after
	}
	parts := moneyForm.FindStringSubmatch(said)
	if parts == nil {
		return fmt.Errorf("%q is not %s", text, m.Wanted())
	}
	*m = Money(parts[1] + strings.ReplaceAll(parts[2], ",", "") + parts[3])
	return nil
}

// Wanted says what to write.
func (*Money) Wanted() string { return "an amount in pounds, such as 22528.57 or \"22,528.57\"" }

// Share is an exact part of a whole, as text from 0 to 1, such as 0.80.
type Share string

var shareForm, percentForm = regexp.MustCompile(`^(0?\.\d{1,4}|[01](\.\d{1,4})?)$`), regexp.MustCompile(`^(\d{1,3}(?:\.\d{1,2})?) ?%$`)

// FromText takes 0.80 and 80%.
func (s *Share) FromText(text string) error {
	said, scale := strings.TrimSpace(text), int64(1)
	if parts := percentForm.FindStringSubmatch(said); parts != nil {
		said, scale = parts[1], 100
	} else if !shareForm.MatchString(said) {
		return s.unclear(text)
	}
	share, ok := new(big.Rat).SetString(said)
	if !ok || share.Quo(share, big.NewRat(scale, 1)).Cmp(big.NewRat(1, 1)) > 0 {
		return s.unclear(text)
	}
	if scale > 1 {
		said = strings.TrimSuffix(share.FloatString(4), "00")
	}
	if strings.HasPrefix(said, ".") {
		said = "0" + said
	}
	*s = Share(said)
	return nil
}

func (s *Share) unclear(text string) error {
	return fmt.Errorf("%q is not %s", text, s.Wanted())
}

// Wanted says what to write.
func (*Share) Wanted() string { return "a share from 0 to 1, such as 0.80, or 80%" }
