import { useId, useState } from "react";
import { z } from "zod";
import type { RequestShown } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { moment } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";
import type { Desk } from "./desk.ts";

/** Who waits to be certified. The officer types what the booth's own screen shows: agreeing by a glance is how a forged key gets in. */
export function RequestList({ requests, desk }: { requests: readonly RequestShown[]; desk: Desk }) {
  const { t } = useTexts();
  return (
    <section aria-labelledby="requests-title">
      <h2 id="requests-title">{t("security.requests.title", { number: requests.length })}</h2>
      {requests.length === 0 && <p className="quiet-note">{t("security.requests.none")}</p>}
      {requests.map((request) => (
        <Request key={request.id} request={request} desk={desk} />
      ))}
    </section>
  );
}

function Request({ request, desk }: { request: RequestShown; desk: Desk }) {
  const { t, language } = useTexts();
  const [compared, setCompared] = useState("");
  const [office, setOffice] = useState("");
  const [comparedId, officeId] = [useId(), useId()];
  const digits = compared.replace(/[^0-9a-fA-F]/g, "").length;
  return (
    <article className="request" data-request={request.name}>
      <h3>{request.name}</h3>
      <p className="soft">
        {t("security.requests.asked", { time: moment(language, request.askedAt), address: request.address })}
      </p>
      {desk.mayAct && (
        <div className="request-form">
          <label htmlFor={comparedId}>{t("security.requests.compare")}</label>
          <input
            id={comparedId}
            value={compared}
            maxLength={96}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setCompared(event.target.value)}
          />
          <label htmlFor={officeId}>{t("security.requests.office")}</label>
          <input id={officeId} value={office} maxLength={128} onChange={(event) => setOffice(event.target.value)} />
          <ActionButton
            kind="primary"
            icon="check"
            name="approve"
            disabled={digits < 16}
            onPress={() =>
              void desk.act(z.object({ serial: z.string() }), `/requests/${request.id}/approve`, {
                compared,
                office: office.trim() === "" ? null : office.trim(),
              })
            }
          >
            {t("security.requests.approve")}
          </ActionButton>
          <ActionButton
            kind="warn"
            icon="cross"
            name="refuse"
            onPress={() => void desk.act(z.undefined(), `/requests/${request.id}/refuse`)}
          >
            {t("security.requests.refuse")}
          </ActionButton>
        </div>
      )}
    </article>
  );
}
