// Tables, settings and scratch; their places are given once by biometrics/finger/match.ts.

let sines: usize = 0;
let logarithms: usize = 0;
let settings: usize = 0;
export let apart: usize = 0;
export let scratch: usize = 0;
export let evidence: usize = 0;
export let probes: usize = 0;
export let masks: usize = 0;

// Settings, 64-bit floats.
export const FOUND: usize = 0;
export const MISSED: usize = 8;
export const UNLIKE: usize = 16;
export const LOOK_FOUND: usize = 24;
export const LOOK_SHOWN: usize = 32;
export const LOOK_TURN: usize = 40;
export const LOOK_CELLS: usize = 48;
export const LOOK_PERIOD: usize = 56;
export const LOOK_CONSTANT: usize = 64;
export const CUT: usize = 72;
export const REFINED: usize = 80;
export const REFINED_BARE: usize = 88;
export const LOOKED_AT: usize = 96;
export const SEEDS: usize = 104;
export const SEEDS_BARE: usize = 112;
export const SAME_TURN: usize = 120;
export const SAME_PLACE: usize = 128;

export function setUp(
  sineTable: usize,
  logarithmTable: usize,
  settingTable: usize,
  apartTable: usize,
  scratchSpace: usize,
  evidenceSpace: usize,
  probeSpace: usize,
  maskSpace: usize,
): void {
  sines = sineTable;
  logarithms = logarithmTable;
  settings = settingTable;
  apart = apartTable;
  scratch = scratchSpace;
  evidence = evidenceSpace;
  probes = probeSpace;
  masks = maskSpace;
  // Kept in memory: written as constants they would be made anew in every round of a loop.
  v128.store(masks, i32x4.splat(0xffff));
  v128.store(masks + 16, i32x4.splat(0));
  v128.store(masks + 32, i16x8.splat(0xff));
  v128.store(masks + 48, i16x8.splat(256));
}

// @ts-ignore: decorator
@inline
export function setting(name: usize): f64 {
  return load<f64>(settings + name);
}

// @ts-ignore: decorator
@inline
export function sineOf(angle: i32): i32 {
  return load<i16>(sines + ((<usize>(angle & 0xffff) >> 6) << 1));
}

// @ts-ignore: decorator
@inline
export function cosineOf(angle: i32): i32 {
  return load<i16>(sines + (((<usize>(angle & 0xffff) >> 6) + 256) << 1));
}

// @ts-ignore: decorator
@inline
export function logarithm(k: i32): f64 {
  return load<f64>(logarithms + (<usize>k << 3));
}
