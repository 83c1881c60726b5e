/**
 * The matcher in plain TypeScript: what biometrics/assembly/match.ts does, step by step and to the bit; a test holds one against
 * the other. Local descriptors choose where to lay one print on the other, a quick look at the whole print drops what
 * cannot fit, and the rest is laid on exactly.
 */
import { CYLINDER_WORDS } from "./cylinder.ts";
import { type Evidence, makeEvidence } from "./evidence.ts";
import { CELL, MAX_MATCHED_MINUTIAE } from "./limits.ts";
import { FLOW_POINTS } from "./local-flow.ts";
import {
  CUT,
  FAR,
  FOUND,
  LOGARITHM,
  LOOK,
  LOOKED_AT,
  MISSED,
  REFINED,
  REFINED_BARE,
  SAME_PLACE,
  SAME_TURN,
  SEEDS,
  SEEDS_BARE,
  SINE,
  UNLIKE,
} from "./match-tables.ts";
import { HEADER, PERIOD_PARTS, STRIP, STRIPS } from "./packed-template.ts";

/** Tolerances of a pair: pixels at the seed, growth per pixel of distance from it, and parts of a turn. */
const NEAR = 9;
const STRETCH = 0.06;
const TURN = 4694;
/** First pairing from a single seed is looser by this factor, and local: pixels from the seed. */
const FIRST_SLACK = 1.5;
const FIRST_REACH = 130;
const EVERYWHERE = 1e9;
/** Skin drag is taken as shared by pairs up to 145 pixels apart; weight of "no drag". */
const REACH_PART = 1 / (145 * 145);
const NO_DRAG = 0.6;
const FINAL_NEAR = 9;
/** How much a minutia's own direction steadies the turn, squared pixels. */
const OWN_TURN = 400;
/** How often a driven-out minutia may seek again. */
const DEPTH = 3;

/** Views of a packed template. */
interface Print {
  readonly count: number;
  readonly wide: number;
  readonly columns: number;
  readonly rows: number;
  readonly hasFlow: boolean;
  readonly points: number;
  readonly firstPoints: number;
  readonly probe: Uint8Array;
  readonly x: Int16Array;
  readonly y: Int16Array;
  readonly direction: Int16Array;
  readonly exactX: Float32Array;
  readonly exactY: Float32Array;
  readonly candidate: Uint8Array;
  readonly seeds: Uint8Array;
  readonly map: Uint32Array;
  readonly pointX: Int16Array;
  readonly pointY: Int16Array;
  readonly pointRidge: Int16Array;
  readonly pointPeriod: Int16Array;
  readonly hot: Uint16Array;
  readonly hotHalf: Uint16Array;
}

function open(packed: Uint8Array): Print {
  const { buffer, byteOffset } = packed;
  const header = new Int32Array(buffer, byteOffset, HEADER.words);
  const at = (name: keyof typeof HEADER) => header[HEADER[name]]!;
  const count = at("count");
  const wide = Math.ceil(count / 16) * 16;
  const shorts = (name: keyof typeof HEADER, length: number) => new Int16Array(buffer, byteOffset + at(name), length);
  const points = at("points");
  const [columns, rows] = [at("columns"), at("rows")];
  return {
    count,
    wide,
    columns,
    rows,
    hasFlow: at("hasFlow") === 1,
    points,
    firstPoints: at("firstPoints"),
    probe: new Uint8Array(buffer, byteOffset + at("probe"), wide * FLOW_POINTS),
    candidate: new Uint8Array(buffer, byteOffset + at("candidate"), wide * FLOW_POINTS),
    seeds: new Uint8Array(buffer, byteOffset + at("seeds"), at("seedCount")),
    x: shorts("x", wide),
    y: shorts("y", wide),
    direction: shorts("direction", wide),
    exactX: new Float32Array(buffer, byteOffset + at("exactX"), wide),
    exactY: new Float32Array(buffer, byteOffset + at("exactY"), wide),
    map: new Uint32Array(buffer, byteOffset + at("map"), columns * rows),
    pointX: shorts("pointX", points),
    pointY: shorts("pointY", points),
    pointRidge: shorts("pointRidge", points),
    pointPeriod: shorts("pointPeriod", points),
    hot: new Uint16Array(buffer, byteOffset + at("hot"), wide),
    hotHalf: new Uint16Array(buffer, byteOffset + at("hotHalf"), wide),
  };
}

