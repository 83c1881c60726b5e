import { useId, useState } from "react";
import { z } from "zod";
import { CertificateShown, ProposalShown, Revoke } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { isLate, SinceField, sinceOf } from "../frame/since-field.tsx";
import { day, moment } from "../frame/times.ts";
import { ask } from "../link/api.ts";
import { type Say, useTexts } from "../texts/use-texts.ts";
import type { Desk } from "./desk.ts";

const Found = z.object({ certificates: z.array(CertificateShown) });
const Life = z.object({
  life: z.array(z.object({ at: z.string(), by: z.string(), kind: z.string() })),
});
const ISSUERS = ["booths", "sensors", "staff", "servers", "root"] as const;
const reasons = Revoke.shape.reason.options;

/** Every certificate that was ever issued: found by a part of it, with its life so far, and taken back at once where it must be. */
export function CertificateSearch({ desk, onFail }: { desk: Desk; onFail: (error: unknown) => void }) {
  const { t, language } = useTexts();
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly CertificateShown[] | null>(null);
  const [life, setLife] = useState<{ serial: string; events: z.infer<typeof Life>["life"] } | null>(null);
  const [proposed, setProposed] = useState<string | null>(null);
  const [taking, setTaking] = useState<CertificateShown | null>(null);
  const [reason, setReason] = useState<(typeof reasons)[number]>("keyCompromise");
  const [since, setSince] = useState("");
  const [id, reasonId] = [useId(), useId()];
  const search = () =>
    ask(Found, `/api/security/certificates?text=${encodeURIComponent(text)}`).then(
      ({ certificates }) => setFound(certificates),
      onFail,
    );
  const show = (serial: string) =>
    ask(Life, `/api/security/certificates/${serial}`).then(
      (answer) => setLife({ serial, events: answer.life }),
      onFail,
    );
  const revoke = async ({ serial, issuer }: CertificateShown) => {
    setTaking(null);
    const from = sinceOf(since);
    // A server's hurts many: it is proposed, and another officer carries it out.
    if (issuer === "servers")
      await desk.act(ProposalShown, "/proposals", { kind: "certificate.revoke", serial, reason, since: from });
    else
      await desk.act(z.object({ revoked: z.array(z.string()) }), `/certificates/${serial}/revoke`, {
        ...{ reason, since: from },
      });
    setProposed(issuer === "servers" ? serial : null);
    await search();
  };
  return (
    <section aria-labelledby="certificates-title">
      <h2 id="certificates-title">{t("security.certificates.title")}</h2>
      <form
        className="request-form"
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <label htmlFor={id}>{t("security.certificates.text")}</label>
        <input id={id} value={text} maxLength={128} onChange={(event) => setText(event.target.value)} />
        <button type="submit" className="action" data-name="certificates">
          {t("security.certificates.search")}
        </button>
      </form>
      <p className="downloads">
        <a
          href={`/api/security/certificates/csv?text=${encodeURIComponent(text)}`}
          download
          data-name="certificates-csv"
        >
          {t("security.certificates.csv")}
        </a>
      </p>
      {proposed !== null && (
        <p role="status" className="verified">
          {t("security.certificates.proposed")} <span className="code">{proposed}</span>
        </p>
      )}
      {found?.length === 0 && <p className="quiet-note">{t("security.certificates.none")}</p>}
      <ul className="plain">
        {found?.map((one) => (
          <li key={one.serial} data-serial={one.serial}>
            <strong>{one.name}</strong> · {issuerText(t, one.issuer)} ·{" "}
            {t("security.untilDay", { day: day(language, one.notAfter) })}
            {one.revokedAt !== null && (
              <span data-weak="">
                {" "}
                ·{" "}
                {t("security.certificates.revoked", {
                  time: moment(language, one.revokedAt),
                  reason: reasonText(t, one.reason),
                })}
              </span>
            )}{" "}
            <span className="code">{one.serial}</span>
            <div className="request-form">
              <ActionButton kind="quiet" icon="list" name="life" onPress={() => void show(one.serial)}>
                {t("security.certificates.life")}
              </ActionButton>
              <a
                className="action quiet"
                href={`/api/security/certificates/${one.serial}/file`}
                download
                data-name="certificate-file"
              >
                {t("security.certificates.file")}
              </a>
              {desk.mayAct && one.revokedAt === null && one.issuer !== "root" && (
                <ActionButton
                  kind="warn"
                  icon="cross"
                  name="revoke"
                  onPress={() => {
                    setSince("");
                    setTaking(one);
                  }}
                >
                  {t("security.certificates.revoke")}
                </ActionButton>
              )}
            </div>
            {life?.serial === one.serial && life.events.length === 0 && (
              <p className="quiet-note">{t("security.certificates.noLife")}</p>
            )}
            {life?.serial === one.serial && life.events.length > 0 && (
              <ol className="certificate-life">
                {life.events.map(({ at, by, kind }) => (
                  <li key={`${at} ${kind}`}>
                    {moment(language, at)} · <span className="code">{kind}</span> · {by}
                  </li>
                ))}
              </ol>
            )}
          </li>
        ))}
      </ul>
      {taking && (
        <Dialog title={t("security.certificates.revokeTitle", { name: taking.name })} onCancel={() => setTaking(null)}>
          <p>
            {t(taking.issuer === "servers" ? "security.certificates.revokeServer" : "security.certificates.revokeLead")}
          </p>
          <div className="request-form">
            <label htmlFor={reasonId}>{t("security.certificates.reason")}</label>
            <select
              id={reasonId}
              value={reason}
              onChange={(event) => setReason(event.target.value as (typeof reasons)[number])}
            >
              {reasons.map((one) => (
                <option key={one} value={one}>
                  {t(`security.certificates.reasons.${one}`)}
                </option>
              ))}
            </select>
            <SinceField value={since} onValue={setSince} empty={t("since.now")} />
          </div>
          <div className="dialog-actions">
            <ActionButton
              kind="warn"
              icon="cross"
              name="revoke-go"
              disabled={isLate(since)}
              onPress={() => void revoke(taking)}
            >
              {t(taking.issuer === "servers" ? "security.certificates.propose" : "security.certificates.revoke")}
            </ActionButton>
            <ActionButton kind="quiet" onPress={() => setTaking(null)}>
              {t("decide.cancel")}
            </ActionButton>
          </div>
        </Dialog>
      )}
    </section>
  );
}

/** Who issued it, in words; as the register has it where there is no word. */
const issuerText = (t: Say, issuer: string): string =>
  ISSUERS.some((one) => one === issuer)
    ? t(`security.certificates.issuer.${issuer as (typeof ISSUERS)[number]}`)
    : issuer;

const reasonText = (t: Say, reason: string | null): string => {
  const known = reasons.find((one) => one === reason);
  return known ? t(`security.certificates.reasons.${known}`) : (reason ?? "");
};
