/** A whole evaluation: extracts every print of a set, compares all pairs within each database, states error rates and speed. */
import type { GreyImage } from "../image/image.ts";
import { type ErrorRates, errorRates } from "./error-rates.ts";
import { extractTemplate } from "./extract.ts";
import { matchPrepared } from "./match.ts";
import { type PreparedTemplate, prepare } from "./prepared.ts";
import { fuse } from "./score.ts";

/** One print of the set: which finger of which database it shows, and which of its impressions it is. */
export interface Sample {
  readonly database: string;
  readonly finger: string;
  readonly impression: string;
  readonly image: GreyImage;
}

export interface EvaluationFigures extends ErrorRates {
  /** Mean time to extract a template, milliseconds. */
  readonly extract_ms: number;
  /**
   * Comparisons of prepared templates a second: of a database all its pairs; pooled, each print as a probe searched among all prints
   * of the folder, so that most are impostors of another sensor too.
   */
  readonly matches_per_second: number;
  /** The first finger with the second, the third with the fourth …: the sum of both scores. */
  readonly two_fingers: ErrorRates;
}

export interface Evaluation {
  readonly databases: Readonly<Record<string, EvaluationFigures>>;
  readonly pooled: EvaluationFigures;
}

interface Collected {
  readonly genuine: number[];
  readonly impostor: number[];
  readonly twoGenuine: number[];
  readonly twoImpostor: number[];
  extractMs: number;
  extracted: number;
  matchMs: number;
  matched: number;
}

const collect = (): Collected => ({
  genuine: [],
  impostor: [],
  twoGenuine: [],
  twoImpostor: [],
  extractMs: 0,
  extracted: 0,
  matchMs: 0,
  matched: 0,
});

/** Runs it. `milliseconds` is a monotonic clock, best one of the processor's time: then a busy machine does not spoil the speeds. */
export async function evaluate(
  samples: AsyncIterable<Sample> | Iterable<Sample>,
  milliseconds: () => number,
): Promise<Evaluation> {
  const byDatabase = new Map<string, { prints: Print[]; collected: Collected }>();
  for await (const sample of samples) {
    let database = byDatabase.get(sample.database);
    if (database === undefined) {
      database = { prints: [], collected: collect() };
      // The first extractions make the runtime compile the code, and a new size of picture its memory; that is not what a warm engine needs.
      const times = byDatabase.size === 0 ? WARM_EXTRACTIONS : 1;
      for (let k = 0; k < times; k++) extractTemplate(sample.image);
      byDatabase.set(sample.database, database);
    }
    const start = milliseconds();
    const template = extractTemplate(sample.image);
    database.collected.extractMs += milliseconds() - start;
    database.collected.extracted++;
    database.prints.push({ finger: sample.finger, impression: sample.impression, prepared: prepare(template) });
  }
  warmUp([...byDatabase.values()].flatMap(({ prints }) => prints));
  const pooled = collect();
  const databases: Record<string, EvaluationFigures> = {};
  for (const [name, { prints, collected }] of byDatabase) {
    compareAll(prints, collected, milliseconds);
    databases[name] = figures(collected);
    pour(collected, pooled);
  }
  const everything = [...byDatabase.values()].flatMap(({ prints }) => prints);
  return { databases, pooled: { ...figures(pooled), matches_per_second: searchSpeed(everything, milliseconds) } };
}

/** Extractions and comparisons that only make the runtime compile what is measured afterwards. */
const WARM_EXTRACTIONS = 40;
const WARM_COMPARISONS = 20_000;

/** Half of them with the next print of the list, which mostly shows the same finger: strangers hardly reach the last stages. */
function warmUp(prints: readonly Print[]): void {
  for (let k = 0; k < WARM_COMPARISONS && prints.length > 0; k++) {
    const other = k % 2 === 0 ? k + 1 : 7 * k + 1;
    matchPrepared(prints[k % prints.length]!.prepared, prints[other % prints.length]!.prepared);
  }
}