/** Point (ax, ay) of the first print falls on (bx, by) of the second, and the print turns around it. */
interface WholePose {
  readonly turn: number;
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
}

interface Seed extends WholePose {
  readonly worth: number;
  readonly found: number;
  readonly shown: number;
  odds: number;
}

/** The evidence at the best alignment; its `pairs` are 0 when nothing fits. */
export function comparePlainly(packedA: Uint8Array, packedB: Uint8Array, cylinders?: readonly Int32Array[]): Evidence {
  const [a, b] = [open(packedA), open(packedB)];
  const evidence = makeEvidence();
  if (a.count < 3 || b.count < 3) return evidence;
  const bare = cylinders !== undefined;
  const apart = bare ? cylinderDistances(a, b, cylinders[0]!, cylinders[1]!) : flowDistances(a, b);
  const alike = bare
    ? bestPairs(apart, b.wide, every(a.count), every(b.count), SEEDS_BARE)
    : bestPairs(apart, b.wide, a.seeds, b.seeds, SEEDS);
  const seeds = alike
    .map(([i, j]) => seedOf(a, b, i, j, apart[i * b.wide + j]!))
    .map((seed, order) => ({ seed, order }))
    .sort((p, q) => q.seed.worth - p.seed.worth || p.order - q.order)
    .slice(0, bare ? REFINED_BARE : LOOKED_AT)
    .map(({ seed }) => seed);
  if (!bare) {
    for (const seed of seeds) seed.odds = look(a, b, seed);
    seeds.sort((p, q) => q.odds - p.odds);
  }
  evidence.odds = seeds[0]?.odds ?? -1e9;
  if (seeds.length === 0 || (!bare && evidence.odds < CUT)) return evidence;
  refine(a, b, apart, bare ? seeds : seeds.slice(0, REFINED), evidence);
  return evidence;
}

/** How unlike the descriptors are: 0 (alike) to 255, a row for each minutia of the first print. */
function flowDistances(a: Print, b: Print): Uint8Array {
  const result = new Uint8Array(a.count * b.wide).fill(255);
  const level = new Uint8Array(FLOW_POINTS);
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      for (let k = 0; k < FLOW_POINTS; k++) {
        const off = (a.probe[i * FLOW_POINTS + k]! - b.candidate[j * FLOW_POINTS + k]!) & 255;
        level[k] = Math.min(off, 256 - off);
      }
      // Means of means, each rounded up at a half: what the vector instruction does.
      for (let size = FLOW_POINTS / 2; size >= 1; size >>= 1) {
        for (let k = 0; k < size; k++) level[k] = (level[2 * k]! + level[2 * k + 1]! + 1) >> 1;
      }
      result[i * b.wide + j] = level[0]!;
    }
  }
  return result;
}

/** The same from cylinder codes, for prints of which only minutiae are known. */
function cylinderDistances(a: Print, b: Print, codesA: Int32Array, codesB: Int32Array): Uint8Array {
  const result = new Uint8Array(a.count * b.wide).fill(255);
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      const onesA = codesA[i * CYLINDER_WORDS + CYLINDER_WORDS - 1]!;
      const onesB = codesB[j * CYLINDER_WORDS + CYLINDER_WORDS - 1]!;
      let both = 0;
      for (let w = 0; w < CYLINDER_WORDS - 1; w++) {
        for (let v = codesA[i * CYLINDER_WORDS + w]! & codesB[j * CYLINDER_WORDS + w]!; v !== 0; v &= v - 1) both++;
      }
      if (both > 0) result[i * b.wide + j] = FAR - Math.floor((2 * FAR * both) / (onesA + onesB));
    }
  }
  return result;
}

