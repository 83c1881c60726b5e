import { useEffect, useState } from "react";
import { useTexts } from "../texts/use-texts.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

interface TimeWarningProps {
  /** Milliseconds that were left when the booth last spoke, and when that was (`performance.now()`). */
  remainingMs: number;
  receivedAt: number;
  onStay: () => void;
  onLeave: () => void;
}

/** "Are you still here?": one touch gives the whole time again. */
export function TimeWarning({ remainingMs, receivedAt, onStay, onLeave }: TimeWarningProps) {
  const { t } = useTexts();
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.now()), 250);
    return () => window.clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((remainingMs - (now - receivedAt)) / 1000));
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <Dialog
      alert
      title={t("timeout.title")}
      onCancel={onStay}
      actions={
        <>
          <Button kind="quiet" icon="leave" onPress={onLeave}>
            {t("leaveDialog.yes")}
          </Button>
          <Button kind="primary" icon="clock" onPress={onStay} first name="stay">
            {t("timeout.more")}
          </Button>
        </>
      }
    >
      <p>{t("timeout.lead")}</p>
      <p className="countdown" role="timer">
        {clock}
      </p>
    </Dialog>
  );
}
