import { useEffect, useRef, useState } from "react";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Page } from "../frame/page.tsx";
import { Keypad } from "../keys/keypad.tsx";
import { SlipPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

/** As long as the text of a slip's square code may be. */
const MAX_SLIP_TEXT = 1000;

/** The slip: scanned, or its number typed. A scanner that types like a keyboard ends in the same field. */
export function SlipPage({ state, view, send, can }: StepProps<"slip">) {
  const { t } = useTexts();
  const [value, setValue] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const enter = () => value.trim() !== "" && can("slip.enter") && send({ type: "slip.enter", value: value.trim() });
  const failed = state.problem !== null;
  useEffect(() => {
    if (failed) field.current?.select();
  }, [failed]);

  const lead = view.phase === "checking" ? t("slip.checking") : t("slip.lead");
  return (
    <Page
      id="slip"
      title={t("slip.title")}
      lead={lead}
      live
      picture={<SlipPicture />}
      problem={state.problem}
      actions={
        <>
          <BackButton can={can} send={send} />
          {view.optional && can("slip.none") && (
            <Button onPress={() => send({ type: "slip.none" })} name="no-slip">
              {t("slip.none")}
            </Button>
          )}
          <Button
            kind="primary"
            iconAfter="arrow-right"
            disabled={value.trim() === "" || !can("slip.enter")}
            onPress={enter}
            name="slip-enter"
          >
            {t("action.continue")}
          </Button>
        </>
      }
    >
      <form
        className="slip-form"
        onSubmit={(event) => {
          event.preventDefault();
          enter();
        }}
      >
        <label>
          <span>{t("slip.label")}</span>
          <input
            ref={field}
            className="field"
            inputMode="none"
            autoComplete="off"
            maxLength={MAX_SLIP_TEXT}
            placeholder={"0".repeat(view.numberLength)}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </label>
        <Keypad
          label={t("slip.keypad")}
          onKey={(key) => setValue((old) => (old.length < view.numberLength ? old + key : old))}
          onErase={() => setValue((old) => old.slice(0, -1))}
        />
      </form>
    </Page>
  );
}