const every = (count: number) => Uint8Array.from({ length: count }, (_, i) => i);

/** The `most` most alike pairs of these rows and columns; among equals the first. */
function bestPairs(
  apart: Uint8Array,
  wide: number,
  rows: Uint8Array,
  columns: Uint8Array,
  most: number,
): [number, number][] {
  const all = [...rows].flatMap((i) => [...columns].map((j) => ({ i, j, apart: apart[i * wide + j]! })));
  // 255 stands for none.
  const alike = all.filter((pair) => pair.apart < 255).sort((p, q) => p.apart - q.apart);
  return alike
    .slice(0, most)
    .sort((p, q) => p.i - q.i || p.j - q.j)
    .map(({ i, j }) => [i, j]);
}

const sine = (turn: number) => SINE[(turn & 0xffff) >> 6]!;
const cosine = (turn: number) => SINE[((turn & 0xffff) >> 6) + 256]!;
/** Product of a whole number and 1/32,768ths, rounded. */
const scaled = (v: number, factor: number) => (v * factor + 0x4000) >> 15;
const short = (v: number) => (v << 16) >> 16;

/** Where the first print's origin falls in the second's map, pixels right and down from its border. */
function originOf({ turn, ax, ay, bx, by }: WholePose) {
  const [cos, sin] = [cosine(turn), sine(turn)];
  return {
    cos,
    sin,
    right: short(bx - scaled(ax, cos) + scaled(ay, sin) + CELL),
    down: short(-by + scaled(ax, sin) + scaled(ay, cos) + CELL),
  };
}

/** What the second print's map says of the place where (x, y) of the first falls. */
function mapAt(b: Print, from: ReturnType<typeof originOf>, x: number, y: number): number {
  const right = short(from.right + short(scaled(x, from.cos) - scaled(y, from.sin)));
  const down = short(from.down - short(scaled(x, from.sin) + scaled(y, from.cos)));
  const column = Math.min((right >> 3) & 0xffff, b.columns - 1);
  const row = Math.min((down >> 3) & 0xffff, b.rows - 1);
  return b.map[row * b.columns + column]!;
}

/** Lays the first print on by one pair and counts which of its minutiae find one of the second, and which should. */
function seedOf(a: Print, b: Print, i: number, j: number, unlike: number): Seed {
  const turn = (b.direction[j]! - a.direction[i]!) & 0xffff;
  const pose = { turn, ax: a.x[i]!, ay: a.y[i]!, bx: b.x[j]!, by: b.y[j]! };
  const origin = originOf(pose);
  const hot = ((turn >> 11) & 1) === 1 ? a.hotHalf : a.hot;
  const parts = turn >> 12;
  let found = 0;
  let shown = 0;
  for (let k = 0; k < a.count; k++) {
    const cell = mapAt(b, origin, a.x[k]!, a.y[k]!);
    if (cell >>> 24 !== 0) shown++;
    const bit = (hot[k]! << parts) | (hot[k]! >>> (16 - parts));
    if ((cell & bit & 0xffff) !== 0) found++;
  }
  return { ...pose, found, shown, worth: FOUND * found - MISSED * shown - UNLIKE * unlike, odds: 0 };
}

/** Sums of the difference of ridge direction and of the logarithm of ridge period over the points both prints show. */
function flowDifference(
  a: Print,
  b: Print,
  pose: WholePose,
  points: number,
): { turn: number; squares: number; period: number; cells: number } {
  const origin = originOf(pose);
  const ridgeTurn = pose.turn >> 7;
  let turn = 0;
  let squares = 0;
  let period = 0;
  let cells = 0;
  for (let k = 0; k < points; k++) {
    const cell = mapAt(b, origin, a.pointX[k]!, a.pointY[k]!);
    if (cell >>> 24 === 0) continue;
    const off = (a.pointRidge[k]! + ridgeTurn - (cell >> 16)) & 255;
    const apart = Math.min(off, 256 - off);
    turn += apart;
    squares += apart * apart;
    period += Math.abs(a.pointPeriod[k]! - (cell >>> 24));
    cells++;
  }
  return { turn, squares, period, cells };
}

