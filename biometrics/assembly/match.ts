// The matcher's loops, in AssemblyScript with SIMD; biometrics/finger/match-plainly.ts holds the same in plain TypeScript and
// explains it; a test holds one against the other, bit by bit. Build: node biometrics/assembly/build.mjs
import { bestPairs, cylinderDistances, flowDistances } from "./match/descriptors";
import { gather } from "./match/gathering";
import { align, EVERYWHERE, keepPose, move, nearBest, pairs, pairUp, poseOf, weightOfPairs } from "./match/pairing";
import { look, offer, S_ODDS, seedAt, sortByOdds } from "./match/poses";
import { COUNT, SEED_COUNT } from "./match/print";
import { CUT, evidence, LOOKED_AT, REFINED, REFINED_BARE, SEEDS, SEEDS_BARE, setting } from "./match/tables";

export { spread } from "./match/descriptors";
export { setUp } from "./match/tables";

const NEAR: f64 = 9;
const STRETCH: f64 = 0.06;
const FIRST_SLACK: f64 = 1.5;
const FIRST_REACH: f64 = 130;

/** The evidence of a comparison, written as ten 64-bit floats; codes are 0 when both prints have ridge flow. */
export function compare(a: usize, b: usize, codesA: usize, codesB: usize): void {
  for (let k: usize = 0; k < 80; k += 16) v128.store(evidence + k, i32x4.splat(0));
  if (load<i32>(a + COUNT) < 3 || load<i32>(b + COUNT) < 3) return;
  const bare = codesA != 0;
  const wide = (load<i32>(b + (bare ? COUNT : SEED_COUNT)) + 15) & ~15;
  if (bare) cylinderDistances(a, b, codesA, codesB);
  else flowDistances(a, b);
  const alike = bestPairs(load<i32>(a + (bare ? COUNT : SEED_COUNT)), wide, <i32>setting(bare ? SEEDS_BARE : SEEDS));
  const seeds = offer(a, b, alike, wide, <i32>setting(bare ? REFINED_BARE : LOOKED_AT), bare);
  if (!bare) {
    for (let k: i32 = 0; k < seeds; k++) look(a, b, seedAt(k));
    sortByOdds(seeds);
  }
  store<f64>(evidence, seeds > 0 ? load<f64>(seedAt(0) + S_ODDS) : -1e9);
  if (seeds == 0 || (!bare && load<f64>(evidence) < setting(CUT))) return;
  refine(a, b, bare ? seeds : min(seeds, <i32>setting(REFINED)), bare);
}

/** Lays on exactly from each seed; the evidence is that of the pose with the heaviest pairs. */
function refine(a: usize, b: usize, seeds: i32, bare: bool): void {
  let best: f64 = 0;
  for (let k: i32 = 0; k < seeds; k++) {
    if (best > 0 && nearBest(seedAt(k))) continue;
    poseOf(seedAt(k));
    move(a, NEAR * FIRST_SLACK, STRETCH * FIRST_SLACK);
    pairUp(a, b, FIRST_REACH, bare);
    if (pairs < 2) continue;
    for (let step = 0; step < 2 && pairs > 0; step++) {
      align(a, b);
      move(a, NEAR, STRETCH);
      pairUp(a, b, EVERYWHERE, bare);
    }
    const total = weightOfPairs();
    if (total <= best) continue;
    best = total;
    keepPose();
  }
  if (best > 0) gather(a, b, bare);
}
