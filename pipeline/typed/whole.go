package typed

import (
	"math/big"
)

// Whole reads a decimal that is a whole number.
func Whole(text string) (int64, bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}
