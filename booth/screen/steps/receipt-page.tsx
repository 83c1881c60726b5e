import { packageNumber } from "../../../crypto/package/number.ts";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { SquareCode } from "./square-code.tsx";
import type { StepProps } from "./step.ts";

/** The number that the person keeps, what happens next, and whether it was printed. */
export function ReceiptPage({ state, view, send, can }: StepProps<"receipt">) {
  const { t } = useTexts();
  const printed = {
    printing: ["print", t("receipt.printing")],
    printed: ["check", t("receipt.printed")],
    "no-printer": ["info", t("receipt.noPrinter")],
    failed: ["alert", t("receipt.printFailed")],
  }[view.printed] as [string, string];
  return (
    <Page
      id="receipt"
      title={t("receipt.title")}
      lead={t("receipt.lead")}
      problem={state.problem}
      picture={
        <div className="slip">
          <SquareCode text={view.qrText} label={t("receipt.qr")} />
          <p className="slip-label">{t("receipt.number")}</p>
          <p className="slip-number">{packageNumber(view.packageNumber)}</p>
        </div>
      }
      actions={
        <Button
          kind="primary"
          icon="check"
          disabled={!can("receipt.done")}
          onPress={() => send({ type: "receipt.done" })}
          name="receipt-done"
        >
          {t("receipt.done")}
        </Button>
      }
    >
      <p className="printed" role="status">
        <Icon name={printed[0]} />
        {printed[1]}
      </p>
      <section className="next-steps">
        <h2>{t("receipt.next")}</h2>
        <ol>
          <li>{t("receipt.next1")}</li>
          <li>{t("receipt.next2")}</li>
          <li>{t("receipt.next3")}</li>
        </ol>
      </section>
    </Page>
  );
}
