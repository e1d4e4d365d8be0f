package published

import (
	"mojreturns/pipeline/contract"
)

func columnOf(c contract.Contract, name string) (contract.Column, bool) {
	for _, column := range c.Columns {
		if column.Name == name {
			return column, true
		}
	}
	return contract.Column{}, false
}
