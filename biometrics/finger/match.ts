/** One finger against another: local descriptors choose where to lay one print on the other, the whole print judges. */
import { similarities } from "./cylinder.ts";
import type { Evidence } from "./evidence.ts";
import { flowAgreement } from "./flow-agreement.ts";
import { MAX_MATCHED_MINUTIAE } from "./limits.ts";
import { shows } from "./overlap.ts";
import { makePose, setTurn, wrap } from "./pose.ts";
import { type PreparedTemplate, prepare, STRIP } from "./prepared.ts";
import { decide } from "./score.ts";
import type { Template } from "./template.ts";

export interface MatchResult {
  /**
   * 10 · -log10 of the false-match rate at which this comparison would just pass: 30 = one impostor in 1,000 scores as high,
   * 40 = one in 10,000. 0 and up; beyond about 45 it is extrapolated.
   */
  readonly score: number;
}

/** Best descriptor pairs tried as an alignment. */
const SEEDS = 20;
/** Of these, how many are laid on exactly. */
const REFINED = 4;
/** Tolerances of a pair: pixels at the seed, growth per pixel of distance from it, and radians. */
const NEAR = 9;
const STRETCH = 0.06;
const TURN = 0.45;
/** First pairing from a single seed is looser by this factor, and local: pixels from the seed. */
const FIRST_SLACK = 1.5;
const FIRST_REACH = 130;
/** Skin drag is taken as shared by pairs about this far apart, pixels. */
const DRAG_SIGMA = 55;
const FINAL_NEAR = 9;

/** Compares two templates; symmetric up to rounding. */
export function matchTemplates(a: Template, b: Template): MatchResult {
  return matchPrepared(prepare(a), prepare(b));
}

const LIMIT = MAX_MATCHED_MINUTIAE;
/** Scratch for one comparison at a time: matching allocates nothing. */
const like = new Float32Array(LIMIT * LIMIT);
const seedI = new Int32Array(SEEDS);
const seedJ = new Int32Array(SEEDS);
const seedS = new Float32Array(SEEDS);
const seedWorth = new Float32Array(SEEDS);
const movedX = new Float32Array(LIMIT);
const movedY = new Float32Array(LIMIT);
const slackAt = new Float32Array(LIMIT);
const partner = new Int32Array(LIMIT);
const partnerWeight = new Float32Array(LIMIT);
const ownerOf = new Int32Array(LIMIT);
const bestPartner = new Int32Array(LIMIT);
const dragX = new Float32Array(LIMIT);
const dragY = new Float32Array(LIMIT);
const pose = makePose();
const bestPose = makePose();

export function matchPrepared(a: PreparedTemplate, b: PreparedTemplate): MatchResult {
  const evidence = compare(a, b);
  return { score: evidence === undefined ? 0 : decide(evidence) };
}

/** The evidence at the best alignment, or none when nothing fits. */
export function compare(a: PreparedTemplate, b: PreparedTemplate): Evidence | undefined {
  if (a.count < 3 || b.count < 3) return undefined;
  const seeds = findSeeds(a, b);
  // A coarse look at every seed; only the most promising are laid on exactly.
  for (let s = 0; s < seeds; s++) {
    poseFromSeed(a, b, s);
    move(a, NEAR * FIRST_SLACK, STRETCH * FIRST_SLACK);
    seedWorth[s] = pairUp(a, b, FIRST_REACH) < 2 ? 0 : pairedWeight(a);
  }
  let best = 0;
  for (let round = 0; round < REFINED; round++) {
    let s = 0;
    for (let k = 1; k < seeds; k++) if (seedWorth[k]! > seedWorth[s]!) s = k;
    if (seeds === 0 || seedWorth[s] === 0) break;
    seedWorth[s] = 0;
    poseFromSeed(a, b, s);
    move(a, NEAR * FIRST_SLACK, STRETCH * FIRST_SLACK);
    pairUp(a, b, FIRST_REACH);
    for (let step = 0; step < 2; step++) {
      align(a, b);
      move(a, NEAR, STRETCH);
      pairUp(a, b, Number.POSITIVE_INFINITY);
    }
    const total = pairedWeight(a);
    if (total > best) {
      best = total;
      Object.assign(bestPose, pose);
      bestPartner.set(partner);
    }
  }
  if (best <= 0) return undefined;
  Object.assign(pose, bestPose);
  partner.set(bestPartner);
  return gather(a, b);
}

