package intake_test

import (
	"context"
	"testing"
	"time"

	"mojreturns/pipeline"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
)

func TestMain(m *testing.M) { example.Main(m) }

// A feed's files are kept so many months after the end of their financial year.
func TestRetention(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Small(t)
	if _, err := pipeline.Run(ctx, ws, example.Quarter(t, "2023-24-Q4")); err != nil {
		t.Fatal(err)
	}
	for months, want := range [...]int{0: 0, 1: 0} { // the clock stands at 22 April 2024, the year ended on 31 March
		ws.Register.Providers = example.WithFeed(ws.Register.Providers, "", "spend", func(f *register.Feed) { f.KeepMonths = months })
		if expired, err := intake.ExpiredFiles(ws); err != nil || len(expired) != want {
			t.Errorf("%d months: %d files, want %d (%v)", months, len(expired), want, err)
		}
	}
	now := ws.Now
	ws.Now = func() time.Time { return now().AddDate(0, 1, 0) }
	expired, err := intake.EraseExpired(ctx, ws, "records officer")
	if err != nil || len(expired) != 1 || expired[0].Name != "finance_spend_2023-24_v12.csv" || expired[0].Since.Format("2006-01-02") != "2024-05-01" {
		t.Fatalf("erased %+v, %v", expired, err)
	}
	if workspace.Exists(ws.Landing.Path(expired[0].SHA256)) {
		t.Error("its bytes are still there")
	}
	if again, err := intake.ExpiredFiles(ws); err != nil || len(again) != 0 {
		t.Errorf("%d files are expired still, %v", len(again), err)
	}
}
