import { useCallback, useEffect, useState } from "react";
import { Network, type PlaceCounts, periods } from "../../network/api.ts";
import type { Session } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { day, moment, span } from "../frame/times.ts";
import { TopBar } from "../frame/top-bar.tsx";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";

interface NetworkPageProps {
  session: Session;
  onSignOut: () => void;
  onExpired: () => void;
}

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 60_000;
/** Milliseconds from sealing to arrival, and to a decision, from which a place is marked. */
const LATE_MS = 24 * 60 * 60_000;
const COUNTS = ["received", "waiting", "accepted", "retake", "escalated", "ordered"] as const;

/** A manager's page: what each office and each stop sent, what became of it, and how long that took. */
export function NetworkPage({ session, onSignOut, onExpired }: NetworkPageProps) {
  const { t, language } = useTexts();
  const [days, setDays] = useState<(typeof periods)[number]>(30);
  const [network, setNetwork] = useState<Network | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const look = useCallback(
    () =>
      ask(Network, `/api/network?days=${days}`).then(
        (found) => {
          setNetwork(found);
          setRefusal(null);
        },
        (error: unknown) => {
          const found = asRefusal(error);
          if (found.code === NOT_SIGNED_IN) onExpired();
          else setRefusal(found);
        },
      ),
    [days, onExpired],
  );
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);
  return (
    <div className="security">
      <TopBar title={t("network.console")} operator={session.operator.name} onSignOut={onSignOut} />
      <main className="security-main">
        <div className="policy-head">
          <h1>{t("network.title")}</h1>
          <fieldset className="period">
            <legend className="unseen">{t("network.period")}</legend>
            {periods.map((one) => (
              <ActionButton
                key={one}
                kind="quiet"
                name={`days-${one}`}
                pressed={one === days}
                onPress={() => setDays(one)}
              >
                {t("network.days", { days: one })}
              </ActionButton>
            ))}
          </fieldset>
          <a href={`/api/network/csv?days=${days}`} download data-name="network-csv">
            {t("network.csv")}
          </a>
        </div>
        {refusal && <RefusalNote refusal={refusal} onAgain={() => void look()} />}
        {network === null ? (
          refusal === null && <p className="quiet-note">{t("security.loading")}</p>
        ) : (
          <section aria-label={t("network.places")}>
            <p className="soft">{t("network.since", { day: day(language, network.since) })}</p>
            {network.places.length === 0 ? (
              <p className="quiet-note">{t("network.none")}</p>
            ) : (
              <PlaceTable network={network} />
            )}
          </section>
        )}
      </main>
    </div>
  );
}

function PlaceTable({ network }: { network: Network }) {
  const { t } = useTexts();
  const [open, setOpen] = useState<string | null>(null);
  const total = (count: (typeof COUNTS)[number]) => network.places.reduce((sum, place) => sum + place[count], 0);
  return (
    <div className="wide-table">
      <table className="network">
        <thead>
          <tr>
            <th>{t("network.place")}</th>
            {COUNTS.map((count) => (
              <th key={count} className="number">
                {t(`network.count.${count}`)}
              </th>
            ))}
            <th className="number">{t("network.delivery")}</th>
            <th className="number">{t("network.decision")}</th>
            <th>{t("network.last")}</th>
          </tr>
        </thead>
        <tbody>
          {network.places.map((place) => {
            const key = `${place.office} ${place.position?.latitude} ${place.position?.longitude}`;
            return (
              <PlaceRow
                key={key}
                place={place}
                open={open === key}
                onOpen={() => setOpen((old) => (old === key ? null : key))}
              />
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t("network.total")}</th>
            {COUNTS.map((count) => (
              <td key={count} className="number">
                {total(count)}
              </td>
            ))}
            <td colSpan={3} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function PlaceRow({ place, open, onOpen }: { place: PlaceCounts; open: boolean; onOpen: () => void }) {
  const { t, language } = useTexts();
  const { position, deliveryMs, decisionMs } = place;
  const time = (ms: number | null) => (
    <td className="number" data-weak={ms !== null && ms > LATE_MS ? "" : undefined}>
      {ms === null ? t("security.none") : span(t, ms)}
    </td>
  );
  return (
    <>
      <tr data-place={place.office}>
        <th scope="row">
          <button type="button" className="place" aria-expanded={open} onClick={onOpen}>
            {place.name}
          </button>
          <span className="under">
            {place.booths.join(", ")}
            {position && ` · ${t("network.at", { latitude: position.latitude, longitude: position.longitude })}`}
          </span>
        </th>
        {COUNTS.map((count) => (
          <td key={count} className="number">
            {place[count]}
          </td>
        ))}
        {time(deliveryMs)}
        {time(decisionMs)}
        <td>{moment(language, place.lastAt)}</td>
      </tr>
      {open &&
        place.days.map((one) => (
          <tr key={one.day} className="place-day">
            <td>{day(language, `${one.day}T12:00:00Z`)}</td>
            {COUNTS.map((count) => (
              <td key={count} className="number">
                {count === "received" || count === "ordered" ? one[count] : ""}
              </td>
            ))}
            <td colSpan={3} />
          </tr>
        ))}
    </>
  );
}
