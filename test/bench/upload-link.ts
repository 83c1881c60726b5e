/**
 * Upload over a thin, breaking link: 64 kbit/s, 600 ms there and back, cut every 30 s. Prints the bytes on the wire (both
 * directions, TLS included) as a ratio to the package, and the round trips before the first body byte after a reconnect.
 *
 *     node dist/test/bench/upload-link.js [BYTES, 0: an enrolment] [SPEED] [PHASES]
 *
 * The booth has been idle before: it has heard the server's signed time, which it asks for every quarter of an hour whatever it uploads,
 * and its connection has ended since. What that took is told by itself; all from the new connection's first byte on is the upload's.
 *
 * What a cut costs depends on where in the upload it falls: so many uploads as there are PHASES run side by side, each over a link and
 * to a server of its own, the first cut a little later in each; the worst one counts. SPEED n runs the same links n times faster
 * (rate, delay and cuts together); 1 is real time.
 */
import { join } from "node:path";
import { OUTBOX_LIMITS } from "../../booth/outbox/limits.ts";
import { openOutbox } from "../../booth/outbox/open-outbox.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { type LinkConnection, SimulatedLink } from "../link/simulated-link.ts";
import { makeInstallation } from "../server/installation.ts";
import { enrolmentParts } from "./enrolment-parts.ts";

const LINK = { bytesPerSecond: 8000, roundTripMs: 600, cutEveryMs: 30_000 };
const LIMITS = { wireRatio: 1.05, roundTrips: 3 };
/** A flight of more than this many bytes carries body: handshake and headers are smaller. */
const HEADER_BYTES = 4000;

/** Of one part; without it, the parts of an enrolment. */
const partBytes = Number(process.argv[2] ?? 0);
const speed = Number(process.argv[3] ?? 1);
const phases = Number(process.argv[4] ?? 8);

interface Measured {
  readonly size: number;
  /** Bytes of the contact before. */
  readonly before: number;
  readonly wire: number;
  readonly cuts: number;
  readonly trips: readonly number[];
  readonly seconds: number;
  readonly connections: readonly LinkConnection[];
}

/** One upload, first cut after `firstCutMs` of the link's time. */
async function upload(firstCutMs: number): Promise<Measured> {
  const installation = await makeInstallation();
  const server = await installation.start();
  const link = new SimulatedLink({
    targetPort: server.intakePort,
    bytesPerSecond: LINK.bytesPerSecond * speed,
    roundTripMs: LINK.roundTripMs / speed,
  });
  let heard: () => void = () => undefined;
  const idle = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const outbox = await openOutbox({
    onHeartbeat: () => heard(),
    folder: join(installation.folder, "booth"),
    boothId: "booth-1",
    serverUrl: `https://localhost:${await link.listen()}`,
    identity: installation.booth,
    trust: installation.trust,
    clock: systemClock,
    random: systemRandom,
    limits: {
      ...OUTBOX_LIMITS,
      afterProgressMs: OUTBOX_LIMITS.afterProgressMs / speed,
      firstRetryMs: OUTBOX_LIMITS.firstRetryMs / speed,
      longestRetryMs: OUTBOX_LIMITS.longestRetryMs / speed,
    },
  });
  const { recipients } = installation.trust;
  const sealed = await installation.seal(partBytes, partBytes > 0 ? {} : { parts: enrolmentParts(recipients) });
  await idle;
  const before = link.bytes;
  link.cut();
  link.connections.length = 0;
  let cuts = 0;
  const cut = () => {
    cuts++;
    link.cut();
    cutting = setTimeout(cut, LINK.cutEveryMs / speed);
  };
  let cutting = setTimeout(cut, firstCutMs / speed);
  const begun = performance.now();
  await outbox.add(sealed.path, sealed.manifest);
  await new Promise<void>((resolve) => {
    outbox.onChange(({ state }) => {
      if (state === "received") resolve();
    });
  });
  const seconds = ((performance.now() - begun) / 1000) * speed;
  clearTimeout(cutting);
  const trips = link.connections.slice(1).flatMap((connection) => roundTripsBeforeBody(connection) ?? []);
  const measured = {
    size: sealed.size,
    before,
    wire: link.bytes,
    cuts,
    trips,
    seconds,
    connections: [...link.connections],
  };
  await outbox.close();
  await link.close();
  await server.close();
  await installation.remove();
  return measured;
}

/** TCP's own round trip, and one for each answer waited for before the first flight with body; null when there was none. */
function roundTripsBeforeBody({ flights }: LinkConnection): number | null {
  const body = flights.findIndex((bytes, index) => index % 2 === 0 && bytes > HEADER_BYTES);
  return body < 0 ? null : 1 + body / 2;
}

const firstCuts = Array.from({ length: phases }, (_, phase) => ((phase + 1) * LINK.cutEveryMs) / phases);
const all = await Promise.all(firstCuts.map(upload));
const ratioOf = ({ wire, size }: Measured) => wire / size;
console.log(`package                    ${all[0]?.size} bytes`);
console.log(`the server's time before   ${all[0]?.before} bytes, with their connection`);
for (const [phase, measured] of all.entries()) {
  const { wire, cuts, trips, seconds, connections } = measured;
  const at = ((firstCuts[phase] ?? 0) / 1000).toFixed(1);
  console.log(
    `first cut at ${at.padStart(4)} s       ${wire} bytes, ${ratioOf(measured).toFixed(4)} × the package; ${cuts} cuts, ` +
      `${seconds.toFixed(1)} s, round trips before body ${trips.join(", ") || "none"}`,
  );
  if (process.env.KABINA_BENCH_DETAIL) for (const connection of connections) console.log(JSON.stringify(connection));
}
const ratio = Math.max(...all.map(ratioOf));
const worst = Math.max(0, ...all.flatMap(({ trips }) => trips));
console.log(`worst on the wire          ${ratio.toFixed(4)} × the package (goal at most ${LIMITS.wireRatio})`);
console.log(`worst round trips          ${worst} (goal at most ${LIMITS.roundTrips})`);
if (ratio > LIMITS.wireRatio || worst > LIMITS.roundTrips) process.exitCode = 1;
