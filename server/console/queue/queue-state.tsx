import { useTexts } from "../texts/use-texts.ts";

interface QueueStateProps {
  waiting: number;
  live: boolean;
  loaded: boolean;
}

/** How many cases wait, and whether what is shown is what the server knows. */
export function QueueState({ waiting, live, loaded }: QueueStateProps) {
  const { t } = useTexts();
  return (
    <>
      <p className="top-count">{t("queue.count", { number: waiting })}</p>
      <p className="link-state" data-live={live ? "" : undefined} role="status">
        <span className="lamp" aria-hidden="true" />
        {live ? t("top.live") : loaded ? t("top.offline") : t("top.connecting")}
      </p>
    </>
  );
}
