import { TopBar } from "../frame/top-bar.tsx";
import { useTexts } from "../texts/use-texts.ts";

/** For whoever has a role that this console has no page for. */
export function EmptyPage({ name, onSignOut }: { name: string; onSignOut: () => void }) {
  const { t } = useTexts();
  return (
    <div className="security">
      <TopBar title={t("network.console")} operator={name} onSignOut={onSignOut} />
      <main className="security-main">
        <h1>{t("network.empty")}</h1>
        <p className="soft">{t("network.emptyLead")}</p>
      </main>
    </div>
  );
}