/** Log-odds that a pose is right, from counts alone. */
function look(a: Print, b: Print, seed: Seed): number {
  const { turn, period, cells } = flowDifference(a, b, seed, a.firstPoints);
  if (cells === 0) return -1e9;
  return (
    LOOK.constant +
    LOOK.found * Math.sqrt(seed.found) +
    LOOK.shown * LOGARITHM[seed.shown + 5]! +
    LOOK.turn * (LOGARITHM[Math.floor((16 * turn) / cells) + 32]! - LOGARITHM[16]!) +
    LOOK.cells * LOGARITHM[cells + 3]! +
    LOOK.period * Math.min(0.15, period / cells / (2 * PERIOD_PARTS))
  );
}

const LIMIT = MAX_MATCHED_MINUTIAE;
/** Scratch for one comparison at a time. */
const movedX = new Float64Array(LIMIT);
const movedY = new Float64Array(LIMIT);
const slackAt = new Float64Array(LIMIT);
const partner = new Int32Array(LIMIT);
const partnerWeight = new Float64Array(LIMIT);
const ownerOf = new Int32Array(LIMIT);
const bestPartner = new Int32Array(LIMIT);
const dragX = new Float64Array(LIMIT);
const dragY = new Float64Array(LIMIT);

interface Pose {
  turn: number;
  cos: number;
  sin: number;
  ax: number;
  ay: number;
  bx: number;
  by: number;
}

/** Lays on exactly from each seed; the evidence is that of the pose with the heaviest pairs. */
function refine(a: Print, b: Print, apart: Uint8Array, seeds: readonly Seed[], out: Evidence): void {
  let best = 0;
  let bestPose: Pose | undefined;
  for (const seed of seeds) {
    if (bestPose !== undefined && isSame(bestPose, seed)) continue;
    const { turn, ax, ay, bx, by } = seed;
    let pose: Pose = { turn, cos: cosine(turn) / 32_768, sin: sine(turn) / 32_768, ax, ay, bx, by };
    move(a, pose, NEAR * FIRST_SLACK, STRETCH * FIRST_SLACK);
    if (pairUp(a, b, apart, pose, FIRST_REACH) < 2) continue;
    for (let step = 0; step < 2 && partner.some((j, i) => i < a.count && j >= 0); step++) {
      pose = align(a, b);
      move(a, pose, NEAR, STRETCH);
      pairUp(a, b, apart, pose, EVERYWHERE);
    }
    let total = 0;
    for (let k = 0; k < a.count; k++) if (partner[k]! >= 0) total += partnerWeight[k]!;
    if (total > best) {
      best = total;
      bestPose = pose;
      bestPartner.set(partner);
    }
  }
  if (bestPose !== undefined) gather(a, b, apart, bestPose, out);
}

/** Whether a seed's pose is one laid on already. */
function isSame(pose: Pose, { turn, ax, ay, bx, by }: WholePose): boolean {
  if (Math.abs(short(pose.turn - turn)) > SAME_TURN) return false;
  const [dx, dy] = [ax - pose.ax, ay - pose.ay];
  const x = pose.bx + dx * pose.cos - dy * pose.sin - bx;
  const y = pose.by + dx * pose.sin + dy * pose.cos - by;
  return x * x + y * y <= SAME_PLACE * SAME_PLACE;
}

/** Moves the first print's minutiae by the pose and sets how far each may be off. */
function move(a: Print, pose: Pose, near: number, stretch: number): void {
  for (let i = 0; i < a.count; i++) {
    const dx = a.exactX[i]! - pose.ax;
    const dy = a.exactY[i]! - pose.ay;
    movedX[i] = pose.bx + dx * pose.cos - dy * pose.sin;
    movedY[i] = pose.by + dx * pose.sin + dy * pose.cos;
    slackAt[i] = near + stretch * Math.sqrt(dx * dx + dy * dy);
  }
}

