package intake

import (
	"fmt"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

// BlankExtract makes the workbook in which a provider fills in a feed for a
// financial year, and tells what the file must be called.
func BlankExtract(ws *workspace.Workspace, feed, provider string, year period.Year) (content []byte, name string, err error) {
	c, err := ws.ContractOf(feed)
	if err != nil {
		return nil, "", err
	}
	of, ok := ws.Register.Provider(provider)
	if !ok {
		var codes []string
		for _, r := range ws.Register.Providers {
			codes = append(codes, r.Code)
		}
		return nil, "", fmt.Errorf("provider %q is not in the configuration; there are %s", provider, strings.Join(codes, ", "))
	}
	if !workspace.HasFeed(of, feed) {
		return nil, "", fmt.Errorf("provider %q does not send the feed %q by the configuration, so what it filled in would not count", provider, feed)
	}
	to := contract.BlankFor{Provider: of.Code, ProviderName: of.Name, Year: year.String(), Registers: ws.Registers(of.Code), Labels: ws.Registered(),
		Made: year.Start(), Marking: ws.Marking()}
	content, err = c.Blank(ws.Lists, to)
	return content, c.Name(to), err
}