/** The pose that lays a seed's minutiae on each other. */
function poseFromSeed(a: PreparedTemplate, b: PreparedTemplate, seed: number): void {
  const i = seedI[seed]!;
  const j = seedJ[seed]!;
  setTurn(pose, wrap(b.angle[j]! - a.angle[i]!));
  pose.ax = a.x[i]!;
  pose.ay = a.y[i]!;
  pose.bx = b.x[j]!;
  pose.by = b.y[j]!;
}

function pairedWeight(a: PreparedTemplate): number {
  let total = 0;
  for (let k = 0; k < a.count; k++) if (partner[k]! >= 0) total += partnerWeight[k]!;
  return total;
}

/** The most alike pairs of minutiae, best first. Returns how many. */
function findSeeds(a: PreparedTemplate, b: PreparedTemplate): number {
  similarities(a, b, like);
  let count = 0;
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      const s = like[i * b.count + j]!;
      if (s <= 0 || (count === SEEDS && s <= seedS[count - 1]!)) continue;
      let at = count < SEEDS ? count++ : count - 1;
      for (; at > 0 && seedS[at - 1]! < s; at--) {
        seedS[at] = seedS[at - 1]!;
        seedI[at] = seedI[at - 1]!;
        seedJ[at] = seedJ[at - 1]!;
      }
      seedS[at] = s;
      seedI[at] = i;
      seedJ[at] = j;
    }
  }
  return count;
}

/** Moves the first print's minutiae by the pose and sets how far each may be off. */
function move(a: PreparedTemplate, near: number, stretch: number): void {
  for (let i = 0; i < a.count; i++) {
    const dx = a.x[i]! - pose.ax;
    const dy = a.y[i]! - pose.ay;
    movedX[i] = pose.bx + dx * pose.cos - dy * pose.sin;
    movedY[i] = pose.by + dx * pose.sin + dy * pose.cos;
    slackAt[i] = near + stretch * Math.sqrt(dx * dx + dy * dy);
  }
}

/** Gives each minutia of the first print its best free partner; minutiae farther than `reach` from the pose's point stay out. */
function pairUp(a: PreparedTemplate, b: PreparedTemplate, reach: number): number {
  ownerOf.fill(-1, 0, b.count);
  partner.fill(-1, 0, a.count);
  for (let i = 0; i < a.count; i++) seekPartner(a, b, i, reach, 3);
  let count = 0;
  for (let i = 0; i < a.count; i++) if (partner[i]! >= 0) count++;
  return count;
}

/** A better claim on a minutia of the second print drives the earlier owner out, who seeks again. */
function seekPartner(a: PreparedTemplate, b: PreparedTemplate, i: number, reach: number, depth: number): void {
  const x = movedX[i]!;
  const y = movedY[i]!;
  if (reach < 1e9 && (x - pose.bx) ** 2 + (y - pose.by) ** 2 > reach * reach) return;
  const slack = slackAt[i]!;
  const limit = slack * slack;
  const angle = a.angle[i]! + pose.turn;
  let best = 0;
  let chosen = -1;
  const strip = x - slack < 0 ? 0 : ((x - slack) / STRIP) | 0;
  if (strip >= b.strips.length) return;
  for (let j = b.strips[strip]!; j < b.count; j++) {
    const ex = b.x[j]! - x;
    if (ex > slack) break;
    if (ex < -slack) continue;
    const ey = b.y[j]! - y;
    const d2 = ex * ex + ey * ey;
    if (d2 > limit) continue;
    const turn = Math.abs(wrap(b.angle[j]! - angle));
    if (turn > TURN) continue;
    const w = (1 - (0.5 * d2) / limit) * (1 - (0.5 * turn) / TURN) * (0.5 + like[i * b.count + j]!);
    if (w <= best) continue;
    const owner = ownerOf[j]!;
    if (owner >= 0 && partnerWeight[owner]! >= w) continue;
    best = w;
    chosen = j;
  }
  if (chosen < 0) return;
  const evicted = ownerOf[chosen]!;
  ownerOf[chosen] = i;
  partner[i] = chosen;
  partnerWeight[i] = best;
  if (evicted >= 0) {
    partner[evicted] = -1;
    if (depth > 0) seekPartner(a, b, evicted, reach, depth - 1);
  }
}

