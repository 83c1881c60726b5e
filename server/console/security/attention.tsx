import type { BoothShown, Overview } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Icon } from "../frame/icon.tsx";
import { span } from "../frame/times.ts";
import { type Say, useTexts } from "../texts/use-texts.ts";
import type { Room } from "./room-bar.tsx";
import { tamperWords } from "./tamper-words.ts";

/** Milliseconds by which a booth's clock may differ, and in which it may say nothing, before it is listed. */
export const CLOCK_OFF_MS = 2 * 60_000;
const SILENT_MS = 60 * 60_000;

interface Point {
  readonly text: string;
  /** Where it is dealt with. */
  readonly room?: Room;
  readonly section?: string;
  readonly bad: boolean;
}

/** What an officer must know first: quiet until something is wrong, then the cause, worst first. */
export function Attention({ overview, onRoom }: { overview: Overview; onRoom: (room: Room) => void }) {
  const { t, language } = useTexts();
  const points = pointsOf(t, language, overview);
  return (
    <section aria-labelledby="attention-title" className="attention">
      <h2 id="attention-title">{t("attention.title")}</h2>
      {points.length === 0 && (
        <p className="verified">
          <Icon name="check" /> {t("attention.none")}
        </p>
      )}
      <ul className="plain">
        {points.map(({ text, room, section, bad }) => (
          <li key={text} data-bad={bad ? "" : undefined}>
            <Icon name={bad ? "alert" : "info"} />
            <span>{text}</span>
            <ActionButton
              kind="quiet"
              onPress={() =>
                room ? onRoom(room) : document.getElementById(section ?? "")?.scrollIntoView({ block: "start" })
              }
            >
              {t("attention.show")}
            </ActionButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

function pointsOf(t: Say, language: string, overview: Overview): Point[] {
  const now = Date.parse(overview.at);
  const booths = overview.booths.flatMap((booth) => boothPoints(t, language, booth, now));
  const proposals = overview.proposals.filter(({ state }) => state === "waiting").length;
  const counted: [number, Omit<Point, "bad">][] = [
    [overview.looks, { text: t("attention.looks", { number: overview.looks }), room: "again" }],
    [proposals, { text: t("attention.proposals", { number: proposals }), room: "officers" }],
    [
      overview.requests.length,
      { text: t("attention.requests", { number: overview.requests.length }), section: "requests-title" },
    ],
    [
      overview.ending.length,
      {
        text: t("attention.ending", { days: overview.endingDays, number: overview.ending.length }),
        section: "ending-title",
      },
    ],
  ];
  return [
    ...booths.filter(({ bad }) => bad),
    ...counted.filter(([number]) => number > 0).map(([, point]) => ({ ...point, bad: false })),
    ...booths.filter(({ bad }) => !bad),
  ];
}

function boothPoints(t: Say, language: string, shown: BoothShown, now: number): Point[] {
  const { booth, certificate, seenAt, clockOffsetMs, troubled, tamper, log } = shown;
  const section = "booths-title";
  const points: Point[] = tamperWords(t, language, tamper).map((what) => ({
    ...{ text: t("attention.tampered", { booth, what }), section, bad: true },
  }));
  const faults = log?.faults.length ?? 0;
  if (faults > 0) points.push({ text: t("attention.log", { booth, number: faults }), section, bad: true });
  const unlogged = log?.unlogged.length ?? 0;
  if (unlogged > 0) points.push({ text: t("attention.unlogged", { booth, number: unlogged }), section, bad: true });
  // A booth that was taken back is dealt with: what follows concerns those at work.
  if (certificate === null) return points;
  if (clockOffsetMs !== null && Math.abs(clockOffsetMs) > CLOCK_OFF_MS)
    points.push({ text: t("attention.clock", { booth, time: span(t, Math.abs(clockOffsetMs)) }), section, bad: true });
  if (troubled !== null && troubled.length > 0)
    points.push({ text: t("attention.devices", { booth, number: troubled.length }), section, bad: false });
  const silent = seenAt === null ? 0 : now - Date.parse(seenAt);
  if (silent > SILENT_MS)
    points.push({ text: t("attention.silent", { booth, time: span(t, silent) }), section, bad: false });
  return points;
}
