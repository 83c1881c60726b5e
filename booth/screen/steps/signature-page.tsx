import { useEffect, useRef, useState } from "react";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Page } from "../frame/page.tsx";
import { ReasonDialog } from "../frame/reason-dialog.tsx";
import { SignaturePicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { SignaturePad } from "./signature-pad.tsx";
import type { StepProps } from "./step.ts";

const REASONS = ["injury", "cannot-write", "other"] as const;

/** The signature, or the reason why there is none. */
export function SignaturePage(props: StepProps<"signature">) {
  return <SignForm {...props} />;
}

function SignForm({ state, view, send, can }: StepProps<"signature">) {
  const { t } = useTexts();
  const [strokes, setStrokes] = useState(view.signature?.strokes ?? []);
  const [asking, setAsking] = useState(false);
  // What comes from a pad shows here, unless the person has begun to draw on the screen.
  const touched = useRef(false);
  const given = view.signature;
  useEffect(() => {
    if (given !== null && !touched.current) setStrokes(given.strokes);
  }, [given]);
  const draw = (drawn: typeof strokes) => {
    touched.current = true;
    setStrokes(drawn);
  };
  return (
    <>
      <Page
        id="signature"
        title={t("signature.title")}
        lead={t("signature.lead")}
        aside={
          <div className="signature-example">
            <SignaturePicture />
          </div>
        }
        problem={state.problem}
        actions={
          <>
            <BackButton can={can} send={send} />
            <Button disabled={!can("signature.unable")} onPress={() => setAsking(true)} name="signature-unable">
              {t("signature.unable")}
            </Button>
            <Button icon="erase" disabled={strokes.length === 0} onPress={() => draw([])} name="signature-clear">
              {t("signature.clear")}
            </Button>
            <Button
              kind="primary"
              icon="check"
              disabled={strokes.length === 0 || !can("signature.done")}
              onPress={() => send({ type: "signature.done", signature: { aspect: view.aspect, strokes } })}
              name="signature-done"
            >
              {t("signature.accept")}
            </Button>
          </>
        }
      >
        <div className="signature-stage" style={{ ["--aspect" as string]: view.aspect }}>
          <SignaturePad aspect={view.aspect} strokes={strokes} label={t("signature.field")} onChange={draw} />
        </div>
      </Page>
      {asking && can("signature.unable") && (
        <ReasonDialog
          title={t("signature.unableTitle")}
          lead={t("signature.unableLead")}
          reasons={REASONS}
          text={(reason) => t(`signature.reasons.${reason}`)}
          onReason={(reason) => {
            setAsking(false);
            send({ type: "signature.unable", reason });
          }}
          onCancel={() => setAsking(false)}
        />
      )}
    </>
  );
}