/** Least-squares turn and shift of the pairs. */
function align(a: PreparedTemplate, b: PreparedTemplate): void {
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
    ax += p * a.x[i]!;
    ay += p * a.y[i]!;
    bx += p * b.x[j]!;
    by += p * b.y[j]!;
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
    const dx = a.x[i]! - ax;
    const dy = a.y[i]! - ay;
    const ex = b.x[j]! - bx;
    const ey = b.y[j]! - by;
    c += p * (dx * ex + dy * ey);
    s += p * (dx * ey - dy * ex);
    // The minutiae's own directions steady the turn when the pairs lie close together.
    const own = b.angle[j]! - a.angle[i]!;
    c += p * 400 * Math.cos(own);
    s += p * 400 * Math.sin(own);
  }
  setTurn(pose, Math.atan2(s, c));
  pose.ax = ax;
  pose.ay = ay;
  pose.bx = bx;
  pose.by = by;
}

/** Follows the skin's drag from the pairs found so far, pairs once more, and sums up. */
function gather(a: PreparedTemplate, b: PreparedTemplate): Evidence {
  move(a, 0, 0);
  const spread = 1 / (2 * DRAG_SIGMA * DRAG_SIGMA);
  for (let i = 0; i < a.count; i++) {
    let w = 0.6;
    let sx = 0;
    let sy = 0;
    for (let k = 0; k < a.count; k++) {
      const j = bestPartner[k]!;
      if (j < 0 || k === i) continue;
      const dx = movedX[k]! - movedX[i]!;
      const dy = movedY[k]! - movedY[i]!;
      const g = Math.exp(-(dx * dx + dy * dy) * spread);
      w += g;
      sx += g * (b.x[j]! - movedX[k]!);
      sy += g * (b.y[j]! - movedY[k]!);
    }
    dragX[i] = sx / w;
    dragY[i] = sy / w;
  }
  for (let i = 0; i < a.count; i++) {
    movedX[i]! += dragX[i]!;
    movedY[i]! += dragY[i]!;
    slackAt[i] = FINAL_NEAR;
  }
  const pairs = pairUp(a, b, Number.POSITIVE_INFINITY);
  const e: Evidence = {
    pairs,
    weight: 0,
    reachA: 0,
    reachB: 0,
    distance: 0,
    turn: 0,
    flow: 0,
    flowCells: 0,
    period: 0,
  };
  for (let i = 0; i < a.count; i++) {
    if (shows(b.footprint, movedX[i]!, movedY[i]!)) e.reachA += 1;
    const j = partner[i]!;
    if (j < 0) continue;
    e.weight += partnerWeight[i]!;
    e.distance += Math.hypot(b.x[j]! - movedX[i]!, b.y[j]! - movedY[i]!);
    e.turn += Math.abs(wrap(b.angle[j]! - a.angle[i]! - pose.turn));
  }
  for (let j = 0; j < b.count; j++) {
    const dx = b.x[j]! - pose.bx;
    const dy = b.y[j]! - pose.by;
    if (shows(a.footprint, pose.ax + dx * pose.cos + dy * pose.sin, pose.ay - dx * pose.sin + dy * pose.cos))
      e.reachB += 1;
  }
  const n = Math.max(1, pairs);
  e.distance /= n;
  e.turn /= n;
  flowAgreement(a, b, pose, e);
  return e;
}
