/**
 * The finger engine's figures on a folder of prints laid out as in docs/fingers.md: speed of each stage in one thread (CPU time,
 * warm), error rates, and beside them those of the peers whose scores lie in the folder. A peer's program may be timed on the
 * same pictures: `--peer 'mindtct=/path/mindtct {wsq} {out}'` (`{wsq}`, `{png}` = the picture, `{out}` = a name to write to).
 *
 *     npm run build && node dist/test/bench/fingers.js [--data ../shared/data/biometrics] [--peer 'NAME=COMMAND']...
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { errorRates } from "../../biometrics/finger/error-rates.ts";
import { evaluate } from "../../biometrics/finger/evaluation.ts";
import { assessFinger, extractTemplate, segmentSlap } from "../../biometrics/finger/finger.ts";
import { matchPrepared } from "../../biometrics/finger/match.ts";
import { prepare } from "../../biometrics/finger/prepared.ts";
import { readSamples } from "../../biometrics/finger/samples.ts";
import { decodeGrey, encodeGreyPng } from "../../biometrics/image/codec.ts";
import type { GreyImage } from "../../biometrics/image/image.ts";
import { decodeWsq } from "../../biometrics/wsq/decode.ts";
import { encodeWsq } from "../../biometrics/wsq/encode.ts";

const { values } = parseArgs({
  options: { data: { type: "string", default: "../shared/data/biometrics" }, peer: { type: "string", multiple: true } },
});
const prints = join(values.data, "fingerprints/images");
if (!existsSync(prints)) {
  console.log(`${prints} is absent: nothing to measure`);
  process.exit(0);
}

/** CPU milliseconds of one call, the first pass over all inputs left out. */
function perCall<Input>(inputs: readonly Input[], work: (input: Input) => unknown): number {
  for (const input of inputs) work(input);
  const before = process.cpuUsage();
  for (const input of inputs) work(input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / inputs.length;
}

const images: GreyImage[] = [];
for await (const { image } of readSamples(prints)) images.push(image);
const some = images.filter((_, i) => i % 4 === 0);
const megapixels = some.reduce((sum, { data }) => sum + data.length, 0) / 1e6 / some.length;
const coded = some.map((image) => encodeWsq(image));
const prepared = some.map((image) => prepare(extractTemplate(image)));
const pairs = prepared.flatMap((a) => prepared.slice(0, 20).map((b) => [a, b] as const));
const line = (what: string, value: number, unit: string) =>
  console.log(`${what.padEnd(28)} ${value.toFixed(2)} ${unit}`);

console.log(`${images.length} prints; ${some.length} timed, ${megapixels.toFixed(3)} Mpx each`);
line(
  "WSQ encode, rate 0.75",
  perCall(some, (image) => encodeWsq(image)),
  "ms",
);
line(
  "WSQ decode",
  perCall(coded, (bytes) => decodeWsq(bytes)),
  "ms",
);
line("quality", perCall(some, assessFinger), "ms");
line("extraction", perCall(some, extractTemplate), "ms");
line("matching 1:1, prepared", 1000 / perCall(pairs, ([a, b]) => matchPrepared(a, b)), "per second");
const slaps = join(values.data, "slaps/composite");
if (existsSync(slaps)) {
  const names = readdirSync(slaps).filter((name) => name.endsWith(".png"));
  const pictures = await Promise.all(names.map((name) => decodeGrey(readFileSync(join(slaps, name)), { ppi: 500 })));
  line("slap segmentation", perCall(pictures, segmentSlap), "ms");
}

console.log("\nEER % (FNMR % at FMR 1e-3)");
const { databases, pooled } = await evaluate(readSamples(prints), () => performance.now());
const cells = Object.entries({ ...databases, pooled }).map(
  ([name, f]) => `${name} ${f.eer.toFixed(2)} (${f.fnmr_at_fmr_1e3.toFixed(1)})`,
);
console.log(`Kabina: ${cells.join("; ")}`);
const two = pooled.two_fingers;
console.log(`Kabina, two fingers: ${two.eer.toFixed(2)} (${two.fnmr_at_fmr_1e3.toFixed(1)})`);
peerScores(join(values.data, "fingerprints/reference/peer_pair_scores.csv"));
for (const peer of values.peer ?? []) await timePeer(peer);

/** The peers' recorded scores on the same pairs, judged the same way. */
function peerScores(file: string): void {
  if (!existsSync(file)) return;
  const [head = "", ...rows] = readFileSync(file, "utf8").trim().split("\n");
  const fields = rows.map((row) => row.split(","));
  head.split(",").forEach((name, column) => {
    if (column < 4) return;
    const scores = (genuine: string) => fields.filter((f) => f[3] === genuine).map((f) => Number(f[column]));
    const { eer, fnmr_at_fmr_1e3 } = errorRates(scores("1"), scores("0"));
    console.log(`${name}: pooled ${eer.toFixed(2)} (${fnmr_at_fmr_1e3.toFixed(1)})`);
  });
}

/** Wall time of a peer's program per print, its start included. */
async function timePeer(peer: string): Promise<void> {
  const [name = "", command = ""] = peer.split(/=(.*)/s);
  const folder = mkdtempSync(join(tmpdir(), "kabina-bench-"));
  try {
    const files = { wsq: join(folder, "in.wsq"), png: join(folder, "in.png"), out: join(folder, "out") };
    let total = 0;
    for (const image of some) {
      writeFileSync(files.wsq, encodeWsq(image));
      writeFileSync(files.png, await encodeGreyPng(image));
      const [program = "", ...args] = command
        .split(" ")
        .map((word) => word.replace(/\{(wsq|png|out)\}/, (_, key: "wsq" | "png" | "out") => files[key]));
      const start = performance.now();
      const { status } = spawnSync(program, args, { stdio: "ignore" });
      total += performance.now() - start;
      if (status !== 0) console.log(`${name} failed with ${status}`);
    }
    line(name, total / some.length, "ms (with its start)");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
