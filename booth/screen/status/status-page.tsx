import type { ReactNode } from "react";
import { packageNumber } from "../../../crypto/package/number.ts";
import mark from "../../../design/mark.svg?no-inline";
import type { BoothStatus } from "../../api/messages.ts";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import "../style/status.css";
import { show } from "../texts/i18n.ts";
import { type Say, useTexts } from "../texts/use-texts.ts";
import { useBoothStatus } from "./status-feed.ts";

const STEPS = ["B", "kB", "MB", "GB"] as const;

function size(t: Say, bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 1000 && step < STEPS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${t(`units.${STEPS[step] ?? "B"}`)}`;
}

/** For the people who run the booth: quiet until something is wrong. No personal data. */
export function StatusPage() {
  const { t, language } = useTexts();
  const { status, stale } = useBoothStatus(language);
  const time = (at: string) =>
    new Date(at).toLocaleString(language, {
      day: "2-digit",
      month: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
  const day = (date: string) =>
    new Date(date).toLocaleDateString(language, { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" });
  const wrong =
    status !== null &&
    (status.devices.some((device) => device.state !== "ready") ||
      status.clock.state !== "good" ||
      !status.disk.enough ||
      status.awaitingKey !== null ||
      status.refusedKey !== null ||
      (status.inspection !== null && status.inspection.state !== "good") ||
      status.outbox.items.some((item) => item.problem !== null || item.state === "quarantined"));
  return (
    <div className="status">
      <header className="status-head">
        <img src={mark} alt="" />
        <div>
          <h1>{t("status.title")}</h1>
          <p>
            {status
              ? `${status.booth} · ${t("status.version", { version: status.version, time: time(status.startedAt) })}`
              : " "}
          </p>
        </div>
        <p className="status-overall" data-wrong={wrong || stale ? "" : undefined} role="status">
          <Icon name={wrong || stale ? "alert" : "check"} />
          {stale
            ? status
              ? t("status.stale", { time: time(status.now) })
              : t("status.never")
            : status
              ? t(wrong ? "status.attention" : "status.ready")
              : t("busy")}
        </p>
        <Button
          icon="language"
          lang={language === "ru" ? "en" : "ru"}
          onPress={() => show(language === "ru" ? "en" : "ru")}
        >
          {t("action.otherLanguage")}
        </Button>
      </header>
      {status && <StatusBody status={status} t={t} time={time} day={day} />}
    </div>
  );
}

function Panel({ title, children, className }: { title: string; children: ReactNode; className?: string }) {
  return (
    <section className={`panel ${className ?? ""}`}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface BodyProps {
  status: BoothStatus;
  t: Say;
  time: (at: string) => string;
  day: (date: string) => string;
}

/** Devices of Kabina's own, by kind and driver; any other has its maker's name. */
const OWN = [
  "camera-simulator",
  "camera-ffmpeg",
  "fingerprint-files",
  "smartcard-simulator",
  "scanner-screen",
  "signature-screen",
  "signature-simulator",
  "printer-screen",
] as const;

function nameOf({ kind, driver, name, simulated }: BoothStatus["devices"][number], t: BodyProps["t"]): string {
  const own = OWN.find((known) => known === `${kind}-${driver}`);
  // A real camera comes through ffmpeg as well, and has a name.
  return own === undefined || (own === "camera-ffmpeg" && !simulated) ? name : t(`status.own.${own}`);
}

function StatusBody({ status, t, time, day }: BodyProps) {
  const { outbox } = status;
  return (
    <main className="status-body">
      {status.awaitingKey !== null && (
        <Panel title={t("status.awaitingKey")} className="panel-key">
          <p className="mono key-digits" data-name="awaiting-key">
            {status.awaitingKey.replace(/.{4}(?=.)/g, "$& ")}
          </p>
          <p>{t("status.awaitingKeyNext")}</p>
        </Panel>
      )}
      {status.refusedKey !== null && (
        <Panel title={t("status.refusedKey")} className="panel-key">
          <p className="mono key-digits" data-name="refused-key">
            {status.refusedKey.replace(/.{4}(?=.)/g, "$& ")}
          </p>
          <p>{t("status.refusedKeyNext")}</p>
        </Panel>
      )}
      <Panel title={t("status.devices")} className="panel-devices">
        <ul className="device-list">
          {status.devices.map((device) => (
            <li key={`${device.kind}-${device.name}`} data-state={device.state}>
              <span className="lamp" aria-hidden="true" />
              <span>
                <strong>{t(`deviceKind.${device.kind}`)}</strong>
                <small>
                  {nameOf(device, t)}
                  {device.simulated && ` · ${t("status.simulated")}`}
                </small>
              </span>
              <span className="device-state">
                {t(`status.deviceState.${device.state}`)}
                {device.code && <small>{device.code}</small>}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t("status.title")} className="panel-facts">
        <dl className="facts">
          <div>
            <dt>{t("status.session")}</dt>
            <dd>
              {status.session.running
                ? t("status.sessionRunning", { step: t(`steps.${status.session.step}`) })
                : t("status.sessionNone")}
            </dd>
          </div>
          <div data-wrong={status.disk.enough ? undefined : ""}>
            <dt>{t("status.disk")}</dt>
            <dd>
              {t("status.free", { size: size(t, status.disk.freeBytes) })}
              {!status.disk.enough && ` · ${t("status.diskLow")}`}
            </dd>
          </div>
          <div data-wrong={status.clock.state === "good" ? undefined : ""}>
            <dt>{t("status.clock")}</dt>
            <dd>
              {time(status.clock.now)} · {t(status.clock.state === "good" ? "status.clockGood" : "status.clockSuspect")}
            </dd>
          </div>
          <div data-wrong={status.inspection === null || status.inspection.state === "good" ? undefined : ""}>
            <dt>{t("status.inspection")}</dt>
            <dd>
              {status.inspection === null
                ? t("status.inspectionNone")
                : t(`status.inspectionUntil.${status.inspection.state}`, { day: day(status.inspection.until) })}
            </dd>
          </div>
          <div>
            <dt>{t("status.memory")}</dt>
            <dd>{size(t, status.memory.rssBytes)}</dd>
          </div>
        </dl>
      </Panel>
      {status.pickups.length > 0 && (
        <Panel title={t("status.pickups")} className="panel-pickups">
          <ul className="pickup-list">
            {status.pickups.map(({ at, verdict, checks }) => (
              <li key={at} data-verdict={verdict}>
                <strong>
                  {time(at)} · {t(`verdict.title.${verdict}`)}
                </strong>
                <small>
                  {checks
                    .map(({ check, verdict: one }) => `${t(`verdict.check.${check}`)} ${t(`verdict.word.${one}`)}`)
                    .join(" · ")}
                </small>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={t("status.outbox")} className="panel-outbox">
        <dl className="facts facts-row">
          <div>
            <dt>{t("status.waiting")}</dt>
            <dd data-name="outbox-waiting">{outbox.waiting}</dd>
          </div>
          <div>
            <dt>{t("status.delivered")}</dt>
            <dd data-name="outbox-delivered">{outbox.delivered}</dd>
          </div>
          <div>
            <dt>{t("status.used", { used: size(t, outbox.bytes), limit: size(t, outbox.limitBytes) })}</dt>
            <dd className="fact-small">
              {outbox.fullAt ? t("status.fullAt", { time: time(outbox.fullAt) }) : t("status.notFull")}
            </dd>
          </div>
        </dl>
        {outbox.items.length === 0 ? (
          <p className="empty">{t("status.outboxEmpty")}</p>
        ) : (
          <table>
            <thead>
              <tr>
                <th>{t("status.package")}</th>
                <th>{t("status.sealed")}</th>
                <th>{t("status.size")}</th>
                <th>{t("status.state")}</th>
              </tr>
            </thead>
            <tbody>
              {outbox.items.map((item) => (
                <tr key={item.packageNumber} data-state={item.state}>
                  <td className="mono" title={item.packageNumber}>
                    {packageNumber(item.packageNumber)}
                  </td>
                  <td>{time(item.sealedAt)}</td>
                  <td>{size(t, item.size)}</td>
                  <td>
                    {t(`status.itemState.${item.state}`)}
                    {item.state === "uploading" && ` ${Math.round((100 * item.sentBytes) / Math.max(1, item.size))} %`}
                    {item.problem && <small>{item.problem.cause}</small>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      <Panel title={t("status.decisions")} className="panel-decisions">
        {status.decisions.length === 0 ? (
          <p className="empty">{t("status.decisionsEmpty")}</p>
        ) : (
          <ul className="decisions">
            {status.decisions.map((decision) => (
              <li key={`${decision.packageNumber}-${decision.at}`} data-kind={decision.kind}>
                <Icon
                  name={decision.kind === "accept" ? "check" : decision.kind === "retake" ? "retake" : "escalate"}
                />
                <span>
                  <strong>{t(`status.decision.${decision.kind}`)}</strong>
                  {decision.reasons.length > 0 && (
                    <small>{decision.reasons.map((reason) => reasonText(t, reason)).join(", ")}</small>
                  )}
                </span>
                <span className="decision-of">
                  <span className="mono">{packageNumber(decision.packageNumber)}</span>
                  <small>{time(decision.at)}</small>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </main>
  );
}

const REASONS = [
  "portrait-pose",
  "portrait-expression",
  "portrait-light",
  "portrait-covered",
  "portrait-other-person",
  "finger-quality",
  "finger-wrong",
  "signature-unreadable",
  "data-mismatch",
  "chip-unread",
  "consent-missing",
] as const;

function reasonText(t: Say, reason: string): string {
  return t(`status.retakeReason.${REASONS.find((known) => known === reason) ?? "other"}`);
}
