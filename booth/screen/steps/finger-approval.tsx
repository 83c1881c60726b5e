import { useState } from "react";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Page } from "../frame/page.tsx";
import { Keypad } from "../keys/keypad.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

/** Digits of a staff number and of a PIN. */
const NUMBER = { least: 3, most: 12 };
const PIN = { least: 6, most: 12 };

/** A finger cannot be given: a member of staff looks and says who they are, or the operator is told that nobody did. */
export function FingerApproval({ state, view, send, can }: StepProps<"fingers">) {
  const { t } = useTexts();
  const [staff, setStaff] = useState("");
  const [pin, setPin] = useState("");
  const [at, setAt] = useState<"staff" | "pin">("staff");
  const [set, most] = at === "staff" ? ([setStaff, NUMBER.most] as const) : ([setPin, PIN.most] as const);
  const digits = (text: string) => text.replaceAll(/\D/g, "");
  const ready = can("finger.approve") && staff.length >= NUMBER.least && pin.length >= PIN.least;
  const approve = () => {
    if (!ready) return;
    setPin("");
    send({ type: "finger.approve", staff, pin });
  };
  return (
    <Page
      id="fingers-approve"
      title={t("fingers.approveTitle")}
      lead={
        view.phase === "approving"
          ? t("fingers.approving")
          : t("fingers.approveLead", {
              finger: view.position === null ? "" : t(`fingers.positionName.${view.position}`),
              reason: view.reason === null ? "" : t(`fingers.reasons.${view.reason}`),
            })
      }
      live
      problem={state.problem}
      actions={
        <>
          <BackButton can={can} send={send} />
          <Button
            disabled={!can("finger.unapproved")}
            onPress={() => send({ type: "finger.unapproved" })}
            name="finger-unapproved"
          >
            {t("fingers.nobody")}
          </Button>
          <Button kind="primary" icon="check" disabled={!ready} onPress={approve} name="finger-approve">
            {t("fingers.approve")}
          </Button>
        </>
      }
    >
      <form
        className="approval"
        onSubmit={(event) => {
          event.preventDefault();
          approve();
        }}
      >
        <div className="approval-fields">
          <label>
            <span>{t("fingers.staffNumber")}</span>
            <input
              className="field"
              inputMode="none"
              autoComplete="off"
              maxLength={NUMBER.most}
              value={staff}
              onFocus={() => setAt("staff")}
              onChange={(event) => setStaff(digits(event.target.value))}
            />
          </label>
          <label>
            <span>{t("fingers.staffPin")}</span>
            <input
              className="field"
              type="password"
              inputMode="none"
              autoComplete="off"
              maxLength={PIN.most}
              value={pin}
              onFocus={() => setAt("pin")}
              onChange={(event) => setPin(digits(event.target.value))}
            />
          </label>
        </div>
        <Keypad
          label={t("slip.keypad")}
          onKey={(key) => set((old) => (old.length < most ? old + key : old))}
          onErase={() => set((old) => old.slice(0, -1))}
        />
      </form>
    </Page>
  );
}
