import { useCallback, useEffect, useState } from "react";
import { z } from "zod";
import type { Session } from "../../review/api.ts";
import { Overview } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { TopBar } from "../frame/top-bar.tsx";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "../link/api.ts";
import { addPasskey } from "../link/passkey.ts";
import { LookAgainPage } from "../look-again/look-again-page.tsx";
import { PolicyPage } from "../policy/policy-page.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { Attention } from "./attention.tsx";
import { AuditSearch } from "./audit-search.tsx";
import { BoothTable } from "./booth-table.tsx";
import { CertificateSearch } from "./certificate-search.tsx";
import type { Desk } from "./desk.ts";
import { EndingTable } from "./ending-table.tsx";
import { KeyTable } from "./key-table.tsx";
import { PeopleList } from "./people-list.tsx";
import { ProposalList } from "./proposal-list.tsx";
import { RequestList } from "./request-list.tsx";
import { type Room, RoomBar } from "./room-bar.tsx";

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 10_000;

interface SecurityPageProps {
  session: Session;
  onSignOut: () => void;
  onExpired: () => void;
}

/** The officer's question on one page: which keys exist, where, who can use them, until when, and what waits. */
export function SecurityPage({ session, onSignOut, onExpired }: SecurityPageProps) {
  const { t } = useTexts();
  const [overview, setOverview] = useState<Overview | null>(null);
  const [room, setRoom] = useState<Room>("overview");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const fail = useCallback(
    (error: unknown) => {
      const found = asRefusal(error);
      if (found.code === NOT_SIGNED_IN) onExpired();
      else setRefusal(found);
    },
    [onExpired],
  );
  const look = useCallback(() => ask(Overview, "/api/security").then(setOverview, fail), [fail]);
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);
  const desk: Desk = {
    mayAct: session.operator.roles.includes("security-officer"),
    own: session.operator.id,
    act: async (schema, path, body) => {
      setRefusal(null);
      try {
        const done = await ask(schema, `/api/security${path}`, "POST", body);
        await look();
        return done;
      } catch (error) {
        fail(error);
        return undefined;
      }
    },
  };
  const passkey = () =>
    addPasskey({ cancelled: t("signIn.cancelled"), cancelledNext: t("signIn.cancelledNext") }).then(look, fail);
  return (
    <div className="security">
      <TopBar
        title={t("security.console")}
        operator={session.operator.name}
        actions={
          <ActionButton kind="quiet" icon="lock" onPress={() => void passkey()}>
            {t("signIn.add")}
          </ActionButton>
        }
        onSignOut={onSignOut}
      />
      <RoomBar
        room={room}
        waiting={{
          again: overview?.looks ?? 0,
          officers: overview?.proposals.filter(({ state }) => state === "waiting").length ?? 0,
        }}
        onRoom={setRoom}
      />
      {room === "policy" ? (
        <PolicyPage
          own={session.operator.id}
          mayAct={desk.mayAct}
          onExpired={onExpired}
          onClose={() => setRoom("overview")}
        />
      ) : room === "again" ? (
        <LookAgainPage
          path="/api/security/look-again"
          onExpired={onExpired}
          onDone={desk.mayAct ? (caseId) => desk.act(z.undefined(), `/look-again/${caseId}/done`) : undefined}
        />
      ) : room === "officers" ? (
        <main className="security-main">
          <h1>{t("security.proposals.title")}</h1>
          <p className="soft">{t("security.proposals.lead")}</p>
          {refusal && <RefusalNote refusal={refusal} />}
          {overview === null ? (
            <p className="quiet-note">{t("security.loading")}</p>
          ) : (
            <ProposalList proposals={overview.proposals} desk={desk} onFail={fail} />
          )}
        </main>
      ) : (
        <main className="security-main">
          <h1>{t("security.title")}</h1>
          {refusal && <RefusalNote refusal={refusal} />}
          {overview === null ? (
            <p className="quiet-note">{t("security.loading")}</p>
          ) : (
            <>
              <Attention overview={overview} onRoom={setRoom} />
              {(overview.requests.length > 0 || desk.mayAct) && (
                <RequestList requests={overview.requests} desk={desk} />
              )}
              <BoothTable booths={overview.booths} at={overview.at} desk={desk} />
              <EndingTable ending={overview.ending} days={overview.endingDays} policy={overview.policy} />
              <KeyTable keys={overview.keys} at={overview.at} />
              <CertificateSearch desk={desk} onFail={fail} />
              <PeopleList people={overview.people} />
              <AuditSearch alarms={overview.alarms} onFail={fail} />
            </>
          )}
        </main>
      )}
    </div>
  );
}
