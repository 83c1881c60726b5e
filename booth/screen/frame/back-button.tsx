import type { ScreenEvent, ScreenEventType } from "../../api/messages.ts";
import { useTexts } from "../texts/use-texts.ts";
import { Button } from "./button.tsx";

/** One step back, where the booth allows it. */
export function BackButton({
  can,
  send,
}: {
  can: (type: ScreenEventType) => boolean;
  send: (event: ScreenEvent) => void;
}) {
  const { t } = useTexts();
  if (!can("back")) return null;
  return (
    <Button icon="arrow-left" onPress={() => send({ type: "back" })} name="back">
      {t("action.back")}
    </Button>
  );
}
