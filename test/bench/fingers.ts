/**
 * The finger engine's figures on a folder of prints laid out as in docs/fingers.md, beside what issue 3 wants: speed of each stage in
 * one thread (processor time, warm), error rates, and those of the peers whose scores lie in the folder. A peer's program may be
 * timed on the same pictures in the same run, its start (measured on a corner of 128×128 pixels) taken off:
 *
 *     npm run build && node dist/test/bench/fingers.js [--data ../shared/data/biometrics] [--peer 'NAME=COMMAND']...
 *
 * In a command `{wsq}`, `{png}`, `{raw}` are the picture, `{width}` and `{height}` its size, `{out}` a name to write to:
 * `--peer 'cwsq=/path/cwsq .75 {out} {raw} -r {width},{height},8,500' --peer 'dwsq=/path/dwsq {out} {wsq} -r'`.
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
  for (let round = 0; round < ROUNDS; round++) for (const input of inputs) work(input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / inputs.length / ROUNDS;
}

const images: GreyImage[] = [];
for await (const { image } of readSamples(prints)) images.push(image);
const some = images.filter((_, i) => i % 4 === 0);
/** Rounds over the pictures, after one that only warms up. */
const ROUNDS = 3;
/** Side of the small picture on which a peer's start is measured, pixels. */
const CORNER = 128;
const megapixels = some.reduce((sum, { data }) => sum + data.length, 0) / 1e6 / some.length;
const coded = some.map((image) => encodeWsq(image));
const prepared = some.map((image) => prepare(extractTemplate(image)));
const line = (what: string, value: number, unit: string, wanted = "") =>
  console.log(
    `${what.padEnd(28)} ${`${value.toFixed(2)} ${unit}`.padEnd(22)} ${wanted === "" ? "" : `wanted ${wanted}`}`,
  );

console.log(`${images.length} prints; ${some.length} timed, ${megapixels.toFixed(3)} Mpx each`);
line(
  "WSQ encode, rate 0.75",
  perCall(some, (image) => encodeWsq(image)),
  "ms",
  "half of NBIS cwsq",
);
line(
  "WSQ decode",
  perCall(coded, (bytes) => decodeWsq(bytes)),
  "ms",
  "a third of NBIS dwsq",
);
line("quality", perCall(some, assessFinger), "ms", "at most 10 ms");
line("extraction", perCall(some, extractTemplate), "ms", "at most 8 ms");
const searched = prepared.flatMap((a) => prepared.map((b) => [a, b] as const)).filter(([a, b]) => a !== b);
line("1:N, prepared", 1000 / perCall(searched, ([a, b]) => matchPrepared(a, b)), "per second", "at least 100,000");
// Every fourth print was taken: of eight impressions of a finger, two neighbours in the list.
const own = prepared.flatMap((a, i) =>
  i % 2 === 0 && prepared[i + 1] !== undefined ? [[a, prepared[i + 1]!] as const] : [],
);
const owns = Array.from({ length: 50 }, () => own).flat();
line("1:1 of the same finger", 1000 / perCall(owns, ([a, b]) => matchPrepared(a, b)), "per second");
const slaps = join(values.data, "slaps/composite");
if (existsSync(slaps)) {
  const names = readdirSync(slaps).filter((name) => name.endsWith(".png"));
  const pictures = await Promise.all(names.map((name) => decodeGrey(readFileSync(join(slaps, name)), { ppi: 500 })));
  line("slap segmentation", perCall(pictures, segmentSlap), "ms", "at most 40 ms");
}

console.log("\nEER % (FNMR % at FMR 1e-3); wanted: pooled at most 3.5 (7), two fingers 0.8 (1.5)");
const { databases, pooled } = await evaluate(readSamples(prints), () => process.cpuUsage().user / 1000);
const cells = Object.entries({ ...databases, pooled }).map(
  ([name, f]) => `${name} ${f.eer.toFixed(2)} (${f.fnmr_at_fmr_1e3.toFixed(1)})`,
);
console.log(`Kabina: ${cells.join("; ")}`);
console.log(
  `matching within a database: ${Object.values(databases)
    .map((f) => Math.round(f.matches_per_second))
    .join(", ")} per second`,
);
const two = pooled.two_fingers;
console.log(`Kabina, two fingers: ${two.eer.toFixed(2)} (${two.fnmr_at_fmr_1e3.toFixed(1)})`);
await qualityAgainstMisses();
peerScores(join(values.data, "fingerprints/reference/peer_pair_scores.csv"));
for (const peer of values.peer ?? []) await timePeer(peer);