/** Comparisons a second when each print in turn is searched among all others. */
function searchSpeed(prints: readonly Print[], milliseconds: () => number): number {
  const start = milliseconds();
  let compared = 0;
  for (const probe of prints) {
    for (const other of prints) {
      if (other === probe) continue;
      matchPrepared(probe.prepared, other.prepared);
      compared++;
    }
  }
  const ms = milliseconds() - start;
  return ms > 0 ? (1000 * compared) / ms : 0;
}

interface Print {
  readonly finger: string;
  readonly impression: string;
  readonly prepared: PreparedTemplate;
}

function compareAll(prints: readonly Print[], out: Collected, milliseconds: () => number): void {
  const scores = prints.map(() => new Float64Array(prints.length));
  for (let i = 0; i < prints.length; i++) {
    for (let j = i + 1; j < prints.length; j++) {
      const { score } = matchPrepared(prints[i]!.prepared, prints[j]!.prepared);
      scores[i]![j] = score;
      scores[j]![i] = score;
      (prints[i]!.finger === prints[j]!.finger ? out.genuine : out.impostor).push(score);
    }
  }
  if (prints.length > 1) timePairs(prints, out, milliseconds);
  twoFingers(prints, scores, out);
}

/** A database's pairs are compared again and again for so long: once is over within the clock's and the machine's hiccups. */
const TIMED_MS = 150;

function timePairs(prints: readonly Print[], out: Collected, milliseconds: () => number): void {
  const start = milliseconds();
  do {
    for (let i = 0; i < prints.length; i++) {
      for (let j = i + 1; j < prints.length; j++) matchPrepared(prints[i]!.prepared, prints[j]!.prepared);
    }
    out.matched += (prints.length * (prints.length - 1)) / 2;
    out.matchMs = milliseconds() - start;
  } while (out.matchMs < TIMED_MS && out.matched < MOST_TIMED);
}

/** And no longer than this, should the clock stand still. */
const MOST_TIMED = 200_000;

/** A person is two neighbouring fingers of the database; the same impression of both is one visit. */
function twoFingers(prints: readonly Print[], scores: readonly Float64Array[], out: Collected): void {
  const fingers = [...new Set(prints.map((p) => p.finger))];
  const impressions = [...new Set(prints.map((p) => p.impression))];
  const at = new Map(prints.map((p, i) => [`${p.finger}/${p.impression}`, i]));
  const visits: { person: number; first: number; second: number }[] = [];
  for (let f = 0; f + 1 < fingers.length; f += 2) {
    for (const impression of impressions) {
      const first = at.get(`${fingers[f]}/${impression}`);
      const second = at.get(`${fingers[f + 1]}/${impression}`);
      if (first !== undefined && second !== undefined) visits.push({ person: f, first, second });
    }
  }
  visits.forEach((v, i) => {
    for (const u of visits.slice(i + 1)) {
      const sum = fuse([scores[v.first]![u.first]!, scores[v.second]![u.second]!]);
      (v.person === u.person ? out.twoGenuine : out.twoImpostor).push(sum);
    }
  });
}

function pour(from: Collected, into: Collected): void {
  for (const list of ["genuine", "impostor", "twoGenuine", "twoImpostor"] as const) {
    for (const score of from[list]) into[list].push(score);
  }
  for (const sum of ["extractMs", "extracted", "matchMs", "matched"] as const) into[sum] += from[sum];
}

function figures(c: Collected): EvaluationFigures {
  return {
    ...errorRates(c.genuine, c.impostor),
    extract_ms: c.extracted > 0 ? c.extractMs / c.extracted : 0,
    matches_per_second: c.matchMs > 0 ? (1000 * c.matched) / c.matchMs : 0,
    two_fingers: errorRates(c.twoGenuine, c.twoImpostor),
  };
}
