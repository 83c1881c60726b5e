import type { InUse } from "../link/booth-link.ts";
import { StopPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { Button } from "./button.tsx";
import { Page } from "./page.tsx";
import { Shell } from "./shell.tsx";

/** The first moments, before the booth has answered. */
export function ConnectingPage() {
  const { t } = useTexts();
  return (
    <Shell>
      <Page
        id="connecting"
        title={t("trouble.connectingTitle")}
        lead={t("trouble.connectingLead")}
        picture={<WaitPicture />}
        live
      />
    </Shell>
  );
}

function WaitPicture() {
  return (
    <div className="wait" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}

/** The booth's process does not answer: said over the page that was open, so that nothing seems lost. */
export function OfflinePage() {
  const { t } = useTexts();
  return (
    <Shell>
      <Page
        id="offline"
        title={t("trouble.offlineTitle")}
        lead={t("trouble.offlineLead")}
        picture={<StopPicture />}
        live
      />
    </Shell>
  );
}

/** Another browser has the session. */
export function InUsePage({ message, onTakeOver }: { message: InUse; onTakeOver: () => void }) {
  const { t } = useTexts();
  return (
    <Shell>
      <Page
        id="in-use"
        title={t("trouble.inUseTitle")}
        lead={t(message.canTakeOver ? "trouble.inUseGone" : "trouble.inUseWait")}
        picture={<StopPicture />}
        live
        actions={
          <Button kind="primary" disabled={!message.canTakeOver} onPress={onTakeOver}>
            {t("trouble.inUseTake")}
          </Button>
        }
      />
    </Shell>
  );
}

/** A fault of this screen's own code. */
export function FaultPage() {
  const { t } = useTexts();
  return (
    <Shell>
      <Page
        id="fault"
        title={t("trouble.faultTitle")}
        lead={t("trouble.faultLead")}
        picture={<StopPicture />}
        actions={
          <Button kind="primary" icon="retake" onPress={() => location.reload()}>
            {t("trouble.reload")}
          </Button>
        }
      />
    </Shell>
  );
}