/** Misses among the genuine pairs of each database, with the worst pairs left out by quality (that of the worse print). */
async function qualityAgainstMisses(): Promise<void> {
  const taken: { of: string; quality: number; prepared: ReturnType<typeof prepare> }[] = [];
  const named = new Map<string, number>();
  for await (const { database, finger, image } of readSamples(prints)) {
    const { score, reasons } = assessFinger(image);
    for (const reason of reasons) named.set(reason, (named.get(reason) ?? 0) + 1);
    taken.push({ of: `${database}/${finger}`, quality: score, prepared: prepare(extractTemplate(image)) });
  }
  const genuine = taken.flatMap((a, i) =>
    taken
      .slice(i + 1)
      .filter((b) => a.of === b.of)
      .map((b) => ({
        quality: Math.min(a.quality, b.quality),
        score: matchPrepared(a.prepared, b.prepared).score,
      })),
  );
  genuine.sort((p, q) => p.quality - q.quality);
  for (const at of [30, 40]) {
    const missed = [0, 10, 20, 30, 50].map((percent) => {
      const kept = genuine.slice(Math.round((genuine.length * percent) / 100));
      return `${percent} %: ${((100 * kept.filter(({ score }) => score < at).length) / kept.length).toFixed(2)}`;
    });
    console.log(
      `FNMR % at score ${at} with the worst pairs rejected: ${missed.join(", ")} (wanted at 20 %: half of 0 %)`,
    );
  }
  console.log(`reasons given: ${[...named].map(([reason, count]) => `${reason} ${count}`).join(", ")}`);
}

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

/** Processor milliseconds of all programs run so far. */
function childrenMs(): number {
  // Fields 16 and 17: user and system time of ended children, in ticks of 10 ms.
  const fields = readFileSync("/proc/self/stat", "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return 10 * (Number(fields[13]) + Number(fields[14]));
}

/** Processor time of a peer's program per print, without its start. */
async function timePeer(peer: string): Promise<void> {
  const [name = "", command = ""] = peer.split(/=(.*)/s);
  const folder = mkdtempSync(join(tmpdir(), "kabina-bench-"));
  const files = { wsq: join(folder, "in.wsq"), png: join(folder, "in.png"), raw: join(folder, "in.raw") };
  let failed = 0;
  const run = async (pictures: readonly GreyImage[]): Promise<number> => {
    let total = 0;
    for (const image of pictures) {
      const words: Readonly<Record<string, string>> = {
        ...files,
        out: command.includes("{out} {wsq}") || command.includes("{out} {raw}") ? "out" : join(folder, "out"),
        width: String(image.width),
        height: String(image.height),
      };
      writeFileSync(files.wsq, encodeWsq(image));
      writeFileSync(files.png, await encodeGreyPng(image));
      writeFileSync(files.raw, image.data);
      const [program = "", ...args] = command
        .split(" ")
        .map((word) => word.replace(/\{(\w+)\}/g, (whole, key: string) => words[key] ?? whole));
      const before = childrenMs();
      for (let round = 0; round < ROUNDS; round++) {
        const { status } = spawnSync(program, args, { stdio: "ignore" });
        if (status !== 0) failed++;
      }
      total += childrenMs() - before;
    }
    return total / pictures.length / ROUNDS;
  };
  try {
    const whole = await run(some);
    if (failed > 0) console.log(`${name} failed ${failed} times`);
    failed = 0;
    const start = await run(some.map(corner));
    // What the corner's own pixels took was taken off with the start, unless the program refused so small a picture.
    const share = failed > 0 ? 1 : 1 - CORNER ** 2 / 1e6 / megapixels;
    line(name, (whole - start) / share, "ms");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The middle of a picture. */
function corner({ width, height, data, ppi }: GreyImage): GreyImage {
  const [left, top] = [(width - CORNER) >> 1, (height - CORNER) >> 1];
  const part = Uint8Array.from(
    { length: CORNER ** 2 },
    (_, i) => data[(top + Math.floor(i / CORNER)) * width + left + (i % CORNER)]!,
  );
  return { width: CORNER, height: CORNER, data: part, ppi };
}
