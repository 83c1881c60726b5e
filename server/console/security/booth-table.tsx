import { useState } from "react";
import { type BoothShown, DrillDone } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { hoursAgo, isLate, SinceField, sinceOf } from "../frame/since-field.tsx";
import { day, moment, span } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";
import { CLOCK_OFF_MS } from "./attention.tsx";
import type { Desk } from "./desk.ts";
import { TamperCell } from "./tamper-cell.tsx";

/** Every booth: its certificate, when it was last seen, under which policy, with which clock; and the drill. */
export function BoothTable({ booths, at, desk }: { booths: readonly BoothShown[]; at: string; desk: Desk }) {
  const { t, language } = useTexts();
  const [asking, setAsking] = useState<string | null>(null);
  const [done, setDone] = useState<DrillDone | null>(null);
  const [since, setSince] = useState("");
  const now = new Date(at).getTime();
  const drill = async (booth: string) => {
    setAsking(null);
    const from = sinceOf(since) ?? new Date(now).toISOString();
    setDone((await desk.act(DrillDone, "/drills", { booth, since: from })) ?? null);
  };
  return (
    <section aria-labelledby="booths-title">
      <h2 id="booths-title">{t("security.booths.title")}</h2>
      {done && (
        <div className="drill-done" role="status">
          <p>
            {t("security.drill.done", {
              booth: done.booth,
              ms: done.totalMs,
              suspect: done.packages.filter(({ suspect }) => suspect).length,
            })}
          </p>
          <ol>
            {done.steps.map(({ what, atMs }) => (
              <li key={what}>
                {atMs} {t("units.ms")} · <span className="code">{what}</span>
              </li>
            ))}
          </ol>
          <ul>
            {done.packages.map(({ packageId, sealedAt, suspect }) => (
              <li key={packageId}>
                <span className="code">{packageId}</span> {moment(language, sealedAt)}{" "}
                {suspect ? t("security.drill.suspect") : t("security.drill.before")}
              </li>
            ))}
          </ul>
          <p className="soft">{t("security.drill.next")}</p>
        </div>
      )}
      <div className="wide-table">
        <table>
          <thead>
            <tr>
              <th>{t("security.booths.booth")}</th>
              <th>{t("security.booths.certificate")}</th>
              <th>{t("security.booths.seen")}</th>
              <th>{t("security.booths.policy")}</th>
              <th>{t("security.booths.clock")}</th>
              <th>{t("security.booths.devices")}</th>
              <th>{t("tamper.title")}</th>
              <th>{t("security.booths.packages")}</th>
              {desk.mayAct && <th>{t("security.booths.stolen")}</th>}
            </tr>
          </thead>
          <tbody>
            {booths.map(({ booth, certificate, seenAt, policyVersion, clockOffsetMs, packages, troubled, tamper }) => (
              <tr key={booth} data-booth={booth}>
                <th scope="row">{booth}</th>
                <td data-weak={certificate === null ? "" : undefined}>
                  {certificate === null
                    ? t("security.booths.noCertificate")
                    : t("security.untilDay", { day: day(language, certificate.notAfter) })}
                </td>
                <td>
                  {seenAt === null
                    ? t("security.none")
                    : t("security.ago", { time: span(t, Math.max(0, now - new Date(seenAt).getTime())) })}
                </td>
                <td>{policyVersion ?? t("security.booths.builtIn")}</td>
                <td data-weak={Math.abs(clockOffsetMs ?? 0) > CLOCK_OFF_MS ? "" : undefined}>
                  {clockOffsetMs === null
                    ? t("security.none")
                    : `${clockOffsetMs < 0 ? "−" : "+"}${span(t, Math.abs(clockOffsetMs))}`}
                </td>
                <td data-weak={troubled !== null && troubled.length > 0 ? "" : undefined}>
                  {troubled === null
                    ? t("security.none")
                    : troubled.length === 0
                      ? t("security.booths.devicesGood")
                      : troubled
                          .map(({ kind, code, state }) => `${t(`policy.device.${kind}`)} (${code ?? state})`)
                          .join(", ")}
                </td>
                <TamperCell booth={booth} tamper={tamper} desk={desk} />
                <td>{packages}</td>
                {desk.mayAct && (
                  <td>
                    <ActionButton
                      kind="warn"
                      icon="alert"
                      name="ask-drill"
                      disabled={certificate === null}
                      onPress={() => {
                        setSince(hoursAgo(24));
                        setAsking(booth);
                      }}
                    >
                      {t("security.drill.start")}
                    </ActionButton>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asking !== null && (
        <Dialog title={t("security.drill.title", { booth: asking })} onCancel={() => setAsking(null)}>
          <p>{t("security.drill.lead")}</p>
          <SinceField first value={since} onValue={setSince} empty={t("since.now")} />
          <div className="dialog-actions">
            <ActionButton
              kind="warn"
              icon="alert"
              name="drill"
              disabled={isLate(since)}
              onPress={() => void drill(asking)}
            >
              {t("security.drill.go")}
            </ActionButton>
            <ActionButton kind="quiet" onPress={() => setAsking(null)}>
              {t("decide.cancel")}
            </ActionButton>
          </div>
        </Dialog>
      )}
    </section>
  );
}
