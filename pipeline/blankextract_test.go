package pipeline

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/landing"
)

// Every feed's blank has the contract's columns; a drop-down's codes stand on a
// sheet, and the same contract gives the same bytes.
func TestBlankExtracts(t *testing.T) {
	p := example(t)
	for _, provider := range p.Register.Providers {
		for _, feed := range provider.Feeds {
			content, name, err := p.BlankExtract(feed.Feed, provider.Code, 2023)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.ToLower(provider.Code) + "_" + feed.Feed + "_extract_2023-24_v1.xlsx"; name != want {
				t.Errorf("it is called %s, want %s", name, want)
			}
			again, _, _ := p.BlankExtract(feed.Feed, provider.Code, 2023)
			if !bytes.Equal(content, again) {
				t.Errorf("%s: made again, the bytes differ", name)
			}
			book, err := excelize.OpenReader(bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := book.GetRows(feed.Feed)
			c, _ := p.contractFor(feed.Feed)
			if err != nil || len(rows) != 1 || len(rows[0]) != len(c.Columns) {
				t.Errorf("%s: the header is %v, %v", name, rows, err)
			}
			rules, err := book.GetDataValidations(feed.Feed)
			if err != nil || len(rules) == 0 {
				t.Errorf("%s has no rules for entries, %v", name, err)
			}
			for _, r := range rules {
				if r.Type == "list" && !strings.HasPrefix(r.Formula1, "Lists!$") {
					t.Errorf("%s: the drop-down of %s is %s", name, r.Sqref, r.Formula1)
				}
			}
			book.Close()
		}
	}
	for _, wrong := range [][2]string{{"colours", "SLT"}, {"referrals", "XYZ"}, {"spend", "SLT"}} {
		if _, _, err := p.BlankExtract(wrong[0], wrong[1], 2023); err == nil {
			t.Errorf("%v: a blank was made", wrong)
		}
	}
}

// Filled in and sent, it needs no mapping: the victim hub's own files are
// semicolon-separated with headers of their own, its blank is read as it is.
func TestFilledBlankExtractLands(t *testing.T) {
	ctx := context.Background()
	p := example(t)
	content, name, err := p.BlankExtract("referrals", "HUB", 2023)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	filled := map[string]string{"Referral ID": "000123", "Service": "VCAS", "Victim pseudo ID": "3d45f39d2f0e1ed8185c5d0cd3d34276", "Referral received date": "2024-03-31",
		"Referral source": "POL", "Referral outcome": "ACC", "Crime type": "STK", "Sex": "F", "Local authority": "E06000001", "Domestic abuse related": "N"}
	header, err := book.GetRows("referrals")
	if err != nil {
		t.Fatal(err)
	}
	for i, title := range header[0] {
		value := filled[title]
		at, _ := excelize.CoordinatesToCellName(i+1, 2)
		if value != "" {
			if err := book.SetCellStr("referrals", at, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(p.Dir, name)
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	landed, err := p.LandAndJudge(ctx, []string{path}, landing.Given{}, false)
	if err != nil || len(landed) != 1 {
		t.Fatalf("%+v, %v", landed, err)
	}
	if l := landed[0]; l.Status != "landed" || l.Provider != "HUB" || l.Feed != "referrals" || l.Rows != 1 || l.Accepted+l.Rejected != 1 {
		t.Errorf("%+v", l)
	}
	if landed[0].Rejected > 0 {
		if _, err := p.Build(ctx); err != nil {
			t.Fatal(err)
		}
		faults, err := p.Rejects(ctx, "referrals", "HUB")
		t.Errorf("rejected: %v %v", faults.Rows, err)
	}
}
