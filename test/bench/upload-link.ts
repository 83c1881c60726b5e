/**
 * Upload over a thin, breaking link: 64 kbit/s, 600 ms there and back, cut every 30 s. Prints the bytes on the wire (both
 * directions, TLS included) as a ratio to the package, and the round trips before the first body byte after a reconnect.
 *
 *     node dist/test/bench/upload-link.js [BYTES] [SPEED]
 *
 * SPEED n runs the same link n times faster (rate, delay and cuts together); 1 is real time.
 */
import { join } from "node:path";
import { OUTBOX_LIMITS } from "../../booth/outbox/limits.ts";
import { openOutbox } from "../../booth/outbox/open-outbox.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { type LinkConnection, SimulatedLink } from "../link/simulated-link.ts";
import { makeInstallation } from "../server/installation.ts";

const LINK = { bytesPerSecond: 8000, roundTripMs: 600, cutEveryMs: 30_000 };
const LIMITS = { wireRatio: 1.05, roundTrips: 3 };
/** A flight of more than this many bytes carries body: handshake and headers are smaller. */
const HEADER_BYTES = 4000;

const contentBytes = Number(process.argv[2] ?? 1_000_000);
const speed = Number(process.argv[3] ?? 1);
const installation = await makeInstallation();
const server = await installation.start();
const link = new SimulatedLink({
  targetPort: server.intakePort,
  bytesPerSecond: LINK.bytesPerSecond * speed,
  roundTripMs: LINK.roundTripMs / speed,
});
const url = `https://localhost:${await link.listen()}`;
const cutting = setInterval(() => link.cut(), LINK.cutEveryMs / speed);
const outbox = await openOutbox({
  folder: join(installation.folder, "booth"),
  boothId: "booth-1",
  serverUrl: url,
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
if (process.env.KABINA_BENCH_DETAIL) outbox.onChange((item) => console.log(JSON.stringify(item)));
const sealed = await installation.seal(contentBytes);
const begun = performance.now();
await outbox.add(sealed.path, sealed.manifest);
await new Promise<void>((resolve) => {
  outbox.onChange(({ state }) => {
    if (state === "received") resolve();
  });
});
const seconds = ((performance.now() - begun) / 1000) * speed;
clearInterval(cutting);

const wire = link.bytes;
const reconnects = link.connections
  .slice(1)
  .map(roundTripsBeforeBody)
  .filter((trips) => trips !== null);
const ratio = wire / sealed.size;
const worst = Math.max(0, ...reconnects);
const fastest = sealed.size / LINK.bytesPerSecond;
console.log(`package                    ${sealed.size} bytes`);
console.log(
  `on the wire                ${wire} bytes, ${ratio.toFixed(4)} × the package (goal at most ${LIMITS.wireRatio})`,
);
console.log(`  up, down                 ${sum("up")}, ${sum("down")}`);
console.log(
  `connections                ${link.connections.length}, ${reconnects.length} of them continued the body after a cut`,
);
console.log(`round trips before body    ${reconnects.join(", ") || "none"} (goal at most ${LIMITS.roundTrips})`);
console.log(
  `time                       ${seconds.toFixed(1)} s of the link's time, ${(seconds / fastest).toFixed(2)} × the link's own limit`,
);
if (process.env.KABINA_BENCH_DETAIL) for (const connection of link.connections) console.log(JSON.stringify(connection));
await outbox.close();
await link.close();
await server.close();
await installation.remove();
if (ratio > LIMITS.wireRatio || worst > LIMITS.roundTrips) process.exitCode = 1;

function sum(way: "up" | "down"): number {
  return link.connections.reduce((total, connection) => total + connection[way], 0);
}

/** TCP's own round trip, and one for each answer waited for before the first flight with body; null when there was none. */
function roundTripsBeforeBody({ flights }: LinkConnection): number | null {
  const body = flights.findIndex((bytes, index) => index % 2 === 0 && bytes > HEADER_BYTES);
  return body < 0 ? null : 1 + body / 2;
}
