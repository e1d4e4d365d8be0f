package personal

import (
	"fmt"
	"strings"
	"unicode"
)

// checksum is how the digits of a number check, in Go and as SQL for a text.
type checksum struct {
	holds func(text string) bool
	sql   func(text string) string
}

// checksums: nhs is Modulus 11 (NHS Data Dictionary, NHS NUMBER), luhn that of card
// numbers (ISO/IEC 7812-1), iban Modulus 97 (ISO 13616).
var checksums = map[string]checksum{
	"nhs":  {nhs, nhsSQL},
	"luhn": {luhn, luhnSQL},
	"iban": {iban, ibanSQL},
}

func nhs(text string) bool {
	digits := strings.Map(onlyDigits, text)
	if len(digits) != 10 {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += int(digits[i]-'0') * (10 - i)
	}
	return (11-sum%11)%11 == int(digits[9]-'0')
}

func nhsSQL(text string) string {
	digits := fmt.Sprintf("regexp_replace(%s, '[^0-9]', '', 'g')", text)
	var terms []string
	for i := range 9 {
		terms = append(terms, fmt.Sprintf("TRY_CAST(%s[%d] AS INTEGER) * %d", digits, i+1, 10-i))
	}
	return fmt.Sprintf("coalesce((11 - (%s) %% 11) %% 11 = TRY_CAST(%s[10] AS INTEGER), false)", strings.Join(terms, " + "), digits)
}

func luhn(text string) bool {
	digits := strings.Map(onlyDigits, text)
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return digits != "" && sum%10 == 0
}

func luhnSQL(text string) string {
	return fmt.Sprintf(`list_sum(list_transform(string_split(reverse(regexp_replace(%s, '[^0-9]', '', 'g')), ''),
		lambda c, i: CASE WHEN i %% 2 = 1 THEN CAST(c AS INTEGER) ELSE CAST(c AS INTEGER) * 2 // 10 + CAST(c AS INTEGER) * 2 %% 10 END)) %% 10 = 0`, text)
}

func iban(text string) bool {
	plain := strings.ToUpper(strings.Join(strings.FieldsFunc(text, unicode.IsSpace), ""))
	if len(plain) < 15 {
		return false
	}
	rest := 0
	for _, c := range plain[4:] + plain[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

func ibanSQL(text string) string {
	plain := fmt.Sprintf("upper(replace(%s, ' ', ''))", text)
	return fmt.Sprintf(`(length(%[1]s) >= 15 AND list_reduce(list_transform(string_split(%[1]s[5:] || %[1]s[1:4], ''),
		lambda c: CASE WHEN c BETWEEN '0' AND '9' THEN ascii(c) - 48 ELSE ascii(c) - 55 END), lambda a, d: (a * CASE WHEN d > 9 THEN 100 ELSE 10 END + d) %% 97, 0) = 1)`, plain)
}