/** Gives each minutia of the first print its best free partner; minutiae farther than `reach` from the pose's point stay out. */
function pairUp(a: Print, b: Print, apart: Uint8Array, pose: Pose, reach: number): number {
  ownerOf.fill(-1, 0, b.count);
  partner.fill(-1, 0, a.count);
  for (let i = 0; i < a.count; i++) {
    if (reach < EVERYWHERE) {
      const dx = movedX[i]! - pose.bx;
      const dy = movedY[i]! - pose.by;
      if (dx * dx + dy * dy > reach * reach) continue;
    }
    let seeker = i;
    // A better claim on a minutia of the second print drives the earlier owner out, who seeks again.
    for (let depth = 0; seeker >= 0 && depth <= DEPTH; depth++) seeker = seekPartner(a, b, apart, pose.turn, seeker);
  }
  let count = 0;
  for (let i = 0; i < a.count; i++) if (partner[i]! >= 0) count++;
  return count;
}

/** Returns the minutia that was driven out, or -1. */
function seekPartner(a: Print, b: Print, apart: Uint8Array, turn: number, i: number): number {
  const x = movedX[i]!;
  const y = movedY[i]!;
  const slack = slackAt[i]!;
  const limit = slack * slack;
  const direction = a.direction[i]! + turn;
  let best = 0;
  let chosen = -1;
  // As far as the strips of a packed template reach.
  if (x - slack >= STRIPS * STRIP || x + slack < 0) return -1;
  for (let j = 0; j < b.count; j++) {
    const ex = b.exactX[j]! - x;
    const ey = b.exactY[j]! - y;
    const d2 = ex * ex + ey * ey;
    if (d2 > limit) continue;
    const off = Math.abs(short(b.direction[j]! - direction));
    if (off > TURN) continue;
    const like = Math.max(0, FAR - apart[i * b.wide + j]!) / FAR;
    const weight = (1 - (0.5 * d2) / limit) * (1 - (0.5 / TURN) * off) * (0.5 + like);
    if (weight <= best) continue;
    const owner = ownerOf[j]!;
    if (owner >= 0 && partnerWeight[owner]! >= weight) continue;
    best = weight;
    chosen = j;
  }
  if (chosen < 0) return -1;
  const evicted = ownerOf[chosen]!;
  ownerOf[chosen] = i;
  partner[i] = chosen;
  partnerWeight[i] = best;
  if (evicted >= 0) partner[evicted] = -1;
  return evicted;
}

/** Least-squares turn and shift of the pairs. */
function align(a: Print, b: Print): Pose {
  let w = 0;
  let ax = 0;
  let ay = 0;
  let bx = 0;
  let by = 0;
  for (let i = 0; i < a.count; i++) {
    const j = partner[i]!;
    if (j < 0) continue;
    const p = partnerWeight[i]!;
    w += p;
    ax += p * a.exactX[i]!;
    ay += p * a.exactY[i]!;
    bx += p * b.exactX[j]!;
    by += p * b.exactY[j]!;
  }
  ax /= w;
  ay /= w;
  bx /= w;
  by /= w;
  let c = 0;
  let s = 0;
  for (let i = 0; i < a.count; i++) {
    const j = partner[i]!;
    if (j < 0) continue;
    const p = partnerWeight[i]!;
    const dx = a.exactX[i]! - ax;
    const dy = a.exactY[i]! - ay;
    const ex = b.exactX[j]! - bx;
    const ey = b.exactY[j]! - by;
    // The minutiae's own directions steady the turn when the pairs lie close together.
    const own = b.direction[j]! - a.direction[i]!;
    c += p * (dx * ex + dy * ey + (OWN_TURN * cosine(own)) / 32_768);
    s += p * (dx * ey - dy * ex + (OWN_TURN * sine(own)) / 32_768);
  }
  const length = Math.sqrt(c * c + s * s);
  if (length === 0) return { turn: 0, cos: 1, sin: 0, ax, ay, bx, by };
  return { turn: turnOf(s, c), cos: c / length, sin: s / length, ax, ay, bx, by };
}

/** Direction of (x, y) in parts of a turn, by a polynomial good to one part in 3,000 of a turn. */
function turnOf(y: number, x: number): number {
  const [ox, oy] = [Math.abs(x), Math.abs(y)];
  const t = Math.min(ox, oy) / Math.max(ox, oy);
  const q = t * t;
  let part = ((-0.0464964749 * q + 0.15931422) * q - 0.327622764) * q * t + t;
  if (oy > ox) part = 1.57079637 - part;
  if (x < 0) part = 3.14159274 - part;
  if (y < 0) part = -part;
  return Math.floor(part * 10_430.378350470453 + 0.5) & 0xffff;
}

/** Follows the skin's drag from the pairs found so far, pairs once more, and sums up. */
function gather(a: Print, b: Print, apart: Uint8Array, pose: Pose, e: Evidence): void {
  move(a, pose, 0, 0);
  for (let i = 0; i < a.count; i++) {
    let w = NO_DRAG;
    let sx = 0;
    let sy = 0;
    for (let k = 0; k < a.count; k++) {
      const j = bestPartner[k]!;
      if (j < 0 || k === i) continue;
      const dx = movedX[k]! - movedX[i]!;
      const dy = movedY[k]! - movedY[i]!;
      const t = 1 - (dx * dx + dy * dy) * REACH_PART;
      if (t <= 0) continue;
      const g = t * t * t;
      w += g;
      sx += g * (b.exactX[j]! - movedX[k]!);
      sy += g * (b.exactY[j]! - movedY[k]!);
    }
    dragX[i] = sx / w;
    dragY[i] = sy / w;
  }
  for (let i = 0; i < a.count; i++) {
    movedX[i]! += dragX[i]!;
    movedY[i]! += dragY[i]!;
    slackAt[i] = FINAL_NEAR;
  }
  const pairs = pairUp(a, b, apart, pose, EVERYWHERE);
  e.pairs = pairs;
  for (let i = 0; i < a.count; i++) {
    if (shows(b, movedX[i]!, movedY[i]!)) e.reachA++;
    const j = partner[i]!;
    if (j < 0) continue;
    e.weight += partnerWeight[i]!;
    const ex = b.exactX[j]! - movedX[i]!;
    const ey = b.exactY[j]! - movedY[i]!;
    e.distance += Math.sqrt(ex * ex + ey * ey);
    e.turn += Math.abs(short(b.direction[j]! - a.direction[i]! - pose.turn));
  }
  for (let j = 0; j < b.count; j++) {
    const dx = b.exactX[j]! - pose.bx;
    const dy = b.exactY[j]! - pose.by;
    if (shows(a, pose.ax + dx * pose.cos + dy * pose.sin, pose.ay - dx * pose.sin + dy * pose.cos)) e.reachB++;
  }
  const n = Math.max(1, pairs);
  e.distance /= n;
  e.turn /= n;
  if (!a.hasFlow || !b.hasFlow) return;
  const whole = {
    turn: pose.turn,
    ax: Math.floor(pose.ax + 0.5),
    ay: Math.floor(pose.ay + 0.5),
    bx: Math.floor(pose.bx + 0.5),
    by: Math.floor(pose.by + 0.5),
  };
  const flow = flowDifference(a, b, whole, a.points);
  e.flowCells = flow.cells;
  if (flow.cells === 0) return;
  e.flow = flow.squares / flow.cells;
  e.period = flow.period / flow.cells / (2 * PERIOD_PARTS);
}

/** Whether the print shows a place. */
function shows(print: Print, x: number, y: number): boolean {
  if (x < 0 || y > 0) return false;
  const column = Math.floor(x / CELL) + 1;
  const row = Math.floor(-y / CELL) + 1;
  if (column >= print.columns || row >= print.rows) return false;
  return print.map[row * print.columns + column]! >>> 24 !== 0;
}
